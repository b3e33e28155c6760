import type { CallContext, ChargeOutcome, ChargeRequest, InsurancePayer, PaymentNews, PluginStore, SettlingInsurance } from '@hospay/plugin-sdk';
import type { MixedState } from './wallet-mixed-orders.js';
import type { WalletWorld } from './wallet-world.js';
import type { WireTrip } from './wire.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Asking = Pick<CallContext, 'signal'>;
type Ask = <Reply>(trip: Pick<WireTrip<Reply>, 'label' | 'remote' | 'late'>, call: Asking) => Promise<Reply | Unknown>;

/** The second order of a mixed payment may reach the wallet this late. */
const LATEST_SECONDS = 300;

/** 医保混合收款 as the contract wants it: two orders under one number, of which the cash order alone proves nothing. Who pays is kept until both are placed, so that a repeat needs no caller. */
export function createMixedWalletPayment({ world, store, ask, placeCash }: {
  readonly world: WalletWorld;
  readonly store: PluginStore;
  readonly ask: Ask;
  readonly placeCash: (request: ChargeRequest, call: Asking) => Promise<ChargeOutcome>;
}) {
  const keyOf = (tradeNo: string): string => `mixed/${tradeNo}`;
  const stateOf = (tradeNo: string, call: Asking): Promise<MixedState> => ask({ label: `query mixed ${tradeNo}`, remote: () => world.queryMixed(tradeNo) }, call);

  const payerOf = async ({ tradeNo, insurancePayer }: ChargeRequest): Promise<InsurancePayer | undefined> => {
    if (insurancePayer !== undefined) await store.claim(keyOf(tradeNo), insurancePayer);
    const kept = await store.get(keyOf(tradeNo));
    return isPayer(kept) ? kept : undefined;
  };

  return {
    isOurs: async (tradeNo: string): Promise<boolean> => (await store.get(keyOf(tradeNo))) !== undefined,

    async charge(request: ChargeRequest, call: Asking): Promise<ChargeOutcome> {
      const { tradeNo, insuranceOrder } = request;
      const isRepeat = (await store.get(keyOf(tradeNo))) !== undefined;
      const payer = await payerOf(request);
      if (payer === undefined || insuranceOrder === undefined) return { kind: 'notSent', reason: 'who pays is missing' };
      const cash = await placeCash(request, call);
      // A repeat that never left proves nothing about the first one.
      if (isRepeat && (cash.kind === 'notSent' || cash.kind === 'declined')) return { kind: 'unknown', reason: 'sent again without effect' };
      if (cash.kind !== 'pending') return cash.kind === 'succeeded' ? { kind: 'unknown', reason: 'the cash part alone is paid' } : cash;
      const placed = await ask({ label: `charge mixed ${tradeNo}`, remote: () => world.placeMixed(tradeNo, insuranceOrder, payer), late: { kind: 'create arrives late', mostSeconds: LATEST_SECONDS } }, call);
      if (placed.kind === 'placed') return cash;
      if (placed.kind === 'unknown' || isRepeat) return { kind: 'unknown', reason: 'the mixed order has no answer' };
      // Refused for good: the cash order must not stay by itself.
      const closed = await ask({ label: `close ${tradeNo}`, remote: () => world.close(tradeNo) }, call);
      return closed.kind === 'closed' ? { kind: 'declined', code: placed.code, message: 'the mixed order was refused' } : { kind: 'unknown', reason: 'the cash order is not closed' };
    },

    async newsOf(tradeNo: string, cash: PaymentNews, call: Asking): Promise<PaymentNews> {
      if (cash.kind !== 'succeeded') return cash;
      const state = await stateOf(tradeNo, call);
      switch (state.kind) {
        case 'paid':
          return cash;
        case 'returned':
          return { kind: 'closed' };
        case 'created':
          return { kind: 'pending' };
        case 'failed':
          return { kind: 'unknown', reason: 'the mixed payment failed, and the cash is not returned yet' };
        case 'notFound':
          return { kind: 'unknown', reason: 'the cash part is paid, and there is no mixed order' };
        case 'unknown':
          return state;
      }
    },

    tellInsuranceRefund: ({ refundNo, payment: { tradeNo } }, call) => ask({ label: `tell that the insurance of ${tradeNo} is undone`, remote: () => world.tellInsuranceRefund(tradeNo, refundNo) }, call),
  } satisfies SettlingInsurance & Record<string, unknown>;
}

function isPayer(value: unknown): value is InsurancePayer {
  return typeof value === 'object' && value !== null && 'payAuthNo' in value;
}
