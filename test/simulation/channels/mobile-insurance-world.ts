import medicalInsurance, { type MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { InsuranceOrder, InsurancePayer, PluginContext, PluginHttpAnswer, RawNotification } from '@hospay/plugin-sdk';
import type { CentreFault } from '../../simulators/medical-insurance/centre-faults.js';
import { gatewayCredentials } from '../../simulators/medical-insurance/gateway-credentials.js';
import type { InterfaceAnswer } from '../../simulators/medical-insurance/in-person-interface.js';
import { MobileCentre } from '../../simulators/medical-insurance/mobile-centre.js';
import { MOBILE_PATHS, MobileInterface } from '../../simulators/medical-insurance/mobile-interface.js';
import type { MobileOrder, Person } from '../../simulators/medical-insurance/simulated-records.js';
import { SimulatorStore } from '../../simulators/medical-insurance/simulator-store.js';
import type { BareContext } from './bare-context.js';
import type { StandPlan, StandSurroundings } from './channel-stand.js';
import type { BackPayment, ChannelTruth, TakenPayment } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import type { InsuranceTruth, Split } from './insurance-truth.js';
import type { InsuranceWorld } from './insurance-world.js';
import { CENTRE, isOfCentre, NAMED_KEYS, NamedEnvelope } from './named-envelope.js';
import type { NoticePost } from './wallet-notices.js';
import type { Wire } from './wire.js';

export const MOBILE_INSURANCE_ID = 'medical-insurance-mobile';
const INSTITUTION_CODE = 'H44990000001';
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const LATEST_SECONDS = 900;
/** An authorisation is good for so long. */
const AUTHORISED_MS = 40 * MINUTE;
/** 6302 is sent again until it is taken, four times at most. */
const NOTICE_GAPS_MS = [30 * SECOND, 2 * MINUTE, 10 * MINUTE];
/** The order is settled, undone since or not. */
const SETTLED = ['4', '5', '6', '8', '17'];
const GONE_BACK: Readonly<Record<string, BackPayment['state']>> = { '8': 'succeeded', '17': 'processing' };

/** 医保移动支付: the same centre behind its interface for mobile payment, with the production plugin in front of it. Its orders are settled by a wallet (医保混合收款), or at the hospital's word. */
export class MobileInsuranceWorld implements ChannelTruth, InsuranceTruth {
  readonly id = MOBILE_INSURANCE_ID;
  readonly store: DurableStore;
  readonly centre: MobileCentre;
  downUntil = 0;
  onMoved: (number: string) => void = () => {};
  /** Set by the world: where notices go. */
  post: NoticePost = () => Promise.resolve(undefined);
  /** Payments settled by the hospital's own message (6202). */
  readonly settledByHospital = new Set<string>();
  readonly #around: StandSurroundings;
  readonly #wire: Wire;
  readonly #people: InsuranceWorld;
  readonly #records = new SimulatorStore(undefined);
  readonly #envelope: NamedEnvelope;
  readonly #interface: MobileInterface;
  /** The order a payment settled. */
  readonly #settled = new Map<string, string>();
  /** By the first bill of the visit: who pays it in an app. */
  readonly #patients = new Map<string, Person>();

  constructor(around: StandSurroundings, wire: Wire, people: InsuranceWorld) {
    this.#around = around;
    this.#wire = wire;
    this.#people = people;
    const now = () => new Date(around.time.now);
    this.centre = new MobileCentre({ store: this.#records, people: people.centre, now, settles: 'atOnce' });
    this.#envelope = new NamedEnvelope(now);
    this.#interface = new MobileInterface({ centre: this.centre, envelope: this.#envelope, institutionCode: INSTITUTION_CODE, credentials: gatewayCredentials() });
    this.store = new DurableStore(around.faults);
  }

  find(paymentNo: string): TakenPayment | undefined {
    const order = this.#orderOf(paymentNo);
    if (order === undefined) return undefined;
    const paidFen = order.fundFen + order.accountFen;
    const back = GONE_BACK[order.state];
    return { paidFen, refunds: new Map(order.refundNo === undefined || back === undefined ? [] : [[order.refundNo, { refundFen: paidFen, state: back }]]) };
  }
  paymentNos(): Iterable<string> {
    return this.#settled.keys();
  }
  close(): void {
    this.#records.close();
  }

  plan(context: BareContext): StandPlan {
    const settings: MedicalInsuranceSettings = {
      profile: 'mobile', institutionCode: INSTITUTION_CODE, institutionName: '测试医院', baseUrl: 'http://centre.simulated', regionCode: '449900', mobileBodyCipher: 'plain', mobileAppId: NamedEnvelope.appId,
      mobileAppSecret: 'SIMULATED-SECRET', mobilePrivateKey: '1'.repeat(64), centrePublicKey: `04${'1'.repeat(128)}`,
    };
    return {
      id: MOBILE_INSURANCE_ID, merchantNo: INSTITUTION_CODE, methods: ['medicalInsurance'], limits: { callTimeoutMs: 30_000, concurrency: 64 }, canClose: true, truth: this, store: this.store,
      activate: (life, store) => {
        const given: PluginContext<MedicalInsuranceSettings> = {
          ...context(life, store, MOBILE_INSURANCE_ID),
          settings,
          keys: NAMED_KEYS,
          http: {
            request: async ({ url, body = '', signal }): Promise<PluginHttpAnswer> => {
              const infno = MOBILE_PATHS.get(new URL(url).pathname) ?? '';
              const answer = await this.#wire.exchange({
                label: `mobile centre ${infno}`, life, signal: signal ?? new AbortController().signal, mayBeRefused: true,
                remote: () => this.#handle(infno, Buffer.from(body)), ...(infno === '6201' ? { late: { kind: 'create arrives late', mostSeconds: LATEST_SECONDS } } : {}),
              });
              if (answer.kind !== 'answer') return answer;
              const { reply } = answer;
              if (reply === 'noAnswer' || reply === 'drop') return { kind: 'noAnswer', reason: 'the connection broke' };
              return { kind: 'answer', status: reply.status, headers: {}, body: Buffer.from(reply.body) };
            },
          },
        };
        return medicalInsurance.activate(given);
      },
    };
  }

  /** Who pays this bill in an app, and agrees to it there. */
  authorise(billNo: string): { readonly person: Person; readonly payAuthNo: string } {
    const person = this.#people.patientOf(billNo);
    this.#patients.set(billNo, person);
    return { person, payAuthNo: this.centre.authorise(person.personNo, 'payAuthNo', AUTHORISED_MS) };
  }
  /** Who authorised the order of this pre-settlement, and by what. */
  payerOf(presettlementNo: string): InsurancePayer | undefined {
    const order = [...this.centre.orders.values()].find(({ ownOrderNo }) => ownOrderNo === presettlementNo);
    const person = this.#people.centre.people.get(order?.personNo ?? '');
    const [payAuthNo] = order?.vouchers ?? [];
    return person === undefined || payAuthNo === undefined ? undefined : { payAuthNo, name: person.name, idNo: person.idNo };
  }
  isPayer(payOrderId: string, { payAuthNo, idNo }: InsurancePayer): boolean {
    const order = this.centre.orders.get(payOrderId);
    return order?.vouchers.includes(payAuthNo) === true && this.#people.centre.people.get(order.personNo)?.idNo === idNo;
  }
  /** As the HIS has him. */
  patientOf(billNo: string): { readonly name: string; readonly idType: string; readonly idNo: string } | undefined {
    const person = this.#patients.get(billNo);
    return person === undefined ? undefined : { name: person.name, idType: '01', idNo: person.idNo };
  }

  /** Whether a wallet may place an order of its own beside this one. */
  isPayable({ payOrderId, ownOrderNo, fundFen, accountFen }: InsuranceOrder): boolean {
    const order = this.centre.orders.get(payOrderId);
    return order?.state === '1' && order.ownOrderNo === ownOrderNo && order.fundFen === fundFen && order.accountFen === accountFen;
  }
  /** The wallet has the cash and hands the order over: the centre begins to settle it. False: it cannot be settled any more. */
  begin(payOrderId: string): boolean {
    if (this.centre.orders.get(payOrderId)?.state !== '1') return false;
    this.centre.put(payOrderId, '2');
    return true;
  }
  /** What was begun settles for this payment, unless it was revoked meanwhile or the account does not hold its part any more: a wallet settles what it was told or nothing. */
  settle(payOrderId: string, paymentNo: string): boolean {
    const order = this.centre.orders.get(payOrderId);
    const balanceFen = this.#people.centre.people.get(order?.personNo ?? '')?.balanceFen ?? 0;
    if (order?.state !== '2' || balanceFen < order.accountFen) return false;
    this.centre.settle(payOrderId);
    this.#settledFor(paymentNo, payOrderId);
    return true;
  }
  /** What was begun fails for good. */
  fail(payOrderId: string): void {
    if (this.centre.orders.get(payOrderId)?.state === '2') this.centre.put(payOrderId, '15');
  }

  keptSplit(paymentNo: string): Split {
    return splitOf(this.#orderOf(paymentNo), (state) => state !== '8');
  }
  settledSplit(paymentNo: string): Split {
    return splitOf(this.#orderOf(paymentNo), () => true);
  }
  presettlementNos(): Set<string> {
    return new Set([...this.centre.orders.values()].map(({ ownOrderNo }) => ownOrderNo));
  }
  /** An order that was never settled moves nothing and may be left. */
  heldBy(presettlementNo: string): ReturnType<InsuranceTruth['heldBy']> {
    const order = [...this.centre.orders.values()].find(({ ownOrderNo }) => ownOrderNo === presettlementNo);
    const standing = order !== undefined && SETTLED.includes(order.state) && order.state !== '8' ? 1 : 0;
    return { standing, isAnything: standing > 0, description: `an order in state ${order?.state ?? 'none'}` };
  }
  settlementOf(settlementNo: string): MobileOrder | undefined {
    const order = this.centre.orders.get(settlementNo);
    return order !== undefined && SETTLED.includes(order.state) ? order : undefined;
  }

  #orderOf(paymentNo: string): MobileOrder | undefined {
    const order = this.centre.orders.get(this.#settled.get(paymentNo) ?? '');
    return order !== undefined && SETTLED.includes(order.state) ? order : undefined;
  }

  #settledFor(paymentNo: string, orderId: string): void {
    this.#settled.set(paymentNo, orderId);
    this.#around.history.mark('an order of mobile payment was settled');
    this.onMoved(paymentNo);
    this.#announce(orderId);
  }

  #handle(infno: string, bytes: Buffer): InterfaceAnswer {
    if (this.#around.time.now < this.downUntil) return { status: 502, body: '' };
    const before = new Map([...this.centre.orders].map(([orderId, { state }]) => [orderId, state]));
    const answer = this.#interface.handle(infno, bytes, () => this.#strike(infno));
    for (const { orderId, state } of this.centre.orders.values()) {
      if (before.get(orderId) === state) continue;
      this.#around.history.mark(`the centre heard ${infno}`);
      const [paymentNo] = [...this.#settled].find(([, known]) => known === orderId) ?? [];
      if (paymentNo !== undefined) this.onMoved(paymentNo);
      if (infno !== '6202') continue;
      const payer = String(this.#interface.received.at(-1)?.data['orgBizSer']);
      this.settledByHospital.add(payer);
      this.#settledFor(payer, orderId);
    }
    return answer;
  }

  #strike(infno: string): CentreFault | undefined {
    const { faults, weather } = this.#around;
    if (faults.strikes('channel error before doing')) return weather.pick<CentreFault>('unlistedCode', 'throttle', 'dropBeforeExecuting');
    if (infno === '6203' && faults.strikes('centre refuses to undo')) return 'refuse';
    if (!faults.strikes('channel error after doing')) return undefined;
    const lost: readonly [CentreFault, ...CentreFault[]] = ['executeThenGarbage', 'executeThenGatewayTimeout', 'executeThenServerError', 'executeThenDrop'];
    // 6201 tells the number of the order: there is nothing yet to compare it with.
    return infno === '6201' ? weather.pick(...lost) : weather.pick(...lost, 'executeThenOtherVisit');
  }

  /** 6302: signed by the centre, now and then by nobody. */
  #announce(orderId: string): void {
    const { faults, weather } = this.#around;
    if (faults.strikes('notice forged')) this.#send(orderId, 'nobody', weather.between(1, 20) * SECOND, NOTICE_GAPS_MS.length);
    if (faults.strikes('notice never sent')) return;
    const lateMs = faults.strikes('notice late') ? weather.between(MINUTE, 40 * MINUTE) : weather.between(100, 3000);
    this.#send(orderId, CENTRE, lateMs, 0);
    if (faults.strikes('notice duplicated')) this.#send(orderId, CENTRE, lateMs + weather.between(0, 2000), NOTICE_GAPS_MS.length);
  }

  #send(orderId: string, maker: string, delayMs: number, tried: number): void {
    const { time, faults } = this.#around;
    time.after(delayMs, `6302 of ${orderId}${isOfCentre(maker) ? '' : ', forged'}`, () => {
      const tryAgain = () => {
        const gapMs = NOTICE_GAPS_MS[tried];
        if (gapMs !== undefined) this.#send(orderId, maker, gapMs, tried + 1);
      };
      const order = this.centre.orders.get(orderId);
      if (order === undefined || faults.strikes('notice lost')) {
        tryAgain();
        return;
      }
      const body = this.#envelope.signed({}, this.centre.notice(order, INSTITUTION_CODE), maker);
      const raw: RawNotification = { headers: { 'content-type': 'application/json; charset=utf-8' }, query: `6302/${orderId}`, body: Buffer.from(body), receivedAt: new Date(time.now).toISOString() };
      void this.post(raw).then((answer) => { if (answer === undefined || answer.status >= 300) tryAgain(); });
    });
  }
}

function splitOf(order: MobileOrder | undefined, counts: (state: string) => boolean): Split {
  return order !== undefined && counts(order.state) ? { fundFen: order.fundFen, accountFen: order.accountFen } : { fundFen: 0, accountFen: 0 };
}
