/** With what a patient pays, where: kiosks, windows and applications each offer their own. */
import type { PaymentMethod } from '@hospay/plugin-sdk';
import type { Owner } from '@hospay/server/domain/order.js';
import type { Tender } from '@hospay/server/payments/ports.js';
import type { WorldView } from './world-view.js';

const SECOND = 1000;
const CHANGE_FEN = 10_000;

/** A payment about to be made: the whole of what is left unless `tenderFen` says less. */
export type TenderPlan = Tender & { readonly tenderFen?: number };

/** The insurance first; then wallets, cards and cash in any order. */
export async function firstTender(world: WorldView, given: { readonly owner: Owner; readonly isMixed: boolean; readonly isInsured: boolean }, amountFen: number): Promise<TenderPlan> {
  const insured = given.isInsured ? await settledByInsurance(world, amountFen) : undefined;
  if (insured !== undefined) return insured;
  const part = given.isMixed && amountFen > 1 ? world.weather.between(1, amountFen - 1) : undefined;
  return tenderBy(world, methodAt(world, given.owner), amountFen, part);
}

export function nextTender(world: WorldView, owner: Owner, leftFen: number): TenderPlan {
  const part = leftFen > 1 && world.weather.chance(0.4) ? world.weather.between(1, leftFen - 1) : undefined;
  return tenderBy(world, methodAt(world, owner), leftFen, part);
}

function methodAt({ weather }: WorldView, { kind, id }: Owner): PaymentMethod {
  if (kind === 'application') return weather.pick<PaymentMethod>('nativeQr', 'nativeQr', 'h5', 'webPage', 'app');
  if (id.startsWith('window')) return weather.pick<PaymentMethod>('paymentCode', 'paymentCode', 'bankCard', 'bankCard', 'cash');
  return weather.pick<PaymentMethod>('nativeQr', 'nativeQr', 'nativeQr', 'paymentCode', 'paymentCode', 'cash');
}

function tenderBy(world: WorldView, method: PaymentMethod, leftFen: number, part: number | undefined): TenderPlan {
  const shared = { method, ...(part === undefined ? {} : { tenderFen: part }) };
  const amountFen = part ?? leftFen;
  switch (method) {
    case 'paymentCode':
      return { ...shared, authCode: '134567890123456789' };
    case 'cash':
      return { ...shared, tenderedFen: world.faults.strikes('too little counted in') ? Math.max(1, amountFen - 1) : amountFen + world.weather.between(0, CHANGE_FEN) };
    case 'h5':
    case 'webPage':
      return { ...shared, returnUrl: 'https://hospital.example/paid' };
    default:
      return shared;
  }
}

/** What the insurance pays of it, pre-settled at the centre. Undefined: nothing, or no answer for too long, and the patient pays himself. */
async function settledByInsurance(world: WorldView, amountFen: number): Promise<TenderPlan | undefined> {
  const request = world.channels.insurance.presettlementOf(amountFen);
  for (let attempt = 1; attempt <= 6; attempt += 1) {
    const outcome = await world.channels.presettle(request);
    if (outcome.kind === 'declined') return undefined;
    if (outcome.kind === 'presettled') {
      const insuredFen = outcome.fundFen + outcome.accountFen;
      if (insuredFen === 0) return undefined;
      world.history.mark('a visit was pre-settled');
      if (world.faults.strikes('account spent meanwhile')) world.channels.insurance.spendAccount(request.personNo);
      return { method: 'medicalInsurance', presettlementNo: request.presettlementNo, ...(insuredFen < amountFen ? { tenderFen: insuredFen } : {}) };
    }
    await world.time.sleep(world.weather.between(2, 20) * SECOND, `${request.presettlementNo} is pre-settled again`);
  }
  return undefined;
}
