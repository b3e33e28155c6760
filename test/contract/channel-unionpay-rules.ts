import { notApplicable } from '@hospay/plugin-sdk/testkit';

/** Rules of the suite that cannot apply to UnionPay, with the reasons. */
export const NEVER_APPLICABLE: Readonly<Record<string, string>> = notApplicable(
  'answers of UnionPay carry neither time of sending nor nonce; that one about another number or time is unknown is tested in channel-unionpay-wire',
  ['answer.staleAnswer'],
);

/** Only a scanned code can be called off. */
export const NOT_APPLICABLE_WITHOUT_SCANNED_CODES: Readonly<Record<string, string>> = {
  ...NEVER_APPLICABLE,
  ...notApplicable('UnionPay has no close for codes and pages, payTimeout is the lock, so an instance without scanned codes offers none: what a close of one says is tested in channel-unionpay-close', [
    'close.unpaid', 'close.paid', 'close.unknownNumber', 'close.final', 'death.close',
  ]),
};

export const NOT_APPLICABLE_TO_PAGES: Readonly<Record<string, string>> = {
  ...NOT_APPLICABLE_WITHOUT_SCANNED_CODES,
  ...notApplicable('a page is only signed by the charge, the browser carries it to UnionPay: nothing is executed when the answer is lost; refunds are the same for all methods', [
    'charge.timeoutAfter', 'refund.timeoutAfter', 'answer.timeoutAfterExecution',
  ]),
};

/** Signed by a shared key. */
export const NOT_APPLICABLE_TO_SECURE_KEYS: Readonly<Record<string, string>> = notApplicable('a secure key has no validity', ['certificate.expired']);
