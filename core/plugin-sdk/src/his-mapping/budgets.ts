/** How much of the HIS each operation may use, unless the settings say otherwise. */
import { Type, type Static } from 'typebox';
import type { OperationBudget } from '../budget-guard.js';
import { CANONICAL_OPERATIONS, OPERATION_NAMES, type OperationName } from './canonical-operations.js';

const closedObject = { additionalProperties: false } as const;

/** Settings of every adapter: budgets, breaker, and when a refusal is believed. */
export const GUARD_SETTINGS = {
  operations: Type.Optional(
    Type.Record(
      Type.String({ pattern: '^[A-Za-z]+$' }),
      Type.Object(
        {
          timeoutMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 120_000 })),
          concurrency: Type.Optional(Type.Integer({ minimum: 1, maximum: 16 })),
          queueLimit: Type.Optional(Type.Integer({ minimum: 0, maximum: 1000 })),
        },
        closedObject,
      ),
    ),
  ),
  breaker: Type.Optional(
    Type.Object(
      { failureThreshold: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000 })), openMs: Type.Optional(Type.Integer({ minimum: 10, maximum: 600_000 })) },
      closedObject,
    ),
  ),
  timeZone: Type.Optional(Type.String({ pattern: '^[+-](0\\d|1[0-4]):[0-5]\\d$', description: 'HIS 时钟的时区；默认 +08:00 / offset of the HIS wall clock; default +08:00' })),
  doubtAfterLossMs: Type.Optional(
    Type.Integer({ minimum: 0, maximum: 600_000, description: '入账调用未得到应答后，HIS 仍可能在处理的时长；其间的拒绝不作数 / how long after a lost booking call the HIS may still be working on it; no refusal is believed meanwhile' }),
  ),
  /** Before a refusal of a booking is reported, ask whether an earlier, lost answer had booked it. Default true. */
  verifyRefusals: Type.Optional(Type.Boolean()),
} as const;
const GuardSettingsSchema = Type.Object(GUARD_SETTINGS, closedObject);
export type GuardSettings = Static<typeof GuardSettingsSchema>;

/** Operations that are one piece of work with another: counted and bounded as that one. */
const PART_OF = {
  listBillLines: 'listOpenBills',
  confirmInsured: 'confirm', confirmArrival: 'confirm', confirmRegistration: 'confirm', confirmDeposit: 'confirm',
  queryRegistration: 'queryConfirmation', queryDeposit: 'queryConfirmation',
  approveRegistrationRefund: 'approveRefund', approveDepositRefund: 'approveRefund', queryRegistrationRefund: 'queryRefundApproval', queryDepositRefund: 'queryRefundApproval',
  insuranceVisit: 'insuranceDetails', insuranceDiagnoses: 'insuranceDetails', insuranceFees: 'insuranceDetails',
} as const satisfies Partial<Record<OperationName, string>>;
type Part = keyof typeof PART_OF;
export type GuardedOperation = Exclude<OperationName, Part> | 'insuranceDetails';

/** Operations are served in this order: bookings and the questions about them before everything else. */
const MOST_IMPORTANT = ['confirm', 'queryConfirmation', 'approveRefund', 'queryRefundApproval', 'presettle', 'insuranceDetails', 'findPatient', 'listOpenBills'] as const satisfies readonly GuardedOperation[];

const isWhole = (name: OperationName): name is Exclude<OperationName, Part> => !Object.hasOwn(PART_OF, name);
const GUARDED_OPERATIONS: readonly GuardedOperation[] = [...new Set<GuardedOperation>([...MOST_IMPORTANT, ...OPERATION_NAMES.filter(isWhole)])];

/**
 * Bookings: two at a time, because HIS settlement procedures hold long transactions. Questions about bookings have their own breaker, so
 * that they can be asked while bookings fail.
 */
const BOOKING: OperationBudget = { concurrency: 2, queueLimit: 100, timeoutMs: 25_000, breakerGroup: 'bookings' };
const QUESTION: OperationBudget = { concurrency: 2, queueLimit: 100, timeoutMs: 8_000, breakerGroup: 'questions' };
const READ: OperationBudget = { concurrency: 6, queueLimit: 50, timeoutMs: 8_000, breakerGroup: 'reads' };
const REPORT: OperationBudget = { concurrency: 1, queueLimit: 10, timeoutMs: 15_000, breakerGroup: 'reports' };
const BUDGETS: Readonly<Partial<Record<GuardedOperation, OperationBudget>>> = {
  confirm: { ...BOOKING, queueLimit: 200 },
  queryConfirmation: { ...QUESTION, concurrency: 6, queueLimit: 200 },
  presettle: { ...READ, concurrency: 2, timeoutMs: 15_000 },
  presettleDischarge: { ...READ, concurrency: 2, timeoutMs: 15_000 },
  insuranceDetails: { ...READ, concurrency: 2, timeoutMs: 15_000 },
  listDay: { ...REPORT, timeoutMs: 30_000 },
  dictionary: REPORT,
  listDailyFees: { ...REPORT, concurrency: 2 },
  listReports: { ...REPORT, concurrency: 2 },
  listPrices: { ...REPORT, concurrency: 2 },
  ping: { concurrency: 1, queueLimit: 5, timeoutMs: 5_000, breakerGroup: 'health' },
};

function budgetOf(name: GuardedOperation): OperationBudget {
  const own = BUDGETS[name];
  if (own !== undefined || name === 'insuranceDetails') return own ?? READ;
  const { books, shape } = CANONICAL_OPERATIONS[name];
  if (books) return BOOKING;
  return shape === 'found' ? QUESTION : READ;
}

/** @throws RangeError for an operation nobody knows */
export function budgetsFrom(settings: Pick<GuardSettings, 'operations'>): Record<GuardedOperation, OperationBudget> {
  const known = new Set<string>(GUARDED_OPERATIONS);
  const unknown = Object.keys(settings.operations ?? {}).filter((name) => !known.has(name));
  if (unknown.length > 0) throw new RangeError(`settings.operations.${unknown[0] ?? ''}: expected one of ${GUARDED_OPERATIONS.join(', ')}`);
  const budgets: Partial<Record<GuardedOperation, OperationBudget>> = {};
  for (const name of GUARDED_OPERATIONS) {
    const { timeoutMs, concurrency, queueLimit } = settings.operations?.[name] ?? {};
    const budget = budgetOf(name);
    budgets[name] = { ...budget, timeoutMs: timeoutMs ?? budget.timeoutMs, concurrency: concurrency ?? budget.concurrency, queueLimit: queueLimit ?? budget.queueLimit };
  }
  if (!isWholeRecord(budgets)) throw new Error('an operation has no budget');
  return budgets;
}

function isWholeRecord(budgets: Partial<Record<GuardedOperation, OperationBudget>>): budgets is Record<GuardedOperation, OperationBudget> {
  return GUARDED_OPERATIONS.every((name) => budgets[name] !== undefined);
}
