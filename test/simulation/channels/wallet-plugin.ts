import type { CallContext, ChargeOutcome, ChargeRequest, CloseOutcome, FullPaymentChannel, PaymentNews, PaymentReference, PluginStore, SettlingInsurance } from '@hospay/plugin-sdk';
import type { GuestLife } from './guest-life.js';
import { createMixedWalletPayment } from './mixed-wallet-payment.js';
import type { WalletWorld } from './wallet-world.js';
import type { Wire, WireTrip } from './wire.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
/** Between our clock and the wallet's, and between a scan and its order. */
const CLOCK_MARGIN_MS = 5 * MINUTE;
/** Whoever sends a notice waits for our answer. */
const QUESTION_MS = 4 * SECOND;
/** An order may reach the wallet this late. */
const LATEST_CREATE_SECONDS = 900;
/** An undo that left is executed within this time or never. */
const LATEST_UNDO_SECONDS = 45;

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Asking = Pick<CallContext, 'signal'>;

/**
 * A wallet's plugin as the contract wants it, without the wire formats of any one wallet: a close that is an undo asks first, an undo that may have
 * reached the wallet is written down, and what was sent before an undo is asked about, not believed.
 */
export function createWalletPlugin({ world, wire, life, store, now }: { readonly world: WalletWorld; readonly wire: Wire; readonly life: GuestLife; readonly store: PluginStore; readonly now: () => Date }): FullPaymentChannel & Partial<SettlingInsurance> {
  const { merchantNo, methods, closes, ordersShownCodes } = world.profile;
  const ask = async <Reply>(trip: Pick<WireTrip<Reply>, 'label' | 'remote' | 'late'>, { signal }: Asking): Promise<Reply | Unknown> => {
    const answer = await wire.exchange({ ...trip, life, signal });
    return answer.kind === 'answer' ? answer.reply : { kind: 'unknown', reason: answer.reason };
  };
  const undoOf = (tradeNo: string): Promise<unknown> => store.get(`undo/${tradeNo}`);
  const askTrade = (tradeNo: string, call: Asking): Promise<PaymentNews> => ask({ label: `query ${tradeNo}`, remote: () => world.query(tradeNo) }, call);

  const mixed = world.profile.settlesInsurance === true ? createMixedWalletPayment({ world, store, ask, placeCash: (request, call) => placeCash(request, call) }) : undefined;

  const query = async ({ tradeNo, channelNote, insuranceOrder }: PaymentReference, call: Asking): Promise<PaymentNews> => {
    const news = await askTrade(tradeNo, call);
    if (insuranceOrder !== undefined && mixed !== undefined) return mixed.newsOf(tradeNo, news, call);
    if (news.kind !== 'notFound') return news;
    if ((await undoOf(tradeNo)) === 'done') return { kind: 'closed' };
    // A code or page was handed out: its order may come about until its time is over.
    if (channelNote === undefined) return news;
    return now().getTime() < Date.parse(channelNote) + CLOCK_MARGIN_MS ? { kind: 'pending' } : { kind: 'closed' };
  };

  const undo = async (tradeNo: string, call: Asking): Promise<CloseOutcome> => {
    await store.claim(`undo/${tradeNo}`, 'asked');
    const reply = await ask({ label: `undo ${tradeNo}`, remote: () => world.undo(tradeNo), late: { kind: 'undo arrives late', mostSeconds: LATEST_UNDO_SECONDS } }, call);
    if (reply.kind !== 'done') return reply.kind === 'again' ? { kind: 'unknown', reason: 'the wallet asks to undo again' } : reply;
    await store.put(`undo/${tradeNo}`, 'done');
    return { kind: 'closed' };
  };

  const close = async (payment: PaymentReference, call: Asking): Promise<CloseOutcome> => {
    const { tradeNo, method } = payment;
    const isUndone = method === 'paymentCode' || !closes;
    if (!isUndone && ordersShownCodes === 'whenCharged') return ask({ label: `close ${tradeNo}`, remote: () => world.close(tradeNo) }, call);
    const news = await askTrade(tradeNo, call);
    switch (news.kind) {
      case 'succeeded':
        // An undo that left and was not answered may still give it back: it is sent again until it is answered.
        return (await undoOf(tradeNo)) === 'asked' ? undo(tradeNo, call) : { kind: 'alreadyPaid' };
      case 'closed':
      case 'unknown':
        return news;
      case 'declined':
        return { kind: 'closed' };
      case 'pending':
        return isUndone ? undo(tradeNo, call) : ask({ label: `close ${tradeNo}`, remote: () => world.close(tradeNo) }, call);
      case 'notFound':
        if ((await undoOf(tradeNo)) === 'done') return { kind: 'closed' };
        // A code on the screen, or a scanned one on its way, can become an order at any moment; pages end by themselves at their time.
        if (method === 'nativeQr' || method === 'paymentCode') return undo(tradeNo, call);
        return (await query(payment, call)).kind === 'closed' ? { kind: 'closed' } : { kind: 'notFound' };
    }
  };

  const charge = async (request: ChargeRequest, { signal }: CallContext): Promise<ChargeOutcome> => {
    const { tradeNo, method, expiresAt } = request;
    if ((await undoOf(tradeNo)) !== undefined) return { kind: 'unknown', reason: 'this number was undone: it is asked about, never charged again' };
    if (method === 'webPage' || method === 'h5' || method === 'app') {
      world.handOut(request);
      return { kind: 'pending', present: pageOf(method, tradeNo), channelNote: expiresAt };
    }
    if (request.insuranceOrder !== undefined) return mixed?.charge(request, { signal }) ?? { kind: 'notSent', reason: 'this wallet settles no insurance' };
    const isShown = method === 'nativeQr' && ordersShownCodes === 'whenScanned';
    const placed = await placeCash(request, { signal });
    return isShown && placed.kind === 'pending' ? { ...placed, channelNote: expiresAt } : placed;
  };

  const placeCash = async (request: ChargeRequest, { signal }: Asking): Promise<ChargeOutcome> => {
    const { tradeNo } = request;
    const answer = await wire.exchange({ label: `charge ${tradeNo}`, life, signal, mayBeRefused: true, remote: () => world.charge(request), late: { kind: 'create arrives late', mostSeconds: LATEST_CREATE_SECONDS } });
    if (answer.kind === 'answer') return answer.reply;
    return answer.kind === 'notSent' ? answer : { kind: 'unknown', reason: answer.reason };
  };

  return {
    merchantNo,
    methods,
    charge,
    query,
    close,
    ...(mixed === undefined ? {} : { tellInsuranceRefund: mixed.tellInsuranceRefund }),

    async refund(request, { signal }) {
      const answer = await wire.exchange({ label: `refund ${request.refundNo}`, life, signal, mayBeRefused: true, remote: () => world.refund(request), late: { kind: 'refund late or slow', mostSeconds: LATEST_CREATE_SECONDS } });
      if (answer.kind === 'answer') return answer.reply;
      return answer.kind === 'notSent' ? answer : { kind: 'unknown', reason: answer.reason };
    },
    queryRefund: (request, call) => ask({ label: `query refund ${request.refundNo}`, remote: () => world.queryRefund(request) }, call),

    async readNotification(raw) {
      const read = world.notices.read(raw);
      // Of a mixed order no notice is believed: it is a reason to ask.
      const notice = read.kind === 'payment' && (await mixed?.isOurs(read.tradeNo)) === true ? ({ ...read, news: { kind: 'pending' } } as const) : read;
      if (notice.kind !== 'payment' || (await undoOf(notice.tradeNo)) === undefined) return notice;
      // Sent before an undo, read after it: what was true then may have been given back since.
      const question = new AbortController();
      const timer = life.after(QUESTION_MS, 'the question about a notice takes too long', () => { question.abort(); });
      const news = await askTrade(notice.tradeNo, { signal: question.signal });
      timer.cancel();
      return { ...notice, news };
    },
    answerNotification: (result) => ({ status: result === 'stored' ? 200 : result === 'refused' ? 401 : 503, headers: {}, body: '' }),
    downloadStatement: () => Promise.resolve({ kind: 'notReady', message: 'no statement in this simulation' }),
  };
}

function pageOf(method: 'webPage' | 'h5' | 'app', tradeNo: string): Extract<ChargeOutcome, { kind: 'pending' }>['present'] {
  switch (method) {
    case 'webPage':
      return { kind: 'form', url: 'https://wallet.example/pay', fields: { orderId: tradeNo } };
    case 'h5':
      return { kind: 'redirect', url: `https://wallet.example/pay/${tradeNo}` };
    case 'app':
      return { kind: 'invoke', parameters: { orderId: tradeNo } };
  }
}
