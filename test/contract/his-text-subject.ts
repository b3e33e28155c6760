/** What the subjects of adapters that speak text have alike: the same simulated hospital behind another wire. */
import type { FaultableHisOperation, HospitalControl, HospitalFault } from '@hospay/plugin-sdk/testkit';
import type { Fault } from '../simulators/his/faults.js';
import type { HisSimulator } from '../simulators/his/his-simulator.js';

const PROCEDURES: Readonly<Record<FaultableHisOperation, string>> = {
  findPatient: 'usp_hospay_find_patient', listOpenBills: 'usp_hospay_list_open_bills', presettle: 'usp_hospay_presettle', confirm: 'usp_hospay_confirm',
  queryConfirmation: 'usp_hospay_query_confirmation', approveRefund: 'usp_hospay_refund', queryRefundApproval: 'usp_hospay_query_refund', listDay: 'usp_hospay_day_list',
};

const FAULTS: Readonly<Record<HospitalFault, Fault>> = {
  dropBeforeExecution: { kind: 'drop-before-execute' },
  silenceBeforeExecution: { kind: 'no-answer-before-execute' },
  dropAfterCommit: { kind: 'commit-then-drop' },
  silenceAfterCommit: { kind: 'commit-then-no-answer' },
  serverErrorAfterCommit: { kind: 'server-error', number: 50_000, text: 'ORA-00060: 等待资源时检测到死锁', afterCommit: true },
  garbageValues: { kind: 'garbage-values' },
  garbageBytes: { kind: 'garbage-bytes' },
};

export const textPatient = { cardType: 'visitCard', cardNo: 'C0000002', patientId: 'P0000002' } as const;

/** These interfaces settle the insurance inside the HIS. */
export const NO_INSURANCE = {
  'insurance.details': 'this interface has no messages for the insurance', 'insurance.billChanged': 'this interface has no messages for the insurance',
  'insurance.confirm': 'this interface has no messages for the insurance', 'insurance.partsDiffer': 'this interface has no messages for the insurance',
} as const;
export const NO_DICTIONARIES = { 'dictionary.load': 'this interface tells no code tables' } as const;

export type LogLine = { readonly message: string; readonly facts: Readonly<Record<string, string | number | boolean>> };

export function hospitalControl(his: HisSimulator, makeUnreachable: () => Promise<void>): HospitalControl {
  let bills = 0;
  return {
    makeBill: async () => {
      bills += 1;
      const amountFen = 12_345 + bills;
      const billNo = await his.hospital.addBill({ patientId: textPatient.patientId, lines: [{ itemName: '阿莫西林胶囊', priceFen: amountFen }] });
      return { patientId: textPatient.patientId, billNo, amountFen };
    },
    changeBill: ({ billNo, amountFen }) => his.hospital.changeBill(billNo, { amountFen: amountFen + 100 }),
    payAtWindow: async ({ billNo }) => { await his.hospital.settleAtWindow([billNo]); },
    countBookings: (tradeNo) => Promise.resolve(his.hospital.listSettlements().filter((settlement) => settlement.tradeNo === tradeNo).length),
    countRefunds: (refundNo) => Promise.resolve(his.hospital.listRefunds().filter((refund) => refund.refundNo === refundNo).length),
    faults: ['dropBeforeExecution', 'silenceBeforeExecution', 'dropAfterCommit', 'silenceAfterCommit', 'serverErrorAfterCommit', 'garbageValues', 'garbageBytes'],
    failNext: (operation, fault) => {
      his.faults.add({ procedure: PROCEDURES[operation], fault: FAULTS[fault] });
      return Promise.resolve();
    },
    refuseRefund: (tradeNo) => his.hospital.markDispensed(tradeNo),
    makeUnreachable,
  };
}
