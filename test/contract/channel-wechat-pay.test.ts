import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject } from './channel-wechat-pay-subject.js';

for (const mode of ['publicKey', 'platformCertificate', 'both'] as const) {
  runChannelConformance({ name: `wechat-pay (${mode})`, makeSubject: () => makeWechatPaySubject({ mode, method: 'nativeQr' }) });
}
