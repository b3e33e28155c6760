/** Registrations (挂号) and stays (住院) of the simulated hospital: what is held, who lies where, and what of it was paid. */
import type { ConfirmRequest, Deposit, DischargeQuote, HisResult, Inpatient, RegistrationHold } from '@hospay/plugin-sdk';
import type { Faults } from './faults.js';
import type { SeededRandom } from './random.js';
import type { VirtualTime } from './virtual-time.js';

const MINUTE = 60_000;
/** As hospitals hold a slot that nobody has paid. */
const HELD_MS = 15 * MINUTE;

type Held = { readonly registrationNo: string; readonly hisRegistrationNo: string; readonly amountFen: number; readonly expiresAt: number; state: 'held' | 'booked' | 'cancelled' | 'taken' };
type Stay = { readonly inpatientNo: string; readonly visitId: string; readonly patientId: string; state: Inpatient['state']; depositFen: number; /** Of the patient himself; known when he leaves. */ costFen: number; readonly deposits: Deposit[] };
type Refusal = Extract<HisResult<unknown>, { kind: 'rejected' | 'mismatch' }>;

export class HospitalBeds {
  readonly held = new Map<string, Held>();
  readonly stays = new Map<string, Stay>();
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #faults: Faults;

  constructor(time: VirtualTime, random: SeededRandom, faults: Faults) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
  }

  admit(inpatientNo: string): Stay {
    const stay: Stay = { inpatientNo, visitId: '1', patientId: `P${inpatientNo}`, state: 'admitted', depositFen: 0, costFen: 0, deposits: [] };
    this.stays.set(inpatientNo, stay);
    return stay;
  }

  /** The same number holds the same registration; another patient may get the slot first. */
  hold({ registrationNo }: { readonly registrationNo: string }): HisResult<RegistrationHold> {
    const known = [...this.held.values()].find((held) => held.registrationNo === registrationNo);
    if (known === undefined && this.#faults.strikes('slot taken')) return { kind: 'rejected', code: '200506', message: 'the slot was taken' };
    const held = known ?? this.#make(registrationNo);
    if (held.state === 'cancelled' || held.state === 'taken') return { kind: 'rejected', code: '200803', message: 'closed' };
    const { hisRegistrationNo, amountFen, expiresAt } = held;
    return { kind: 'ok', value: { hisRegistrationNo, totalFen: amountFen, fundFen: 0, personalAccountFen: 0, selfPayFen: amountFen, expiresAt: new Date(expiresAt).toISOString() } };
  }

  #make(registrationNo: string): Held {
    const held: Held = { registrationNo, hisRegistrationNo: `G${String(this.held.size + 1).padStart(5, '0')}`, amountFen: this.#random.between(1, 60) * 100, expiresAt: this.#time.now + HELD_MS, state: 'held' };
    this.held.set(held.hisRegistrationNo, held);
    // Nobody paid in time: the next patient may have it.
    this.#time.after(HELD_MS + this.#random.between(1, 10) * MINUTE, `${held.hisRegistrationNo} falls free`, () => { if (held.state === 'held') held.state = 'taken'; });
    return held;
  }

  cancel({ hisRegistrationNo }: { readonly hisRegistrationNo: string }): HisResult<Record<string, never>> {
    const held = this.held.get(hisRegistrationNo);
    if (held === undefined) return { kind: 'rejected', code: '200801', message: 'no such registration' };
    if (held.state === 'booked') return { kind: 'rejected', code: '200802', message: 'paid: refund it' };
    held.state = 'cancelled';
    return { kind: 'ok', value: {} };
  }

  find(inpatientNo: string): HisResult<Inpatient[]> {
    const stay = this.stays.get(inpatientNo);
    if (stay === undefined) return { kind: 'ok', value: [] };
    const { visitId, patientId, state, depositFen } = stay;
    if (this.#faults.strikes('discharged meanwhile')) this.#time.after(this.#random.between(5, 300) * 1000, `${inpatientNo} is discharged`, () => { if (stay.state === 'admitted') stay.state = 'discharged'; });
    return {
      kind: 'ok',
      value: [{ inpatientNo, visitId, patientId, name: '测试患者', state, ward: '一病区', bed: '01', departmentName: '内科', admittedAt: '2026-01-01T00:00:00Z', depositFen, costFen: 0, selfCostFen: 0, arrearsFen: 0 }],
    };
  }

  /** The doctor sends the patient home: what he has cost himself, as a part of his deposits (above one: something is still to be collected). Undefined: he is not here any more. */
  leave(inpatientNo: string, part: number): Stay | undefined {
    const stay = this.stays.get(inpatientNo);
    if (stay?.state !== 'admitted') return undefined;
    stay.state = 'leaving';
    stay.costFen = Math.floor(stay.depositFen * part);
    return stay;
  }
  listDeposits({ inpatientNo }: { readonly inpatientNo: string }): HisResult<Deposit[]> {
    return { kind: 'ok', value: [...(this.stays.get(inpatientNo)?.deposits ?? [])] };
  }
  presettleDischarge({ inpatientNo, visitId }: { readonly inpatientNo: string; readonly visitId: string }): HisResult<DischargeQuote> {
    const stay = this.stays.get(inpatientNo);
    if (stay?.visitId !== visitId || stay.state !== 'leaving') return { kind: 'rejected', code: 'NOT_LEAVING', message: 'no doctor has sent the patient home' };
    const { costFen, depositFen } = stay;
    if (costFen > depositFen && this.#faults.strikes('amount changed after quote')) this.#time.after(this.#random.between(5, 90) * 1000, `the ward charges ${inpatientNo} something more`, () => { if (stay.state === 'leaving') stay.costFen += 400; });
    return {
      kind: 'ok',
      value: {
        settlementQuoteNo: `DQ-${inpatientNo}`, totalFen: costFen * 2, fundFen: costFen, personalAccountFen: 0, selfPayFen: costFen, depositFen, collectFen: Math.max(0, costFen - depositFen), refundFen: Math.max(0, depositFen - costFen),
        validUntil: new Date(this.#time.now + 30 * MINUTE).toISOString(),
      },
    };
  }

  /** Why a payment cannot be booked as what it is for; undefined when it can. */
  refusalOf({ business, hisRegistrationNo = '', inpatientNo = '', visitId, amountFen }: ConfirmRequest): Refusal | undefined {
    if (business === 'registration') {
      const held = this.held.get(hisRegistrationNo);
      if (held === undefined) return { kind: 'rejected', code: '200801', message: 'no such registration' };
      if (held.state !== 'held') return { kind: 'rejected', code: '200803', message: held.state };
      return held.amountFen === amountFen ? undefined : { kind: 'mismatch', code: '200804', message: 'another amount' };
    }
    const stay = this.stays.get(inpatientNo);
    if (stay === undefined || stay.visitId !== visitId) return { kind: 'rejected', code: 'NO_STAY', message: 'no such stay' };
    // What a discharge collects is booked by the settlement itself.
    if (business === 'discharge') {
      if (stay.state !== 'leaving') return { kind: 'rejected', code: 'SETTLED', message: 'this stay is settled, or nobody leaves' };
      return stay.costFen - stay.depositFen === amountFen ? undefined : { kind: 'mismatch', code: 'QUOTE_OVER', message: 'the stay comes to something else now' };
    }
    return stay.state === 'admitted' ? undefined : { kind: 'rejected', code: 'DISCHARGED', message: 'not in hospital' };
  }

  book({ tradeNo, business, hisRegistrationNo = '', inpatientNo = '', amountFen }: ConfirmRequest): void {
    const held = this.held.get(hisRegistrationNo);
    const stay = this.stays.get(inpatientNo);
    if (business === 'registration' && held !== undefined) held.state = 'booked';
    if (business === 'discharge' && stay !== undefined) stay.state = 'settled';
    if (business !== 'deposit' || stay === undefined) return;
    stay.depositFen += amountFen;
    stay.deposits.push({ receiptNo: `R${tradeNo}`, tradeNo, amountFen, at: new Date(this.#time.now).toISOString(), state: 'paid' });
  }

  reverse({ business, hisRegistrationNo = '', inpatientNo = '' }: ConfirmRequest, refundFen: number): void {
    const held = this.held.get(hisRegistrationNo);
    const stay = this.stays.get(inpatientNo);
    if (business === 'registration' && held !== undefined) held.state = 'cancelled';
    if (business === 'discharge' && stay !== undefined) stay.state = 'leaving';
    if (business === 'deposit' && stay !== undefined) stay.depositFen -= refundFen;
  }
}
