/** The wards and offices of the simulated hospital, as the conformance suite asks for them. */
import type { HospitalControl, OpenStay } from '@hospay/plugin-sdk/testkit';
import type { HisSimulator } from '../simulators/his/his-simulator.js';

export function makeFacetControls({ hospital }: Pick<HisSimulator, 'hospital'>): Required<Pick<HospitalControl, 'wards' | 'offices'>> {
  const { inpatients, office } = hospital;
  return {
    wards: {
      makeStay: async (costFen): Promise<OpenStay> => ({ ...(await inpatients.admit({ costFen })), cardType: 'visitCard', earlierVisitId: '1' }),
      orderDischarge: (stay) => inpatients.orderDischarge(stay),
      discharge: (stay) => inpatients.discharge(stay),
      hinder: (stay) => inpatients.hinder(stay),
      addFee: (stay, amountFen) => inpatients.addFee(stay, amountFen),
      countDeposits: (tradeNo) => Promise.resolve(inpatients.countDeposits(tradeNo)),
      countDepositRefunds: (refundNo) => Promise.resolve(inpatients.countDepositRefunds(refundNo)),
      countSettlements: (stay) => Promise.resolve(inpatients.countSettlements(stay)),
    },
    offices: {
      countInvoices: (requestNo) => Promise.resolve(office.countInvoices(requestNo)),
      countFlushes: (flushNo) => Promise.resolve(office.countFlushes(flushNo)),
      putInvoiceOnPaper: (invoiceNo) => office.putInvoiceOnPaper(invoiceNo),
      openAccount: async (balanceFen) => ({ patientId: await office.openAccount(balanceFen) }),
      countReturns: (returnNo) => Promise.resolve(office.countReturns(returnNo)),
      countFiles: (idNo) => Promise.resolve(office.countFiles(idNo)),
      countReversals: (tradeNo) => Promise.resolve(hospital.countReversals(tradeNo)),
      expireBillLocks: (billNo) => hospital.expireBillLocks(billNo),
      printGuideSheet: async (patientId, state) => ({ code: await office.printGuideSheet(patientId, state === 'valid' ? undefined : '2000010100:00:00') }),
    },
  };
}
