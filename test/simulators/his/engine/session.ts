import { setImmediate as yieldToEvents, setTimeout as pause } from 'node:timers/promises';
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite';
import { parseTimeText } from './calendar.js';
import { bindArguments, outputsOf, textArgument, type CallArgument, type CallResult, type TypedValue } from './call.js';
import { isGlobalTemporary, isTemporary, objectKey, type ExtendedProcedure, type Procedure, type Table } from './catalog.js';
import { convertValue } from './convert-value.js';
import type { Database, Translated } from './database.js';
import { alreadyThere, bareTranslator, cannotDrop, defineStored } from './define-stored.js';
import { declareAll, newFrame, type Frame } from './frame.js';
import { parseParameterList } from './parser.js';
import { BatchAborted, RequestCancelled } from './request-end.js';
import { silentSink, type ResultSink } from './result-sink.js';
import { endsOnlyItsStatement, notSupported, SqlServerError, undeclaredVariable } from './sql-server-error.js';
import { serverErrorOf } from './sqlite-error.js';
import { intType, maxLength, nvarcharType, varcharType, writtenType, type SqlType } from './sql-type.js';
import type { StoredValue } from './stored-value.js';
import type { Definition, ExecuteArgument, Expression, ProcedureParameter, Statement, TableShape } from './syntax.js';
import { createTableSql } from './table-definition.js';
import { Transaction, type LockPatience } from './transaction.js';
import { systemVariables, Translator, type ResultColumn } from './translator.js';
import { quoted } from './typed.js';

export interface SessionInfo {
  readonly login: string;
  readonly application: string;
  readonly host: string;
}

interface Options {
  nocount: boolean;
  xactAbort: boolean;
  lockTimeoutMs: number;
  identityInsert: string | undefined;
  /** Answers with columns alone, and does nothing. */
  formatOnly: boolean;
}

type Flow = 'next' | 'break' | 'continue' | { readonly status: number };

const defaultOptions: Options = { nocount: false, xactAbort: false, lockTimeoutMs: -1, identityInsert: undefined, formatOnly: false };
const deepestNesting = 32;

/** One connection's session: its SQLite handle, options, transaction and variables; runs batches and procedures. */
export class Session {
  readonly spid: number;
  readonly info: SessionInfo;
  readonly #database: Database;
  readonly #handle: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();
  readonly #transaction: Transaction;
  readonly #temporaryTables = new Map<string, Table>();
  readonly #tableVariables = new Map<string, TableShape>();
  #options: Options = { ...defaultOptions };
  #sink: ResultSink = silentSink;
  #cancelled: AbortSignal = new AbortController().signal;
  #tryDepth = 0;
  #rowCount = 0;
  #errorNumber = 0;
  #identity: bigint | null = null;
  #caught: SqlServerError[] = [];
  #steps = 0;

  constructor(database: Database, info: SessionInfo) {
    this.#database = database;
    this.#handle = database.openHandle();
    this.#transaction = new Transaction(database, this.#handle, (how) => this.#sink.transaction(how));
    this.spid = database.enter(this);
    this.info = info;
  }

  // ---- what the wire asks for

