import medicalInsurance, { type MedicalInsuranceSettings } from '@hospay/channel-medical-insurance';
import type { InsuranceVoucher, PluginContext, PluginHttpAnswer } from '@hospay/plugin-sdk';
import type { CentreFault } from '../../simulators/medical-insurance/centre-faults.js';
import { gatewayCredentials } from '../../simulators/medical-insurance/gateway-credentials.js';
import { InPersonInterface, type InterfaceAnswer } from '../../simulators/medical-insurance/in-person-interface.js';
import { InsuranceCentre } from '../../simulators/medical-insurance/insurance-centre.js';
import { ReconciliationDesk } from '../../simulators/medical-insurance/reconciliation-desk.js';
import type { Person, SettlementRecord } from '../../simulators/medical-insurance/simulated-records.js';
import { SimulatorStore } from '../../simulators/medical-insurance/simulator-store.js';
import type { BareContext } from './bare-context.js';
import type { StandPlan, StandSurroundings } from './channel-stand.js';
import type { BackPayment, ChannelTruth, TakenPayment } from './channel-truth.js';
import { DurableStore } from './durable-store.js';
import type { InsuranceTruth, Split } from './insurance-truth.js';
import type { Wire } from './wire.js';

export const INSURANCE_ID = 'medical-insurance';
const INSTITUTION_CODE = 'H44990000001';
const LATEST_SECONDS = 900;
const FIRST_PERSON = 44_000_001;

/** The insurance centre: the protocol simulator behind the network of the simulation, and the production plugin in front of it. */
export class InsuranceWorld implements ChannelTruth, InsuranceTruth {
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
  /** Who is ill, by the first bill of the visit: the same person at every window that takes it. */
  readonly #patients = new Map<string, Person>();
  readonly #shownLate = new Map<string, boolean>();
  /** Whether this province lets a registration be reversed; else one without an answer is made again and stays. */
  readonly reversesRegistration: boolean;

