import { BILL_LOCK_RULES } from './bill-lock-rules.js';
import { BILL_RULES } from './bill-rules.js';
import { CONFIRM_RULES } from './confirm-rules.js';
import { DAY_RULES } from './day-rules.js';
import { DEPOSIT_RULES } from './deposit-rules.js';
import { DISCHARGE_RULES } from './discharge-rules.js';
import { DRIFT_RULES } from './drift-rules.js';
import type { HospitalRule } from './hospital-rule.js';
import { INSURANCE_RULES } from './insurance-rules.js';
import { NOTICE_RULES } from './notice-rules.js';
import { OFFICE_RULES } from './office-rules.js';
import { PATIENT_RULES } from './patient-rules.js';
import { QUERY_RULES } from './query-rules.js';
import { REFUND_RULES } from './refund-rules.js';
import { REGISTRATION_PAYMENT_RULES } from './registration-payment-rules.js';
import { REGISTRATION_RULES } from './registration-rules.js';

/** Every rule a hospital adapter keeps, each with an id that stays, so that reports can be compared. */
export const HOSPITAL_RULES: readonly HospitalRule[] = [
  ...PATIENT_RULES,
  ...BILL_RULES,
  ...CONFIRM_RULES,
  ...INSURANCE_RULES,
  ...QUERY_RULES,
  ...REFUND_RULES,
  ...REGISTRATION_RULES,
  ...REGISTRATION_PAYMENT_RULES,
  ...DEPOSIT_RULES,
  ...DISCHARGE_RULES,
  ...BILL_LOCK_RULES,
  ...OFFICE_RULES,
  ...DRIFT_RULES,
  ...DAY_RULES,
  ...NOTICE_RULES,
];
