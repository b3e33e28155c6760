import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NEVER_APPLICABLE } from './channel-alipay-rules.js';
import { makeAlipaySubject } from './channel-alipay-subject.js';

runChannelConformance({ name: 'alipay (order of an app, key mode)', makeSubject: () => makeAlipaySubject('publicKey', 'jsapi'), notApplicable: { ...NEVER_APPLICABLE, 'certificate.expired': 'key mode: a bare key has no validity; see channel-alipay-shown-code' } });
