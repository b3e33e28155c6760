import { notApplicable, runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeBankCardSubject } from './channel-bank-card-pos-subject.js';

for (const profile of ['mis', 'cloud'] as const) {
  runChannelConformance({
    name: `bank-card-pos (${profile})`,
    makeSubject: () => makeBankCardSubject(profile),
    notApplicable: {
      ...notApplicable('what left for a terminal is never sent again under its number, arrived or not: a person would have to act twice', [
        'charge.timeoutBefore', 'refund.timeoutBefore', 'answer.timeoutBeforeExecution',
      ]),
      ...notApplicable('answers of a terminal are not signed: the check digits (mis) or the number in the answer (cloud) tie them to the request, see answer.staleAnswer', [
        'answer.forgedAnswer', 'answer.unsignedAnswer', 'answer.forgedRefusal',
      ]),
      ...notApplicable('a terminal cannot be called off from outside: the card-holder cancels, or its own time-out does', ['close.unpaid', 'close.paid', 'close.unknownNumber', 'close.final', 'death.close']),
      ...notApplicable('a terminal and its slips carry no signature of a time, and no certificate', ['clock.wrong', 'certificate.expired']),
      ...notApplicable('a refund is over when the terminal has printed its slip; one still running is tested in channel-bank-card-pos-refunds', ['refund.processing', 'refund.closed', 'refund.abnormal']),
      ...notApplicable('a terminal notifies nobody', [
        'notification.payment', 'notification.agreesWithQuery', 'notification.amountPassedOn', 'notification.forged', 'notification.otherMerchant',
        'notification.tampered', 'notification.unsigned', 'notification.garbage', 'notification.replayed', 'notification.refund', 'notification.answers',
      ]),
    },
  });
}
