import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeWechatPaySubject, OF_PUBLIC_KEYS } from './channel-wechat-pay-subject.js';

for (const method of ['nativeQr', 'jsapi'] as const) {
  runChannelConformance({
    name: `wechat-pay (sub-merchant of a service provider, ${method})`,
    makeSubject: () => makeWechatPaySubject({ mode: 'publicKey', method, isPartner: true }),
    notApplicable: OF_PUBLIC_KEYS,
  });
}
