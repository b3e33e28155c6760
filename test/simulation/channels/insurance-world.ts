import medicalInsurance, { type MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { PluginContext, PluginHttpAnswer, PresettlementRequest } from '@hospay/plugin-sdk';
import type { CentreFault } from '../../simulators/medical-insurance/centre-faults.js';
import { gatewayCredentials } from '../../simulators/medical-insurance/gateway-credentials.js';
import { InPersonInterface, type InterfaceAnswer } from '../../simulators/medical-insurance/in-person-interface.js';
import { InsuranceCentre } from '../../simulators/medical-insurance/insurance-centre.js';
import { ReconciliationDesk } from '../../simulators/medical-insurance/reconciliation-desk.js';
import { SimulatorStore } from '../../simulators/medical-insurance/simulator-store.js';
import type { BareContext } from './bare-context.js';
import type { StandPlan, StandSurroundings } from './channel-stand.js';
import type { BackPayment, ChannelTruth, TakenPayment } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import type { Wire } from './wire.js';

export const INSURANCE_ID = 'medical-insurance';
const INSTITUTION_CODE = 'H44990000001';
const LATEST_SECONDS = 900;

/** The insured of this world: two have much in their account, one has nothing. */
const VOUCHERS: readonly [Voucher, ...Voucher[]] = [
  { personNo: '44000000000000000001', idNo: '440000199001010011', insuranceType: '310' },
  { personNo: '44000000000000000002', idNo: '440000198501010022', insuranceType: '390' },
  { personNo: '44000000000000000003', idNo: '440000197001010033', insuranceType: '310' },
];
type Voucher = { readonly personNo: string; readonly idNo: string; readonly insuranceType: string };

/** The insurance centre: the protocol simulator behind the network of the simulation, and the production plugin in front of it. */
export class InsuranceWorld implements ChannelTruth {
  readonly id = INSURANCE_ID;
  readonly store: DurableStore;
  readonly centre: InsuranceCentre;
  downUntil = 0;
  onMoved: (number: string) => void = () => {};
  readonly #around: StandSurroundings;
  readonly #wire: Wire;
  readonly #records = new SimulatorStore(undefined);
  readonly #interface: InPersonInterface;
  /** What each message was for, by its number. */
  readonly #purposes = new Map<string, { readonly infno: string; readonly of: string }>();
  #visits = 0;

  constructor(around: StandSurroundings, wire: Wire) {
    this.#around = around;
    this.#wire = wire;
    const now = () => new Date(around.time.now);
    this.centre = new InsuranceCentre({ store: this.#records, now });
    this.#interface = new InPersonInterface({
      institutionCode: INSTITUTION_CODE, centre: this.centre, reconciliation: new ReconciliationDesk(this.centre), credentials: gatewayCredentials(), bodyCipher: 'plain', wantsSignIn: false, numbers: 'text', now,
    });
    this.store = new DurableStore(around.faults);
    this.store.onWritten = (key, value) => { if (key.startsWith('message/')) this.#remember(key.slice('message/'.length), value); };
  }

  find(paymentNo: string): TakenPayment | undefined {
    const settled = this.#settlements('2207', paymentNo);
    if (settled.length === 0) return undefined;
    const refunds = new Map<string, BackPayment>();
    for (const settlement of settled) {
      const undone = [...this.centre.settlements.values()].find(({ undoes, isReversed }) => undoes === settlement.settlementId && isReversed !== true);
      const refundNo = undone === undefined ? undefined : this.#purposes.get(undone.msgid)?.of;
      if (undone !== undefined && refundNo !== undefined) refunds.set(refundNo, { refundFen: -(undone.fundFen + undone.accountFen), state: 'succeeded' });
    }
    return { paidFen: settled.reduce((sum, { fundFen, accountFen }) => sum + fundFen + accountFen, 0), refunds };
  }
  paymentNos(): Iterable<string> {
    return new Set([...this.#purposes.values()].filter(({ infno, of }) => infno === '2207' && this.#settlements('2207', of).length > 0).map(({ of }) => of));
  }

  close(): void {
    this.#records.close();
  }

  plan(context: BareContext): StandPlan {
    const settings: MedicalInsuranceSettings = {
      profile: 'inPerson', institutionCode: INSTITUTION_CODE, institutionName: '测试医院', baseUrl: 'http://centre.simulated', regionCode: '449900', signIn: 'never', headerSigner: 'none',
      settlementLookup: this.#around.weather.chance(0.7) ? '5203' : 'none',
    };
    return {
      id: INSURANCE_ID,
      merchantNo: INSTITUTION_CODE,
      methods: ['medicalInsurance'],
      limits: { callTimeoutMs: 30_000, concurrency: 64 },
      canClose: false,
      truth: this,
      store: this.store,
      activate: (life, store) => {
        const { http: _none, ...rest } = context(life, store, INSURANCE_ID);
        const given: PluginContext<MedicalInsuranceSettings> = {
          ...rest,
          settings,
          http: {
            request: async ({ body = '', signal }): Promise<PluginHttpAnswer> => {
              const bytes = Buffer.from(body);
              const infno = infnoOf(bytes);
              const answer = await this.#wire.exchange({
                label: `centre ${infno}`, life, signal: signal ?? new AbortController().signal, mayBeRefused: true,
                remote: () => this.#handle(bytes), ...(infno === '2207' ? { late: { kind: 'create arrives late', mostSeconds: LATEST_SECONDS } } : {}),
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

  /** A visit whose fees are `amountFen`; part of it the fund does not cover. Nothing is said of how much the insurance pays: the centre decides. */
  presettlementOf(amountFen: number): PresettlementRequest {
    const { weather, time } = this.#around;
    const person = weather.pick(...VOUCHERS);
    const number = String((this.#visits += 1)).padStart(6, '0');
    const ownFen = weather.chance(0.3) ? 0 : weather.between(0, Math.floor(amountFen / 2));
    const at = new Date(time.now).toISOString();
    const fee = (feeNo: string, nationalCode: string, feeFen: number) => ({ feeNo: `${number}-${feeNo}`, nationalCode, hospitalCode: 'M0001', amountFen: feeFen, quantity: '1', unitPriceYuan: '1.00', occurredAt: at });
    return {
      presettlementNo: `PS${number}`, voucher: { kind: 'idCard', number: person.idNo }, personNo: person.personNo, insuranceType: person.insuranceType, usesAccount: weather.chance(0.7),
      visit: { hospitalVisitNo: `OP${number}`, startedAt: at, medicalType: '11', complaint: '咳嗽', doctor: { no: 'D0001', name: '测试医生' }, department: { code: '0301', name: '内科', category: 'A03' }, diagnoses: [{ kind: '1', code: 'J06.900', name: '急性上呼吸道感染' }] },
      fees: [...(amountFen > ownFen ? [fee('1', 'XA0001', amountFen - ownFen)] : []), ...(ownFen > 0 ? [fee('2', 'ZF0001', ownFen)] : [])],
    };
  }

  /** The account is used at another hospital between pre-settlement and settlement. */
  spendAccount(personNo: string): void {
    const person = this.centre.people.get(personNo);
    if (person !== undefined) this.centre.keepPerson({ ...person, balanceFen: Math.floor(person.balanceFen / 1000) });
  }

  async #handle(bytes: Buffer): Promise<InterfaceAnswer> {
    if (this.#around.time.now < this.downUntil) return { status: 502, body: '' };
    const answer = await this.#interface.handle(bytes, (infno) => this.#strike(infno));
    this.#touch(bytes);
    return answer;
  }

  #strike(infno: string): CentreFault | undefined {
    const { faults, weather } = this.#around;
    if (faults.strikes('channel error before doing')) return weather.pick<CentreFault>('unlistedCode', 'throttle', 'dropBeforeExecuting');
    if (infno === '2207' && faults.strikes('charge declined')) return 'refuse';
    if ((infno === '2208' || infno === '2601') && faults.strikes('centre refuses to undo')) return 'refuse';
    if (faults.strikes('channel error after doing')) {
      return weather.pick<CentreFault>('executeThenGarbage', 'executeThenGatewayTimeout', 'executeThenServerError', 'executeThenDrop', 'executeThenOtherVisit', 'executeThenWrongSplit');
    }
    return undefined;
  }

  #touch(bytes: Buffer): void {
    const purpose = this.#purposes.get(/"msgid":"([^"]+)"/.exec(bytes.toString('utf8'))?.[1] ?? '');
    if (purpose === undefined || !['2207', '2208', '2601'].includes(purpose.infno)) return;
    this.#around.history.mark(`the centre heard ${purpose.infno}`);
    this.onMoved(purpose.of);
  }

  #remember(msgid: string, value: unknown): void {
    if (typeof value !== 'object' || value === null) return;
    this.#purposes.set(msgid, { infno: String(Reflect.get(value, 'infno')), of: String(Reflect.get(value, 'of')) });
  }

  #settlements(infno: string, of: string) {
    return [...this.centre.settlements.values()].filter(({ msgid, undoes, isReversed }) => {
      const purpose = this.#purposes.get(msgid);
      return undoes === undefined && isReversed !== true && purpose?.infno === infno && purpose.of === of;
    });
  }
}

function infnoOf(bytes: Buffer): string {
  return /"infno":"(\d{4})"/.exec(bytes.toString('utf8'))?.[1] ?? '';
}