  constructor(around: StandSurroundings, wire: Wire) {
    this.#around = around;
    this.#wire = wire;
    const now = () => new Date(around.time.now);
    this.centre = new InsuranceCentre({ store: this.#records, now });
    this.reversesRegistration = around.weather.chance(0.6);
    if (this.reversesRegistration) this.centre.alsoReversible.push('2201');
    this.#interface = new InPersonInterface({
      institutionCode: INSTITUTION_CODE, centre: this.centre, reconciliation: new ReconciliationDesk(this.centre), credentials: gatewayCredentials(), bodyCipher: 'plain', wantsSignIn: false, numbers: 'text', now,
    });
    this.store = new DurableStore(around.faults);
    this.store.onWritten = (key, value) => { if (key.startsWith('message/')) this.#remember(key.slice('message/'.length), value); };
  }

  find(paymentNo: string): TakenPayment | undefined {
    // What the plugin undid under the payment's own number was settled for another amount, and never was a payment.
    const settled = this.#settlements(paymentNo).filter((settlement) => this.#purposes.get(this.#undoingOf(settlement)?.msgid ?? '')?.of !== paymentNo);
    if (settled.length === 0) return undefined;
    const refunds = new Map<string, BackPayment>();
    for (const settlement of settled) {
      const undone = this.#undoingOf(settlement);
      const refundNo = undone === undefined ? undefined : this.#purposes.get(undone.msgid)?.of;
      if (undone !== undefined && refundNo !== undefined) refunds.set(refundNo, { refundFen: -(undone.fundFen + undone.accountFen), state: 'succeeded' });
    }
    return { paidFen: settled.reduce((sum, { fundFen, accountFen }) => sum + fundFen + accountFen, 0), refunds };
  }
  paymentNos(): Iterable<string> {
    return new Set([...this.#purposes.values()].filter(({ infno, of }) => infno === '2207' && this.#settlements(of).length > 0).map(({ of }) => of));
  }

  close(): void {
    this.#records.close();
  }

  plan(context: BareContext): StandPlan {
    const settings: MedicalInsuranceSettings = {
      profile: 'inPerson', institutionCode: INSTITUTION_CODE, institutionName: '测试医院', baseUrl: 'http://centre.simulated', regionCode: '449900', signIn: 'never', headerSigner: 'none',
      settlementLookup: this.#around.weather.chance(0.7) ? '5203' : 'none', reversesRegistration: this.reversesRegistration,
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

  /** Who is ill. Most have much in their account, some little, some nothing. */
  patientOf(billNo: string): Person {
    const known = this.#patients.get(billNo);
    if (known !== undefined) return this.centre.people.get(known.personNo) ?? known;
    const { weather } = this.#around;
    const number = FIRST_PERSON + this.#patients.size;
    const person: Person = {
      personNo: `440000000000${String(number)}`, name: '测试人', idNo: `4400001990${String(number)}`, cardNo: `A${String(number)}`, insuranceType: weather.pick('310', '390'), place: '449900',
      balanceFen: weather.pick(10_000_000, 10_000_000, 1_500, 0),
    };
    this.centre.keepPerson(person);
    this.#patients.set(billNo, person);
    return person;
  }

  /** What the patient shows this time: a card, or an electronic voucher that lives for ten minutes. */
  showVoucher({ personNo, idNo }: Person): InsuranceVoucher {
    if (this.#around.weather.chance(0.4)) return { kind: 'idCard', number: idNo };
    this.#around.history.mark('an electronic voucher was shown');
    return { kind: 'electronicVoucher', number: this.centre.showVoucher(personNo) };
  }

  /** Whether the centre shows this settlement only after its payment was closed. Decided once. */
  isShownLate(paymentNo: string): boolean {
    const isLate = this.#shownLate.get(paymentNo) ?? this.#around.faults.strikes('settlement shown late');
    this.#shownLate.set(paymentNo, isLate);
    return isLate;
  }

  presettlementNos(): Set<string> {
    return new Set([...this.#purposes.values()].filter(({ infno }) => infno === '2201').map(({ of }) => of));
  }

  heldBy(presettlementNo: string): ReturnType<InsuranceTruth['heldBy']> {
    const visits = [...this.centre.visits.values()].filter(({ msgid }) => this.#purposes.get(msgid)?.of === presettlementNo);
    const sum = (visitNo: string): number => this.centre.feesOf(visitNo).reduce((total, { amountFen }) => total + amountFen, 0);
    const registrations = visits.filter(({ isTaken }) => !isTaken).length;
    const feesFen = visits.reduce((total, { visitNo }) => total + sum(visitNo), 0);
    const standing = visits.flatMap(({ visitNo }) => this.centre.settlementsOf(visitNo)).filter((settled) => settled.undoes === undefined && this.#undoingOf(settled) === undefined).length;
    return {
      standing,
      isAnything: feesFen > 0 || standing > 0 || (this.reversesRegistration && registrations > 0),
      description: `${String(registrations)} registrations, ${String(feesFen)} fen of fees, ${String(standing)} settlements`,
    };
  }
  settlementOf(settlementNo: string): SettlementRecord | undefined {
    return this.centre.settlements.get(settlementNo);
  }

  keptSplit(paymentNo: string): Split {
    return splitOf(this.#settlements(paymentNo).filter((settled) => this.#undoingOf(settled) === undefined));
  }
  settledSplit(paymentNo: string): Split {
    return splitOf(this.#settlements(paymentNo));
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

  #undoingOf({ settlementId }: SettlementRecord): SettlementRecord | undefined {
    return [...this.centre.settlements.values()].find(({ undoes, isReversed }) => undoes === settlementId && isReversed !== true);
  }

  #settlements(paymentNo: string): SettlementRecord[] {
    return [...this.centre.settlements.values()].filter(({ msgid, undoes, isReversed }) => {
      const purpose = this.#purposes.get(msgid);
      return undoes === undefined && isReversed !== true && purpose?.infno === '2207' && purpose.of === paymentNo;
    });
  }
}

function splitOf(settlements: readonly SettlementRecord[]): Split {
  return { fundFen: settlements.reduce((total, { fundFen }) => total + fundFen, 0), accountFen: settlements.reduce((total, { accountFen }) => total + accountFen, 0) };
}

function infnoOf(bytes: Buffer): string {
  return /"infno":"(\d{4})"/.exec(bytes.toString('utf8'))?.[1] ?? '';
}
