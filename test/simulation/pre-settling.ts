/** How an insured patient has his bills pre-settled, at a window, a kiosk or in an application: asked again under the same key until it is said what the insurance pays. */
import type { InsurancePayer, InsuranceVoucher } from '@hospay/plugin-sdk';
import type { ErrorCode } from '@hospay/server/domain/errors.js';
import type { Owner } from '@hospay/server/domain/order.js';
import type { PresettlementView } from '@hospay/server/insurance/presettlement-view.js';
import { askUntilAnswered, isRefused } from './asking.js';
import { MINI_PROGRAM } from './routing.js';
import type { UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
/** Nothing is decided yet: the same request goes on under the same key. */
const ASK_AGAIN: readonly ErrorCode[] = ['INSURANCE_UNAVAILABLE', 'HIS_UNAVAILABLE', 'STORE_UNAVAILABLE', 'STOPPED_FOR_SAFETY', 'INTERNAL'];

export type Insured = { readonly owner: Owner; readonly billNos: readonly string[]; readonly key: string };
/** Pre-settled, and about to be paid with. */
export type Presettled = { readonly quoteId: string; readonly presettlementNo: string; readonly totalFen: number; readonly insuredFen: number; /** In the wallet: who pays. */ readonly insurancePayer?: InsurancePayer };

/** Undefined: the insurance pays nothing, the patient thought better of it, or nobody answered for too long; he pays himself. */
export async function presettleBills(world: WorldView, given: Insured, quoteId: string): Promise<Presettled | undefined> {
  const { owner, key } = given;
  const shown = owner.id === MINI_PROGRAM ? agreeInApp(world, given) : await showAtWindow(world, given);
  if (shown === undefined) return undefined;
  const { personNo, insuranceType, insuredPlace, usesAccount, voucher } = shown;
  const content = { owner, quoteId, personNo, insuranceType, insuredPlace, usesAccount };
  const tenant = `${owner.kind}/${owner.id}`;
  const idempotency = { tenant, key, requestHash: JSON.stringify(content) };
  const ask = (useCases: UseCases) => useCases.presettle({ ...content, voucher: voucher(), idempotency });
  if (world.faults.strikes('double press')) void world.ask(`presettle ${key} (pressed twice)`, ask);
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const answer = await world.ask(`presettle ${key}`, ask);
    if (answer?.kind === 'ok') {
      world.acknowledgePresettlement(tenant, key, answer.value);
      if (answer.value.state === 'presettled') return decide(world, owner, personNo, answer.value);
      if (answer.value.state !== 'requested' && answer.value.state !== 'unknown') return undefined;
      world.history.mark('pre-settled again under the same key');
    }
    if (answer?.kind === 'refused' && answer.code === 'BILL_PRESETTLED') return answer.detail === undefined ? undefined : resume(world, owner, answer.detail);
    if (answer?.kind === 'refused' && !isRefused(answer, ASK_AGAIN)) return undefined;
    if (answer?.kind === 'ok' && world.faults.strikes('same key, other body')) {
      const refusal = await world.ask(`presettle ${key} with another body`, (useCases) => useCases.presettle({ ...content, voucher: voucher(), idempotency: { ...idempotency, requestHash: 'another' } }));
      world.expect(refusal === undefined || isRefused(refusal, ['IDEMPOTENCY_KEY_REUSED', 'STORE_UNAVAILABLE']), 'same key, other body', key, 'was not refused');
    }
    await world.time.sleep(world.weather.between(2, 60) * SECOND, `${key} is pre-settled again`);
  }
  return undefined;
}

/** Who is insured and with what; the voucher is shown anew each time. */
type Shown = { readonly personNo: string; readonly insuranceType: string; readonly insuredPlace: string; readonly usesAccount: boolean; readonly voucher: () => InsuranceVoucher };

