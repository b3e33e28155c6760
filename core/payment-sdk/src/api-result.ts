/** A definite refusal: nothing was done. `code` decides; `zh`/`en` say it to a person, `nextZh`/`nextEn` what to do. */
export type ApiError = {
  /** One of `PAYMENT_API_ERROR_CODES`; a newer platform may know more. */
  readonly code: string;
  readonly zh: string;
  readonly en: string;
  readonly nextZh: string;
  readonly nextEn: string;
  /** Where and why, for the developer or operator; `detailZh` is the same in Chinese, where it is not only technical. */
  readonly detail?: string;
  readonly detailZh?: string;
  /** Quote it to the hospital's IT office: their log knows this request by it. */
  readonly requestId: string;
  readonly httpStatus: number;
};

/**
 * Three answers, not two. `unknown`: no definite answer came (timeout, broken connection, an answer of another shape, an internal error). The
 * platform may have done it. Ask, by trade number or by the idempotency key, or send the same call with the same key again; never with a new key.
 */
export type ApiResult<Value> =
  | { readonly kind: 'ok'; readonly value: Value }
  | { readonly kind: 'refused'; readonly error: ApiError }
  | { readonly kind: 'unknown'; readonly reason: string; readonly nextZh: string; readonly nextEn: string };

export function unknownResult(reason: string): Extract<ApiResult<never>, { kind: 'unknown' }> {
  return {
    kind: 'unknown',
    reason,
    nextZh: '结果未知：按订单号或幂等键查询，或用同一幂等键重发同一内容；切勿换键重发',
    nextEn: 'The result is not known: query by trade number or idempotency key, or repeat with the same key and body; never with a new key',
  };
}
