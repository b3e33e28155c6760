/** Mistakes at the window: card terminals, tills and the insurance. */
import type { ChannelGuest } from '@hospay/server/domain/guests.js';
import { advanceUnlessEnded } from './advance-unless-ended.js';
import { CARD_ID } from './channels/card-world.js';
import { INSURANCE_ID } from './channels/insurance-world.js';
import { CASH_ID } from './channels/till-world.js';
import type { PlantedBug } from './planted-bug.js';

export const DESK_BUGS: readonly PlantedBug[] = [
  {
    name: 'power-cut-is-failure',
    numbers: [6],
    what: 'a card terminal that gave no answer has taken nothing',
    storm: { 'terminal loses power': 0.6 },
    wrapChannel: only(CARD_ID, (channel) => ({
      ...channel,
      async charge(request) {
        const outcome = await channel.charge(request);
        return outcome.kind === 'unknown' ? { kind: 'declined', code: 'NO_ANSWER', message: outcome.reason } : outcome;
      },
      async query(payment) {
        const news = await channel.query(payment);
        return news.kind === 'unknown' ? { kind: 'declined', code: 'NO_ANSWER', message: news.reason } : news;
      },
    })),
  },
  {
    name: 'last-slip-of-another-believed',
    numbers: [],
    what: 'the last slip of a terminal proves the payment that is asked about, whosever slip it is',
    wrapChannel: (channel, world) => only(CARD_ID, (terminals) => ({
      ...terminals,
      async query(payment) {
        const news = await terminals.query(payment);
        const last = world.channels.cards.desks.flatMap(({ machine }) => machine.transactions).at(-1);
        if (news.kind !== 'unknown' || last === undefined) return news;
        return { kind: 'succeeded', tradeNo: payment.tradeNo, merchantNo: terminals.merchantNo, amountFen: payment.amountFen, channelTradeNo: last.referenceNo, paidAt: last.at };
      },
    }))(channel),
  },
  {
    name: 'cash-counted-again',
    numbers: [10],
    what: 'cash whose counting had no answer is counted again under another number',
    storm: { 'plugin dies after a write': 0.15 },
    wrapChannel: (channel, world) => only(CASH_ID, (tills) => ({
      ...tills,
      async charge(request) {
        const outcome = await tills.charge(request);
        // The program at the till is back after a minute.
        if (outcome.kind === 'unknown') world.time.after(90_000, `the cash of ${request.tradeNo} is counted again`, () => { void tills.charge({ ...request, tradeNo: `${request.tradeNo}A` }); });
        return outcome;
      },
    }))(channel),
  },
  {
    name: 'short-till-pays-out',
    numbers: [9],
    what: 'a refund the till could not pay is booked as paid',
    wrapChannel: only(CASH_ID, refundedAnyway),
  },
  {
    name: 'unknown-settlement-is-refusal',
    numbers: [6, 27],
    what: 'a settlement without an answer is sent anew, and the refusal of the repeat is believed',
    wrapChannel: only(INSURANCE_ID, (channel) => ({
      ...channel,
      async charge(request) {
        const outcome = await channel.charge(request);
        return outcome.kind === 'unknown' ? { kind: 'declined', code: '-1', message: '该就诊已结算' } : outcome;
      },
    })),
  },
  {
    name: 'unknown-settlement-is-not-there',
    numbers: [4, 27],
    what: 'a settlement that cannot be asked about counts as never made, and nobody asks after the end',
    storm: { 'answer lost': 0.12 },
    wrapHandlers: (handlers, ports) => ({ ...handlers, advancePayment: (job) => advanceUnlessEnded(handlers, ports, job) }),
    wrapChannel: only(INSURANCE_ID, (channel) => ({
      ...channel,
      async query(payment) {
        const news = await channel.query(payment);
        return news.kind === 'unknown' ? { kind: 'closed' } : news;
      },
    })),
  },
];

/** The mistake is one channel's own. */
function only(id: string, mistaken: (channel: ChannelGuest) => ChannelGuest): (channel: ChannelGuest) => ChannelGuest {
  return (channel) => (channel.id === id ? mistaken(channel) : channel);
}

function refundedAnyway(channel: ChannelGuest): ChannelGuest {
  return {
    ...channel,
    async refund(request) {
      const outcome = await channel.refund(request);
      if (outcome.kind !== 'declined') return outcome;
      return { kind: 'succeeded', refundNo: request.refundNo, tradeNo: request.payment.tradeNo, refundFen: request.refundFen, channelRefundNo: 'none', refundedAt: request.submittedAt };
    },
  };
}
