import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject } from './channel-wechat-pay-subject.js';

for (const mode of ['publicKey', 'platformCertificate'] as const) {
  const notApplicable = mode === 'publicKey' ? { 'certificate.expired': 'a public key of WeChat Pay has no validity' } : {};
  runChannelConformance({ name: `wechat-pay (${mode})`, makeSubject: () => makeWechatPaySubject(mode), notApplicable });
}
