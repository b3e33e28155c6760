import { setImmediate as yieldToEvents, setTimeout as pause } from 'node:timers/promises';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { parseTimeText } from './calendar.js';
import { isTemporary, objectKey, type Procedure, type Table } from './catalog.js';
import { convertValue } from './convert-value.js';
import { define, type Database, type Translated } from './database.js';
import { parseParameterList } from './parser.js';
import type { ResultSink } from './result-sink.js';
import { endsOnlyItsStatement, notSupported, SqlServerError, undeclaredVariable } from './sql-server-error.js';
import { serverErrorOf } from './sqlite-error.js';
import { intType, nvarcharType, maxLength, typeClass, varcharType, writtenType, type SqlType } from './sql-type.js';
import type { StoredValue } from './stored-value.js';
import type { Definition, ExecuteArgument, Expression, ProcedureParameter, Statement, TableShape } from './syntax.js';
import { columnSql, createTableSql } from './table-definition.js';
import { quoted, systemVariables, Translator, type ResultColumn } from './translator.js';

export interface SessionInfo {
  readonly login: string;
  readonly application: string;
  readonly host: string;
}

/** A value with the T-SQL type it was declared or sent with. */
export interface TypedValue {
  readonly type: SqlType;
  readonly value: StoredValue;
}

export interface CallArgument {
  readonly name: string | undefined;
  /** Absent means DEFAULT. */
  readonly given: TypedValue | undefined;
  readonly output: boolean;
}

export interface CallResult {
  readonly status: number;
  readonly outputs: readonly { readonly name: string; readonly typed: TypedValue }[];
}

/** The error was already reported to the client; nothing more of the batch runs. */
export class BatchAborted extends Error {}

/** The client sent ATTENTION. */
export class RequestCancelled extends Error {}

interface Frame {
  readonly variables: Map<string, { type: SqlType; value: StoredValue }>;
  readonly tables: Map<string, Table>;
  readonly procedure: string;
  readonly depth: number;
}

interface Options {
  nocount: boolean;
  xactAbort: boolean;
  lockTimeoutMs: number;
  identityInsert: string | undefined;
}

type Flow = 'next' | 'break' | 'continue' | { readonly status: number };

const defaultOptions: Options = { nocount: false, xactAbort: false, lockTimeoutMs: -1, identityInsert: undefined };
const deepestNesting = 32;

/** One connection's session: its SQLite handle, options, transaction and variables; runs batches and procedures. */
export class Session {
  readonly spid: number;
  readonly info: SessionInfo;
  readonly #database: Database;
  readonly #handle: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #onClose: () => void;
  readonly #temporaryTables = new Map<string, Table>();
  readonly #tableVariables = new Map<string, TableShape>();
  #options: Options = { ...defaultOptions };
  #sink: ResultSink = silentSink;
  #cancelled: AbortSignal = new AbortController().signal;
  #transactionDepth = 0;
  #writing = false;
  #doomed = false;
  #definedInTransaction = false;
  #tryDepth = 0;
  #rowCount = 0;
  #errorNumber = 0;
  #identity: bigint | null = null;
  #caught: SqlServerError[] = [];
  #steps = 0;

  constructor(database: Database, spid: number, info: SessionInfo, onClose: () => void) {
    this.#database = database;
    this.#handle = database.openHandle();
    this.spid = spid;
    this.info = info;
    this.#onClose = onClose;
  }

  get inTransaction(): boolean {
    return this.#transactionDepth > 0;
  }

  // ---- what the wire asks for

