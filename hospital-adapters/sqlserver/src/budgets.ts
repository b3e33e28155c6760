/** How much of the HIS each operation may use, unless the settings say otherwise. */
import type { OperationBudget } from '@hospay/plugin-sdk';
import type { OperationName } from './canonical-fields.js';
import type { Settings } from './settings.js';

/** What is counted and bounded together: the three reads of insurance details are one piece of work, an insured booking is a booking. */
export type GuardedOperation = Exclude<OperationName, 'listBillLines' | 'confirmInsured' | 'insuranceVisit' | 'insuranceDiagnoses' | 'insuranceFees'> | 'insuranceDetails';

/**
 * Limits per operation. Bookings: two at a time, because HIS settlement procedures hold long transactions. Questions about bookings have
 * their own breaker, so that they can be asked while bookings fail.
 */
const BUDGETS: Readonly<Record<GuardedOperation, OperationBudget>> = {
  confirm: { concurrency: 2, queueLimit: 200, timeoutMs: 25_000, breakerGroup: 'bookings' },
  queryConfirmation: { concurrency: 6, queueLimit: 200, timeoutMs: 8_000, breakerGroup: 'questions' },
  approveRefund: { concurrency: 2, queueLimit: 100, timeoutMs: 25_000, breakerGroup: 'bookings' },
  queryRefundApproval: { concurrency: 2, queueLimit: 100, timeoutMs: 8_000, breakerGroup: 'questions' },
  presettle: { concurrency: 2, queueLimit: 50, timeoutMs: 15_000, breakerGroup: 'reads' },
  insuranceDetails: { concurrency: 2, queueLimit: 50, timeoutMs: 15_000, breakerGroup: 'reads' },
  findPatient: { concurrency: 6, queueLimit: 50, timeoutMs: 8_000, breakerGroup: 'reads' },
  listOpenBills: { concurrency: 6, queueLimit: 50, timeoutMs: 8_000, breakerGroup: 'reads' },
  listDay: { concurrency: 1, queueLimit: 10, timeoutMs: 30_000, breakerGroup: 'reports' },
  dictionary: { concurrency: 1, queueLimit: 10, timeoutMs: 15_000, breakerGroup: 'reports' },
  ping: { concurrency: 1, queueLimit: 5, timeoutMs: 5_000, breakerGroup: 'health' },
};

export function budgetsFrom(settings: Settings): Record<GuardedOperation, OperationBudget> {
  const budgets = { ...BUDGETS };
  const unknown = Object.keys(settings.operations ?? {}).filter((name) => !Object.hasOwn(BUDGETS, name));
  if (unknown.length > 0) throw new RangeError(`settings.operations.${unknown[0] ?? ''}: expected one of ${Object.keys(BUDGETS).join(', ')}`);
  for (const name of OPERATION_NAMES) {
    const { timeoutMs, concurrency, queueLimit } = settings.operations?.[name] ?? {};
    const budget = budgets[name];
    budgets[name] = { ...budget, timeoutMs: timeoutMs ?? budget.timeoutMs, concurrency: concurrency ?? budget.concurrency, queueLimit: queueLimit ?? budget.queueLimit };
  }
  return budgets;
}

const OPERATION_NAMES = [
  'confirm', 'queryConfirmation', 'approveRefund', 'queryRefundApproval', 'presettle', 'insuranceDetails', 'findPatient', 'listOpenBills', 'listDay', 'dictionary', 'ping',
] as const satisfies readonly GuardedOperation[];
