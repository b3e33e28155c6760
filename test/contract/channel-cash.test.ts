import { notApplicable, runChannelConformance } from '@hospay/plugin-sdk/testkit';

import { makeCashSubject } from './channel-cash-subject.js';

runChannelConformance({
  name: 'cash',
  makeSubject: makeCashSubject,
  notApplicable: {
    ...notApplicable('cash asks nobody: there is no wire between the till book and the money; what a crash leaves is tested in channel-cash-till', [
      'charge.timeoutBefore', 'charge.timeoutAfter', 'refund.timeoutBefore', 'refund.timeoutAfter',
      'answer.timeoutBeforeExecution', 'answer.timeoutAfterExecution', 'answer.brokenConnectionAfterExecution', 'answer.serverErrorAfterExecution',
      'answer.throttled', 'answer.garbage', 'answer.forgedAnswer', 'answer.unsignedAnswer', 'answer.staleAnswer', 'answer.unlistedRefusal',
      'answer.forgedRefusal', 'answer.unreachable', 'probe.reachesFarSide',
    ]),
    ...notApplicable('a cash payment is never open: the money is counted in the charge', ['close.unpaid', 'close.paid', 'close.unknownNumber', 'close.final', 'death.close']),
    ...notApplicable('notes are handed over or not: a cash refund is never under way', ['refund.processing', 'refund.closed', 'refund.abnormal']),
    ...notApplicable('nobody notifies: the cashier at the till is the event', [
      'notification.payment', 'notification.agreesWithQuery', 'notification.amountPassedOn', 'notification.forged', 'notification.otherMerchant',
      'notification.tampered', 'notification.unsigned', 'notification.garbage', 'notification.replayed', 'notification.refund', 'notification.answers',
    ]),
    'clock.wrong': 'a till signs nothing: the day its clock says is tested in channel-cash-till',
    'certificate.expired': 'nothing is signed',
    'statement.contradiction': 'the bill is drawn from the till book when it is asked for; there is no outside file that could contradict itself',
  },
});
