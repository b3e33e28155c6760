/** Medical insurance at a counter (医保): what the patient shows is scanned while the quote is up; the rest is paid like any mixed order. */
import { yuanText, type InsuranceVoucher } from '../src/index.js';
import type { Desk, View } from './desk.js';

export async function insure(desk: Desk, view: Extract<View, { kind: 'quote' }>, voucher: InsuranceVoucher): Promise<void> {
  const person = await desk.ask(() => desk.client.call('insurance.find', { voucher }));
  if (person === undefined) return;
  const active = person.insurances.filter(({ isActive }) => isActive);
  const presettle = async (insuranceType: string, insuredPlace: string): Promise<void> => {
    const { quoteId } = view.quote;
    const settled = await desk.ask(() => desk.client.presettle(`pre-${quoteId}`.replaceAll(/[^0-9A-Za-z-]/g, '-'), { quoteId, voucher, personNo: person.personNo, insuranceType, insuredPlace, usesAccount: true }));
    if (settled === undefined) return desk.show(view, desk.trouble);
    const { presettlementNo, split, totalFen, state } = settled;
    if (split === undefined) return desk.show(view, { kind: 'hint', text: `医保尚未答复（${state}），请再扫一次凭证` });
    if (desk.session?.configuration.insuranceOrder === 'selfPayFirst' && split.cashFen > 0) {
      desk.showQuote({ ...view, insured: { presettlementNo, totalFen, ownFen: split.cashFen } });
      return desk.hint(`医保可付 ${yuanText(split.insuredFen)} 元：先收自费部分，收齐后自动结算医保`);
    }
    desk.show(view);
    await desk.take(() => desk.client.pay({ quoteId, amountFen: totalFen, method: 'medicalInsurance', presettlementNo, ...(split.insuredFen < totalFen ? { tenderFen: split.insuredFen } : {}) }), view);
  };
  const [only, ...others] = active;
  if (only === undefined) return desk.hint('没有有效的参保信息，请按自费收款');
  if (others.length === 0) return presettle(only.type, only.place);
  desk.show({ kind: 'choose', title: `${person.name}：请选择险种`, rows: active.map(({ type, place }) => ({ label: `险种 ${type}`, detail: place, pick: () => presettle(type, place) })) });
}
