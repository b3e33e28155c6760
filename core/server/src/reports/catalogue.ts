import { CASH_SUMMARY } from './cash-summary.js';
import { GROWTH_REPORTS } from './growth-reports.js';
import { INSURANCE_REPORT } from './insurance-report.js';
import { KIOSK_REPORT } from './kiosk-report.js';
import { pluggedReport } from './plugged-report.js';
import type { ReportPorts } from './ports.js';
import type { Report } from './report.js';
import { RECONCILIATION_REPORTS, TILL_REPORTS } from './reconciliation-reports.js';
import { TRANSACTION_REPORTS } from './transaction-reports.js';
import { VOUCHER_REPORT } from './voucher-report.js';
import { VOLUME_REPORTS } from './volume-reports.js';

/** The platform's own, in the order in which they are shown. A new one is a declaration and its place here. */
const OWN: readonly Report[] = [...VOLUME_REPORTS, ...GROWTH_REPORTS, KIOSK_REPORT, ...TILL_REPORTS, ...RECONCILIATION_REPORTS, ...TRANSACTION_REPORTS, CASH_SUMMARY, INSURANCE_REPORT, VOUCHER_REPORT];

/** 报表目录: every report there is now, those of plugins last. */
export function catalogueOf({ guests, hospital }: Pick<ReportPorts, 'guests' | 'hospital'>): readonly Report[] {
  return [...OWN, ...guests().map((guest) => pluggedReport(guest, hospital))];
}