/** In an app nobody is looked up: the patient agrees there, once, and is named by it. */
function agreeInApp(world: WorldView, { billNos }: Insured): Shown {
  const { person, payAuthNo } = world.channels.mobileInsurance.authorise(billNos[0] ?? '');
  // A full account would leave nothing for the wallet to pay.
  const usesAccount = world.weather.chance(person.balanceFen > 1_000_000 ? 0.1 : 0.7);
  return { personNo: person.personNo, insuranceType: person.insuranceType, insuredPlace: person.place, usesAccount, voucher: () => ({ kind: 'authorization', number: payAuthNo }) };
}

async function showAtWindow(world: WorldView, { owner, billNos, key }: Insured): Promise<Shown | undefined> {
  const { insurance } = world.channels;
  const patient = insurance.patientOf(billNos[0] ?? '');
  const found = await askUntilAnswered(world, `find insured for ${key}`, 4, (useCases) => useCases.findInsured({ owner, voucher: insurance.showVoucher(patient) }), ['INSURANCE_UNAVAILABLE']);
  const [shown] = found?.kind === 'ok' ? found.value.insurances : [];
  if (found?.kind !== 'ok' || shown === undefined) return undefined;
  const { personNo } = found.value;
  world.expect(personNo === patient.personNo && shown.type === patient.insuranceType, 'says only what happened', key, `the voucher is of ${patient.personNo}, and ${personNo} is found`);
  return { personNo, insuranceType: shown.type, insuredPlace: shown.place, usesAccount: world.weather.chance(0.7), voucher: () => insurance.showVoucher(patient) };
}

/** Priced: the patient pays with it, gives it up, or goes to pay himself and says nothing. */
async function decide(world: WorldView, owner: Owner, personNo: string, { presettlementNo, quoteId, totalFen, split }: PresettlementView): Promise<Presettled | undefined> {
  if (split === undefined) return undefined;
  world.history.mark('a visit was pre-settled');
  if (world.faults.strikes('pre-settlement forgotten')) return undefined;
  if (world.faults.strikes('pre-settlement given up')) {
    await giveUp(world, owner, presettlementNo);
    return undefined;
  }
  if (world.faults.strikes('account spent meanwhile')) world.channels.insurance.spendAccount(personNo);
  return presettledOf(world, { quoteId, presettlementNo, totalFen, insuredFen: split.insuredFen });
}

/** The same window has pre-settled these bills before: it goes on with that, or gives it up. */
async function resume(world: WorldView, owner: Owner, presettlementNo: string): Promise<Presettled | undefined> {
  world.history.mark('an earlier pre-settlement of the same window was found');
  const before = await askUntilAnswered(world, `find ${presettlementNo}`, 4, (useCases) => useCases.findPresettlement({ owner, presettlementNo }));
  if (before?.kind !== 'ok') return undefined;
  const { state, split, quoteId, totalFen } = before.value;
  if (state === 'presettled' && split !== undefined && world.weather.chance(0.6)) return presettledOf(world, { quoteId, presettlementNo, totalFen, insuredFen: split.insuredFen });
  await giveUp(world, owner, presettlementNo);
  return undefined;
}

/** Again until the centre has taken it back, or the patient will not wait any more. */
async function giveUp(world: WorldView, owner: Owner, presettlementNo: string): Promise<void> {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const answer = await askUntilAnswered(world, `give up ${presettlementNo}`, 4, (useCases) => useCases.abandonPresettlement({ owner, presettlementNo }));
    if (answer?.kind !== 'ok' || answer.value.state === 'abandoned') return;
    await world.time.sleep(world.weather.between(2, 30) * SECOND, `${presettlementNo} is given up again`);
  }
}

function presettledOf(world: WorldView, presettled: Presettled): Presettled {
  const insurancePayer = world.channels.mobileInsurance.payerOf(presettled.presettlementNo);
  return insurancePayer === undefined ? presettled : { ...presettled, insurancePayer };
}
