import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NEVER_APPLICABLE } from './channel-unionpay-rules.js';
import { makeUnionpaySubject } from './channel-unionpay-subject.js';

runChannelConformance({ name: 'unionpay (scanned code, certificate)', makeSubject: () => makeUnionpaySubject('01', 'paymentCode'), notApplicable: NEVER_APPLICABLE });
