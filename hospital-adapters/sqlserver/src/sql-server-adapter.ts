/** The hospital adapter over a mapping: each operation of the contract, through the budget guard, read into the contract's shape. */
import {
  BudgetGuard, explainGuardedCall, fen, HIS_RESULT_SCHEMAS, wallClock,
  type Bill, type BillLine, type CallLimits, type Confirmation, type ConfirmRequest, type DayListLine, type DictionaryEntry, type Fen, type GuardSnapshot,
  type HisQueryResult, type HisResult, type HospitalAdapter, type OperationBudget, type Patient, type PluginLog, type Quote, type RefundApproval,
} from '@hospay/plugin-sdk';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { bookOnce, type BookingRules, type Owner } from './book-once.js';
import { BookingsInDoubt } from './bookings-in-doubt.js';
import type { OperationName } from './canonical-fields.js';
import { connectionConfiguration, sessionSettings } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import { GarbledAnswer, readFound, readRows, readSingle, type CanonicalRecord } from './read-answer.js';
import type { PreparedMapping, PreparedOperation } from './read-mapping.js';
import { runOperation, type Engine, type OperationOutcome, type Request } from './run-operation.js';
import type { Settings } from './settings.js';

type GuardedOperation = Exclude<OperationName, 'listBillLines'>;

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
  findPatient: { concurrency: 6, queueLimit: 50, timeoutMs: 8_000, breakerGroup: 'reads' },
  listOpenBills: { concurrency: 6, queueLimit: 50, timeoutMs: 8_000, breakerGroup: 'reads' },
  listDay: { concurrency: 1, queueLimit: 10, timeoutMs: 30_000, breakerGroup: 'reports' },
  dictionary: { concurrency: 1, queueLimit: 10, timeoutMs: 15_000, breakerGroup: 'reports' },
  ping: { concurrency: 1, queueLimit: 5, timeoutMs: 5_000, breakerGroup: 'health' },
};

export type SqlServerAdapter = HospitalAdapter & {
  metrics(): GuardSnapshot;
  stop(): Promise<void>;
};

export type AdapterContext = { readonly settings: Settings; readonly mapping: PreparedMapping; readonly now: () => Date; readonly log: PluginLog };

