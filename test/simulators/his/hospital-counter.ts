import { convertValue } from './engine/convert-value.js';
import type { Database } from './engine/database.js';
import { BatchAborted } from './engine/request-end.js';
import type { ResultSink } from './engine/result-sink.js';
import { silentSink } from './engine/result-sink.js';
import { Session } from './engine/session.js';
import { SqlServerError } from './engine/sql-server-error.js';
import { nvarcharType } from './engine/sql-type.js';
import type { StoredValue } from './engine/stored-value.js';
import type { ResultColumn } from './engine/translator.js';
import type { Fault, Faults } from './faults.js';
import type { RecordedCall } from './tds/connection.js';

/** What a procedure of the hospital answered, everything as text: amounts `12.34`, nothing as ''. Names as declared, outputs without @. */
export type HospitalAnswer = { readonly rows: readonly Readonly<Record<string, string>>[]; readonly out: Readonly<Record<string, string>> };

/** What the caller at the other end of the wire gets to see. */
export type Served =
  | { readonly kind: 'answer'; readonly answer: HospitalAnswer }
  /** Connection cut. */
  | { readonly kind: 'drop' }
  /** The connection stays open and nothing comes. */
  | { readonly kind: 'silence' }
  | { readonly kind: 'garbageBytes' }
  /** The hospital's own program failed, with the text it shows. */
  | { readonly kind: 'serverError'; readonly text: string };

export type CounterSite = {
  readonly database: Database;
  readonly faults: Faults;
  readonly meddle: (fault: Fault, call: RecordedCall, when: 'before' | 'after') => Promise<void>;
  readonly later: (delayMs: number, work: () => Promise<void>) => void;
  readonly onCall: (call: RecordedCall) => Promise<void>;
};

/** The hospital behind the wires that are not TDS: the same procedures, the same rules, the same faults, called by name with text. */
export type HospitalCounter = (procedure: string, values: Readonly<Record<string, string>>) => Promise<Served>;

export function openCounter(site: CounterSite, application: string): HospitalCounter {
  const run = async (procedure: string, values: Readonly<Record<string, string>>): Promise<Served> => {
    try {
      return { kind: 'answer', answer: await callHospital(site.database, application, { procedure, values }) };
    } catch (error) {
      if (error instanceof SqlServerError) return { kind: 'serverError', text: error.message };
      if (error instanceof BatchAborted) return { kind: 'serverError', text: 'the batch was aborted' };
      throw error;
    }
  };
  return async (procedure, values) => {
    const call: RecordedCall = { procedure, application, values: new Map(Object.entries(values).map(([name, value]) => [`@${name}`, value])) };
    const fault = site.faults.take(procedure);
    await site.onCall(call);
    if (fault === undefined) return run(procedure, values);
    const early = await before(site, fault, () => run(procedure, values));
    if (early !== undefined) return early;
    await site.meddle(fault, call, 'before');
    // Our own first call is booked, its answer is lost, and what the caller gets is the answer to the replay.
    if (fault.kind === 'already-paid' && fault.by === 'ourselves') await run(procedure, values);
    const served = await run(procedure, values);
    await site.meddle(fault, call, 'after');
    return after(fault, served);
  };
}

async function before(site: CounterSite, fault: Fault, run: () => Promise<Served>): Promise<Served | undefined> {
  switch (fault.kind) {
    case 'drop-before-execute':
      return { kind: 'drop' };
    case 'no-answer-before-execute':
      return { kind: 'silence' };
    case 'execute-late':
      site.later(fault.delayMs, async () => { await run(); });
      return { kind: 'silence' };
    case 'server-error':
      return fault.afterCommit === true ? undefined : { kind: 'serverError', text: fault.text ?? `error ${String(fault.number)}` };
    case 'delay-before':
      await pause(site, fault.delayMs);
      return undefined;
    default:
      return undefined;
  }
}

function after(fault: Fault, served: Served): Served {
  switch (fault.kind) {
    case 'commit-then-drop':
      return { kind: 'drop' };
    case 'commit-then-no-answer':
      return { kind: 'silence' };
    case 'garbage-bytes':
      return { kind: 'garbageBytes' };
    case 'server-error':
      return { kind: 'serverError', text: fault.text ?? `error ${String(fault.number)}` };
    case 'garbage-values':
      return served.kind === 'answer' ? { kind: 'answer', answer: garbled(served.answer) } : served;
    default:
      return served;
  }
}

function pause(site: CounterSite, delayMs: number): Promise<void> {
  return new Promise((resolve) => { site.later(delayMs, () => { resolve(); return Promise.resolve(); }); });
}

/** Return codes stay: an answer that says it is in order and is full of nonsense. */
function garbled({ rows, out }: HospitalAnswer): HospitalAnswer {
  const spoil = (values: Readonly<Record<string, string>>) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, name === 'ret_code' || name === 'ret_msg' ? value : '#&%'.slice(0, Math.max(1, value.length))]));
  return { rows: rows.map(spoil), out: spoil(out) };
}

/** Calls a procedure past every wire. @throws SqlServerError as the server would raise it */
async function callHospital(database: Database, application: string, { procedure, values }: { readonly procedure: string; readonly values: Readonly<Record<string, string>> }): Promise<HospitalAnswer> {
  const declared = database.catalog.requireProcedure([procedure]);
  const session = new Session(database, { login: application, application, host: 'localhost' });
  const sink = new TextRows();
  try {
    const given = declared.parameters.flatMap(({ name, output }) => {
      const value = values[name.replace(/^@/, '').toLowerCase()];
      if (value === undefined && !output) return [];
      return [{ name, given: { type: nvarcharType(4000), value: value ?? null }, output }];
    });
    const result = await session.callProcedure([procedure], given, sink, new AbortController().signal);
    if (sink.failed !== undefined) throw sink.failed;
    const out = Object.fromEntries(result.outputs.map(({ name, typed }) => [name.replace(/^@/, '').toLowerCase(), textOf(typed.value, { name, type: typed.type })]));
    return { rows: sink.rows, out };
  } finally {
    session.close();
  }
}

class TextRows implements ResultSink {
  readonly rows: Record<string, string>[] = [];
  failed: SqlServerError | undefined;
  #columns: readonly ResultColumn[] = [];

  columns(columns: readonly ResultColumn[]): void {
    this.#columns = columns;
  }
  row(values: readonly StoredValue[]): void {
    this.rows.push(Object.fromEntries(this.#columns.map((column, index) => [column.name.toLowerCase(), textOf(values[index] ?? null, column)])));
  }
  error(error: SqlServerError): void {
    this.failed ??= error;
  }
  readonly statementDone = silentSink.statementDone;
  readonly procedureDone = silentSink.procedureDone;
  readonly message = silentSink.message;
  readonly transaction = silentSink.transaction;
  readonly database = silentSink.database;
}

function textOf(value: StoredValue, { type }: ResultColumn): string {
  const text = convertValue(value, { from: type, to: nvarcharType(4000) });
  return text === null ? '' : String(text);
}
