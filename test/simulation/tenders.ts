/** With what a patient pays, where: kiosks, windows and applications each offer their own. */
import type { PaymentMethod } from '@hospay/plugin-sdk';
import type { Owner } from '@hospay/server/domain/order.js';
import type { Tender } from '@hospay/server/payments/ports.js';
import { OLD_TOKEN } from './channels/card-issuer.js';
import type { Presettled } from './pre-settling.js';
import { MINI_PROGRAM } from './routing.js';
import type { WorldView } from './world-view.js';

const CHANGE_FEN = 10_000;

/** A payment about to be made: the whole of what is left unless `tenderFen` says less. */
export type TenderPlan = Tender & { readonly tenderFen?: number };

/** The insurance first, or last; wallets, cards and cash in any order. */
export function firstTender(world: WorldView, given: { readonly owner: Owner; readonly isMixed: boolean; readonly presettled?: Presettled | undefined }, amountFen: number): TenderPlan {
  const { owner, isMixed, presettled } = given;
  const { presettlementNo, insurancePayer } = presettled ?? {};
  if (presettlementNo !== undefined && insurancePayer !== undefined) return { method: 'miniProgram', presettlementNo, insurancePayer, payerId: 'oSimulatedPayer' };
  const ownFen = presettled === undefined ? 0 : ownPartFen(world, presettled);
  if (presettled !== undefined && ownFen > 0) {
    const own = ownFen > 1 && world.weather.chance(0.3) ? world.weather.between(1, ownFen - 1) : undefined;
    return { ...tenderBy(world, methodAt(world, owner), ownFen, own), presettlementNo: presettled.presettlementNo };
  }
  if (presettled !== undefined) return insuredTender(world, presettled);
  const part = isMixed && amountFen > 1 ? world.weather.between(1, amountFen - 1) : undefined;
  return tenderBy(world, methodAt(world, owner), amountFen, part);
}

/** Where the insurance settles last (先自费后医保): what the patient pays himself before it. Zero where it settles first. */
export function ownPartFen({ policy }: WorldView, { totalFen, insuredFen }: Presettled): number {
  return policy.insuranceOrder === 'selfPayFirst' ? totalFen - insuredFen : 0;
}

/** What was pre-settled, no more and no less: said or left to the platform. */
export function insuredTender(world: WorldView, { presettlementNo, insuredFen }: Presettled): TenderPlan {
  return { method: 'medicalInsurance', presettlementNo, ...(world.weather.chance(0.5) ? { tenderFen: insuredFen } : {}) };
}

export function nextTender(world: WorldView, owner: Owner, leftFen: number): TenderPlan {
  const part = leftFen > 1 && world.weather.chance(0.4) ? world.weather.between(1, leftFen - 1) : undefined;
  return tenderBy(world, methodAt(world, owner, false), leftFen, part);
}

/** A bound card pays the first of an order, or all of it. */
function methodAt({ weather, hasBoundCards }: WorldView, { kind, id }: Owner, isFirst = true): PaymentMethod {
  if (id === MINI_PROGRAM) return 'miniProgram';
  if (kind === 'application' && hasBoundCards && isFirst && weather.chance(0.6)) return 'quickPay';
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
    case 'miniProgram':
      return { ...shared, payerId: 'oSimulatedPayer' };
    case 'quickPay':
      return { ...shared, channel: 'quick-pay', agreementToken: OLD_TOKEN };
    case 'h5':
    case 'webPage':
      return { ...shared, returnUrl: 'https://hospital.example/paid' };
    default:
      return shared;
  }
}
