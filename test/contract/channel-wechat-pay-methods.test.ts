import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject } from './channel-wechat-pay-subject.js';

for (const method of ['jsapi', 'miniProgram', 'app', 'h5'] as const) {
  runChannelConformance({ name: `wechat-pay (${method})`, makeSubject: () => makeWechatPaySubject({ mode: 'publicKey', method }), notApplicable: { 'certificate.expired': 'a public key of WeChat Pay has no validity; see channel-wechat-pay' } });
}
