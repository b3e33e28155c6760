/** The hospital adapter over a mapping: each mapped operation of the contract, through the budget guard, read into the contract's shape. */
import { BudgetGuard, explainGuardedCall, wallClock, type CallLimits, type GuardSnapshot } from '../budget-guard.js';
import type { Bill, BillLine, DictionaryEntry, HospitalAdapter } from '../hospital-adapter.js';
import type { HisResult } from '../hospital/his-result.js';
import { makeRefundGuard } from './approving-refunds.js';
import { bookOnce } from './book-once.js';
import { BookingsInDoubt } from './bookings-in-doubt.js';
import { budgetsFrom, type GuardedOperation, type GuardSettings } from './budgets.js';
import { makeConfirming } from './confirming.js';
import { billFrom, checked, dayLineFrom, entryFrom, lineFrom, patientFrom, quoteFrom, textOf } from './contract-shapes.js';
import type { GuardedCalls } from './guarded-calls.js';
import type { HisRequest, OperationOutcome } from './his-answer.js';
import { makeInsuredVisits } from './insured-visits.js';
import { makeFacets } from './make-facets.js';
import type { MappedOperation } from './mapped-operation.js';
import type { PreparedOperations } from './prepare-operations.js';
import { reading, readList, readOne } from './result-of.js';

/** One way of reaching a HIS: sends a mapped operation, says what is known of it. */
export type HisLine<Operation extends MappedOperation> = {
  run(operation: Operation, request: HisRequest, signal: AbortSignal): Promise<OperationOutcome>;
  /** What the line has noticed that a person should look at, such as a HIS that changed under the mapping: `path: what`. Told by \`ping\`. */
  findings?(): readonly string[];
  close(): Promise<void>;
};

export type MappedAdapterParts<Operation extends MappedOperation> = {
  readonly line: HisLine<Operation>;
  readonly operations: PreparedOperations<Operation>;
  readonly dictionaries: ReadonlyMap<string, Operation>;
  readonly settings: GuardSettings;
  /** How long the HIS may still work on a call we have lost, unless the settings say otherwise. */
  readonly doubtAfterLossMs: number;
  readonly now: () => Date;
};

export type MappedAdapter = HospitalAdapter & {
  metrics(): GuardSnapshot;
  stop(): Promise<void>;
};

/** Connects on the first call, so that a HIS that is down does not keep the platform from starting. */
export function createMappedAdapter<Operation extends MappedOperation>(parts: MappedAdapterParts<Operation>): MappedAdapter {
  const { line, dictionaries, settings, now } = parts;
  const guard = new BudgetGuard<GuardedOperation>({
    operations: budgetsFrom(settings),
    breaker: { failureThreshold: settings.breaker?.failureThreshold ?? 5, openMs: settings.breaker?.openMs ?? 10_000 },
    // Deadlines are instants of the core's clock.
    clock: { ...wallClock, now: () => now().getTime() },
  });
  const calls = guardedCalls(parts, guard);
  return {
    ...makeReading(calls, () => line.findings?.() ?? []),
    ...makeConfirming(calls),
    ...makeRefundGuard(calls),
    ...makeInsuredVisits(calls),
    ...makeFacets(calls),
    ...makeDictionaries(calls, dictionaries),
    metrics: () => guard.snapshot(),
    readBudget: () => Promise.resolve({ classes: [...guard.classes()] }),
    stop: async () => {
      guard.stop();
      await line.close();
    },
  };
}

function guardedCalls<Operation extends MappedOperation>({ line, operations, settings, doubtAfterLossMs, now }: MappedAdapterParts<Operation>, guard: BudgetGuard<GuardedOperation>): GuardedCalls<Operation> {
  const verifyRefusals = settings.verifyRefusals ?? true;
  const inDoubt = new BookingsInDoubt(settings.doubtAfterLossMs ?? doubtAfterLossMs, () => now().getTime());
  return {
    operations,
    run: (operation, request, signal) => line.run(operation, request, signal),
    guarded: async (operation, limits, call) => {
      const result = await guard.run(operation, limits, call, failureOf);
      return result.kind === 'done' ? result.value : { kind: 'unknown', reason: explainGuardedCall(result).slice(0, 500) };
    },
    book: async (bookingNo, send, rules) => {
      const call = inDoubt.begin(bookingNo);
      let outcome: OperationOutcome | undefined;
      try {
        return await bookOnce({ ...rules, verifyRefusals, isInDoubt: call.isInDoubt, send: async () => (outcome = await send()) });
      } finally {
        call.end(outcome === undefined || (outcome.kind === 'unknown' && outcome.mayStillRun === true) ? 'lost' : 'ended');
      }
    },
  };
}

