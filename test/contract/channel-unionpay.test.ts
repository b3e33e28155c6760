import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NOT_APPLICABLE_WITHOUT_SCANNED_CODES } from './channel-unionpay-rules.js';
import { makeUnionpaySubject } from './channel-unionpay-subject.js';

runChannelConformance({ name: 'unionpay (shown code, certificate)', makeSubject: () => makeUnionpaySubject('01', 'nativeQr'), notApplicable: NOT_APPLICABLE_WITHOUT_SCANNED_CODES });
