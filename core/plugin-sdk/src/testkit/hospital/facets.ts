import type { HospitalAdapter } from '../../hospital-adapter.js';

/** The optional operations that make sense together only: an adapter has all of a facet or none of it. */
export const FACETS = {
  refunds: ['approveRefund', 'queryRefundApproval'],
  schedules: ['listDepartments', 'listDoctors', 'listSchedules', 'listSlots'],
  slotLocks: ['lockSlot', 'unlockSlot'],
  registering: ['holdRegistration', 'cancelRegistration', 'listRegistrations'],
  checkingIn: ['checkIn'],
  patientFiles: ['createPatient', 'updatePatient'],
  cards: ['checkCard', 'reportCardLost', 'reissueCard'],
  accounts: ['accountBalance', 'listAccountMovements', 'returnAccountBalance'],
  billLocks: ['lockBills', 'unlockBills'],
  reversal: ['reverseConfirmation'],
  inpatients: ['findInpatient', 'listDeposits'],
  inpatientFees: ['listDailyFees', 'sumFees'],
  discharging: ['checkDischarge', 'presettleDischarge', 'settleDischarge', 'queryDischarge'],
  invoicing: ['issueInvoice', 'queryInvoice', 'redFlushInvoice'],
  reports: ['listReports', 'readReport'],
  prices: ['listPrices'],
  queues: ['queuePlaces'],
  guideCodes: ['resolveGuideCode'],
  noticing: ['receiveNotices'],
} as const satisfies Readonly<Record<string, readonly (keyof HospitalAdapter)[]>>;

export type Facet = keyof typeof FACETS;

/** How much of the facets the adapter has: a part of one is `half`, and wrong. */
export function offered(facets: readonly Facet[], adapter: HospitalAdapter): 'whole' | 'half' | 'none' {
  const each = facets.map((facet) => {
    const there = FACETS[facet].filter((name) => adapter[name] !== undefined);
    return there.length === FACETS[facet].length ? 'whole' : there.length === 0 ? 'none' : 'half';
  });
  return each.includes('half') ? 'half' : each.includes('none') ? 'none' : 'whole';
}
