import { notApplicable } from '@hospay/plugin-sdk/testkit';

/** Rules of the suite that cannot apply to Alipay, with the reasons. */
export const NEVER_APPLICABLE: Readonly<Record<string, string>> = {
  ...notApplicable('answers of Alipay carry neither time nor nonce; that one about another number is unknown is tested in channel-alipay-wire', ['answer.staleAnswer']),
  ...notApplicable('Alipay returns the money while it answers: there is no refund under way; a blocked part is tested in channel-alipay-refunds', ['refund.processing', 'refund.closed', 'refund.abnormal']),
};

/** Nobody has scanned the code yet. */
export const NOT_APPLICABLE_TO_SHOWN_CODES: Readonly<Record<string, string>> = {
  ...NEVER_APPLICABLE,
  ...notApplicable('Alipay has no trade before the code is scanned, so a lost precreate is not found: tested in channel-alipay-wire; refunds are the same for all methods', [
    'charge.timeoutAfter', 'refund.timeoutAfter', 'answer.timeoutAfterExecution',
  ]),
};
