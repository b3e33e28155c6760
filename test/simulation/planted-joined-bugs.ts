/** Mistakes with the wallet that settles the insurance together with its payment (医保混合收款). */
import { settledWith } from '@hospay/server/domain/joined-payments.js';
import { MOBILE_INSURANCE_ID } from './channels/mobile-insurance-world.js';
import type { PlantedBug } from './planted-bug.js';

export const JOINED_BUGS: readonly PlantedBug[] = [
  {
    name: 'cash-part-is-the-whole',
    numbers: [4],
    what: 'the cash part of a mixed payment that is paid counts as the whole, and what it settles is not looked at',
    wrapChannel: (channel) => ({
      ...channel,
      query: (payment) => {
        const { insuranceOrder: _unseen, ...cash } = payment;
        return channel.query(cash);
      },
    }),
  },
  {
    name: 'settled-beside-the-wallet',
    numbers: [27],
    what: 'the hospital has the centre settle (6202) what the wallet was to settle',
    wrapChannel: (channel) =>
      channel.id !== MOBILE_INSURANCE_ID
        ? channel
        : {
            ...channel,
            charge: (request) => {
              const { isSettledByWallet: _forgotten, ...own } = request;
              return channel.charge(own);
            },
          },
  },
  {
    name: 'undone-insurance-told-once',
    numbers: [11],
    what: 'the wallet is told once that the insurance is undone, whatever it answers',
    storm: { 'channel error before doing': 0.2, 'part of an insured payment is wanted back': 0.9, 'insurance part fails': 0, 'wallet and centre disagree': 0, 'mixed tender given up': 0 },
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async tellInsuranceRefund(job) {
        if (job.attempt > 1) await ports.store.putBackJob(job, 'done');
        else await handlers.tellInsuranceRefund(job);
      },
    }),
  },
  {
    name: 'centre-revoked-under-the-wallet',
    numbers: [3],
    what: 'a wallet without a clear answer counts as closed, so that the centre revokes what it may still settle, and nobody asks after the end',
    storm: { 'given up while it settles': 0.6 },
    wrapChannel: (channel) => ({
      ...channel,
      query: async (payment) => {
        const news = await channel.query(payment);
        return payment.insuranceOrder !== undefined && (news.kind === 'unknown' || news.kind === 'pending') ? { kind: 'closed' } : news;
      },
    }),
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advancePayment(job) {
        const found = await ports.store.findOrderByPayment(job.subject);
        const wallet = found?.payments.find(({ paymentNo }) => paymentNo === job.subject);
        const isJoined = found !== undefined && wallet !== undefined && settledWith(found.payments, wallet) !== undefined;
        if (isJoined && wallet.state === 'closed') await ports.store.putBackJob(job, 'done');
        else await handlers.advancePayment(job);
      },
    }),
  },
];