/** Connects on the first call, so that a HIS that is down does not keep the platform from starting. */
export function createSqlServerAdapter({ settings, mapping, now, log }: AdapterContext): SqlServerAdapter {
  const pool = new ConnectionPool({ configuration: connectionConfiguration(settings), sessionSql: sessionSettings(settings), max: settings.poolMax ?? 4, validateAfterIdleMs: settings.validateAfterIdleMs ?? 15_000 });
  const guard = new BudgetGuard<GuardedOperation>({
    operations: budgetsFrom(settings),
    breaker: { failureThreshold: settings.breaker?.failureThreshold ?? 5, openMs: settings.breaker?.openMs ?? 10_000 },
    // Deadlines are instants of the core's clock.
    clock: { ...wallClock, now: () => now().getTime() },
  });
  const engine: Engine = { pool, codePage: mapping.codePage, offset: settings.timeZone ?? '+08:00', maxRows: mapping.maxRows, slowCallMs: settings.slowCallMs ?? 2_000, log, now };
  const { operations } = mapping;
  const run = (operation: PreparedOperation, request: Request, signal: AbortSignal) => runOperation(engine, operation, request, signal);
  const verifyRefusals = settings.verifyRefusals ?? true;
  const inDoubt = new BookingsInDoubt(settings.doubtAfterLossMs ?? (settings.lockTimeoutMs ?? 3_000) + 2_000, () => now().getTime());
  /** Sends a booking and remembers whether the HIS is known to have finished with it. */
  const book = async <Value>(bookingNo: string, send: () => Promise<OperationOutcome>, rules: Omit<BookingRules<Value>, 'send' | 'isInDoubt' | 'verifyRefusals'>): Promise<HisResult<Value>> => {
    const call = inDoubt.begin(bookingNo);
    let outcome: OperationOutcome | undefined;
    try {
      return await bookOnce<Value>({ ...rules, verifyRefusals, isInDoubt: call.isInDoubt, send: async () => (outcome = await send()) });
    } finally {
      call.end(outcome === undefined || (outcome.kind === 'unknown' && outcome.mayStillRun === true) ? 'lost' : 'ended');
    }
  };

  const guarded = async <Answer extends { readonly kind: string }>(
    operation: GuardedOperation,
    limits: CallLimits,
    call: (signal: AbortSignal) => Promise<Answer | Unknown>,
  ): Promise<Answer | Unknown> => {
    const result = await guard.run(operation, limits, call, failureOf);
    return result.kind === 'done' ? result.value : { kind: 'unknown', reason: explainGuardedCall(result).slice(0, 500) };
  };

  const askConfirmation = async (tradeNo: string, signal: AbortSignal): Promise<HisQueryResult<Confirmation>> =>
    readQuery(operations.queryConfirmation, await run(operations.queryConfirmation, { tradeNo }, signal), (record) => {
      if (record['bookedTradeNo'] !== tradeNo) throw new GarbledAnswer('queryConfirmation: the row belongs to another trade number');
      return checked('queryConfirmation', confirmationFrom(record));
    });

  const adapter: SqlServerAdapter = {
    findPatient: (request, limits) => guarded('findPatient', limits, async (signal) =>
      readList(await run(operations.findPatient, { ...request }, signal), operations.findPatient, (record): Patient => ({
        ...textFields(record, ['birthday', 'idNo', 'cardNo', 'phone', 'feeCategory']),
        patientId: textOf(record, 'patientId'),
        name: textOf(record, 'name'),
        sex: sexOf(record),
      }), 'findPatient')),

    listOpenBills: (request, limits) => guarded('listOpenBills', limits, async (signal) => {
      const bills = readList(await run(operations.listOpenBills, { ...request }, signal), operations.listOpenBills, billFrom, 'listOpenBills');
      return bills.kind === 'ok' ? addLines(bills.value, (billNo) => readLines(request.patientId, billNo, signal)) : bills;
    }),

    presettle: (request, limits) => guarded('presettle', limits, async (signal) =>
      readOne(await run(operations.presettle, { ...request }, signal), operations.presettle, (record) => checked('presettle', quoteFrom(record, operations.presettle.mapping.roundingFen ?? 0)))),

    confirm: (request, limits) => guarded('confirm', limits, (signal) => book<Confirmation>(request.tradeNo, () => run(operations.confirm, { ...request }, signal), {
      ask: () => askConfirmation(request.tradeNo, signal).then((answer) => compareBooked(answer, request)),
      read: (outcome) => {
        const record = readSingle(operations.confirm, outcome.answer, outcome.reading);
        return { value: checked('confirm', confirmationFrom(record)), owner: ownerOfConfirmation(record, request) };
      },
      ownerOf: (outcome) => ownerOfConfirmation(readLeniently(operations.confirm, outcome, ['bookedTradeNo', 'amountFen']), request),
    })),

    queryConfirmation: ({ tradeNo }, limits) => guarded('queryConfirmation', limits, (signal) => askConfirmation(tradeNo, signal)),

    metrics: () => guard.snapshot(),

    stop: async () => {
      guard.stop();
      await pool.close();
    },
  };

  const readLines = async (patientId: string, billNo: string, signal: AbortSignal): Promise<HisResult<BillLine[]>> => {
    const operation = operations.listBillLines;
    return operation === undefined ? { kind: 'ok', value: [] } : readList(await run(operation, { patientId, billNo }, signal), operation, lineFrom);
  };

  addRefunds(adapter, operations.approveRefund, operations.queryRefundApproval);
  const { listDay, ping } = operations;
  if (listDay !== undefined) {
    adapter.listDay = (request, limits) => guarded('listDay', limits, async (signal) => readList(await run(listDay, { ...request }, signal), listDay, dayLineFrom, 'listDay'));
  }
  if (ping !== undefined) {
    adapter.ping = (limits) => guarded('ping', limits, async (signal) => readOne(await run(ping, {}, signal), ping, (record) => checked('ping', { hisTime: textOf(record, 'hisTime') })));
  }
  if (mapping.dictionaries.size > 0) {
    return Object.assign(adapter, {
      dictionaries: [...mapping.dictionaries.keys()],
      loadDictionary: async ({ name }: { readonly name: string }, limits: CallLimits): Promise<HisResult<DictionaryEntry[]>> => {
        const operation = mapping.dictionaries.get(name);
        if (operation === undefined) return { kind: 'rejected', code: 'HIS_DICTIONARY_UNMAPPED', message: `the mapping has no dictionary "${name.slice(0, 64)}"` };
        return guarded('dictionary', limits, async (signal) =>
          readList(await run(operation, {}, signal), operation, (record): DictionaryEntry => ({ code: textOf(record, 'code'), name: textOf(record, 'name') }), 'loadDictionary'));
      },
    });
  }
  return adapter;

  function addRefunds(target: SqlServerAdapter, approve: PreparedOperation | undefined, query: PreparedOperation | undefined): void {
    if (approve === undefined || query === undefined) return;
    const ask = async (request: { readonly refundNo: string; readonly tradeNo: string }, signal: AbortSignal): Promise<HisQueryResult<RefundApproval>> =>
      readQuery(query, await run(query, { refundNo: request.refundNo, tradeNo: request.tradeNo }, signal), (record) => {
        const bookedRefundNo = record['bookedRefundNo'];
        if (bookedRefundNo !== undefined && bookedRefundNo !== request.refundNo) throw new GarbledAnswer('queryRefundApproval: the row belongs to another refund number');
        return checked('queryRefundApproval', { hisRefundNo: textOf(record, 'hisRefundNo') });
      });
    const ownerOfRefund = (record: CanonicalRecord, refundNo: string): Owner =>
      record['bookedRefundNo'] === undefined ? 'unstated' : record['bookedRefundNo'] === refundNo ? 'ours' : 'others';
    target.approveRefund = (request, limits) => guarded('approveRefund', limits, (signal) => book<RefundApproval>(request.refundNo, () => run(approve, { ...request }, signal), {
      ask: () => ask(request, signal),
      read: (outcome) => {
        const record = readSingle(approve, outcome.answer, outcome.reading);
        return { value: checked('approveRefund', { hisRefundNo: textOf(record, 'hisRefundNo') }), owner: ownerOfRefund(record, request.refundNo) };
      },
      ownerOf: (outcome) => ownerOfRefund(readLeniently(approve, outcome, ['bookedRefundNo']), request.refundNo),
    }));
    target.queryRefundApproval = (request, limits) => guarded('queryRefundApproval', limits, (signal) => ask(request, signal));
  }
}

