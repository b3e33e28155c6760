import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject } from './channel-wechat-pay-subject.js';

for (const method of ['nativeQr', 'jsapi'] as const) {
  runChannelConformance({ name: `wechat-pay (sub-merchant of a service provider, ${method})`, makeSubject: () => makeWechatPaySubject({ mode: 'publicKey', method, isPartner: true }), notApplicable: { 'certificate.expired': 'a public key of WeChat Pay has no validity; see channel-wechat-pay' } });
}
