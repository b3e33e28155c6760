import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NOT_APPLICABLE_TO_SHOWN_CODES } from './channel-alipay-rules.js';
import { makeAlipaySubject } from './channel-alipay-subject.js';

runChannelConformance({ name: 'alipay (shown code, certificate mode)', makeSubject: () => makeAlipaySubject('certificate', 'nativeQr'), notApplicable: NOT_APPLICABLE_TO_SHOWN_CODES });
