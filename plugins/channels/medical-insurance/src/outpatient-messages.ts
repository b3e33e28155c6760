import { beijingTime, fen, type PresettlementRequest, yuanFromFen } from '@hospay/plugin-sdk';

import type { Presettlement } from './presettlement-book.js';
import { wireAmount } from './settlement.js';
import type { CompleteSettings } from './settings.js';

type Input = Readonly<Record<string, unknown>>;

/** 2201 */
export function registrationInput({ visit, insuranceType }: PresettlementRequest, { personNo, voucherType, voucherNumber }: Presettlement): Input {
  const { hospitalVisitNo, startedAt, doctor, department } = visit;
  return {
    data: {
      psn_no: personNo, insutype: insuranceType, begntime: beijingTime(startedAt), mdtrt_cert_type: voucherType, mdtrt_cert_no: voucherNumber, ipt_otp_no: hospitalVisitNo,
      atddr_no: doctor.no, dr_name: doctor.name, dept_code: department.code, dept_name: department.name, caty: department.category,
    },
  };
}

/** 2203 */
export function visitInput({ visit }: PresettlementRequest, { personNo, visitNo }: Presettlement): Input {
  const { startedAt, medicalType, complaint, doctor, department, diagnoses } = visit;
  const at = beijingTime(startedAt);
  const [first] = diagnoses;
  return {
    mdtrtinfo: { mdtrt_id: visitNo, psn_no: personNo, med_type: medicalType, begntime: at, main_cond_dscr: complaint, dise_codg: first?.code ?? '', dise_name: first?.name ?? '', birctrl_type: '', birctrl_matn_date: '' },
    diseinfo: diagnoses.map(({ kind, code, name }, index) => ({
      diag_type: kind, diag_srt_no: String(index + 1), diag_code: code, diag_name: name, diag_dept: department.code, dise_dor_no: doctor.no, dise_dor_name: doctor.name, diag_time: at, vali_flag: '1',
    })),
  };
}

/** 2204 of some of the fees. */
export function feesInput({ visit, fees }: PresettlementRequest, { presettlementNo, personNo, visitNo }: Presettlement, from: number, to: number, form: CompleteSettings['amountForm']): Input {
  const { doctor, department, diagnoses } = visit;
  const decimal = (text: string): string | number => (form === 'text' ? text : Number(text));
  return {
    feedetail: fees.slice(from, to).map(({ feeNo, prescriptionNo = '', nationalCode, hospitalCode, amountFen, quantity, unitPriceYuan, occurredAt }) => ({
      feedetl_sn: feeNo, mdtrt_id: visitNo, psn_no: personNo, chrg_bchno: presettlementNo, dise_codg: diagnoses[0]?.code ?? '', rxno: prescriptionNo, rx_circ_flag: '0', fee_ocur_time: beijingTime(occurredAt),
      med_list_codg: nationalCode, medins_list_codg: hospitalCode, det_item_fee_sumamt: wireAmount(amountFen, form), cnt: decimal(quantity), pric: decimal(unitPriceYuan),
      bilg_dept_codg: department.code, bilg_dept_name: department.name, bilg_dr_codg: doctor.no, bilg_dr_name: doctor.name, acord_dept_codg: department.code, acord_dept_name: department.name,
      orders_dr_code: doctor.no, orders_dr_name: doctor.name, hosp_appr_flag: '1', etip_flag: '0', dscg_tkdrug_flag: '0', matn_fee_flag: '0',
    })),
  };
}

/** 2206, and 2207 with the sums 2206 found. */
export function settlementInput(presettlement: Presettlement, settings: CompleteSettings): Input {
  const { personNo, voucherType, voucherNumber, medicalType, totalFen, visitNo, presettlementNo, insuranceType, usesAccount } = presettlement;
  return {
    data: {
      psn_no: personNo, mdtrt_cert_type: voucherType, mdtrt_cert_no: voucherNumber, med_type: medicalType, medfee_sumamt: wireAmount(totalFen, settings.amountForm), psn_setlway: settings.settlementWay,
      mdtrt_id: visitNo, chrg_bchno: presettlementNo, insutype: insuranceType, acct_used_flag: usesAccount ? '1' : '0', ...presettlement.costs,
    },
  };
}

/** The sums of 2206 that 2207 carries. */
export const COST_FIELDS = ['fulamt_ownpay_amt', 'overlmt_selfpay', 'preselfpay_amt', 'inscp_scp_amt'] as const;

export function yuanText(amountFen: number): string {
  return yuanFromFen(fen(amountFen));
}
