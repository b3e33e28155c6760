/** Mistakes with numbers that are closed by undoing them (撤销, 冲正), and with what comes back from a wallet's page. */
import { advanceUnlessEnded } from './advance-unless-ended.js';
import type { PlantedBug } from './planted-bug.js';
import { alsoAfter } from './also-after.js';

export const UNDO_BUGS: readonly PlantedBug[] = [
  {
    name: 'undo-believed-unasked',
    numbers: [3],
    what: 'a scanned code that is given up counts as undone without asking the channel, and nobody asks after the end',
    storm: { 'cancel while paying': 0.6, 'gives up waiting for the code': 0.9 },
    wrapHandlers: (handlers, ports) => ({ ...handlers, advancePayment: (job) => advanceUnlessEnded(handlers, ports, job) }),
    wrapChannel: (channel) => ({ ...channel, close: (payment) => (payment.method === 'paymentCode' ? Promise.resolve({ kind: 'closed' }) : channel.close(payment)) }),
  },
  {
    name: 'unclear-undo-is-closed',
    numbers: [3, 6],
    what: 'an undo without a clear answer counts as done, and nobody asks after the end',
    wrapHandlers: (handlers, ports) => ({ ...handlers, advancePayment: (job) => advanceUnlessEnded(handlers, ports, job) }),
    wrapChannel: (channel) => ({
      ...channel,
      async close(payment) {
        const outcome = await channel.close(payment);
        return outcome.kind === 'unknown' ? { kind: 'closed' } : outcome;
      },
    }),
  },
  {
    name: 'success-believed-while-undoing',
    numbers: [],
    what: 'nothing remembers that a close has no answer yet: a success told meanwhile is served, and the undo takes the money back',
    storm: { 'undo arrives late': 0.9, 'cancel while paying': 0.9, 'password typed late': 0.9, 'code scanned, answer in doubt': 0.8, 'answer lost': 0.3, 'patient leaves': 0, 'patient refuses the password': 0 },
    wrapStore: (store) => alsoAfter(store, (change) => {
      for (const { paymentNo, closeAskedAt } of change.payments) if (closeAskedAt !== undefined) change.setPayment(paymentNo, { closeAskedAt: undefined });
    }),
  },
  {
    name: 'notice-believed-after-undo',
    numbers: [],
    what: 'a notice that was sent before an undo is believed after it',
    storm: { 'notice late': 0.7, 'notice never sent': 0, 'notice lost': 0, 'cancel while paying': 0.9, 'password typed late': 0.8 },
    wrapChannel: (channel, world) => ({
      ...channel,
      readNotification: (raw) => (raw.headers['signature'] === 'genuine' ? Promise.resolve(world.channels.content(channel.id, raw)) : channel.readNotification(raw)),
    }),
  },
  {
    name: 'return-page-believed',
    numbers: [26],
    what: 'the browser that comes back from the wallet’s page and says "paid" is believed',
    wrapChannel: (channel, world) => ({
      ...channel,
      readNotification: (raw) => (raw.headers['signature'] === 'returnPage' ? Promise.resolve(world.channels.content(channel.id, raw)) : channel.readNotification(raw)),
    }),
  },
];
