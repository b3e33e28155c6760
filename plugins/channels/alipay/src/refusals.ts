/**
 * What Alipay's codes mean, operation by operation: the `sub_code` of a 40004 (business failure), else the gateway's own `code`. What is not listed under
 * its operation is `unknown`; so are 20000, ACQ.SYSTEM_ERROR, aop.unknow-error and isp.unknow-error, which Alipay documents as unknown.
 *
 * `contested`: the refusal may be about an order or refund that already exists under this number, so it proves nothing by itself; the channel asks
 * the query before it believes one. `payerRefused`: a trade was made and could not be paid. A code that says that the number is in use
 * (ACQ.CONTEXT_INCONSISTENT, ACQ.TRADE_HAS_SUCCESS, ACQ.TRADE_HAS_CLOSE, ACQ.DISCORDANT_REPEAT_REQUEST) is left unlisted on purpose where `declined`
 * would deny what exists.
 */
export type RefusalMeaning = 'declined' | 'contested' | 'payerRefused' | 'notFound' | 'tooOld' | 'noBill' | 'unknown';

export type RefusableOperation = 'charge' | 'query' | 'close' | 'cancel' | 'refund' | 'queryRefund' | 'bill';

const MEANINGS: Readonly<Record<RefusableOperation, Readonly<Record<string, RefusalMeaning>>>> = {
  charge: {
    // The gateway refused the request itself: no order was looked at.
    '20001': 'declined',
    '40001': 'declined',
    '40002': 'declined',
    '40006': 'declined',
    'ACQ.INVALID_PARAMETER': 'contested',
    'ACQ.ACCESS_FORBIDDEN': 'contested',
    'ACQ.PAYMENT_AUTH_CODE_INVALID': 'contested',
    'ACQ.TOTAL_FEE_EXCEED': 'contested',
    'ACQ.BUYER_BALANCE_NOT_ENOUGH': 'payerRefused',
    'ACQ.PAYMENT_FAIL': 'payerRefused',
  },
  query: { 'ACQ.TRADE_NOT_EXIST': 'notFound' },
  close: {
    'ACQ.TRADE_NOT_EXIST': 'notFound',
    'ACQ.TRADE_STATUS_ERROR': 'contested',
    'ACQ.TRADE_HAS_SUCCESS': 'contested',
    'ACQ.TRADE_HAS_FINISHED': 'contested',
    'ACQ.TRADE_HAS_CLOSE': 'contested',
  },
  cancel: { 'ACQ.TRADE_CANCEL_TIME_OUT': 'tooOld' },
  refund: {
    '20001': 'contested',
    '40001': 'contested',
    '40002': 'contested',
    '40006': 'contested',
    'ACQ.INVALID_PARAMETER': 'contested',
    'ACQ.ACCESS_FORBIDDEN': 'contested',
    'ACQ.TRADE_NOT_EXIST': 'contested',
    'ACQ.TRADE_STATUS_ERROR': 'contested',
    'ACQ.TRADE_HAS_CLOSE': 'contested',
    'ACQ.TRADE_HAS_FINISHED': 'contested',
    'ACQ.TRADE_NOT_ALLOW_REFUND': 'contested',
    'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL': 'contested',
    'ACQ.REASON_TRADE_BEEN_FREEZEN': 'contested',
    'ACQ.SELLER_BALANCE_NOT_ENOUGH': 'contested',
  },
  queryRefund: { 'ACQ.TRADE_NOT_EXIST': 'notFound' },
  // The spelling differs between documents.
  bill: { BILL_NOT_EXIST: 'noBill', 'ACQ.BILL_NOT_EXIST': 'noBill', 'isp.bill_not_exist': 'noBill' },
};

const BUSINESS_FAILURE = '40004';

export function refusalMeaning(operation: RefusableOperation, refusal: { readonly code: string; readonly subCode: string | undefined }): RefusalMeaning {
  const key = refusal.code === BUSINESS_FAILURE ? (refusal.subCode ?? '') : refusal.code;
  const codes = MEANINGS[operation];
  return Object.hasOwn(codes, key) ? (codes[key] ?? 'unknown') : 'unknown';
}
