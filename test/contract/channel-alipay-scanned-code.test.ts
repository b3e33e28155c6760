import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NEVER_APPLICABLE } from './channel-alipay-rules.js';
import { makeAlipaySubject } from './channel-alipay-subject.js';

runChannelConformance({ name: 'alipay (scanned code, certificate mode)', makeSubject: () => makeAlipaySubject('certificate', 'paymentCode'), notApplicable: NEVER_APPLICABLE });
