/**
 * What WeChat Pay's error codes mean, operation by operation (WeChat Pay API v3, error code tables). A code that is not listed under
 * its operation is `unknown`, and so is every 429 and 5xx whatever its code.
 *
 * `contested`: the refusal may be about an order or refund that already exists under this number, so it proves nothing by itself;
 * the channel asks the query before it believes one.
 */
export type RefusalMeaning = 'declined' | 'notFound' | 'closed' | 'alreadyPaid' | 'contested' | 'empty' | 'notReady' | 'unknown';

export type RefusableOperation = 'charge' | 'codepay' | 'reverse' | 'query' | 'close' | 'refund' | 'queryRefund' | 'bill' | 'medInsOrder' | 'medInsQuery' | 'medInsRefundNotice';

const MEANINGS: Readonly<Record<RefusableOperation, Readonly<Record<string, RefusalMeaning>>>> = {
  charge: {
    // About the merchant and its keys: no order was looked at.
    APPID_MCHID_NOT_MATCH: 'declined',
    MCH_NOT_EXISTS: 'declined',
    NO_AUTH: 'declined',
    SIGN_ERROR: 'declined',
    // About this order, or about one that is already there: a repeat after `time_expire` is a PARAM_ERROR too.
    PARAM_ERROR: 'contested',
    RULE_LIMIT: 'contested',
    ACCOUNT_ERROR: 'contested',
    INVALID_REQUEST: 'contested',
    OUT_TRADE_NO_USED: 'contested',
    ORDER_CLOSED: 'contested',
    ORDERPAID: 'contested',
  },
  // A scanned code, from memory and the codes of API v2: none is believed before the query agrees that nobody is paying.
  codepay: {
    APPID_MCHID_NOT_MATCH: 'declined',
    MCH_NOT_EXISTS: 'declined',
    NO_AUTH: 'declined',
    PARAM_ERROR: 'contested',
    INVALID_REQUEST: 'contested',
    RULE_LIMIT: 'contested',
    OUT_TRADE_NO_USED: 'contested',
    AUTH_CODE_EXPIRED: 'contested',
    AUTH_CODE_INVALID: 'contested',
    NOT_ENOUGH: 'contested',
    USER_ACCOUNT_ABNORMAL: 'contested',
  },
  reverse: {},
  query: { ORDER_NOT_EXIST: 'notFound' },
  close: {
    ORDER_NOT_EXIST: 'notFound',
    ORDER_CLOSED: 'closed',
    ORDERPAID: 'alreadyPaid',
    INVALID_REQUEST: 'contested',
    TRADE_ERROR: 'contested',
  },
  refund: {
    NOT_ENOUGH: 'declined',
    NO_AUTH: 'declined',
    MCH_NOT_EXISTS: 'declined',
    USER_ACCOUNT_ABNORMAL: 'declined',
    ORDER_NOT_EXIST: 'declined',
    RESOURCE_NOT_EXISTS: 'declined',
    // Over-refund, but also "this refund number was used with other parameters".
    PARAM_ERROR: 'contested',
    INVALID_REQUEST: 'contested',
  },
  queryRefund: { RESOURCE_NOT_EXISTS: 'notFound' },
  // 医保混合收款. The codes are told by number, in a header nobody signs: each is about an order that may be there, so the query decides.
  medInsOrder: { PARAM_ERROR: 'contested', INVALID_REQUEST: 'contested', ALREADY_EXISTS: 'contested', RULE_LIMIT: 'contested', NO_AUTH: 'contested', APPID_MCHID_NOT_MATCH: 'contested', SIGN_ERROR: 'contested' },
  medInsQuery: { NOT_FOUND: 'notFound', ORDER_NOT_EXIST: 'notFound', RESOURCE_NOT_EXISTS: 'notFound' },
  // It moves no money and is repeated until it is taken, whatever is said.
  medInsRefundNotice: {},
  bill: { NO_STATEMENT_EXIST: 'empty', STATEMENT_CREATING: 'notReady' },
};

/**
 * `err_code` of /pay/micropay that end an attempt (API v2). SYSTEMERROR, BANKERROR and USERPAYING do not; nor do codes about the number (ORDERPAID,
 * ORDERCLOSED, ORDERREVERSED), which speak of an earlier attempt. The query must agree before any of these declines.
 */
export const V2_CHARGE_ENDS: readonly string[] = [
  'AUTHCODEEXPIRE', 'AUTH_CODE_ERROR', 'AUTH_CODE_INVALID', 'NOTENOUGH', 'NOTSUPORTCARD', 'BUYER_MISMATCH', 'TRADE_ERROR',
  'NOAUTH', 'APPID_NOT_EXIST', 'MCHID_NOT_EXIST', 'APPID_MCHID_NOT_MATCH', 'LACK_PARAMS', 'PARAM_ERROR', 'OUT_TRADE_NO_USED', 'INVALID_REQUEST', 'SIGNERROR', 'NOT_UTF8', 'XML_FORMAT_ERROR',
];

/**
 * Numbers at the end of `Request-ID` that speak of an existing order: 268449538 and 268498689 already paid, 268498688 repeated with
 * other parameters. The header is not signed, so it may only make an answer less certain, never more.
 */
const EXISTING_ORDER_NUMBERS: readonly string[] = ['268449538', '268498689', '268498688'];

export function refusalMeaning(refusal: {
  readonly operation: RefusableOperation;
  readonly status: number;
  readonly code: string;
  readonly requestId: string | undefined;
}): RefusalMeaning {
  const { operation, status, code, requestId } = refusal;
  if (status < 400 || status >= 500 || status === 429) return 'unknown';
  const codes = MEANINGS[operation];
  const meaning = Object.hasOwn(codes, code) ? (codes[code] ?? 'unknown') : 'unknown';
  const preciseNumber = requestId?.split('-').at(-1);
  if (meaning === 'declined' && preciseNumber !== undefined && EXISTING_ORDER_NUMBERS.includes(preciseNumber)) return 'contested';
  return meaning;
}