  /** Runs a batch. Errors go to the sink; throws BatchAborted when one ended the batch, RequestCancelled on ATTENTION. */
  async runBatch(source: string, sink: ResultSink, cancelled: AbortSignal): Promise<void> {
    await this.#request(sink, cancelled, async () => {
      await this.#runFrame(this.#parsed(source), newFrame('', 0));
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
    if (this.#transaction.begin()) sink.transaction('begin');
  }

  commitTransaction(sink: ResultSink): void {
    this.#sink = sink;
    this.#transaction.commit();
  }

  rollbackTransaction(sink: ResultSink, savepoint: string): void {
    this.#sink = sink;
    this.#transaction.rollback(savepoint);
  }

  async saveTransaction(sink: ResultSink, savepoint: string, cancelled: AbortSignal): Promise<void> {
    await this.#request(sink, cancelled, async () => this.#transaction.save(savepoint, this.#patience));
  }

  /** What sp_reset_connection does: no transaction, no temporary tables, default options. */
  reset(): void {
    this.#sink = silentSink;
    this.#transaction.abandon();
    for (const table of this.#temporaryTables.values()) this.#dropTemporary(table);
    this.#temporaryTables.clear();
    this.#database.dropGlobalTablesOf(this);
    this.#options = { ...defaultOptions };
  }

  close(): void {
    if (!this.#handle.isOpen) return;
    this.#sink = silentSink;
    this.#transaction.abandon();
    this.#database.lock.release(this.#transaction);
    this.#statements.clear();
    this.#handle.close();
    this.#database.leave(this);
    this.#database.dropGlobalTablesOf(this);
  }

  async #request<Result>(sink: ResultSink, cancelled: AbortSignal, work: () => Promise<Result>): Promise<Result> {
    this.#sink = sink;
    this.#cancelled = cancelled;
    try {
      return await work();
    } catch (error) {
      if (error instanceof RequestCancelled && this.#options.xactAbort) this.#transaction.abandon();
      if (!(error instanceof SqlServerError)) throw error;
      // Nothing inside was there to report it: a syntax error, an unknown procedure.
      this.#errorNumber = error.number;
      sink.error(error);
      throw new BatchAborted();
    } finally {
      this.#tryDepth = 0;
      this.#caught = [];
      if (this.#transaction.doomed) {
        this.#transaction.abandon();
        sink.error(new SqlServerError(3998, 'Uncommittable transaction is detected at the end of the batch. The transaction is rolled back.'));
      }
    }
  }

  #parsed(source: string): readonly Statement[] {
    return this.#database.parse(source);
  }

  // ---- frames

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
    const frame = newFrame('', depth);
    const bound = bindArguments({ name: 'sp_executesql', parameters: declared }, given);
    for (const [name, typed] of bound) frame.variables.set(name, { ...typed });
    // As in a procedure, SET options changed inside end with it.
    const options = { ...this.#options };
    try {
      const status = await this.#runFrame(this.#parsed(source), frame);
      return { status, outputs: outputsOf(declared, given, frame) };
    } finally {
      this.#options = options;
    }
  }

  async #executeSql(given: readonly CallArgument[], depth: number): Promise<CallResult> {
    const [statement, parameters, ...rest] = given;
    const declared = parseParameterList(textArgument(parameters));
    return this.#runText(textArgument(statement), declared, rest, depth);
  }

  async #call(procedure: Procedure, given: readonly CallArgument[], depth: number): Promise<CallResult> {
    if (depth > deepestNesting) throw new SqlServerError(217, 'Maximum stored procedure, function, trigger, or view nesting level exceeded (limit 32).');
    const frame = newFrame(procedure.name, depth);
    const bound = bindArguments({ ...procedure, constant: (expression) => this.#constant(expression) }, given);
    for (const [name, typed] of bound) frame.variables.set(name, { ...typed });
    // SET options changed inside a procedure end with it.
    const options = { ...this.#options };
    const depthBefore = this.#transaction.depth;
    try {
      const status = await this.#runFrame(procedure.body, frame);
      if (this.#transaction.depth !== depthBefore) {
        await this.#raise(new SqlServerError(266, `Transaction count after EXECUTE indicates a mismatching number of BEGIN and COMMIT statements. Previous count = ${depthBefore}, current count = ${this.#transaction.depth}.`, { state: 2 }), frame);
      }
      return { status, outputs: outputsOf(procedure.parameters, given, frame) };
    } finally {
      this.#options = options;
    }
  }

  #constant(expression: Expression): TypedValue {
    const { sql, type } = bareTranslator(this.#database.catalog).anyValue(expression);
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
      if (!lenient && this.#transaction.depth > 0) this.#transaction.doomed = true;
      throw new CaughtByTry(failure);
    }
    this.#sink.error(failure);
    if (lenient) return;
    if (this.#options.xactAbort || failure.number === 1205) this.#transaction.abandon();
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
        if (this.#transaction.begin()) this.#sink.transaction('begin');
        this.#rowCount = 0;
        return 'next';
      case 'commitTransaction': this.#transaction.commit(); this.#rowCount = 0; return 'next';
      case 'rollbackTransaction': this.#transaction.rollback(this.#savepointName(statement.savepoint, frame)); this.#rowCount = 0; return 'next';
      case 'saveTransaction': await this.#transaction.save(this.#savepointName(statement.savepoint, frame) ?? '', this.#patience); return 'next';
      case 'tryCatch': return this.#tryCatch(statement, frame);
      case 'execute': await this.#execute(statement, frame); return 'next';
      case 'executeText': {
        const source = String(this.#evaluate(statement.text, nvarcharType(maxLength), frame) ?? '');
        await this.#runFrame(this.#parsed(source), newFrame('', frame.depth + 1));
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
        case 'FMTONLY': this.#options.formatOnly = on; break;
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
    if (this.#options.formatOnly) {
      if (!translated.assignments) this.#sink.columns(translated.columns);
      this.#sink.statementDone({ count: 0, inProcedure: frame.depth > 0 });
      return;
    }
    if (translated.wantsWriteLock && this.#transaction.depth > 0) await this.#transaction.becomeWriter(this.#patience);
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
      const inner = newFrame(frame.procedure, frame.depth);
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
    if (this.#options.formatOnly) return;
    const { changes, lastInsertRowid } = await this.#asWriter(isTemporary(table), () => this.#prepared(translated.sql).run(this.#bound(translated, frame)));
    this.#rowCount = Number(changes);
    if (statement.kind === 'insert') {
      const hasIdentity = !isTemporary(table) && this.#database.catalog.requireTable(table).columns.some((column) => column.identity);
      this.#identity = hasIdentity ? BigInt(lastInsertRowid) : null;
    }
    if (!this.#options.nocount) this.#sink.statementDone({ count: this.#rowCount, inProcedure: frame.depth > 0 });
  }

  async #asWriter<Result>(temporary: boolean, work: () => Result): Promise<Result> {
    return temporary ? work() : this.#transaction.write(this.#patience, work);
  }

  get #patience(): LockPatience {
    return { timeoutMs: this.#options.lockTimeoutMs, cancelled: this.#cancelled };
  }

  #savepointName(written: string | undefined, frame: Frame): string | undefined {
    return written?.startsWith('@') ? String(frame.variables.get(written.toLowerCase())?.value ?? '') : written;
  }

  // ---- EXEC

  async #execute(statement: Extract<Statement, { kind: 'execute' }>, frame: Frame): Promise<void> {
    const path = statement.procedureVariable === undefined ? statement.procedure : String(frame.variables.get(statement.procedureVariable.toLowerCase())?.value ?? '').split('.');
    const given = statement.parameters.map((argument) => this.#argument(argument, frame));
    const extended = this.#database.catalog.extended.get(objectKey(path));
    if (extended) {
      await this.#runExtended(extended, given, frame);
      return;
    }
    const system = objectKey(path) === 'sp_executesql';
    const procedure = system ? undefined : this.#database.catalog.requireProcedure(path);
    const result = procedure ? await this.#call(procedure, given, frame.depth + 1) : await this.#executeSql(given, frame.depth + 1);
    const declared = procedure?.parameters ?? parseParameterList(textArgument(given[1]));
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

  async #runExtended(extended: ExtendedProcedure, given: readonly CallArgument[], frame: Frame): Promise<void> {
    const answer = await extended(given.map((argument) => String(argument.given?.value ?? '')));
    this.#sink.columns([{ name: '', type: nvarcharType(answer.length > 4000 ? maxLength : 4000) }]);
    this.#sink.row([answer]);
    this.#sink.statementDone({ count: this.#options.nocount ? undefined : 1, inProcedure: frame.depth > 0 });
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
    await this.#asWriter(false, () => defineStored({ handle: this.#handle, catalog: this.#database.catalog }, statement));
    if (statement.kind === 'createTable' && isGlobalTemporary(statement.name)) this.#database.ownGlobalTable(statement.name, this);
    if (statement.kind === 'drop') this.#statements.clear();
    if (this.#transaction.depth > 0) this.#transaction.definesObjects = true;
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
      case '@@trancount': return BigInt(this.#transaction.depth);
      case '@@spid': return BigInt(this.spid);
      case '@@identity': case '@@scope_identity': return this.#identity;
      case '@@version': return 'Microsoft SQL Server 2012 (SP4) - 11.0.7001.0 (X64) - Hospay hospital simulator';
      case '@@servername': return 'HIS';
      case '@@language': return 'us_english';
      case '@@lock_timeout': return BigInt(this.#options.lockTimeoutMs);
      case '@@datefirst': return 7n;
      case '@@max_precision': return 38n;
      case '@@xact_state': return this.#transaction.depth === 0 ? 0n : this.#transaction.doomed ? -1n : 1n;
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

function storedValue(value: SQLOutputValue | undefined): StoredValue {
  return value ?? null;
}
