/** Every channel of one hospital: several wallets, card terminals, tills and the insurance centre, each with a truth and a plugin process of its own. */
import type { Notification, RawNotification } from '@hospay/plugin-sdk';
import { SeededRandom } from '../random.js';
import { bareContext } from './bare-context.js';
import { CardWorld } from './card-world.js';
import { ChannelStand, type StandPlan, type StandSurroundings } from './channel-stand.js';
import { liveRefundFen, type TakenPayment } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import type { InsuranceTruth } from './insurance-truth.js';
import { InsuranceWorld } from './insurance-world.js';
import { MobileInsuranceWorld } from './mobile-insurance-world.js';
import { TillWorld } from './till-world.js';
import type { WalletProfile } from './wallet-order.js';
import { createBoundCards } from './bound-cards.js';
import { CardIssuer } from './card-issuer.js';
import { createWalletPlugin } from './wallet-plugin.js';
import { WalletWorld } from './wallet-world.js';
import { Wire } from './wire.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** As WeChat Pay, Alipay and UnionPay differ; in what they have in common they are one. */
const WALLETS: readonly WalletProfile[] = [
  { id: 'wechat-main', merchantNo: '1900000001', methods: ['nativeQr', 'paymentCode', 'miniProgram'], ordersShownCodes: 'whenCharged', closes: true, settlesInsurance: true },
  { id: 'alipay-main', merchantNo: '2088000000000001', methods: ['nativeQr', 'paymentCode', 'h5', 'app'], ordersShownCodes: 'whenScanned', closes: true },
  { id: 'unionpay-main', merchantNo: '898000000000001', methods: ['nativeQr', 'paymentCode', 'webPage', 'app'], ordersShownCodes: 'whenCharged', closes: false },
];

/** Whose agreements are charged by their token (快捷支付): at once, or once the bank's code was entered. */
const BOUND_CARDS: WalletProfile = { id: 'quick-pay', merchantNo: 'QP-HOSPITAL-1', methods: ['quickPay'], ordersShownCodes: 'whenCharged', closes: true };

export class ChannelHouse {
  readonly wallets: readonly WalletWorld[];
  readonly tills: TillWorld;
  readonly insurance: InsuranceWorld;
  readonly mobileInsurance: MobileInsuranceWorld;
  readonly cards: CardWorld;
  /** The banks behind `quick-pay`. */
  readonly issuer: CardIssuer;
  readonly stands: readonly ChannelStand[];
  readonly #around: StandSurroundings;

  constructor(around: StandSurroundings, platformNow: () => Date, isPlatformUp: () => boolean, hasBoundCards: boolean) {
    this.#around = around;
    const { time, weather, faults } = around;
    const wire = new Wire(time, weather, faults);
    const context = bareContext(platformNow);
    this.insurance = new InsuranceWorld(around, wire);
    this.mobileInsurance = new MobileInsuranceWorld(around, wire, this.insurance);
    this.wallets = [...WALLETS, ...(hasBoundCards ? [BOUND_CARDS] : [])].map((profile) => new WalletWorld(profile, around, this.mobileInsurance));
    this.issuer = new CardIssuer({ ...around, weather: new SeededRandom(around.time.now, 'issuer') });
    for (const world of this.wallets) world.issuer = this.issuer;
    this.tills = new TillWorld(around);
    this.cards = new CardWorld(around);
    const wallets = this.wallets.map((world): StandPlan => ({
      id: world.profile.id, merchantNo: world.profile.merchantNo, methods: world.profile.methods, limits: { callTimeoutMs: 15 * SECOND, concurrency: 64 }, canClose: true, truth: world, store: new DurableStore(faults), ...(world.profile.settlesInsurance === undefined ? {} : { settlesInsurance: true }),
      activate: (life, store) => ({
        channels: { wallet: createWalletPlugin({ world, wire, life, store, now: platformNow }) }, ...(world.profile.id === BOUND_CARDS.id ? { agreements: { wallet: createBoundCards({ world, issuer: this.issuer, wire, life }) } } : {}),
      }),
    }));
    this.stands = [...wallets, this.cards.plan(context), this.tills.plan(context), this.insurance.plan(context), this.mobileInsurance.plan(context)].map((plan) => new ChannelStand(plan, around));
    for (const stand of this.stands) stand.canStart = isPlatformUp;
  }

