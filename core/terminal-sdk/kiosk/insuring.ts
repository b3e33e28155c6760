/** Medical insurance at the kiosk (医保): the voucher is shown while the price is up, the centre says what it pays, and the rest is paid by code. In provinces that want it the other way the patient pays first. */
import { isInsuranceDue, readScan, takesMore, type InsuranceVoucher, type Order } from '../src/index.js';
import type { QuoteScreen, SplitScreen, VoucherScreen } from './screen.js';
import type { Visit } from './visit.js';

/** 医保电子凭证 or 身份证; nothing else shows who is insured. */
function voucherIn(text: string): InsuranceVoucher | undefined {
  const scan = readScan(text);
  const read = scan.kind === 'ambiguous' ? scan.candidates.find(({ kind }) => kind === 'idCard' || kind === 'insuranceVoucher') : scan;
  if (read?.kind === 'insuranceVoucher') return { kind: 'electronicVoucher', number: read.text };
  return read?.kind === 'idCard' ? { kind: 'idCard', number: read.text } : undefined;
}

export async function takeVoucher(visit: Visit, { before }: VoucherScreen, text: string): Promise<void> {
  const voucher = voucherIn(text.trim());
  if (voucher === undefined) return visit.show(visit.screen, { kind: 'notVoucher' });
  const person = await visit.ask(() => visit.client.call('insurance.find', { voucher }));
  if (person === undefined) return;
  const insurances = person.insurances.filter(({ isActive }) => isActive);
  const [only, ...others] = insurances;
  if (only === undefined) return visit.show(before, { kind: 'notInsured' });
  if (others.length > 0) return visit.show({ kind: 'insurances', before, voucher, personNo: person.personNo, insurances });
  await presettle(visit, { before, voucher, personNo: person.personNo }, only);
}

/** No money moves in it. The key is the price's own: after silence the same question is asked, with the voucher shown anew. */
export async function presettle(visit: Visit, { before, voucher, personNo }: { readonly before: QuoteScreen; readonly voucher: InsuranceVoucher; readonly personNo: string }, insurance: { readonly type: string; readonly place: string }): Promise<void> {
  const { quoteId } = before.quote;
  const settled = await visit.ask(() => visit.client.presettle(`pre-${quoteId}`.replaceAll(/[^0-9A-Za-z-]/g, '-'), { quoteId, voucher, personNo, insuranceType: insurance.type, insuredPlace: insurance.place, usesAccount: true }));
  if (settled === undefined) {
    const { trouble } = visit;
    // There is nothing to show the voucher for again.
    if (trouble?.kind === 'refused' && trouble.error.code === 'NOTHING_INSURED') visit.show(before, trouble);
    return;
  }
  const { presettlementNo, totalFen, split } = settled;
  if (split === undefined) return visit.show({ kind: 'voucher', before }, { kind: 'voucherAgain' });
  visit.show({ kind: 'split', before, presettlementNo, totalFen, split });
}

/** The patient does not want it: the centre takes its registration and fees back, by itself at the latest. */
export async function withoutInsurance(visit: Visit, { before, presettlementNo }: SplitScreen): Promise<void> {
  await visit.ask(() => visit.client.call('insurance.abandon', { presettlementNo }));
  visit.show(before);
}

/** Insurance first, then what is left; or the other way round. What follows is made by `payRest`, each when its turn has come. */
export function payInsured(visit: Visit, { before, presettlementNo, totalFen, split }: SplitScreen): Promise<void> {
  const { quoteId } = before.quote;
  const whole = { quoteId, amountFen: totalFen, presettlementNo };
  const ownFirst = visit.ownFirst && split.cashFen > 0;
  if (ownFirst) return visit.take(() => visit.client.pay({ ...whole, method: 'nativeQr', tenderFen: split.cashFen }), before);
  return visit.take(() => visit.client.pay({ ...whole, method: 'medicalInsurance', ...(split.insuredFen < totalFen ? { tenderFen: split.insuredFen } : {}) }), before);
}

/** The next payment of an order that was paid in part. */
export function payRest(visit: Visit, order: Order): Promise<void> {
  const { tradeNo, presettlementNo } = order;
  if (!takesMore(order)) return Promise.resolve();
  const insured = isInsuranceDue(order) && presettlementNo !== undefined;
  return visit.take(() => visit.client.addPayment(insured ? { tradeNo, method: 'medicalInsurance', presettlementNo } : { tradeNo, method: 'nativeQr' }), visit.screen);
}