  /** Runs a batch. Errors go to the sink; throws BatchAborted when one ended the batch, RequestCancelled on ATTENTION. */
  async runBatch(source: string, sink: ResultSink, cancelled: AbortSignal): Promise<void> {
    await this.#request(sink, cancelled, async () => {
      await this.#runFrame(this.#parsed(source), this.#frame('', 0));
    });
  }

  /** sp_executesql, sp_execute: a statement with its own typed parameters. */
  async runText(source: string, declared: readonly ProcedureParameter[], given: readonly CallArgument[], sink: ResultSink, cancelled: AbortSignal): Promise<CallResult> {
    return await this.#request(sink, cancelled, async () => this.#runText(source, declared, given, 1));
  }

  async callProcedure(path: readonly string[], given: readonly CallArgument[], sink: ResultSink, cancelled: AbortSignal): Promise<CallResult> {
    return await this.#request(sink, cancelled, async () => {
      const name = objectKey(path);
      if (name === 'sp_executesql') return this.#executeSql(given, 1);
      return this.#call(this.#database.catalog.requireProcedure(path), given, 1);
    });
  }

  beginTransaction(sink: ResultSink): void {
    this.#sink = sink;
    this.#transactionDepth++;
    if (this.#transactionDepth === 1) sink.transaction('begin');
  }

  commitTransaction(sink: ResultSink): void {
    this.#sink = sink;
    this.#commit();
  }

  rollbackTransaction(sink: ResultSink, savepoint: string | undefined): void {
    this.#sink = sink;
    this.#rollback(savepoint);
  }

  async saveTransaction(sink: ResultSink, savepoint: string, cancelled: AbortSignal): Promise<void> {
    await this.#request(sink, cancelled, async () => this.#save(savepoint));
  }

  /** What sp_reset_connection does: no transaction, no temporary tables, default options. */
  reset(): void {
    if (this.#transactionDepth > 0) this.#endTransaction('ROLLBACK');
    for (const table of this.#temporaryTables.values()) this.#handle.exec(`DROP TABLE IF EXISTS temp.${quoted(table.name)}`);
    this.#temporaryTables.clear();
    this.#options = { ...defaultOptions };
  }

  close(): void {
    if (!this.#handle.isOpen) return;
    this.#sink = silentSink;
    if (this.#writing) this.#handle.exec('ROLLBACK');
    this.#database.lock.release(this);
    if (this.#definedInTransaction) this.#database.loadCatalog();
    this.#statements.clear();
    this.#handle.close();
    this.#onClose();
  }

  async #request<Result>(sink: ResultSink, cancelled: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#sink = sink;
    this.#cancelled = cancelled;
    try {
      const result = await work();
      if (this.#doomed) {
        this.#endTransaction('ROLLBACK');
        sink.error(new SqlServerError(3998, 'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.'));
      }
      return result;
    } catch (error) {
      if (error instanceof RequestCancelled && this.#options.xactAbort && this.#transactionDepth > 0) this.#endTransaction('ROLLBACK');
      if (!(error instanceof SqlServerError)) throw error;
      // Nothing inside was there to report it: a syntax error, an unknown procedure.
      this.#errorNumber = error.number;
      sink.error(error);
      throw new BatchAborted();
    } finally {
      this.#tryDepth = 0;
      this.#caught = [];
    }
  }

  #parsed(source: string): readonly Statement[] {
    return this.#database.parse(source);
  }

  // ---- frames

  #frame(procedure: string, depth: number): Frame {
    return { variables: new Map(), tables: new Map(), procedure, depth };
  }

  async #runFrame(statements: readonly Statement[], frame: Frame): Promise<number> {
    declareAll(statements, frame);
    try {
      const flow = await this.#runAll(statements, frame);
      return typeof flow === 'object' ? flow.status : 0;
    } finally {
      for (const [name, table] of frame.tables) {
        if (name.startsWith('@')) this.#prepared(`DELETE FROM ${quoted(table.name)}`).run();
        else this.#dropTemporary(table);
      }
    }
  }

  #dropTemporary(table: Table): void {
    this.#handle.exec(`DROP TABLE IF EXISTS temp.${quoted(table.name)}`);
  }

  async #runText(source: string, declared: readonly ProcedureParameter[], given: readonly CallArgument[], depth: number): Promise<CallResult> {
    const frame = this.#frame('', depth);
    const bound = bindArguments('sp_executesql', declared, given);
    for (const [name, typed] of bound) frame.variables.set(name, { ...typed });
    const status = await this.#runFrame(this.#parsed(source), frame);
    return { status, outputs: outputsOf(declared, given, frame) };
  }

  async #executeSql(given: readonly CallArgument[], depth: number): Promise<CallResult> {
    const [statement, parameters, ...rest] = given;
    const declared = parseParameterList(textValue(parameters));
    return this.#runText(textValue(statement), declared, rest, depth);
  }

  async #call(procedure: Procedure, given: readonly CallArgument[], depth: number): Promise<CallResult> {
    if (depth > deepestNesting) throw new SqlServerError(217, 'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).');
    const frame = this.#frame(procedure.name, depth);
    const bound = bindArguments(procedure.name, procedure.parameters, given, (expression) => this.#constant(expression));
    for (const [name, typed] of bound) frame.variables.set(name, { ...typed });
    // SET options changed inside a procedure end with it.
    const options = { ...this.#options };
    const depthBefore = this.#transactionDepth;
    try {
      const status = await this.#runFrame(procedure.body, frame);
      if (this.#transactionDepth !== depthBefore) {
        await this.#raise(new SqlServerError(266, `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${depthBefore}, current count = ${this.#transactionDepth}.`, { state: 2 }), frame);
      }
      return { status, outputs: outputsOf(procedure.parameters, given, frame) };
    } finally {
      this.#options = options;
    }
  }

  #constant(expression: Expression): TypedValue {
    const translator = new Translator({ catalog: this.#database.catalog, variableType: () => undefined, temporaryTable: () => undefined });
    const { sql, type } = translator.anyValue(expression);
    const row = this.#prepared(sql).get();
    return { type, value: Array.isArray(row) ? storedValue(row[0]) : null };
  }

  // ---- statements

  async #runAll(statements: readonly Statement[], frame: Frame): Promise<Flow> {
    for (const statement of statements) {
      const flow = await this.#step(statement, frame);
      if (flow !== 'next') return flow;
    }
    return 'next';
  }

  async #step(statement: Statement, frame: Frame): Promise<Flow> {
    // A long loop must still hear an ATTENTION.
    if (++this.#steps % 200 === 0) await yieldToEvents();
    if (this.#cancelled.aborted) throw new RequestCancelled();
    try {
      const flow = await this.#run(statement, frame);
      if (!['block', 'if', 'while', 'tryCatch', 'raiserror', 'execute', 'executeText', 'return'].includes(statement.kind)) this.#errorNumber = 0;
      return flow;
    } catch (error) {
      if (this.#cancelled.aborted) throw new RequestCancelled();
      if (error instanceof BatchAborted || error instanceof RequestCancelled || error instanceof CaughtByTry) throw error;
      const failure = serverErrorOf(error, { verb: statement.kind.toUpperCase(), catalog: this.#database.catalog });
      if (failure.procedure === '') {
        failure.procedure = frame.procedure;
        failure.line = statement.line;
      }
      await this.#raise(failure, frame);
      return 'next';
    }
  }

  /** Reports an error and decides what it ends: its statement, the batch, or the TRY block it happened in. */
  async #raise(failure: SqlServerError, frame: Frame): Promise<void> {
    if (failure.procedure === '') failure.procedure = frame.procedure;
    this.#errorNumber = failure.number;
    this.#rowCount = 0;
    const raised = failure.number === 50000;
    const lenient = endsOnlyItsStatement(failure) && (raised || !this.#options.xactAbort);
    if (this.#tryDepth > 0) {
      if (!lenient && this.#transactionDepth > 0) this.#doomed = true;
      throw new CaughtByTry(failure);
    }
    this.#sink.error(failure);
    if (lenient) return;
    if (this.#transactionDepth > 0 && (this.#options.xactAbort || failure.number === 1205)) this.#endTransaction('ROLLBACK');
    throw new BatchAborted();
  }

  async #run(statement: Statement, frame: Frame): Promise<Flow> {
    switch (statement.kind) {
      case 'nothing': return 'next';
      case 'block': return this.#runAll(statement.statements, frame);
      case 'declare':
        for (const { name, value } of statement.variables) if (value) this.#assign(name, value, frame);
        return 'next';
      case 'declareTable': this.#declareTable(statement, frame); return 'next';
      case 'set': this.#assign(statement.name, statement.value, frame); this.#rowCount = 1; return 'next';
      case 'setOption': this.#setOption(statement); this.#rowCount = 0; return 'next';
      case 'query': await this.#query(statement, frame); return 'next';
      case 'insert': await this.#insert(statement, frame); return 'next';
      case 'update': await this.#write(statement, frame, statement.table, (translator) => translator.update(statement)); return 'next';
      case 'delete': await this.#write(statement, frame, statement.table, (translator) => translator.delete(statement)); return 'next';
      case 'truncate': await this.#write(statement, frame, statement.table, (translator) => translator.delete({ ...statement, from: [], where: undefined, top: undefined })); return 'next';
      case 'if': {
        const holds = this.#holds(statement.condition, frame);
        this.#rowCount = 0;
        this.#errorNumber = 0;
        if (holds) return this.#step(statement.consequence, frame);
        return statement.otherwise ? this.#step(statement.otherwise, frame) : 'next';
      }
      case 'while': return this.#while(statement, frame);
      case 'break': case 'continue': return statement.kind;
      case 'return': {
        const status = statement.value ? this.#evaluate(statement.value, intType, frame) : 0n;
        return { status: Number(status ?? 0n) };
      }
      case 'raiserror': await this.#raiserror(statement, frame); return 'next';
      case 'beginTransaction':
        this.#transactionDepth++;
        if (this.#transactionDepth === 1) this.#sink.transaction('begin');
        this.#rowCount = 0;
        return 'next';
      case 'commitTransaction': this.#commit(); this.#rowCount = 0; return 'next';
      case 'rollbackTransaction': this.#rollback(this.#savepointName(statement.savepoint, frame)); this.#rowCount = 0; return 'next';
      case 'saveTransaction': await this.#save(this.#savepointName(statement.savepoint, frame) ?? ''); return 'next';
      case 'tryCatch': return this.#tryCatch(statement, frame);
      case 'execute': await this.#execute(statement, frame); return 'next';
      case 'executeText': {
        const source = String(this.#evaluate(statement.text, nvarcharType(maxLength), frame) ?? '');
        await this.#runFrame(this.#parsed(source), this.#frame('', frame.depth + 1));
        return 'next';
      }
      case 'print': {
        const text = this.#evaluate(statement.value, nvarcharType(4000), frame);
        this.#sink.message({ number: 0, severity: 0, text: String(text ?? '') });
        this.#rowCount = 0;
        return 'next';
      }
      case 'waitFor': await this.#waitFor(statement.delay, frame); return 'next';
      case 'use':
        if (statement.database.toLowerCase() !== this.#database.name.toLowerCase() && statement.database.toLowerCase() !== 'master') {
          throw new SqlServerError(911, `Database '${statement.database}' does not exist. Make sure that the name is entered correctly.`);
        }
        this.#sink.database(this.#database.name);
        return 'next';
      case 'createTable': case 'createIndex': case 'createView': case 'createProcedure': case 'addColumns': case 'drop':
        await this.#define(statement, frame);
        return 'next';
    }
  }

  async #while(statement: Extract<Statement, { kind: 'while' }>, frame: Frame): Promise<Flow> {
    while (this.#holds(statement.condition, frame)) {
      const flow = await this.#step(statement.body, frame);
      if (flow === 'break') break;
      if (typeof flow === 'object') return flow;
    }
    return 'next';
  }

  async #tryCatch(statement: Extract<Statement, { kind: 'tryCatch' }>, frame: Frame): Promise<Flow> {
    const outerTryDepth = this.#tryDepth;
    this.#tryDepth++;
    try {
      return await this.#runAll(statement.attempt, frame);
    } catch (error) {
      if (!(error instanceof CaughtByTry)) throw error;
      this.#tryDepth = outerTryDepth;
      this.#caught.push(error.failure);
      try {
        return await this.#runAll(statement.handler, frame);
      } finally {
        this.#caught.pop();
      }
    } finally {
      this.#tryDepth = outerTryDepth;
    }
  }

  async #raiserror(statement: Extract<Statement, { kind: 'raiserror' }>, frame: Frame): Promise<void> {
    const template = String(this.#evaluate(statement.message, nvarcharType(2047), frame) ?? '');
    const severity = Number(this.#evaluate(statement.severity, intType, frame) ?? 0n);
    const state = Number(this.#evaluate(statement.state, intType, frame) ?? 1n);
    const values = statement.parameters.map((parameter) => String(this.#evaluate(parameter, nvarcharType(4000), frame) ?? '(null)'));
    const text = template.replace(/%[-+0# ]*\d*(?:\.\d+)?[sdiuxXo]|%%/g, (place) => (place === '%%' ? '%' : (values.shift() ?? '')));
    this.#errorNumber = severity > 10 ? 50000 : 0;
    if (severity <= 10) {
      this.#sink.message({ number: 50000, severity, text });
      return;
    }
    const failure = new SqlServerError(50000, text, { severity, state });
    failure.line = statement.line;
    await this.#raise(failure, frame);
  }

  async #waitFor(delay: Expression, frame: Frame): Promise<void> {
    const text = String(this.#evaluate(delay, varcharType(30), frame) ?? '');
    const ticks = parseTimeText(text)?.ticks;
    if (ticks === undefined) throw new SqlServerError(148, `Incorrect time syntax in time string '${text}' used with WAITFOR.`, { severity: 15 });
    await pause(Number(ticks / 10_000n), undefined, { signal: this.#cancelled }).catch(() => {
      throw new RequestCancelled();
    });
  }

  #setOption(statement: Extract<Statement, { kind: 'setOption' }>): void {
    for (const option of statement.options) {
      const on = statement.value === 'ON';
      switch (option) {
        case 'NOCOUNT': this.#options.nocount = on; break;
        case 'XACT_ABORT': this.#options.xactAbort = on; break;
        case 'LOCK_TIMEOUT': this.#options.lockTimeoutMs = Number(statement.value); break;
        case 'IDENTITY_INSERT': this.#options.identityInsert = on || statement.value.endsWith(' ON') ? objectKey((statement.value.split(' ')[0] ?? '').split('.')) : undefined; break;
        case 'IMPLICIT_TRANSACTIONS': if (on) throw notSupported('IMPLICIT_TRANSACTIONS'); break;
        case 'QUOTED_IDENTIFIER': case 'ANSI_NULLS': case 'ANSI_NULL_DFLT_ON': case 'ANSI_NULL_DFLT_OFF': case 'ANSI_PADDING': case 'ANSI_WARNINGS': case 'ANSI_DEFAULTS': case 'ARITHABORT':
        case 'ARITHIGNORE': case 'CONCAT_NULL_YIELDS_NULL': case 'CURSOR_CLOSE_ON_COMMIT': case 'DATEFIRST': case 'DATEFORMAT': case 'LANGUAGE': case 'NUMERIC_ROUNDABORT': case 'TEXTSIZE':
        case 'DEADLOCK_PRIORITY': case 'TRANSACTION ISOLATION LEVEL':
          break;
        default: throw new SqlServerError(195, `'${option}' is not a recognized SET option.`, { severity: 15, state: 5 });
      }
    }
  }

  // ---- queries and writes

  async #query(statement: Extract<Statement, { kind: 'query' }>, frame: Frame): Promise<void> {
    const translated = this.#translated(statement, frame, (translator) => translator.query(statement.query));
    if (translated.wantsWriteLock && this.#transactionDepth > 0) await this.#becomeWriter();
    const rows = this.#rows(translated, frame);
    this.#rowCount = rows.length;
    const { assignments } = translated;
    if (assignments) {
      const last = rows[rows.length - 1];
      if (last) assignments.forEach((name, index) => this.#setVariable(name, last[index] ?? null, frame));
      return;
    }
    this.#sink.columns(translated.columns);
    for (const row of rows) this.#sink.row(row);
    this.#sink.statementDone({ count: this.#options.nocount ? undefined : rows.length, inProcedure: frame.depth > 0 });
  }

  async #insert(statement: Extract<Statement, { kind: 'insert' }>, frame: Frame): Promise<void> {
    if (statement.execute) {
      await this.#insertExecuted(statement, statement.execute, frame);
      return;
    }
    const identityInsert = this.#options.identityInsert === objectKey(statement.table);
    await this.#write(statement, frame, statement.table, (translator) => translator.insert(statement, identityInsert));
  }

  /** INSERT ... EXEC: the rows of the procedure, one INSERT each. */
  async #insertExecuted(statement: Extract<Statement, { kind: 'insert' }>, execute: Statement, frame: Frame): Promise<void> {
    const collected: { columns: readonly ResultColumn[]; rows: (readonly StoredValue[])[] } = { columns: [], rows: [] };
    const outer = this.#sink;
    this.#sink = { ...silentSink, error: (error) => outer.error(error), columns: (columns) => { collected.columns = columns; }, row: (values) => collected.rows.push(values) };
    try {
      await this.#step(execute, frame);
    } finally {
      this.#sink = outer;
    }
    for (const values of collected.rows) {
      const inner = this.#frame(frame.procedure, frame.depth);
      for (const [name, table] of frame.tables) inner.tables.set(name, table);
      const row = collected.columns.map((column, index): Expression => {
        inner.variables.set(`@c${index}`, { type: column.type, value: values[index] ?? null });
        return { kind: 'variable', name: `@c${index}` };
      });
      const single: Statement = { ...statement, execute: undefined, rows: [row] };
      await this.#write(single, inner, statement.table, (translator) => translator.insert({ ...statement, rows: [row] }, false));
    }
    this.#rowCount = collected.rows.length;
  }

  async #write(statement: Statement, frame: Frame, table: readonly string[], build: (translator: Translator) => string): Promise<void> {
    const translated = this.#translated(statement, frame, (translator) => ({ sql: build(translator), columns: [], assignments: undefined }));
    const { changes, lastInsertRowid } = await this.#asWriter(isTemporary(table), () => this.#prepared(translated.sql).run(this.#bound(translated, frame)));
    this.#rowCount = Number(changes);
    if (statement.kind === 'insert') {
      const hasIdentity = !isTemporary(table) && this.#database.catalog.requireTable(table).columns.some((column) => column.identity);
      this.#identity = hasIdentity ? BigInt(lastInsertRowid) : null;
    }
    if (!this.#options.nocount) this.#sink.statementDone({ count: this.#rowCount, inProcedure: frame.depth > 0 });
  }

  async #asWriter<Result>(temporary: boolean, work: () => Result): Promise<Result> {
    if (temporary) return work();
    if (this.#doomed) throw new SqlServerError(3930, 'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.');
    await this.#becomeWriter();
    try {
      return work();
    } finally {
      if (this.#transactionDepth === 0) this.#database.lock.release(this);
    }
  }

  async #becomeWriter(): Promise<void> {
    if (this.#writing) return;
    await this.#database.lock.acquire(this, { timeoutMs: this.#options.lockTimeoutMs, cancelled: this.#cancelled });
    if (this.#transactionDepth === 0) return;
    this.#handle.exec('BEGIN IMMEDIATE');
    this.#writing = true;
  }

  #commit(): void {
    if (this.#transactionDepth === 0) throw new SqlServerError(3902, 'The COMMIT TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    if (this.#doomed) throw new SqlServerError(3930, 'The current transaction cannot be committed and cannot support operations that write to the log file. Roll back the transaction.');
    if (this.#transactionDepth > 1) this.#transactionDepth--;
    else this.#endTransaction('COMMIT');
  }

  #rollback(savepoint: string | undefined): void {
    if (this.#transactionDepth === 0) throw new SqlServerError(3903, 'The ROLLBACK TRANSACTION request has no corresponding BEGIN TRANSACTION.');
    if (savepoint === undefined || savepoint === '' || !this.#savepoints.has(savepoint.toLowerCase())) this.#endTransaction('ROLLBACK');
    else this.#handle.exec(`ROLLBACK TO ${quoted(savepoint.toLowerCase())}`);
  }

  readonly #savepoints = new Set<string>();

  async #save(name: string): Promise<void> {
    if (this.#transactionDepth === 0) throw new SqlServerError(628, 'Cannot issue SAVE TRANSACTION when there is no active transaction.', { severity: 16 });
    await this.#becomeWriter();
    this.#handle.exec(`SAVEPOINT ${quoted(name.toLowerCase())}`);
    this.#savepoints.add(name.toLowerCase());
  }

  #savepointName(written: string | undefined, frame: Frame): string | undefined {
    return written?.startsWith('@') ? String(frame.variables.get(written.toLowerCase())?.value ?? '') : written;
  }

  #endTransaction(how: 'COMMIT' | 'ROLLBACK'): void {
    if (this.#writing) this.#handle.exec(how);
    this.#writing = false;
    this.#doomed = false;
    this.#transactionDepth = 0;
    this.#savepoints.clear();
    this.#database.lock.release(this);
    if (this.#definedInTransaction && how === 'ROLLBACK') this.#database.loadCatalog();
    this.#definedInTransaction = false;
    this.#sink.transaction(how === 'COMMIT' ? 'commit' : 'rollback');
  }

  // ---- EXEC

  async #execute(statement: Extract<Statement, { kind: 'execute' }>, frame: Frame): Promise<void> {
    const path = statement.procedureVariable === undefined ? statement.procedure : String(frame.variables.get(statement.procedureVariable.toLowerCase())?.value ?? '').split('.');
    const given = statement.parameters.map((argument) => this.#argument(argument, frame));
    const system = objectKey(path) === 'sp_executesql';
    const procedure = system ? undefined : this.#database.catalog.requireProcedure(path);
    const result = procedure ? await this.#call(procedure, given, frame.depth + 1) : await this.#executeSql(given, frame.depth + 1);
    const declared = procedure?.parameters ?? parseParameterList(textValue(given[1]));
    const offset = procedure ? 0 : 2;
    statement.parameters.forEach((argument, index) => {
      if (!argument.output || argument.value?.kind !== 'variable') return;
      const name = (argument.name ?? declared[index - offset]?.name ?? '').toLowerCase();
      const output = result.outputs.find((candidate) => candidate.name.toLowerCase() === name);
      const target = frame.variables.get(argument.value.name.toLowerCase());
      if (output && target) target.value = convertValue(output.typed.value, { from: output.typed.type, to: target.type });
    });
    if (statement.resultVariable !== undefined) this.#setVariable(statement.resultVariable.toLowerCase(), BigInt(result.status), frame);
    if (frame.depth === 0 && procedure) this.#sink.procedureDone(result.status);
  }

  #argument(argument: ExecuteArgument, frame: Frame): CallArgument {
    if (!argument.value) return { name: argument.name, given: undefined, output: false };
    const translated = this.#translated(argument.value, frame, (translator) => {
      const { sql, type } = translator.anyValue(argument.value ?? { kind: 'null' });
      return { sql, columns: [{ name: '', type }], assignments: undefined };
    });
    const [row] = this.#rows(translated, frame);
    return { name: argument.name, given: { type: translated.columns[0]?.type ?? intType, value: row?.[0] ?? null }, output: argument.output };
  }

  // ---- definitions

  #declareTable(statement: Extract<Statement, { kind: 'declareTable' }>, frame: Frame): void {
    const key = statement.name.toLowerCase();
    const table: Table = { name: `${key}~${frame.depth}`, ...statement.shape };
    // The emptied table of an earlier call serves again: each CREATE or DROP would make SQLite prepare every statement anew.
    if (this.#tableVariables.get(table.name) !== statement.shape) {
      this.#dropTemporary(table);
      this.#handle.exec(createTableSql(table, { temporary: true, translator: this.#translator(frame, () => undefined) }));
      this.#tableVariables.set(table.name, statement.shape);
    }
    frame.tables.set(key, table);
  }

  async #define(statement: Definition, frame: Frame): Promise<void> {
    if (statement.kind === 'createTable' && isTemporary(statement.name)) {
      const key = objectKey(statement.name);
      const table: Table = { name: key, ...statement.shape };
      if (this.#temporaryTables.has(key) || frame.tables.has(key)) throw alreadyThere(key);
      this.#handle.exec(createTableSql(table, { temporary: true, translator: this.#translator(frame, () => undefined) }));
      // A temporary table made in a procedure ends with it.
      (frame.depth > 0 ? frame.tables : this.#temporaryTables).set(key, table);
      return;
    }
    if (statement.kind === 'drop' && statement.what === 'TABLE' && statement.names.every((name) => isTemporary(name))) {
      for (const name of statement.names) {
        const table = this.#temporaryTable(objectKey(name), frame);
        if (!table) throw cannotDrop('table', name.join('.'));
        this.#dropTemporary(table);
        this.#temporaryTables.delete(objectKey(name));
        frame.tables.delete(objectKey(name));
      }
      return;
    }
    await this.#asWriter(false, () => this.#defineStored(statement));
    if (this.#transactionDepth > 0) this.#definedInTransaction = true;
  }

  #defineStored(statement: Definition): void {
    const { catalog } = this.#database;
    const keep = (kind: string, name: string, source: string): void => {
      this.#handle.prepare('INSERT INTO "__catalog" (kind, name, source) VALUES (?, ?, ?) ON CONFLICT (kind, name) DO UPDATE SET source = excluded.source').run(kind, name.toLowerCase(), source);
      define(catalog, statement);
    };
    const taken = (name: string): boolean => catalog.tables.has(name) || catalog.views.has(name) || catalog.procedures.has(name);
    const translator = (): Translator => new Translator({ catalog, variableType: () => undefined, temporaryTable: () => undefined });
    switch (statement.kind) {
      case 'createTable': {
        const name = statement.name[statement.name.length - 1] ?? '';
        if (taken(name.toLowerCase())) throw alreadyThere(name);
        const table: Table = { name, ...statement.shape };
        this.#handle.exec(createTableSql(table, { temporary: false, translator: translator() }));
        const seed = table.columns.find((column) => column.identity)?.identity?.seed;
        if (seed !== undefined && seed > 1) this.#handle.prepare('INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)').run(name, seed - 1);
        keep('table', name, statement.source);
        return;
      }
      case 'addColumns': {
        const table = catalog.requireTable(statement.table);
        if (statement.shape.constraints.length > 0) throw notSupported('adding a constraint to an existing table');
        for (const column of statement.shape.columns) this.#handle.exec(`ALTER TABLE ${quoted(table.name)} ADD COLUMN ${columnSql(column)}`);
        keep('alter', `${table.name}.${statement.shape.columns.map((column) => column.name).join()}`, statement.source);
        return;
      }
      case 'createIndex': {
        const table = catalog.requireTable(statement.table);
        const columns = statement.columns.map((item) => `${quoted(item.by.kind === 'column' ? (item.by.path[0] ?? '') : '')}${item.descending ? ' DESC' : ''}`);
        if (catalog.indexes.has(`${table.name.toLowerCase()}.${statement.name.toLowerCase()}`)) throw new SqlServerError(1913, `The operation failed because an index with name '${statement.name}' already exists on table '${table.name}'.`);
        this.#handle.exec(`CREATE ${statement.unique ? 'UNIQUE ' : ''}INDEX ${quoted(`${table.name}.${statement.name}`)} ON ${quoted(table.name)} (${columns.join(', ')})`);
        keep('index', `${table.name}.${statement.name}`, statement.source);
        return;
      }
      case 'createView': {
        const name = objectKey(statement.name);
        if (taken(name)) throw alreadyThere(name);
        translator().query(statement.query);
        keep('view', name, statement.source);
        return;
      }
      case 'createProcedure': {
        const name = objectKey(statement.name);
        if (statement.replaces === 'create' && taken(name)) throw alreadyThere(name);
        if (statement.replaces === 'alter' && !catalog.procedures.has(name)) throw new SqlServerError(208, `Invalid object name '${name}'.`);
        keep('procedure', name, statement.source.replace(/^ALTER/i, 'CREATE'));
        return;
      }
      case 'drop':
        for (const name of statement.names) this.#drop(statement.what, name, statement.ifExists);
        return;
    }
  }

  #drop(what: 'TABLE' | 'VIEW' | 'PROCEDURE' | 'INDEX', path: readonly string[], ifExists: boolean): void {
    const { catalog } = this.#database;
    const objects = { TABLE: catalog.tables, VIEW: catalog.views, PROCEDURE: catalog.procedures, INDEX: catalog.indexes }[what];
    const key = what === 'INDEX' ? path.slice(-2).join('.').toLowerCase() : objectKey(path);
    if (!objects.has(key)) {
      if (ifExists) return;
      throw cannotDrop(what.toLowerCase(), path.join('.'));
    }
    if (what === 'TABLE') this.#handle.exec(`DROP TABLE ${quoted(catalog.requireTable(path).name)}`);
    if (what === 'INDEX') this.#handle.exec(`DROP INDEX ${quoted(path.slice(-2).join('.'))}`);
    const owned = this.#handle.prepare('DELETE FROM "__catalog" WHERE (kind = ? AND name = ?) OR (? = \'table\' AND kind IN (\'index\', \'alter\') AND name LIKE ?)');
    owned.run(what.toLowerCase(), key, what.toLowerCase(), `${key}.%`);
    objects.delete(key);
    if (what === 'TABLE') for (const index of Array.from(catalog.indexes.keys())) if (index.startsWith(`${key}.`)) catalog.indexes.delete(index);
    catalog.version++;
    this.#statements.clear();
  }

  // ---- values

  #assign(name: string, value: Expression, frame: Frame): void {
    const variable = frame.variables.get(name.toLowerCase());
    if (!variable) throw undeclaredVariable(name);
    variable.value = this.#evaluate(value, variable.type, frame);
  }

  #setVariable(name: string, value: StoredValue, frame: Frame): void {
    const variable = frame.variables.get(name);
    if (!variable) throw undeclaredVariable(name);
    variable.value = value;
  }

  #evaluate(expression: Expression, type: SqlType, frame: Frame): StoredValue {
    const translated = this.#translated(expression, frame, (translator) => ({ sql: translator.value(expression, type), columns: [], assignments: undefined }));
    return this.#rows(translated, frame)[0]?.[0] ?? null;
  }

  #holds(condition: Expression, frame: Frame): boolean {
    const translated = this.#translated(condition, frame, (translator) => ({ sql: translator.condition(condition), columns: [], assignments: undefined }));
    return this.#rows(translated, frame)[0]?.[0] === 1n;
  }

  #translator(frame: Frame, onTemporary: () => void): Translator {
    return new Translator({
      catalog: this.#database.catalog,
      variableType: (name) => frame.variables.get(name)?.type,
      temporaryTable: (name) => {
        onTemporary();
        return this.#temporaryTable(name, frame);
      },
    });
  }

  #temporaryTable(name: string, frame: Frame): Table | undefined {
    return frame.tables.get(name) ?? this.#temporaryTables.get(name);
  }

  #translated(node: object, frame: Frame, build: (translator: Translator) => Pick<Translated, 'sql' | 'columns' | 'assignments'>): Translated {
    const { catalog, translations } = this.#database;
    const known = translations.get(node);
    if (known && known.version === catalog.version && (known.depth === frame.depth || known.depth < 0) && this.#typesOf(known.bindings, frame) === known.types) return known;
    let temporary = false;
    const translator = this.#translator(frame, () => { temporary = true; });
    const built = build(translator);
    const translated: Translated = { ...built, version: catalog.version, depth: temporary ? frame.depth : -1, bindings: translator.bindings, types: this.#typesOf(translator.bindings, frame), wantsWriteLock: translator.wantsWriteLock };
    // A #table may look different next time, so what touches one is translated afresh.
    if (!temporary || !built.sql.includes('"#')) translations.set(node, translated);
    return translated;
  }

  /** The same text may come with parameters of other types. */
  #typesOf(bindings: readonly string[], frame: Frame): string {
    return bindings.map((name) => { const type = frame.variables.get(name)?.type; return type ? writtenType(type) : name; }).join();
  }

  #rows(translated: Translated, frame: Frame): StoredValue[][] {
    const rows: StoredValue[][] = [];
    for (const row of this.#prepared(translated.sql).all(this.#bound(translated, frame))) {
      if (Array.isArray(row)) rows.push(row.map((value: SQLOutputValue) => storedValue(value)));
    }
    return rows;
  }

  #bound(translated: Translated, frame: Frame): Record<string, SQLInputValue> {
    const values: Record<string, SQLInputValue> = {};
    translated.bindings.forEach((name, index) => {
      values[`v${index}`] = name.startsWith('@@') ? this.#systemValue(name) : (frame.variables.get(name)?.value ?? null);
    });
    return values;
  }

  #prepared(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known) return known;
    if (this.#statements.size > 400) this.#statements.clear();
    const statement = this.#handle.prepare(sql);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    this.#statements.set(sql, statement);
    return statement;
  }

  #systemValue(name: string): StoredValue {
    const caught = this.#caught[this.#caught.length - 1];
    switch (name) {
      case '@@now': return this.#database.now();
      case '@@rowcount': return BigInt(this.#rowCount);
      case '@@error': return BigInt(this.#errorNumber);
      case '@@trancount': return BigInt(this.#transactionDepth);
      case '@@spid': return BigInt(this.spid);
      case '@@identity': case '@@scope_identity': return this.#identity;
      case '@@version': return 'Microsoft SQL Server 2012 (SP4) - 11.0.7001.0 (X64) - Hospay hospital simulator';
      case '@@servername': return 'HIS';
      case '@@language': return 'us_english';
      case '@@lock_timeout': return BigInt(this.#options.lockTimeoutMs);
      case '@@datefirst': return 7n;
      case '@@max_precision': return 38n;
      case '@@xact_state': return this.#transactionDepth === 0 ? 0n : this.#doomed ? -1n : 1n;
      case '@@error_number': return caught ? BigInt(caught.number) : null;
      case '@@error_message': return caught?.message ?? null;
      case '@@error_severity': return caught ? BigInt(caught.severity) : null;
      case '@@error_state': return caught ? BigInt(caught.state) : null;
      case '@@error_procedure': return caught?.procedure || null;
      case '@@error_line': return caught ? BigInt(caught.line) : null;
      case '@@database': return this.#database.name;
      case '@@login': return this.info.login;
      case '@@application': return this.info.application;
      case '@@host': return this.info.host;
      default:
        if (!systemVariables.has(name)) throw undeclaredVariable(name);
        return 0n;
    }
  }
}

/** Unwinds to the CATCH block of the innermost TRY. */
class CaughtByTry extends Error {
  readonly failure: SqlServerError;

  constructor(failure: SqlServerError) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Variables live for the whole batch, wherever in it their DECLARE stands. */
function declareAll(statements: readonly Statement[], frame: Frame): void {
  for (const statement of statements) {
    if (statement.kind === 'declare') declare(statement, frame);
    if (statement.kind === 'block') declareAll(statement.statements, frame);
    if (statement.kind === 'if') declareAll(statement.otherwise ? [statement.consequence, statement.otherwise] : [statement.consequence], frame);
    if (statement.kind === 'while') declareAll([statement.body], frame);
    if (statement.kind === 'tryCatch') declareAll([...statement.attempt, ...statement.handler], frame);
  }
}

function declare(statement: Extract<Statement, { kind: 'declare' }>, frame: Frame): void {
  for (const { name, type } of statement.variables) {
    const key = name.toLowerCase();
    if (frame.variables.has(key)) throw new SqlServerError(134, `The variable name '${name}' has already been declared. Variable names must be unique within a query batch or stored procedure.`);
    frame.variables.set(key, { type, value: null });
  }
}

/** Matches what was passed to what was declared, with SQL Server's complaints. */
function bindArguments(procedure: string, declared: readonly ProcedureParameter[], given: readonly CallArgument[], constant?: (expression: Expression) => TypedValue): Map<string, TypedValue> {
  const bound = new Map<string, TypedValue>();
  given.forEach((argument, index) => {
    const parameter = argument.name === undefined || argument.name === '' ? declared[index] : declared.find((candidate) => candidate.name.toLowerCase() === argument.name?.toLowerCase());
    if (!parameter) {
      throw argument.name ? new SqlServerError(8145, `${argument.name} is not a parameter for procedure ${procedure}.`) : new SqlServerError(8144, `Procedure or function ${procedure} has too many arguments specified.`, { state: 2 });
    }
    if (argument.output && !parameter.output) throw new SqlServerError(8162, `The formal parameter "${parameter.name}" was not declared as an OUTPUT parameter, but the actual parameter passed in requested output.`, { state: 2 });
    if (!argument.given) return;
    const value = convertValue(argument.given.value, { from: argument.given.type, to: parameter.type, forParameter: true });
    bound.set(parameter.name.toLowerCase(), { type: parameter.type, value });
  });
  for (const parameter of declared) {
    const key = parameter.name.toLowerCase();
    if (bound.has(key)) continue;
    if (!parameter.defaultValue || !constant) {
      throw new SqlServerError(201, `Procedure or function '${procedure}' expects parameter '${parameter.name}', which was not supplied.`, { state: 4 });
    }
    const typed = constant(parameter.defaultValue);
    bound.set(key, { type: parameter.type, value: convertValue(typed.value, { from: typed.type, to: parameter.type }) });
  }
  return bound;
}

function outputsOf(declared: readonly ProcedureParameter[], given: readonly CallArgument[], frame: Frame): CallResult['outputs'] {
  return given.flatMap((argument, index) => {
    if (!argument.output) return [];
    const parameter = argument.name ? declared.find((candidate) => candidate.name.toLowerCase() === argument.name?.toLowerCase()) : declared[index];
    const variable = parameter && frame.variables.get(parameter.name.toLowerCase());
    return parameter && variable ? [{ name: parameter.name, typed: { type: variable.type, value: variable.value } }] : [];
  });
}

function textValue(argument: CallArgument | undefined): string {
  const typed = argument?.given;
  if (!typed || typed.value === null) return '';
  if (typeClass(typed.type) !== 'string') throw new SqlServerError(214, "Procedure expects parameter of type 'ntext/nchar/nvarchar'.", { state: 2 });
  return String(typed.value);
}

function storedValue(value: SQLOutputValue | undefined): StoredValue {
  return value ?? null;
}

function alreadyThere(name: string): SqlServerError {
  return new SqlServerError(2714, `There is already an object named '${name}' in the database.`, { state: 6 });
}

function cannotDrop(what: string, name: string): SqlServerError {
  return new SqlServerError(3701, `Cannot drop the ${what} '${name}', because it does not exist or you do not have permission.`, { state: 5 });
}

/** For work whose results nobody reads. */
export const silentSink: ResultSink = {
  columns: () => undefined,
  row: () => undefined,
  statementDone: () => undefined,
  procedureDone: () => undefined,
  error: () => undefined,
  message: () => undefined,
  transaction: () => undefined,
  database: () => undefined,
};
