import { notApplicable, runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeInsuranceSubject } from './channel-medical-insurance-subject.js';

const ALWAYS = {
  ...notApplicable('a settlement is made or not made; what nobody knows of is reversed by the query, so that there is nothing to close', ['close.unpaid', 'close.paid', 'close.unknownNumber', 'close.final', 'death.close']),
  ...notApplicable('the keys of the centre are bare SM2 keys: they have no validity', ['certificate.expired']),
  ...notApplicable('2208 answers with the undone settlement: there is no refund under way, given up or blocked', ['refund.processing', 'refund.closed', 'refund.abnormal']),
  ...notApplicable('the institution interface notifies nobody', [
    'notification.payment', 'notification.agreesWithQuery', 'notification.amountPassedOn', 'notification.forged', 'notification.otherMerchant',
    'notification.tampered', 'notification.unsigned', 'notification.garbage', 'notification.replayed', 'notification.refund', 'notification.answers',
  ]),
};

runChannelConformance({
  name: 'medical-insurance (institution interface, plain)',
  makeSubject: () => makeInsuranceSubject(),
  notApplicable: {
    ...ALWAYS,
    ...notApplicable('plain answers are not signed: they are tied to the visit, the person and the message, see answer.staleAnswer; a refusal is believed only when a look-up agrees', ['answer.unsignedAnswer']),
  },
});

runChannelConformance({
  name: 'medical-insurance (institution interface, sealed and signed)',
  makeSubject: () => makeInsuranceSubject({ headers: 'hsaf', bodyCipher: 'sm4', path: '/fsi/api/rsfComIfsService/{infno}', numbers: 'number' }),
  notApplicable: ALWAYS,
});
