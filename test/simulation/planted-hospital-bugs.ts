/** Mistakes with the hospital: what it is told, how often, and what its answers are taken for. */
import { fen, type ConfirmRequest } from '@hospay/plugin-sdk';
import type { HospitalGuest } from '@hospay/server/domain/guests.js';
import type { MoneyStore } from '@hospay/server/domain/money-store.js';
import type { Order } from '@hospay/server/domain/order.js';
import { advanceInvoice } from '@hospay/server/invoices/advance-invoice.js';
import { alsoAfter } from './also-after.js';
import type { PlantedBug } from './planted-bug.js';

export const HOSPITAL_BUGS: readonly PlantedBug[] = [
  {
    name: 'deposit-of-another-stay',
    numbers: [],
    what: 'the HIS is told of a deposit for the newest stay it has, not for the one it was paid for',
    wrapHospital: (hospital, world) => ({
      ...hospital,
      confirm(request) {
        const newest = [...world.hospital.beds.stays.values()].at(-1);
        if (request.business !== 'deposit' || newest === undefined) return hospital.confirm(request);
        return hospital.confirm({ ...request, inpatientNo: newest.inpatientNo, visitId: newest.visitId });
      },
    }),
  },
  {
    name: 'business-forgotten-in-the-question',
    numbers: [22],
    what: 'whether a registration or a deposit is booked is asked among the bills, where there is none; a HIS that books twice then does',
    wrapHospital: (hospital) => ({ ...hospital, queryConfirmation: ({ tradeNo }) => hospital.queryConfirmation({ tradeNo }) }),
    storm: { 'HIS timeout after commit': 0.4 },
  },
  {
    name: 'discharge-refusal-believed',
    numbers: [],
    what: 'a stay whose settlement had no answer is not asked about: that it is settled already is taken for a refusal, and nothing goes back',
    wrapHospital: (hospital) => ({
      ...hospital,
      facet: (name) => (name === 'queryDischarge' ? ((() => Promise.resolve({ kind: 'absent' })) as unknown as ReturnType<typeof hospital.facet<typeof name>>) : hospital.facet(name)),
    }),
    storm: { 'HIS timeout after commit': 0.4 },
  },
  {
    name: 'prepayment-paid-before-given-up',
    numbers: [],
    what: 'a HIS that has not answered whether it took a balance off the account is believed to have: it is paid out, and still lies there',
    wrapHospital: (hospital) => withReturns(hospital, { kind: 'ok', value: { hisReturnNo: 'YJ', balanceFen: 0 } }),
    storm: { 'HIS timeout before commit': 0.6, 'prepayment is returned': 0.9, 'refunded at a window of the HIS': 0, 'refunded by one key at a window': 0 },
  },
  {
    name: 'prepayment-silence-is-refusal',
    numbers: [],
    what: 'a HIS that has not answered whether it took a balance off the account is believed to have refused: it took it, and nothing goes back',
    wrapHospital: (hospital) => withReturns(hospital, { kind: 'rejected', code: 'SILENT', message: 'no answer' }),
    storm: { 'HIS timeout after commit': 0.6, 'prepayment is returned': 0.9, 'refunded at a window of the HIS': 0, 'refunded by one key at a window': 0 },
  },
  {
    name: 'invoice-asked-anew',
    numbers: [],
    what: 'an invoice whose answer was lost is asked for again under another number: the patient has two',
    wrapHospital(hospital) {
      const asked = new Map<string, number>();
      return {
        ...hospital,
        facet(name) {
          if (name === 'queryInvoice') return (() => Promise.resolve({ kind: 'absent' })) as unknown as ReturnType<typeof hospital.facet<typeof name>>;
          const issue = hospital.facet('issueInvoice');
          if (name !== 'issueInvoice' || issue === undefined) return hospital.facet(name);
          return ((request: Parameters<typeof issue>[0]) => {
            const times = (asked.get(request.invoiceRequestNo) ?? 0) + 1;
            asked.set(request.invoiceRequestNo, times);
            return issue({ ...request, invoiceRequestNo: `${request.invoiceRequestNo}/${String(times)}` });
          }) as unknown as ReturnType<typeof hospital.facet<typeof name>>;
        },
      };
    },
    storm: { 'HIS timeout after commit': 0.4 },
  },
  {
    name: 'invoice-not-flushed',
    numbers: [],
    what: 'what is refunded leaves its invoice as it was: it says more than the hospital holds',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async advanceInvoice(job) {
        const found = await ports.store.findOrder(job.subject);
        if (found?.invoices?.some(({ state }) => state === 'issued') === true) await ports.store.putBackJob(job, 'done');
        else await handlers.advanceInvoice(job);
      },
    }),
  },
  {
    name: 'invoice-of-the-exact-amount',
    numbers: [],
    what: 'the invoice of a rounded order says what the bills come to, not what was charged: after a part went back it is wrong by the rounding, or never comes',
    wrapHandlers: (handlers, ports) => ({ ...handlers, advanceInvoice: (job) => advanceInvoice({ ...ports, store: withExactAmounts(ports.store) }, job) }),
  },
  {
    name: 'rounding-taken-off',
    numbers: [],
    what: 'the adapter charges what the parts come to exactly and tells a HIS that rounds its own figure: it books what nobody paid',
    wrapHospital(hospital) {
      const roundings = new Map<string, number>();
      const rounded = (request: ConfirmRequest) => ({ ...request, amountFen: request.amountFen + (roundings.get(request.quoteNo) ?? 0) });
      return {
        ...hospital,
        async presettle(request) {
          const answer = await hospital.presettle(request);
          if (answer.kind !== 'ok' || answer.value.roundingFen === undefined) return answer;
          const { roundingFen, ...exact } = answer.value;
          roundings.set(exact.quoteNo, roundingFen);
          return { kind: 'ok', value: { ...exact, selfPayFen: exact.selfPayFen - roundingFen } };
        },
        async confirm(request) {
          const answer = await hospital.confirm(rounded(request));
          return answer.kind === 'ok' ? { kind: 'ok', value: { ...answer.value, amountFen: request.amountFen } } : answer;
        },
      };
    },
  },
  {
    name: 'bills-not-given-back',
    numbers: [],
    what: 'the HIS keeps the bills of an order that came to nothing: the patient cannot pay them at a window before the lock falls free',
    wrapHandlers: (handlers, ports) => ({ ...handlers, unlockBills: async (job) => { await ports.store.putBackJob(job, 'done'); } }),
  },
  {
    name: 'lost-booking-ignored',
    numbers: [],
    what: 'a HIS that was restored from a backup is not asked again: what it forgot stays forgotten, and the patient has paid',
    wrapHandlers: (handlers, ports) => ({ ...handlers, checkBooking: async (job) => { await ports.store.putBackJob(job, 'done'); } }),
    storm: { 'HIS restored from a backup': 0.9 },
  },
  {
    name: 'refused-repeat-is-refusal',
    numbers: [6],
    what: 'a HIS that refuses a repeat is believed for the requests it has not answered: it carries one out later, and nobody sends the money back',
    wrapStore: (store) => alsoAfter(store, (change) => {
      for (const { refundNo, hisDoubtUntil } of change.refunds) if (hisDoubtUntil !== undefined) change.setRefund(refundNo, { hisDoubtUntil: undefined });
    }),
    storm: { 'HIS commits after the deadline': 0.9, 'HIS restored from a backup': 0.9 },
  },
  {
    name: 'refused-booking-is-refusal',
    numbers: [22],
    what: 'a HIS that refuses a booking it is told of again is believed for the telling it has not answered: the money goes back, and it books',
    wrapStore: (store) => alsoAfter(store, (change) => { if (change.order.hisDoubtUntil !== undefined) change.setOrder({ hisDoubtUntil: undefined }); }),
    storm: { 'HIS commits after the deadline': 0.7, 'HIS rejects after pay': 0.5 },
  },
  {
    name: 'collected-discharge-refusal-believed',
    numbers: [],
    what: 'what a discharge collected is booked by the settlement and had no answer: that the stay is settled already is taken for a refusal, and the money goes back',
    wrapHospital: (hospital) => ({ ...hospital, queryConfirmation: (query) => (query.business === 'discharge' ? Promise.resolve({ kind: 'absent' }) : hospital.queryConfirmation(query)) }),
    storm: { 'HIS timeout after commit': 0.7, 'discharged meanwhile': 0, 'patient leaves': 0 },
  },
  {
    name: 'nothing-to-pay-forgotten',
    numbers: [],
    what: 'an order without a payment is not told to the hospital: its bills stay open there',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async confirmOrder(job) {
        const found = await ports.store.findOrder(job.tradeNo);
        if (found?.payments.length === 0) await ports.store.putBackJob(job, 'done');
        else await handlers.confirmOrder(job);
      },
    }),
  },
  {
    name: 'resend-without-question',
    numbers: [10],
    what: 'a confirmation without an answer is sent again, not asked about: some HIS book twice',
    wrapHospital: (hospital) => ({ ...hospital, queryConfirmation: () => Promise.resolve({ kind: 'absent' }) }),
  },
  {
    name: 'confirm-gives-up',
    numbers: [21],
    what: 'the hospital is told three times, then no more',
    wrapHandlers: (handlers, ports) => ({
      ...handlers,
      async confirmOrder(job) {
        if (job.attempt > 3) await ports.store.putBackJob(job, 'done');
        else await handlers.confirmOrder(job);
      },
    }),
  },
  {
    name: 'already-paid-is-refusal',
    numbers: [22],
    what: 'the HIS answers our own repeat with "already paid" and that is taken for a refusal; the question before and after is off too',
    wrapHospital: (hospital) => {
      const sent = new Set<string>();
      return {
        ...hospital,
        queryConfirmation: () => Promise.resolve({ kind: 'absent' }),
        async confirm(request) {
          const isRepeat = sent.has(request.tradeNo);
          sent.add(request.tradeNo);
          const result = await hospital.confirm(request);
          return isRepeat && result.kind === 'ok' ? { kind: 'rejected', code: 'ALREADY_PAID', message: 'already paid' } : result;
        },
      };
    },
  },
  {
    name: 'garbage-is-an-answer',
    numbers: [23],
    what: 'exception text from the HIS is read as a settlement number',
    wrapHospital: (hospital) => ({
      ...hospital,
      async confirm(request) {
        const result = await hospital.confirm(request);
        if (result.kind !== 'unknown' || !result.reason.startsWith('garbage')) return result;
        return { kind: 'ok', value: { settlementNo: result.reason.slice(0, 40), receiptNo: '', amountFen: request.amountFen } };
      },
    }),
  },
  {
    name: 'his-timeout-is-refusal',
    numbers: [6, 21],
    what: 'a confirmation without an answer sends the money back',
    wrapHospital: (hospital) => ({
      ...hospital,
      async confirm(request) {
        const result = await hospital.confirm(request);
        return result.kind === 'unknown' ? { kind: 'rejected', code: 'TIMEOUT', message: result.reason } : result;
      },
    }),
  },
  {
    name: 'refund-before-the-hospital-agrees',
    numbers: [],
    what: 'money goes back while the booking in the HIS stands',
    wrapHospital: (hospital) => ({ ...hospital, approveRefund: (request) => Promise.resolve({ kind: 'ok', value: { hisRefundNo: `HR-${request.refundNo}` } }) }),
  },
];

