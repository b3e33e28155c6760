import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NOT_APPLICABLE_WITHOUT_SCANNED_CODES, NOT_APPLICABLE_TO_SECURE_KEYS } from './channel-unionpay-rules.js';
import { makeUnionpaySubject } from './channel-unionpay-subject.js';

runChannelConformance({ name: 'unionpay (order of an app, secure key SHA-256)', makeSubject: () => makeUnionpaySubject('11', 'app'), notApplicable: { ...NOT_APPLICABLE_WITHOUT_SCANNED_CODES, ...NOT_APPLICABLE_TO_SECURE_KEYS } });
