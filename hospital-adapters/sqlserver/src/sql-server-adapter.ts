/** The hospital adapter over a mapping: each operation of the contract, through the budget guard, read into the contract's shape. */
import {
  BudgetGuard, explainGuardedCall, wallClock,
  type Bill, type BillLine, type CallLimits, type Confirmation, type ConfirmRequest, type DictionaryEntry, type GuardSnapshot, type HisQueryResult, type HisResult,
  type HospitalAdapter, type InsuranceDetails, type InsuranceDetailsRequest, type PluginLog, type RefundApproval,
} from '@hospay/plugin-sdk';
import { bookOnce, type BookingRules, type Owner } from './book-once.js';
import { compareBooked, ownerOfConfirmation } from './booking-owner.js';
import { BookingsInDoubt } from './bookings-in-doubt.js';
import { budgetsFrom, type GuardedOperation } from './budgets.js';
import { connectionConfiguration, sessionSettings } from './connection-options.js';
import { ConnectionPool } from './connection-pool.js';
import { billFrom, checked, confirmationFrom, dayLineFrom, diagnosisFrom, entryFrom, feeFrom, lineFrom, patientFrom, quoteFrom, textOf, visitFrom } from './contract-shapes.js';
import { GarbledAnswer, readSingle, type CanonicalRecord } from './read-answer.js';
import type { PreparedMapping, PreparedOperation } from './read-mapping.js';
import { reading, readLeniently, readList, readOne, readQuery, type Unknown } from './result-of.js';
import { runOperation, type Engine, type OperationOutcome, type Request } from './run-operation.js';
import type { Settings } from './settings.js';

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
      readList(await run(operations.findPatient, { ...request }, signal), operations.findPatient, patientFrom, 'findPatient')),

    listOpenBills: (request, limits) => guarded('listOpenBills', limits, async (signal) => {
      const bills = readList(await run(operations.listOpenBills, { ...request }, signal), operations.listOpenBills, billFrom, 'listOpenBills');
      return bills.kind === 'ok' ? addLines(bills.value, (billNo) => readLines(request.patientId, billNo, signal)) : bills;
    }),

    presettle: (request, limits) => guarded('presettle', limits, async (signal) =>
      readOne(await run(operations.presettle, { ...request }, signal), operations.presettle, (record) => checked('presettle', quoteFrom(record, operations.presettle.mapping.roundingFen ?? 0)))),

    confirm: (request, limits) => {
      const operation = request.insurance === undefined ? operations.confirm : operations.confirmInsured;
      // Never booked as if the patient had paid it all himself.
      if (operation === undefined) return Promise.resolve({ kind: 'rejected', code: 'HIS_INSURANCE_UNMAPPED', message: 'the mapping has no confirmInsured' });
      return guarded('confirm', limits, (signal) => book<Confirmation>(request.tradeNo, () => run(operation, bookingOf(request), signal), {
        ask: () => askConfirmation(request.tradeNo, signal).then((answer) => compareBooked(answer, request)),
        read: (outcome) => {
          const record = readSingle(operation, outcome.answer, outcome.reading);
          return { value: checked('confirm', confirmationFrom(record)), owner: ownerOfConfirmation(record, request) };
        },
        ownerOf: (outcome) => ownerOfConfirmation(readLeniently(operation, outcome, ['bookedTradeNo', 'amountFen']), request),
      }));
    },

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

  const { insuranceVisit, insuranceDiagnoses, insuranceFees } = operations;
  if (insuranceVisit !== undefined && insuranceDiagnoses !== undefined && insuranceFees !== undefined) {
    const readDetails = async (request: InsuranceDetailsRequest, signal: AbortSignal): Promise<HisResult<InsuranceDetails>> => {
      const asked = { ...request };
      const found = readOne(await run(insuranceVisit, asked, signal), insuranceVisit, visitFrom);
      if (found.kind !== 'ok') return found;
      const diagnoses = readList(await run(insuranceDiagnoses, asked, signal), insuranceDiagnoses, diagnosisFrom);
      if (diagnoses.kind !== 'ok') return diagnoses;
      const fees = readList(await run(insuranceFees, asked, signal), insuranceFees, feeFrom);
      if (fees.kind !== 'ok') return fees;
      const { visit, person } = found.value;
      return reading(() => ({ kind: 'ok', value: checked('insuranceDetails', { visit: { ...visit, diagnoses: diagnoses.value }, fees: fees.value, ...(person === undefined ? {} : { person }) }) }));
    };
    adapter.insuranceDetails = (request, limits) => guarded('insuranceDetails', limits, (signal) => readDetails(request, signal));
  }
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
          readList(await run(operation, {}, signal), operation, entryFrom, 'loadDictionary'));
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

function failureOf(value: { readonly kind: string; readonly reason?: string }): string | undefined {
  return value.kind === 'unknown' ? (value.reason ?? 'unknown') : undefined;
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

/** The procedures of this family book one way of payment: the last one's, with the whole amount; of an insured order beside it what the insurance pays. */
function bookingOf(request: ConfirmRequest): Request {
  const { tradeNo, patientId, quoteNo, billNos, amountFen, paidAt, channel, channelTradeNo, terminalId, insurance } = request;
  return {
    tradeNo, patientId, quoteNo, billNos, amountFen, paidAt, channel, channelTradeNo, terminalId,
    ...(insurance === undefined ? {} : { insuranceSettlementNo: insurance.settlementNo, insuranceVisitNo: insurance.visitNo, fundFen: insurance.fundFen, accountFen: insurance.accountFen, cashFen: insurance.cashFen }),
  };
}