type Unknown = { readonly kind: 'unknown'; readonly reason: string };

function failureOf(value: { readonly kind: string; readonly reason?: string }): string | undefined {
  return value.kind === 'unknown' ? (value.reason ?? 'unknown') : undefined;
}

function budgetsFrom(settings: Settings): Record<GuardedOperation, OperationBudget> {
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
  'confirm', 'queryConfirmation', 'approveRefund', 'queryRefundApproval', 'presettle', 'findPatient', 'listOpenBills', 'listDay', 'dictionary', 'ping',
] as const satisfies readonly GuardedOperation[];

/** A list, or what stands in its place; garbage in one row makes the whole list unknown. */
function readList<Row>(
  outcome: OperationOutcome,
  operation: PreparedOperation,
  make: (record: CanonicalRecord) => Row,
  resultName?: keyof typeof HIS_RESULT_SCHEMAS,
): HisResult<Row[]> {
  if (outcome.kind !== 'ok') return refusalOf(outcome);
  return reading(() => {
    const value = readRows(operation, outcome.answer, outcome.reading).map(make);
    return { kind: 'ok', value: resultName === undefined ? value : checked(resultName, value) };
  });
}

function readOne<Value>(outcome: OperationOutcome, operation: PreparedOperation, make: (record: CanonicalRecord) => Value): HisResult<Value> {
  if (outcome.kind !== 'ok') return refusalOf(outcome);
  return reading(() => ({ kind: 'ok', value: make(readSingle(operation, outcome.answer, outcome.reading)) }));
}

