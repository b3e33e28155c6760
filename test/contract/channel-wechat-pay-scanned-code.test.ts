import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject } from './channel-wechat-pay-subject.js';

const NO_NOTIFICATION = 'WeChat Pay sends no notification of a scanned code; those of its refunds are the same as of any payment';
const NOTIFICATIONS: Readonly<Record<string, string>> = Object.fromEntries(
  ['payment', 'agreesWithQuery', 'amountPassedOn', 'forged', 'otherMerchant', 'tampered', 'unsigned', 'garbage', 'replayed', 'refund'].map((rule) => [`notification.${rule}`, NO_NOTIFICATION] as const),
);

for (const through of ['v2', 'v3'] as const) {
  const stale = through === 'v2' ? { 'answer.staleAnswer': 'answers of API v2 carry neither time nor nonce of the request; one about another number is unknown, tested in channel-wechat-pay-micropay' } : {};
  for (const isPartner of [undefined, true] as const) {
    runChannelConformance({
      name: `wechat-pay (scanned code through API ${through}${isPartner === true ? ', sub-merchant' : ''})`,
      makeSubject: () => makeWechatPaySubject({ mode: 'publicKey', method: 'paymentCode', through, ...(isPartner === undefined ? {} : { isPartner }) }),
      notApplicable: { ...NOTIFICATIONS, ...stale, 'certificate.expired': 'a public key of WeChat Pay has no validity; see channel-wechat-pay' },
    });
  }
}
