import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NEVER_APPLICABLE, NOT_APPLICABLE_TO_SECURE_KEYS } from './channel-unionpay-rules.js';
import { makeUnionpaySubject } from './channel-unionpay-subject.js';

runChannelConformance({ name: 'unionpay (scanned code, secure key SM3)', makeSubject: () => makeUnionpaySubject('12', 'paymentCode'), notApplicable: { ...NEVER_APPLICABLE, ...NOT_APPLICABLE_TO_SECURE_KEYS } });
