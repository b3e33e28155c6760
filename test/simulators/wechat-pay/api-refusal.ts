/** Where in the request a bad value stood, as in WeChat Pay's `detail`. */
export type RefusalDetail = {
  readonly field?: string;
  readonly value?: unknown;
  readonly issue?: string;
  readonly location?: 'body' | 'query' | 'uri_template' | 'header' | 'authorization';
};

/**
 * A refusal WeChat Pay would give: HTTP status, `code`, `message`, and the precise number that ends the `Request-ID` header.
 * Thrown by the operations, turned into a signed error answer by the server.
 */
export class ApiRefusal extends Error {
  readonly status: number;
  readonly code: string;
  readonly preciseCode: number;
  readonly detail: RefusalDetail | undefined;

  constructor(refusal: { status: number; code: string; message: string; preciseCode?: number; detail?: RefusalDetail }) {
    super(refusal.message);
    this.status = refusal.status;
    this.code = refusal.code;
    this.preciseCode = refusal.preciseCode ?? GENERAL_REFUSAL;
    this.detail = refusal.detail;
  }
}

/** The number for refusals the official material gives no number for. */
const GENERAL_REFUSAL = 268435456;

/** Numbers at the end of `Request-ID` (WeChat Pay's own trouble-shooting material). */
export const PRECISE_CODE = {
  orderDoesNotExist: 268512771,
  alreadyPaid: 268498689,
  otherParameters: 268498688,
  reverseInstead: 268449641,
  badSignature: 268443699,
  tooManyRequests: 268447840,
  badOpenId: 268501013,
  appIdAndMerchantDoNotMatch: 268445527,
} as const;

export function parameterRefusal(message: string, detail: RefusalDetail): ApiRefusal {
  return new ApiRefusal({ status: 400, code: 'PARAM_ERROR', message, detail });
}

export function invalidRequest(message: string): ApiRefusal {
  return new ApiRefusal({ status: 400, code: 'INVALID_REQUEST', message });
}

export function signatureRefusal(message: string, detail: RefusalDetail): ApiRefusal {
  return new ApiRefusal({ status: 401, code: 'SIGN_ERROR', message, preciseCode: PRECISE_CODE.badSignature, detail });
}

export function orderDoesNotExist(): ApiRefusal {
  return new ApiRefusal({ status: 404, code: 'ORDER_NOT_EXIST', message: '订单不存在', preciseCode: PRECISE_CODE.orderDoesNotExist });
}

export function alreadyPaid(): ApiRefusal {
  return new ApiRefusal({ status: 400, code: 'ORDERPAID', message: '该订单已支付', preciseCode: PRECISE_CODE.alreadyPaid });
}

export function resourceDoesNotExist(message: string): ApiRefusal {
  return new ApiRefusal({ status: 404, code: 'RESOURCE_NOT_EXISTS', message });
}
