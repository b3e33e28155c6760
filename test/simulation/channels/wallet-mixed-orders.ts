import type { InsuranceOrder, InsurancePayer } from '@hospay/plugin-sdk';
import type { StandSurroundings } from './channel-stand.js';
import type { MobileInsuranceWorld } from './mobile-insurance-world.js';
import type { WalletOrder } from './wallet-order.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;

/** `failed`: the insurance did not settle and the cash is on its way back; `returned`: it is back. */
type MixedOrder = { readonly insured: InsuranceOrder; state: 'created' | 'paid' | 'failed' | 'returned'; /** Refund numbers under which the wallet was told that the insurance is undone, and how often. */ readonly told: Map<string, number> };
type Unknown = { readonly kind: 'unknown'; readonly reason: string };
export type MixedState = { readonly kind: MixedOrder['state'] | 'notFound' } | Unknown;
export type Placed = { readonly kind: 'placed' } | { readonly kind: 'refused'; readonly code: string } | Unknown;

/** 医保混合收款 in a wallet: beside a cash order, an order that names the insurance centre's. One confirmation pays the cash, and then the wallet has the centre settle. */
export class WalletMixedOrders {
  readonly orders = new Map<string, MixedOrder>();
  readonly #around: StandSurroundings;
  readonly #centre: MobileInsuranceWorld;
  readonly #onPaid: (cash: WalletOrder) => void;
  readonly #onReturned: (cash: WalletOrder) => void;

  constructor({ around, centre, onPaid, onReturned }: { readonly around: StandSurroundings; readonly centre: MobileInsuranceWorld; readonly onPaid: (cash: WalletOrder) => void; readonly onReturned: (cash: WalletOrder) => void }) {
    this.#around = around;
    this.#centre = centre;
    this.#onPaid = onPaid;
    this.#onReturned = onReturned;
  }

  place(cash: WalletOrder | undefined, insured: InsuranceOrder, payer: InsurancePayer): Placed {
    const { faults, history } = this.#around;
    if (cash === undefined || cash.state !== 'notPaid') return { kind: 'refused', code: 'ORDER_CLOSED' };
    const known = this.orders.get(cash.tradeNo);
    if (known !== undefined) return known.insured.payOrderId === insured.payOrderId ? { kind: 'placed' } : { kind: 'refused', code: 'OUT_TRADE_NO_USED' };
    if (!this.#centre.isPayable(insured) || !this.#centre.isPayer(insured.payOrderId, payer) || faults.strikes('mixed order refused')) return { kind: 'refused', code: 'INVALID_REQUEST' };
    this.orders.set(cash.tradeNo, { insured, state: 'created', told: new Map() });
    history.mark('mixed order created');
    return { kind: 'placed' };
  }

  stateOf(tradeNo: string): MixedState {
    return { kind: this.orders.get(tradeNo)?.state ?? 'notFound' };
  }

  /** The patient has confirmed, and the cash is here: now the centre, which may take its time, refuse, or see it differently. */
  follow(cash: WalletOrder): void {
    const { time, weather, faults, history } = this.#around;
    const mixed = this.orders.get(cash.tradeNo);
    if (mixed === undefined) return;
    const { payOrderId } = mixed.insured;
    const insuredNo = `${cash.tradeNo.slice(0, -2)}01`;
    const delayMs = faults.strikes('insurance settles slowly') ? weather.between(5, 280) * SECOND : weather.between(50, 2000);
    time.after(delayMs, `the wallet has the centre settle ${payOrderId}`, () => {
      const isBegun = this.#centre.begin(payOrderId);
      if (!isBegun) history.mark('mixed payment: the centre had revoked its order');
      if (!isBegun || faults.strikes('insurance part fails')) {
        this.#centre.fail(payOrderId);
        this.#giveBack(cash, mixed);
      } else if (faults.strikes('wallet and centre disagree')) {
        this.#disagree(cash, mixed, insuredNo);
      } else if (this.#centre.settle(payOrderId, insuredNo)) {
        this.#paid(cash, mixed);
      } else {
        this.#centre.fail(payOrderId);
        this.#giveBack(cash, mixed);
      }
    });
  }

  /** The insurance part was undone at the centre. It is the wallet's own refund of the cash that names it. */
  tell(cash: WalletOrder | undefined, refundNo: string): { readonly kind: 'told' } | Unknown {
    const mixed = this.orders.get(cash?.tradeNo ?? '');
    if (mixed === undefined || cash?.refunds.has(refundNo) !== true) return { kind: 'unknown', reason: 'RESOURCE_NOT_EXISTS' };
    const times = (mixed.told.get(refundNo) ?? 0) + 1;
    mixed.told.set(refundNo, times);
    this.#around.history.mark(times === 1 ? 'the wallet was told that the insurance is undone' : 'the wallet was told again that the insurance is undone');
    return { kind: 'told' };
  }

  /** Settled, and the wallet gives up; paid to the wallet, and settled only later or never. */
  #disagree(cash: WalletOrder, mixed: MixedOrder, insuredNo: string): void {
    const { time, weather, history } = this.#around;
    const { payOrderId } = mixed.insured;
    const fate = weather.nextInt(3);
    if (fate === 0) {
      history.mark('mixed payment: settled, and the wallet gave the cash back');
      this.#centre.settle(payOrderId, insuredNo);
      this.#giveBack(cash, mixed);
      return;
    }
    this.#paid(cash, mixed);
    if (fate === 1) {
      history.mark('mixed payment: paid to the wallet, never settled');
      return;
    }
    time.after(weather.between(5, 400) * SECOND, `the centre settles ${payOrderId} late`, () => {
      history.mark(this.#centre.settle(payOrderId, insuredNo) ? 'mixed payment: settled after the wallet said paid' : 'mixed payment: revoked before the centre came to settle it');
    });
  }

  #paid(cash: WalletOrder, mixed: MixedOrder): void {
    mixed.state = 'paid';
    this.#around.history.mark('mixed order paid');
    this.#onPaid(cash);
  }

  #giveBack(cash: WalletOrder, mixed: MixedOrder): void {
    const { time, weather, history } = this.#around;
    mixed.state = 'failed';
    history.mark('mixed order failed with the cash paid');
    time.after(weather.between(1, 40) * weather.pick(SECOND, MINUTE), `the wallet returns the cash of ${cash.tradeNo}`, () => {
      mixed.state = 'returned';
      history.mark('mixed order returned');
      this.#onReturned(cash);
    });
  }
}
