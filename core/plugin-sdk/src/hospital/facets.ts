import type { HospitalAdapter } from '../hospital-adapter.js';

/** The optional operations of a hospital adapter that are one question and one answer: `(request, context) => result`. */
export const HOSPITAL_FACETS = [
  'createPatient', 'updatePatient', 'checkCard', 'reportCardLost', 'reissueCard', 'accountBalance', 'listAccountMovements', 'returnAccountBalance',
  'listDepartments', 'listDoctors', 'listSchedules', 'listSlots', 'lockSlot', 'unlockSlot', 'holdRegistration', 'cancelRegistration', 'listRegistrations', 'checkIn',
  'lockBills', 'unlockBills', 'reverseConfirmation', 'findInpatient', 'listDeposits', 'listDailyFees', 'sumFees', 'checkDischarge', 'presettleDischarge', 'settleDischarge', 'queryDischarge',
  'issueInvoice', 'queryInvoice', 'redFlushInvoice', 'listReports', 'readReport', 'listPrices', 'queuePlaces', 'resolveGuideCode',
] as const satisfies readonly (keyof HospitalAdapter)[];
export type HospitalFacet = (typeof HOSPITAL_FACETS)[number];

type Method<Name extends HospitalFacet> = NonNullable<HospitalAdapter[Name]>;
export type FacetRequest<Name extends HospitalFacet> = Parameters<Method<Name>>[0];
export type FacetAnswer<Name extends HospitalFacet> = Awaited<ReturnType<Method<Name>>>;
