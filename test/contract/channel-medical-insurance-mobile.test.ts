import { notApplicable, runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeMobileSubject } from './channel-medical-insurance-mobile-stand.js';

const NEVER = {
  ...notApplicable('6203 answers done, failed or unknown (EXP): there is no refund that was only accepted, and none that is given up or blocked later', ['refund.processing', 'refund.closed', 'refund.abnormal']),
  ...notApplicable('the mobile centre has no bill: what it settles shows in the statement of the institution interface (3201, 3202) as lines only the centre has, by the centre’s settlement number and not by order', ['statement.complete', 'statement.contradiction']),
  ...notApplicable('the keys of the centre are bare SM2 keys: they have no validity', ['certificate.expired']),
  ...notApplicable('6302 tells of settlements only', ['notification.refund']),
};

runChannelConformance({ name: 'medical-insurance (mobile payment, user id the app secret)', makeSubject: () => makeMobileSubject(), notApplicable: NEVER });

runChannelConformance({
  name: 'medical-insurance (mobile payment, standard user id, plain body, numbers, gateway headers)',
  makeSubject: () => makeMobileSubject({ numbers: 'number', mobile: { sm2UserId: 'standard', bodyCipher: 'plain', headers: 'tif' }, settings: { mobileSm2UserId: 'standard', mobileBodyCipher: 'plain', mobileTimestamp: 'milliseconds', headerSigner: 'tif', amountForm: 'text' } }),
  notApplicable: NEVER,
});
