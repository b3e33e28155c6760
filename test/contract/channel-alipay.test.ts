import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeAlipaySubject } from './channel-alipay-subject.js';

const notApplicable = (reason: string, ids: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(ids.map((id) => [id, reason] as const));

const always = {
  ...notApplicable('answers of Alipay carry neither time nor nonce; that one about another number is unknown is tested in channel-alipay-wire', ['answer.staleAnswer']),
  ...notApplicable('Alipay returns the money while it answers: there is no refund under way; a blocked part is tested in channel-alipay-refunds', ['refund.processing', 'refund.closed', 'refund.abnormal']),
};

runChannelConformance({ name: 'alipay (order of an app, key mode)', makeSubject: () => makeAlipaySubject('publicKey', 'jsapi'), notApplicable: always });
runChannelConformance({ name: 'alipay (scanned code, certificate mode)', makeSubject: () => makeAlipaySubject('certificate', 'paymentCode'), notApplicable: always });
runChannelConformance({
  name: 'alipay (shown code, certificate mode)',
  makeSubject: () => makeAlipaySubject('certificate', 'nativeQr'),
  notApplicable: {
    ...always,
    ...notApplicable('Alipay has no trade before the code is scanned, so a lost precreate is not found: tested in channel-alipay-wire; refunds are the same for all methods', [
      'charge.timeoutAfter', 'refund.timeoutAfter', 'answer.timeoutAfterExecution',
    ]),
  },
});