  /** Called with a payment or refund number whenever money moved at any channel. */
  set onMoved(told: (number: string) => void) {
    for (const world of [...this.wallets, this.tills, ...this.centres, this.cards]) world.onMoved = told;
  }

  get centres(): readonly (InsuranceWorld | MobileInsuranceWorld)[] {
    return [this.insurance, this.mobileInsurance];
  }
  centre(id: string): InsuranceTruth | undefined {
    return this.centres.find((centre) => centre.id === id);
  }
  stand(id: string): ChannelStand | undefined {
    return this.stands.find((stand) => stand.id === id);
  }
  wallet(id: string): WalletWorld | undefined {
    return this.wallets.find(({ profile }) => profile.id === id);
  }

  /** What a channel has of a payment. */
  taken(channelId: string, paymentNo: string): TakenPayment | undefined {
    return this.stand(channelId)?.truth.find(paymentNo);
  }

  /** The patient pays what a wallet shows under this number. */
  pay(paymentNo: string): void {
    for (const wallet of this.wallets) wallet.pay(paymentNo);
  }

  /** The patient's browser comes back from a wallet's page and says that all is well. */
  returnFromPage(channelId: string, paymentNo: string): void {
    const wallet = this.wallet(channelId);
    const order = wallet?.orders.get(paymentNo);
    if (order !== undefined) wallet?.notices.returnFromPage(order);
  }

  /** The content of a notice, without a look at its signature. */
  content(channelId: string, raw: RawNotification): Notification {
    return this.wallet(channelId)?.notices.content(raw) ?? { kind: 'refused', reason: 'not a notification' };
  }

  start(): void {
    for (const stand of this.stands) stand.start();
  }
  stop(): void {
    for (const stand of this.stands) stand.stop();
  }

  /** Change money in every till of the windows and kiosks, this morning and every morning after; the terminals' batches are settled every night. */
  scheduleDays(tillNos: readonly string[], days: number): void {
    const { time, weather } = this.#around;
    const openAll = (amountFen: number) => {
      const tills = Object.values(this.stand(this.tills.id)?.contributions?.tills ?? {})[0];
      for (const tillNo of tillNos) this.tills.open(tills, tillNo, amountFen, new Date(time.now));
    };
    time.after(weather.between(0, 60) * SECOND, 'change money is put into the tills', () => { openAll(weather.between(0, 20_000)); });
    // Eight in the morning in Beijing is midnight of UTC.
    const firstMorning = Math.ceil((time.now + 1) / (24 * HOUR)) * 24 * HOUR;
    for (let day = 0; day < days; day += 1) {
      const morningMs = firstMorning + day * 24 * HOUR - time.now;
      time.after(morningMs, 'change money is put into the tills', () => { openAll(2_000_000); });
      time.after(morningMs + weather.between(9, 14) * HOUR, 'the batches of the terminals are settled', () => { this.settleBatches(); });
    }
  }

  settleBatches(): void {
    this.cards.settle(Object.values(this.stand(this.cards.id)?.contributions?.cardTerminals ?? {})[0]);
  }

  heal(): void {
    for (const desk of this.cards.desks) desk.heal();
  }
  close(): void {
    this.cards.close();
    for (const centre of this.centres) centre.close();
  }

  /** Everything any channel has under numbers of this order. */
  *takenOf(tradeNo: string): Generator<{ readonly channelId: string; readonly paymentNo: string; readonly taken: TakenPayment; readonly returnedFen: number }> {
    for (const { id, truth } of this.stands) {
      for (const paymentNo of truth.paymentNos()) {
        if (!paymentNo.startsWith(tradeNo)) continue;
        const taken = truth.find(paymentNo);
        if (taken !== undefined) yield { channelId: id, paymentNo, taken, returnedFen: liveRefundFen(taken) };
      }
    }
  }
}
