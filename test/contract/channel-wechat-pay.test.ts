import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject } from './channel-wechat-pay-subject.js';

for (const mode of ['publicKey', 'platformCertificate', 'both'] as const) {
  const notApplicable = mode === 'platformCertificate' ? {} : { 'certificate.expired': 'WeChat Pay answers with its public key, which has no validity' };
  runChannelConformance({ name: `wechat-pay (${mode})`, makeSubject: () => makeWechatPaySubject({ mode, method: 'nativeQr' }), notApplicable });
}