function failureOf(value: { readonly kind: string; readonly reason?: string }): string | undefined {
  return value.kind === 'unknown' ? (value.reason ?? 'unknown') : undefined;
}

/** Patients, bills, quotes, the day list, the HIS's clock. */
function makeReading<Operation extends MappedOperation>({ operations, run, guarded }: GuardedCalls<Operation>, findings: () => readonly string[]): Pick<HospitalAdapter, 'findPatient' | 'listOpenBills' | 'presettle'> & Pick<Partial<HospitalAdapter>, 'listDay' | 'ping'> {
  const { findPatient, listOpenBills, listBillLines, presettle, listDay, ping } = operations;
  const readLines = async (patientId: string, billNo: string, signal: AbortSignal): Promise<HisResult<BillLine[]>> =>
    listBillLines === undefined ? { kind: 'ok', value: [] } : readList(await run(listBillLines, { patientId, billNo }, signal), listBillLines, lineFrom);
  return {
    findPatient: (request, limits) => guarded('findPatient', limits, async (signal) => readList(await run(findPatient, { ...request }, signal), findPatient, patientFrom, 'findPatient')),
    listOpenBills: (request, limits) => guarded('listOpenBills', limits, async (signal) => {
      const bills = readList(await run(listOpenBills, { ...request }, signal), listOpenBills, billFrom, 'listOpenBills');
      return bills.kind === 'ok' ? addLines(bills.value, (billNo) => readLines(request.patientId, billNo, signal)) : bills;
    }),
    presettle: (request, limits) => guarded('presettle', limits, async (signal) =>
      readOne(await run(presettle, { ...request }, signal), presettle, (record) => checked('presettle', quoteFrom(record, presettle.reading.roundingFen ?? 0)))),
    ...(listDay === undefined ? {} : {
      listDay: (request: { readonly day: string; readonly page: number; readonly pageSize: number }, limits: CallLimits) =>
        guarded('listDay', limits, async (signal) => readList(await run(listDay, { ...request }, signal), listDay, dayLineFrom, 'listDay')),
    }),
    ...(ping === undefined ? {} : {
      ping: (limits: CallLimits) => guarded('ping', limits, async (signal) => readOne(await run(ping, {}, signal), ping, (record) => checked('ping', withFindings(textOf(record, 'hisTime'), findings())))),
    }),
  };
}

const MOST_FINDINGS = 50;

function withFindings(hisTime: string, findings: readonly string[]): { readonly hisTime: string; readonly findings?: readonly string[] } {
  return findings.length === 0 ? { hisTime } : { hisTime, findings: findings.slice(0, MOST_FINDINGS) };
}

async function addLines(bills: readonly Bill[], linesOf: (billNo: string) => Promise<HisResult<BillLine[]>>): Promise<HisResult<Bill[]>> {
  const complete: Bill[] = [];
  for (const bill of bills) {
    const lines = await linesOf(bill.billNo);
    if (lines.kind !== 'ok') return lines;
    complete.push({ ...bill, lines: lines.value });
  }
  return reading(() => ({ kind: 'ok' as const, value: checked('listOpenBills', complete) }));
}

function makeDictionaries<Operation extends MappedOperation>({ run, guarded }: GuardedCalls<Operation>, dictionaries: ReadonlyMap<string, Operation>): Pick<Partial<HospitalAdapter>, 'dictionaries' | 'loadDictionary'> {
  if (dictionaries.size === 0) return {};
  return {
    dictionaries: [...dictionaries.keys()],
    loadDictionary: ({ name }, limits): Promise<HisResult<DictionaryEntry[]>> => {
      const operation = dictionaries.get(name);
      if (operation === undefined) return Promise.resolve({ kind: 'rejected', code: 'HIS_DICTIONARY_UNMAPPED', message: `the mapping has no dictionary "${name.slice(0, 64)}"` });
      return guarded('dictionary', limits, async (signal) => readList(await run(operation, {}, signal), operation, entryFrom, 'loadDictionary'));
    },
  };
}
