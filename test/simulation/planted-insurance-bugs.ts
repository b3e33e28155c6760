/** Mistakes with orders the insurance pays a part of (医保): between pre-settlement, order and settlement, and on the way back. */
import type { ChannelGuest } from '@hospay/server/domain/guests.js';
import { insuredFen, settlesLast } from '@hospay/server/domain/presettlement.js';
import type { BeginResult } from '@hospay/server/domain/presettlement-store.js';
import { INSURANCE_ID } from './channels/insurance-world.js';
import { inForwardOrder } from './forward-order.js';
import type { PlantedBug } from './planted-bug.js';

export const INSURANCE_BUGS: readonly PlantedBug[] = [
  {
    name: 'self-pay-kept',
    numbers: [27],
    what: 'where the insurance is settled last, an order whose settlement never comes keeps what the patient has paid himself',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advanceTender(job) {
        const found = await ports.store.findOrder(job.tradeNo);
        if (found !== undefined && settlesLast(found)) await ports.store.putBackJob(job, 'done');
        else await handlers.advanceTender(job);
      },
    }),
    storm: { 'patient leaves': 0.6 },
  },
  {
    name: 'presettlement-written-after-its-answer',
    numbers: [7],
    what: 'a pre-settlement is written down when the centre has answered, not before it is asked',
    wrapPresettlements: (presettlements) => {
      const held = new Map<string, () => Promise<BeginResult>>();
      return {
        ...presettlements,
        begin: (presettlement, idempotency, cause) => {
          held.set(presettlement.presettlementNo, () => presettlements.begin(presettlement, idempotency, cause));
          return Promise.resolve({ kind: 'begun', presettlement });
        },
        async change(request, work) {
          await held.get(request.presettlementNo)?.();
          held.delete(request.presettlementNo);
          return presettlements.change(request, work);
        },
      };
    },
  },
  {
    name: 'fees-sent-under-a-new-number',
    numbers: [10],
    what: 'a pre-settlement without an answer is made again under another number: its fees are at the centre twice',
    wrapCentre: (centre) => ({
      ...centre,
      async presettle(request) {
        const outcome = await centre.presettle(request);
        if (outcome.kind !== 'unknown') return outcome;
        const anew = await centre.presettle({ ...request, presettlementNo: `${request.presettlementNo}N` });
        return anew.kind === 'presettled' ? { ...anew, presettlementNo: request.presettlementNo } : anew;
      },
    }),
  },
  {
    name: 'forecast-instead-of-presettled',
    numbers: [19],
    what: 'the insured payment takes what the quote forecast, not what was pre-settled; neither the transaction nor the plugin compares',
    wrapStore: (store) => ({
      ...store,
      async accept(acceptance) {
        const { order, payment } = acceptance;
        if (order.presettlementNo === undefined || payment === undefined) return store.accept(acceptance);
        const quote = await store.findQuote(order.quoteId);
        return store.accept({ ...acceptance, order: { ...order, presettlementNo: undefined }, payment: { ...payment, amountFen: quote?.fundFen ?? payment.amountFen } });
      },
    }),
    wrapChannel: (channel, world) => only(channel, {
      charge: async (request) => {
        const known = await world.store.presettlements.find(request.presettlementNo ?? '');
        return channel.charge({ ...request, amountFen: known?.split === undefined ? request.amountFen : insuredFen(known.split) });
      },
    }),
  },
  {
    name: 'presettlement-stays-open',
    numbers: [15],
    what: 'the pre-settlement an order has taken is shown as open: a second order may take it too',
    prepareDatabase: (database) => {
      database.exec("CREATE TRIGGER stays_open AFTER UPDATE ON presettlement WHEN NEW.state = 'settling' BEGIN UPDATE presettlement SET state = 'presettled' WHERE presettlement_no = NEW.presettlement_no; END");
    },
  },
  {
    name: 'split-guessed',
    numbers: [],
    what: 'a settlement that does not say what fund and account pay is booked as paid by the fund alone',
    storm: { 'split left out': 0.9 },
    wrapChannel: (channel) => {
      const guessed = <News extends { readonly kind: string }>(news: News): News =>
        news.kind === 'succeeded' && !('insuranceSplit' in news) && 'amountFen' in news ? { ...news, insuranceSplit: { fundFen: Number(news.amountFen), accountFen: 0 } } : news;
      return only(channel, { charge: async (request) => guessed(await channel.charge(request)), query: async (payment) => guessed(await channel.query(payment)) });
    },
  },
  {
    name: 'split-halved',
    numbers: [],
    what: 'what is booked is half fund, half account, whatever the centre says',
    wrapChannel: (channel) => {
      const halved = <News extends { readonly kind: string }>(news: News): News => {
        if (news.kind !== 'succeeded' || !('amountFen' in news)) return news;
        const half = Math.floor(Number(news.amountFen) / 2);
        return { ...news, insuranceSplit: { fundFen: Number(news.amountFen) - half, accountFen: half } };
      };
      return only(channel, { charge: async (request) => halved(await channel.charge(request)), query: async (payment) => halved(await channel.query(payment)) });
    },
  },
  {
    name: 'part-of-a-settlement-refunded',
    numbers: [9, 27],
    what: 'a part of an insured payment is taken for any other refund, and "refunded" in the books; the centre knows no parts',
    wrapStore: (store) => ({
      ...store,
      accept: (acceptance) => {
        if (acceptance.payment === undefined) return store.accept(acceptance);
        const { refundsWholeOnly: _forgotten, ...payment } = acceptance.payment;
        return store.accept({ ...acceptance, payment });
      },
    }),
  },
  {
    name: 'take-back-forgotten',
    numbers: [11],
    what: 'a pre-settlement whose time is over, or whose payment went back, is given up in our own table only',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advancePresettlement(job) {
        const found = await ports.presettlements.find(job.subject);
        if (found?.state === 'abandoning') await ports.store.putBackJob(job, 'done');
        else await handlers.advancePresettlement(job);
      },
    }),
  },
  {
    name: 'take-back-believed-unasked',
    numbers: [3],
    what: 'a take-back without a clear answer of the centre counts as done',
    wrapCentre: (centre) => ({
      ...centre,
      async abandon(request) {
        const outcome = await centre.abandon(request);
        return outcome.kind === 'unknown' || outcome.kind === 'declined' ? { kind: 'abandoned' } : outcome;
      },
    }),
  },
  {
    name: 'late-settlement-ignored',
    numbers: [2],
    what: 'a settlement found after its payment was given up is ignored: the centre says it holds one, and that counts as taken back',
    storm: { 'settlement shown late': 0.5, 'given up while it settles': 0.5 },
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advancePayment(job) {
        const found = await ports.store.findOrderByPayment(job.subject);
        const payment = found?.payments.find(({ paymentNo }) => paymentNo === job.subject);
        if (payment?.method === 'medicalInsurance' && payment.state === 'closed') await ports.store.putBackJob(job, 'done');
        else await handlers.advancePayment(job);
      },
    }),
    wrapCentre: (centre) => ({
      ...centre,
      async abandon(request) {
        const outcome = await centre.abandon(request);
        return outcome.kind === 'settled' ? { kind: 'abandoned' } : outcome;
      },
    }),
  },
  {
    name: 'insurance-undone-first',
    numbers: [27],
    what: 'a paid order is refunded the insurance first, then what was paid on top of it',
    storm: { 'merchant balance short': 0.7 },
    wrapStore: (store) => inForwardOrder(store, ({ payments, refunds }, refundNo) => {
      const own = refunds.find((refund) => refund.refundNo === refundNo);
      return payments.some(({ paymentNo, method }) => paymentNo === own?.paymentNo && method === 'medicalInsurance');
    }),
  },
  {
    name: 'split-swapped-for-the-hospital',
    numbers: [],
    what: 'the hospital is told what the personal account paid as what the fund paid',
    wrapHospital: (hospital) => ({
      ...hospital,
      confirm: (request) => {
        const { insurance } = request;
        return hospital.confirm(insurance === undefined ? request : { ...request, insurance: { ...insurance, fundFen: insurance.accountFen, accountFen: insurance.fundFen } });
      },
    }),
  },
];

/** The mistake is the insurance channel's own. */
function only(channel: ChannelGuest, mistaken: Partial<ChannelGuest>): ChannelGuest {
  return channel.id === INSURANCE_ID ? { ...channel, ...mistaken } : channel;
}