/** What an unknown answer to the taking of a balance is turned into. */
function withReturns(hospital: HospitalGuest, believed: object): HospitalGuest {
  return {
    ...hospital,
    facet(name) {
      const give = hospital.facet('returnAccountBalance');
      if (name !== 'returnAccountBalance' || give === undefined) return hospital.facet(name);
      return (async (request: Parameters<typeof give>[0]) => {
        const answer = await give(request);
        return answer.kind === 'unknown' ? believed : answer;
      }) as unknown as ReturnType<typeof hospital.facet<typeof name>>;
    },
  };
}

/** The store to somebody who does not know that a HIS rounds. */
function withExactAmounts(store: MoneyStore): MoneyStore {
  const exact = (order: Order): Order => (order.presettlementNo === undefined ? { ...order, amountFen: fen(order.totalFen - order.fundFen - order.personalAccountFen) } : order);
  return new Proxy(store, {
    get(target, name) {
      if (name === 'findOrder') {
        return async (tradeNo: string) => {
          const found = await target.findOrder(tradeNo);
          return found === undefined ? undefined : { ...found, order: exact(found.order) };
        };
      }
      if (name === 'change') return (request: Parameters<MoneyStore['change']>[0], work: Parameters<MoneyStore['change']>[1]) => target.change(request, (change) => work(new Proxy(change, { get: (of, key) => (key === 'order' ? exact(of.order) : bound(of, key)) })));
      return bound(target, name);
    },
  });
}
function bound(of: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(of, name, of);
  return typeof value === 'function' ? value.bind(of) : value;
}