/** A query knows ok, absent and unknown; a refusal to answer is unknown. */
function readQuery<Value>(operation: PreparedOperation, outcome: OperationOutcome, make: (record: CanonicalRecord) => Value): HisQueryResult<Value> {
  if (outcome.kind === 'unknown') return { kind: 'unknown', reason: outcome.reason };
  if (outcome.kind !== 'ok') return { kind: 'unknown', reason: `${operation.name}: ${outcome.code} ${outcome.message}`.slice(0, 500) };
  return reading(() => {
    const record = readFound(operation, outcome.answer, outcome.reading);
    return record === undefined ? { kind: 'absent' } : { kind: 'ok', value: make(record) };
  });
}

function refusalOf(outcome: Exclude<OperationOutcome, { kind: 'ok' }>): HisResult<never> {
  if (outcome.kind === 'unknown') return { kind: 'unknown', reason: outcome.reason };
  return { kind: outcome.kind === 'mismatch' ? 'mismatch' : 'rejected', code: outcome.code, message: outcome.message };
}

function reading<Answer>(read: () => Answer): Answer | Unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof GarbledAnswer) return { kind: 'unknown', reason: `garbled answer: ${error.message}`.slice(0, 500) };
    throw error;
  }
}

/** The booked trade number and amount, as far as the answer tells them. */
function readLeniently(operation: PreparedOperation, outcome: Extract<OperationOutcome, { kind: 'alreadyPaid' }>, names: readonly string[]): CanonicalRecord {
  const record: Record<string, string | Fen> = {};
  for (const name of names) {
    const specification = operation.canonical.result[name];
    const field = operation.fields.get(name);
    // A request's own value says nothing about what the HIS has booked.
    if (specification === undefined || field === undefined || field.request !== undefined) continue;
    const only: PreparedOperation = { ...operation, canonical: { ...operation.canonical, result: { [name]: specification } }, fields: new Map([[name, field]]) };
    const read = reading(() => ({ kind: 'read' as const, record: readSingle(only, outcome.answer, outcome.reading) }));
    const value = read.kind === 'read' ? read.record[name] : undefined;
    if (value !== undefined) record[name] = value;
  }
  return record;
}

function ownerOfConfirmation(record: CanonicalRecord, request: ConfirmRequest): Owner {
  const { bookedTradeNo, amountFen } = record;
  if (bookedTradeNo !== undefined && bookedTradeNo !== request.tradeNo) return 'others';
  if (amountFen !== undefined && amountFen !== request.amountFen) return 'contradicted';
  return bookedTradeNo === undefined || amountFen === undefined ? 'unstated' : 'ours';
}

/** Found under our number with another amount: neither booked as asked nor absent. */
function compareBooked(answer: HisQueryResult<Confirmation>, request: ConfirmRequest): HisQueryResult<Confirmation> {
  if (answer.kind !== 'ok' || answer.value.amountFen === request.amountFen) return answer;
  return { kind: 'unknown', reason: 'booked under our number with another amount' };
}

async function addLines(bills: readonly Bill[], linesOf: (billNo: string) => Promise<HisResult<BillLine[]>>): Promise<HisResult<Bill[]>> {
  const complete: Bill[] = [];
  for (const bill of bills) {
    const lines = await linesOf(bill.billNo);
    if (lines.kind !== 'ok') return lines;
    complete.push({ ...bill, lines: lines.value });
  }
  const result = { kind: 'ok', value: complete } as const;
  return reading(() => ({ ...result, value: checked('listOpenBills', complete) }));
}

