import type { HospitalFacet } from '@hospay/plugin-sdk';

/** What a client may offer a patient: names it can hide a button by. Each stands for one operation of the HIS. */
export const OFFERED = [
  'listDepartments', 'lockSlot', 'checkIn', 'findInpatient', 'listDailyFees', 'sumFees', 'presettleDischarge', 'createPatient', 'updatePatient', 'checkCard', 'reportCardLost', 'reissueCard', 'listReports', 'listPrices', 'queuePlaces', 'resolveGuideCode',
] as const satisfies readonly HospitalFacet[];
export type OfferedFunction = (typeof OFFERED)[number];
