import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject, OF_PUBLIC_KEYS } from './channel-wechat-pay-subject.js';

for (const method of ['jsapi', 'miniProgram', 'app', 'h5'] as const) {
  runChannelConformance({ name: `wechat-pay (${method})`, makeSubject: () => makeWechatPaySubject({ mode: 'publicKey', method }), notApplicable: OF_PUBLIC_KEYS });
}