function billFrom(record: CanonicalRecord): Bill {
  return {
    billNo: textOf(record, 'billNo'), billType: textOf(record, 'billType'), billedAt: textOf(record, 'billedAt'), departmentName: textOf(record, 'departmentName'),
    doctorName: textOf(record, 'doctorName'), amountFen: fenOf(record, 'amountFen'), lines: [],
  };
}

function lineFrom(record: CanonicalRecord): BillLine {
  return {
    ...textFields(record, ['spec', 'unit']),
    lineNo: textOf(record, 'lineNo'), itemCode: textOf(record, 'itemCode'), itemName: textOf(record, 'itemName'), quantity: textOf(record, 'quantity'),
    amountFen: fenOf(record, 'amountFen'),
  };
}

/** @throws GarbledAnswer when the parts do not make the total: nobody can say then what the patient owes. */
function quoteFrom(record: CanonicalRecord, roundingFen: number): Quote {
  const quote = {
    quoteNo: textOf(record, 'quoteNo'), totalFen: fenOf(record, 'totalFen'), fundFen: fenOf(record, 'fundFen'), personalAccountFen: fenOf(record, 'personalAccountFen'),
    selfPayFen: fenOf(record, 'selfPayFen'), validUntil: textOf(record, 'validUntil'),
  };
  if (Math.abs(quote.totalFen - quote.fundFen - quote.personalAccountFen - quote.selfPayFen) > roundingFen) throw new GarbledAnswer('presettle: fund, account and self-pay do not make the total');
  return quote;
}

function confirmationFrom(record: CanonicalRecord): Confirmation {
  return {
    ...textFields(record, ['pickupWindow', 'guide']),
    settlementNo: textOf(record, 'settlementNo'), receiptNo: textOf(record, 'receiptNo'), amountFen: fenOf(record, 'amountFen'),
  };
}

function dayLineFrom(record: CanonicalRecord): DayListLine {
  const kind = textOf(record, 'kind');
  if (kind !== 'payment' && kind !== 'refund') throw new GarbledAnswer('listDay: kind is neither payment nor refund');
  return {
    ...textFields(record, ['refundNo']),
    kind, tradeNo: textOf(record, 'tradeNo'), settlementNo: textOf(record, 'settlementNo'), amountFen: fenOf(record, 'amountFen'), paidAt: textOf(record, 'paidAt'),
  };
}

function sexOf(record: CanonicalRecord): Patient['sex'] {
  const { sex } = record;
  return sex === 'male' || sex === 'female' ? sex : 'unknown';
}

function textOf(record: CanonicalRecord, name: string): string {
  const value = record[name];
  if (typeof value !== 'string') throw new GarbledAnswer(`${name} is not text`);
  return value;
}

function fenOf(record: CanonicalRecord, name: string): Fen {
  const value = record[name];
  if (typeof value !== 'number') throw new GarbledAnswer(`${name} is not an amount`);
  return fen(value);
}

/** The named fields that are there. */
function textFields<Name extends string>(record: CanonicalRecord, names: readonly Name[]): Partial<Record<Name, string>> {
  const fields: Partial<Record<Name, string>> = {};
  for (const name of names) {
    const value = record[name];
    if (typeof value === 'string' && value !== '') fields[name] = value;
  }
  return fields;
}

const RESULT_CHECKS = new Map(Object.entries(HIS_RESULT_SCHEMAS).map(([name, schema]: [string, TSchema]) => [name, Compile(schema)]));

/** Holds the finished value against the contract's own schema. @throws GarbledAnswer */
function checked<Value>(name: keyof typeof HIS_RESULT_SCHEMAS, value: Value): Value {
  if (RESULT_CHECKS.get(name)?.Check({ kind: 'ok', value }) !== true) throw new GarbledAnswer(`${name}: the answer does not fit the contract`);
  return value;
}

