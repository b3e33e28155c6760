import { beijingStamp, beijingTime, type PresettlementRequest } from '@hospay/plugin-sdk';

import type { Presettlement } from './presettlement-book.js';
import { wireAmount } from './settlement.js';
import type { CompleteSettings } from './settings.js';

type Input = Readonly<Record<string, unknown>>;

/** 6201. The sums a hospital's catalogue would know (own payment, limits) are the centre's to work out. */
export function uploadInput({ visit, fees }: PresettlementRequest, presettlement: Presettlement, settings: CompleteSettings): Input {
  const { presettlementNo, personNo, insuranceType, insuredPlace, person, totalFen, usesAccount } = presettlement;
  const { hospitalVisitNo, startedAt, medicalType, doctor, department, diagnoses } = visit;
  const { amountForm: form, institutionCode, regionCode = '', settlementWay, feeType } = settings;
  const decimal = (text: string): string | number => (form === 'text' ? text : Number(text));
  const at = beijingTime(startedAt);
  return {
    ...voucherOf(presettlement), orgCodg: institutionCode, psnNo: personNo, insutype: insuranceType, medOrgOrd: presettlementNo, begntime: at, ...personOf(person), insuCode: insuredPlace ?? regionCode,
    iptOtpNo: hospitalVisitNo, deptName: department.name, deptCode: department.code, caty: department.category, medType: medicalType, feeType, psnSetlway: settlementWay, chrgBchno: presettlementNo,
    medfeeSumamt: wireAmount(totalFen, form), acctUsedFlag: usesAccount ? '1' : '0', atddrNo: doctor.no, rxCircFlag: '0',
    diseinfoList: diagnoses.map(({ kind, code, name }, index) => ({
      diagType: kind, diagSrtNo: String(index + 1), diagCode: code, diagName: name, diagDept: department.code, diseDorNo: doctor.no, diseDorName: doctor.name, diagTime: at, valiFlag: '1',
    })),
    feedetailList: fees.map(({ feeNo, prescriptionNo = '', nationalCode, hospitalCode, amountFen, quantity, unitPriceYuan, occurredAt }) => ({
      feedetlSn: feeNo, psnNo: personNo, chrgBchno: presettlementNo, rxno: prescriptionNo, rxCircFlag: '0', feeOcurTime: beijingTime(occurredAt), medListCodg: nationalCode, medinsListCodg: hospitalCode,
      detItemFeeSumamt: wireAmount(amountFen, form), cnt: decimal(quantity), pric: decimal(unitPriceYuan), bilgDeptCodg: department.code, bilgDeptName: department.name, bilgDrCodg: doctor.no, bilgDrName: doctor.name,
      hospApprFlag: '1',
    })),
  };
}

/** 6202 */
export function payInput(presettlement: Presettlement, tradeNo: string, { institutionCode, feeType }: CompleteSettings): Input {
  const { presettlementNo, payOrder, visitNo, usesAccount } = presettlement;
  return { ...voucherOf(presettlement), payOrdId: payOrder?.id, payToken: payOrder?.token, orgCodg: institutionCode, orgBizSer: tradeNo, chrgBchno: presettlementNo, feeType, mdtrtId: visitNo, acctUsedFlag: usesAccount ? '1' : '0' };
}

/** 6301 and 6401 */
export function orderInput(order: { readonly id: string; readonly token: string }, person: Presettlement['person'], { institutionCode }: CompleteSettings): Input {
  return { payOrdId: order.id, orgCodg: institutionCode, payToken: order.token, ...personOf(person) };
}

/** A settled order as its refund names it: 6203 wants to see the voucher again it was paid with. */
export type PaidOrder = { readonly order: { readonly id: string }; readonly voucher: { readonly kind: string; readonly number: string }; readonly fund: number; readonly account: number };

/** 6203 of the insurance part. */
export function refundInput(paid: PaidOrder, refund: { readonly refundNo: string; readonly at: Date; readonly reason: string }, { amountForm: form }: CompleteSettings): Input {
  const { order, voucher, fund, account } = paid;
  return {
    payOrdId: order.id, appRefdSn: refund.refundNo, appRefdTime: beijingStamp(refund.at), totlRefdAmt: wireAmount(fund + account, form), psnAcctRefdAmt: wireAmount(account, form), fundRefdAmt: wireAmount(fund, form),
    cashRefdAmt: wireAmount(0, form), [voucher.kind]: voucher.number, refdType: 'HI', expContent: refund.reason,
  };
}

function voucherOf({ voucherType, voucherNumber }: Presettlement): Input {
  return { [voucherType]: voucherNumber };
}

function personOf(person: Presettlement['person']): Input {
  return person === undefined ? {} : { idNo: person.idNo, userName: person.name, idType: person.idType };
}
