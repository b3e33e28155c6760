import { fen, instantOfBeijing, yuanFromFen } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';

import { fenAt, textAt, type Fields } from './answer-fields.js';
import type { CompleteSettings } from './settings.js';

/** The parts of a settlement, exactly the whole. What the fund and the personal account pay is owed by the insurance; the patient pays the cash part elsewhere. */
export const SplitSchema = Type.Object({
  totalFen: Type.Integer(),
  fundFen: Type.Integer(),
  accountFen: Type.Integer(),
  cashFen: Type.Integer(),
  /** What the hospital bears beside the three. An order has nobody to pay it, so that such a visit is not settled here. */
  hospitalFen: Type.Optional(Type.Integer()),
});
export type Split = Static<typeof SplitSchema>;

export const SettlementSchema = Type.Object({
  settlementId: Type.String(),
  settledAt: Type.String(),
  split: SplitSchema,
  insuranceType: Type.String(),
  clearingType: Type.String(),
  clearingOffice: Type.String(),
});
export type Settlement = Static<typeof SettlementSchema>;

/** Rounding of the centre's own parts. */
const TOLERANCE_FEN = 1;
const FUND_PARTS = ['hifp_pay', 'cvlserv_pay', 'hifes_pay', 'hifmi_pay', 'hifob_pay', 'maf_pay', 'hifdm_pay', 'oth_pay'] as const;

type SplitSettings = Pick<CompleteSettings, 'familyAccount' | 'fundParts'>;

export const HOSPITAL_PART = { code: 'HOSPITAL_PART', message: '医院负担金额在基金、个人账户和现金之外，须在医院窗口结算 / the hospital bears a part beside fund, account and cash: to be settled by the hospital itself' } as const;

/**
 * Parts that are exactly the whole. The fen of the centre's own rounding is the patient's: fund and account are what the centre pays, to the fen, and only the cash is
 * collected here. What the parts leave over is the hospital's where the centre says so; otherwise the split contradicts itself.
 */
export function addUp({ totalFen, fundFen, accountFen, cashFen }: Split, hospitalFen: number): Split | undefined {
  const left = totalFen - fundFen - accountFen - cashFen;
  const ofHospital = Math.abs(left) <= TOLERANCE_FEN ? 0 : hospitalFen;
  const rounding = left - ofHospital;
  const roundedFen = cashFen + rounding;
  if (Math.abs(rounding) > TOLERANCE_FEN || (roundedFen !== 0 && Math.sign(roundedFen) === -Math.sign(totalFen))) return undefined;
  return { totalFen, fundFen, accountFen, cashFen: roundedFen, ...(ofHospital === 0 ? {} : { hospitalFen: ofHospital }) };
}

/** The split of a `setlinfo`, its identities checked; otherwise why it cannot be believed. */
export function readSplit(setlinfo: Fields | undefined, settings: SplitSettings): Split | string {
  try {
    const [totalFen, fundFen, cashFen] = [fenAt(setlinfo, 'medfee_sumamt'), fenAt(setlinfo, 'fund_pay_sumamt'), fenAt(setlinfo, 'psn_cash_pay')];
    const ownAccountFen = fenAt(setlinfo, 'acct_pay');
    if (totalFen === undefined || fundFen === undefined || ownAccountFen === undefined || cashFen === undefined) return 'the settlement lacks one of its amounts';
    const accountFen = ownAccountFen + (settings.familyAccount === 'separate' ? (fenAt(setlinfo, 'acct_mulaid_pay') ?? 0) : 0);
    const split = addUp({ totalFen, fundFen, accountFen, cashFen }, fenAt(setlinfo, 'hosp_part_amt') ?? 0);
    if (split === undefined) return 'fund, account and cash are not the whole';
    const personalFen = fenAt(setlinfo, 'psn_part_amt');
    if (personalFen !== undefined && differ(personalFen, accountFen + cashFen)) return 'account and cash are not the personal part';
    const parts = FUND_PARTS.map((name) => fenAt(setlinfo, name)).filter((part) => part !== undefined);
    if (settings.fundParts === 'checked' && parts.length > 0 && differ(fundFen, parts.reduce((sum, part) => sum + part, 0))) return 'the parts of the fund are not the fund';
    return split;
  } catch {
    return 'an amount of the settlement is no amount';
  }
}

function differ(left: number, right: number): boolean {
  return Math.abs(left - right) > TOLERANCE_FEN;
}

/** Whether a settlement is the one a payment was sent for. Between pre-settlement and settlement a balance may have been spent, or a limit reached. */
export function isAsSent({ fundFen, accountFen, hospitalFen }: Split, amountFen: number): boolean {
  return fundFen + accountFen === amountFen && hospitalFen === undefined;
}

/** Why a payment whose settlement turned out otherwise was undone. */
export const SPLIT_CHANGED = { code: 'SPLIT_CHANGED', message: '医保支付金额与预结算不同，已撤销，请重新预结算 / the insurance pays another amount than was pre-settled: undone, pre-settle again' } as const;

/** What of a settlement is the insurance's to pay: the amount of the payment. */
export function insuredFen({ fundFen, accountFen }: Split): number {
  return fundFen + accountFen;
}

/** A settlement as 2207, 2208 or a look-up tells it; otherwise why it cannot be believed. */
export function readSettlement(setlinfo: Fields | undefined, settings: SplitSettings): Settlement | string {
  const split = readSplit(setlinfo, settings);
  if (typeof split === 'string') return split;
  const [settlementId, settledAt] = [textAt(setlinfo, 'setl_id'), instantOfBeijing(textAt(setlinfo, 'setl_time'))];
  if (!/^[\x21-\x7e]{1,64}$/.test(settlementId) || settledAt === undefined) return 'the settlement has no number or no time';
  return { settlementId, settledAt, split, insuranceType: textAt(setlinfo, 'insutype'), clearingType: textAt(setlinfo, 'clr_type'), clearingOffice: textAt(setlinfo, 'clr_optins') };
}

/** An amount as the wire has it: a JSON number or text, two decimals at most. */
export function wireAmount(amountFen: number, form: CompleteSettings['amountForm']): number | string {
  const text = yuanFromFen(fen(amountFen));
  // A double of at most 15 digits prints as the decimal it was read from: no arithmetic happens on it.
  return form === 'text' ? text : Number(text);
}
