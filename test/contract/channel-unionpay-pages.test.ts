import { runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { NOT_APPLICABLE_TO_PAGES } from './channel-unionpay-rules.js';
import { makeUnionpaySubject } from './channel-unionpay-subject.js';

runChannelConformance({ name: 'unionpay (page, certificate)', makeSubject: () => makeUnionpaySubject('01', 'webPage'), notApplicable: NOT_APPLICABLE_TO_PAGES });
