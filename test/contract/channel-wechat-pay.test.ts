import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject, OF_PUBLIC_KEYS } from './channel-wechat-pay-subject.js';

for (const mode of ['publicKey', 'platformCertificate', 'both'] as const) {
  runChannelConformance({ name: `wechat-pay (${mode})`, makeSubject: () => makeWechatPaySubject({ mode, method: 'nativeQr' }), notApplicable: mode === 'platformCertificate' ? {} : OF_PUBLIC_KEYS });
}
