import type { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Database } from '../engine/database.js';
import type { StoredValue } from '../engine/stored-value.js';
import { parseParameterList } from '../engine/parser.js';
import type { CallArgument, CallResult } from '../engine/call.js';
import { BatchAborted, RequestCancelled } from '../engine/request-end.js';
import { Session } from '../engine/session.js';
import { notSupported, SqlServerError } from '../engine/sql-server-error.js';
import { intType, maxLength, nvarcharType } from '../engine/sql-type.js';
import type { ProcedureParameter } from '../engine/syntax.js';
import { cutOff } from '../../cut-off.js';
import type { Fault, Faults } from '../faults.js';
import { ProtocolError } from './byte-reader.js';
import { encrypt, type ServerIdentity } from './encryption.js';
import { agreedVersion, preloginAnswer, readLogin, tds71, wantsEncryption, type Login } from './login.js';
import { PacketReader, packetType, toPackets, type Message } from './packets.js';
import { readBatch, readProcedureCall, readTransactionRequest, type ProcedureCall } from './requests.js';
import { garbledValue, TokenStream } from './token-stream.js';

export interface ConnectionSite {
  readonly database: Database;
  readonly users: ReadonlyMap<string, string>;
  readonly faults: Faults;
  /** With it the server encrypts for those who ask; without, it has no encryption. */
  readonly identity?: ServerIdentity;
  /** What a fault does to the hospital itself (another cashier pays first, a wrong amount is booked). */
  readonly meddle: (fault: Fault, call: RecordedCall, when: 'before' | 'after') => Promise<void>;
  /** Runs work after a while, even if the client has gone; forgotten when the simulator stops. */
  readonly later: (delayMs: number, work: () => Promise<void>) => void;
  /** Told of each request before it runs. */
  readonly onCall: (call: RecordedCall) => Promise<void>;
  readonly onLogin: (login: RecordedLogin) => void;
  /** What a call to this hospital is about, where its name alone does not say. */
  readonly known: (call: RecordedCall) => RecordedCall;
  /** Whether this hospital shows its errors as the text of an answer. */
  readonly showsErrors: (call: RecordedCall) => boolean;
}

/** One request as the hospital saw it; `values` holds its parameters as they were sent, decimals as scaled integers. */
export interface RecordedCall {
  readonly procedure: string;
  readonly application: string;
  readonly values: ReadonlyMap<string, string>;
  /** @@SPID of the connection it came on; absent for calls past the wire. */
  readonly session?: number;
}

/** One connection as it introduced itself. */
export interface RecordedLogin {
  readonly application: string;
  readonly tdsVersion: number;
  readonly isEncrypted: boolean;
  /** The SET statements it has sent, in order, one a line. */
  readonly settings: string[];
}

/** One client: framing, login, then requests one after the other, with ATTENTION heard at any time. */
export class Connection {
  readonly #socket: Socket;
  /** Where packets are written: the socket, or TLS over it. */
  #line: { write(bytes: Buffer): unknown };
  readonly #site: ConnectionSite;
  readonly #packets = new PacketReader();
  readonly #prepared = new Map<number, { readonly source: string; readonly declared: readonly ProcedureParameter[] }>();
  #session: Session | undefined;
  #isOld = false;
  #settings: string[] = [];
  #packetSize = 4096;
  #cancel: AbortController | undefined;
  #queue: Promise<void> = Promise.resolve();
  #transactionNumber = 0n;
  #nextHandle = 1;
  readonly #closed = Promise.withResolvers<void>();

  constructor(socket: Socket, site: ConnectionSite, onClose: () => void) {
    this.#socket = socket;
    this.#line = socket;
    this.#site = site;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#cancel?.abort(new RequestCancelled());
      this.#then(async () => {
        this.#session?.close();
        this.#session = undefined;
        this.#closed.resolve();
        onClose();
      });
    });
  }

  /** Cuts the connection at once, as a failing network would. */
  drop(): void {
    cutOff(this.#socket);
  }

  /** Settles when the connection is gone and nothing of it is running any more. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  #receive(chunk: Buffer): void {
    try {
      for (const message of this.#packets.push(chunk)) this.#accept(message);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.#socket.destroy();
    }
  }

  #accept(message: Message): void {
    if (message.type === packetType.attention) this.#cancel?.abort(new RequestCancelled());
    this.#then(() => this.#handle(message));
  }

  #then(work: () => Promise<void>): void {
    this.#queue = this.#queue.then(work).catch((error: unknown) => {
      this.#socket.destroy();
      // A defect of the simulator must not look like a network fault of the test.
      if (!(error instanceof ProtocolError)) process.emitWarning(error instanceof Error ? (error.stack ?? error.message) : String(error), 'HisSimulatorDefect');
    });
  }

  async #handle(message: Message): Promise<void> {
    if (this.#socket.destroyed) return;
    switch (message.type) {
      case packetType.prelogin:
        this.#prelogin(message.payload);
        return;
      case packetType.login: this.#login(readLogin(message.payload)); return;
      case packetType.attention: {
        const tokens = this.#tokens(undefined);
        tokens.acknowledgeAttention();
        this.#send(tokens.toBuffer());
        return;
      }
      case packetType.batch: case packetType.rpc: case packetType.transaction: {
        if (!this.#session) throw new ProtocolError('A request before the login.');
        await this.#request(message, this.#session);
        return;
      }
      default: throw new ProtocolError(`Packet type 0x${message.type.toString(16)}.`);
    }
  }

  #prelogin(payload: Buffer): void {
    const wanted = wantsEncryption(payload);
    const identity = this.#site.identity;
    if (wanted && identity === undefined) this.#site.faults.refusedEncryption++;
    this.#send(preloginAnswer(wanted && identity !== undefined ? 'on' : 'notSupported'));
    if (wanted && identity !== undefined) this.#line = encrypt(this.#socket, identity, (bytes) => this.#receive(bytes));
  }

  #send(payload: Buffer): void {
    if (!this.#socket.destroyed) this.#line.write(toPackets(payload, { packetSize: this.#packetSize, spid: this.#session?.spid ?? 0 }));
  }

  #tokens(fault: Fault | undefined): TokenStream {
    return new TokenStream({
      isOld: this.#isOld,
      onTransaction: (change) => {
        if (change === 'begin') this.#transactionNumber++;
        return this.#transactionNumber;
      },
      ...(fault?.kind === 'garbage-values' ? { garble: garbledValue } : {}),
      ...(fault?.kind === 'other-patient' ? { garble: otherPatient } : {}),
      ...(fault?.kind === 'wrong-amount' ? { garble: (value, type) => (typeof value === 'bigint' && type.scale === 2 ? value + BigInt(fault.differenceFen) : value) } : {}),
    });
  }

  #login(login: Login): void {
    const refused = this.#site.faults.take('login') !== undefined;
    const version = agreedVersion(login.tdsVersion);
    if (version === undefined) {
      this.#socket.destroy();
      return;
    }
    this.#isOld = version === tds71;
    const tokens = this.#tokens(undefined);
    if (refused || this.#site.users.get(login.user) !== login.password) {
      tokens.error(new SqlServerError(18456, `Login failed for user '${login.user}'.`, { severity: 14 }));
      tokens.endPlain();
      this.#send(tokens.toBuffer());
      this.#socket.end();
      return;
    }
    if (login.database !== '' && login.database.toLowerCase() !== this.#site.database.name.toLowerCase()) {
      tokens.error(new SqlServerError(4060, `Cannot open database "${login.database}" requested by the login. The login failed.`, { severity: 11 }));
      tokens.error(new SqlServerError(18456, `Login failed for user '${login.user}'.`, { severity: 14 }));
      tokens.endPlain();
      this.#send(tokens.toBuffer());
      this.#socket.end();
      return;
    }
    this.#site.onLogin({ application: login.application, tdsVersion: version, isEncrypted: this.#line !== this.#socket, settings: this.#settings });
    this.#session = new Session(this.#site.database, { login: login.user, application: login.application, host: login.host });
    tokens.database(this.#site.database.name);
    tokens.collation();
    tokens.loginAck(version);
    tokens.packetSize(login.packetSize);
    tokens.endPlain();
    this.#send(tokens.toBuffer());
    this.#packetSize = login.packetSize;
  }

  // ---- requests

  async #request(message: Message, session: Session): Promise<void> {
    const controller = new AbortController();
    this.#cancel = controller;
    try {
      await this.#answer(message, session, controller.signal);
    } finally {
      this.#cancel = undefined;
    }
  }

  async #answer(message: Message, session: Session, cancelled: AbortSignal): Promise<void> {
    const request = this.#read(message);
    const call = this.#recorded(request, session);
    const fault = call ? this.#site.faults.take(call.procedure) : undefined;
    const tokens = this.#tokens(fault);
    if (message.reset) {
      session.reset();
      tokens.connectionReset();
    }
    if (call) await this.#site.onCall(call);
    if (fault?.kind === 'execute-late') {
      this.#runLater(request, session, fault.delayMs);
      await this.#neverAnswer(tokens, cancelled);
      return;
    }
    if (fault && call && !(await this.#before(fault, call, tokens, cancelled))) return;
    // Our own first call is booked, its answer is lost, and what the client gets is the answer to the replay.
    if (fault?.kind === 'already-paid' && fault.by === 'ourselves') await this.#run(request, session, this.#tokens(undefined), cancelled);
    await this.#run(request, session, tokens, cancelled);
    if (fault && call && !(await this.#after(fault, call, cancelled))) return;
    this.#send(tokens.toBuffer());
  }

  #runLater(request: Request, { info }: Session, delayMs: number): void {
    this.#site.later(delayMs, async () => {
      const session = new Session(this.#site.database, info);
      try {
        await this.#run(request, session, this.#tokens(undefined), new AbortController().signal);
      } finally {
        session.close();
      }
    });
  }

  /** Plays the part of a fault that comes before execution; false when the request ends here. */
  async #before(fault: Fault, call: RecordedCall, tokens: TokenStream, cancelled: AbortSignal): Promise<boolean> {
    switch (fault.kind) {
      case 'delay-before':
        if (await delayed(fault.delayMs, cancelled)) return true;
        tokens.endPlain();
        this.#send(tokens.toBuffer());
        return false;
      case 'drop-before-execute':
        this.drop();
        return false;
      case 'no-answer-before-execute':
        await this.#neverAnswer(tokens, cancelled);
        return false;
      case 'server-error':
        if (fault.afterCommit) return true;
        this.#sendError(fault, call, tokens);
        return false;
      case 'already-paid': case 'wrong-amount': case 'execute-late': case 'commit-then-drop': case 'commit-then-no-answer': case 'delay-after-commit': case 'garbage-bytes': case 'garbage-values': case 'other-patient': case 'refuse-login':
        await this.#site.meddle(fault, call, 'before');
        return true;
    }
  }

  /** Plays the part of a fault that comes after the commit; false when the true answer is withheld. */
  async #after(fault: Fault, call: RecordedCall, cancelled: AbortSignal): Promise<boolean> {
    switch (fault.kind) {
      case 'delay-after-commit':
        await delayed(fault.delayMs, cancelled);
        return true;
      case 'commit-then-drop':
        this.drop();
        return false;
      case 'commit-then-no-answer':
        await this.#neverAnswer(this.#tokens(undefined), cancelled);
        return false;
      case 'garbage-bytes':
        if (fault.onceGivenUp && !cancelled.aborted) await new Promise((resolve) => cancelled.addEventListener('abort', resolve, { once: true }));
        this.#send(Buffer.from('ee00ff17deadbeef'.repeat(6), 'hex'));
        return false;
      case 'server-error':
        this.#sendError(fault, call, this.#tokens(undefined));
        return false;
      case 'already-paid': case 'wrong-amount': case 'execute-late': case 'delay-before': case 'drop-before-execute': case 'no-answer-before-execute': case 'garbage-values': case 'other-patient': case 'refuse-login':
        await this.#site.meddle(fault, call, 'after');
        return true;
    }
  }

  #sendError(fault: Extract<Fault, { kind: 'server-error' }>, call: RecordedCall, tokens: TokenStream): void {
    const { number } = fault;
    const message = fault.text ?? serverTexts.get(number) ?? `The hospital simulator was told to fail with ${number}.`;
    if (this.#site.showsErrors(call)) {
      tokens.columns([{ name: '', type: nvarcharType(maxLength) }]);
      tokens.row([`System.Data.SqlClient.SqlException: ${message}`]);
    } else tokens.error(new SqlServerError(number, message));
    tokens.endPlain();
    this.#send(tokens.toBuffer());
  }

  /** The client has to give up by itself; its ATTENTION is still acknowledged, as by a server that is only slow. */
  async #neverAnswer(tokens: TokenStream, cancelled: AbortSignal): Promise<void> {
    if (!cancelled.aborted) await new Promise((resolve) => cancelled.addEventListener('abort', resolve, { once: true }));
    tokens.endPlain();
    this.#send(tokens.toBuffer());
  }

  #read(message: Message): Request {
    try {
      switch (message.type) {
        case packetType.batch: return { kind: 'batch', source: readBatch(message.payload, !this.#isOld) };
        case packetType.rpc: return { kind: 'call', call: readProcedureCall(message.payload, !this.#isOld) };
        default: return { kind: 'transaction', payload: message.payload };
      }
    } catch (error) {
      if (error instanceof SqlServerError) return { kind: 'unreadable', error };
      throw error;
    }
  }

  #recorded(request: Request, session: Session): RecordedCall | undefined {
    const told = this.#told(request, session);
    return told && this.#site.known({ ...told, session: session.spid });
  }

  #told(request: Request, session: Session): RecordedCall | undefined {
    const application = session.info.application;
    if (request.kind === 'batch') {
      const procedure = namedIn(request.source);
      if (procedure !== 'batch' || !/^\s*set\s/i.test(request.source)) return { procedure, application, values: new Map() };
      // The settings a driver or a pool sends are no business of the hospital.
      this.#settings.push(...request.source.split('\n').map((line) => line.trim()));
      return undefined;
    }
    if (request.kind !== 'call') return undefined;
    const { name, given } = request.call;
    const values = new Map(given.map((argument, index) => [(argument.name ?? `@${index}`).toLowerCase(), String(argument.given?.value ?? '')]));
    const source = name === 'sp_executesql' ? given[0] : name === 'sp_prepexec' ? given[2] : undefined;
    const procedure = source ? namedIn(String(source.given?.value ?? '')) : (name.split('.').pop() ?? name).replace(/[[\]]/g, '').toLowerCase();
    return { procedure, application, values };
  }

  async #run(request: Request, session: Session, tokens: TokenStream, cancelled: AbortSignal): Promise<void> {
    try {
      switch (request.kind) {
        case 'unreadable': throw request.error;
        case 'batch': await session.runBatch(request.source, tokens, cancelled); tokens.endBatch(); return;
        case 'call': await this.#call(request.call, session, tokens, cancelled); return;
        case 'transaction': await this.#transaction(request.payload, session, tokens, cancelled); tokens.endPlain(); return;
      }
    } catch (error) {
      if (error instanceof SqlServerError) tokens.error(error);
      else if (!(error instanceof BatchAborted) && !(error instanceof RequestCancelled)) throw error;
      if (request.kind === 'call') tokens.endProcedure();
      else tokens.endPlain();
    }
  }

  async #call({ name, given }: ProcedureCall, session: Session, tokens: TokenStream, cancelled: AbortSignal): Promise<void> {
    const procedure = name.toLowerCase();
    switch (procedure) {
      case 'sp_executesql': this.#answerCall(await session.runText(text(given[0]), parseParameterList(text(given[1])), given.slice(2), tokens, cancelled), given, tokens); return;
      case 'sp_prepare': {
        const handle = this.#prepare(text(given[2]), text(given[1]));
        tokens.returnStatus(0);
        tokens.returnValue(0, given[0]?.name ?? '@handle', intType, BigInt(handle));
        tokens.endProcedure();
        return;
      }
      case 'sp_prepexec': {
        const handle = this.#prepare(text(given[2]), text(given[1]));
        const prepared = this.#prepared.get(handle);
        const result = await session.runText(prepared?.source ?? '', prepared?.declared ?? [], given.slice(3), tokens, cancelled);
        tokens.returnValue(0, given[0]?.name ?? '@handle', intType, BigInt(handle));
        this.#answerCall(result, given, tokens);
        return;
      }
      case 'sp_execute': {
        const handle = Number(given[0]?.given?.value ?? 0);
        const prepared = this.#prepared.get(handle);
        if (!prepared) throw new SqlServerError(8179, `Could not find prepared statement with handle ${handle}.`, { state: 2 });
        this.#answerCall(await session.runText(prepared.source, prepared.declared, given.slice(1), tokens, cancelled), given, tokens);
        return;
      }
      case 'sp_unprepare':
        this.#prepared.delete(Number(given[0]?.given?.value ?? 0));
        tokens.returnStatus(0);
        tokens.endProcedure();
        return;
      case 'sp_sproc_columns': {
        const described = this.#site.database.catalog.procedures.get(text(given[0]).replaceAll('[_]', '_').toLowerCase());
        tokens.columns([{ name: 'PROCEDURE_NAME', type: nvarcharType(134) }, { name: 'COLUMN_NAME', type: nvarcharType(128) }, { name: 'COLUMN_TYPE', type: intType }]);
        for (const { name: column, output } of described?.parameters ?? []) tokens.row([`${described?.name ?? ''};1`, column, output ? 2n : 1n]);
        tokens.returnStatus(0);
        tokens.endProcedure();
        return;
      }
      case 'sp_reset_connection':
        session.reset();
        tokens.returnStatus(0);
        tokens.endProcedure();
        return;
      default:
        this.#answerCall(await session.callProcedure(name.replace(/[[\]]/g, '').split('.'), given, tokens, cancelled), given, tokens);
    }
  }

  #prepare(source: string, declared: string): number {
    const handle = this.#nextHandle++;
    this.#prepared.set(handle, { source, declared: parseParameterList(declared) });
    return handle;
  }

  #answerCall(result: CallResult, given: readonly CallArgument[], tokens: TokenStream): void {
    tokens.returnStatus(result.status);
    for (const { name, typed } of result.outputs) {
      const ordinal = given.findIndex((argument) => argument.name?.toLowerCase() === name.toLowerCase());
      tokens.returnValue(Math.max(0, ordinal), name, typed.type, typed.value);
    }
    tokens.endProcedure();
  }

  async #transaction(payload: Buffer, session: Session, tokens: TokenStream, cancelled: AbortSignal): Promise<void> {
    const request = readTransactionRequest(payload);
    if (!request) throw notSupported('distributed transactions');
    switch (request.kind) {
      case 'begin': session.beginTransaction(tokens); return;
      case 'commit': session.commitTransaction(tokens); break;
      case 'rollback': session.rollbackTransaction(tokens, request.name); break;
      case 'save': await session.saveTransaction(tokens, request.name, cancelled); return;
    }
    if (request.thenBegin) session.beginTransaction(tokens);
  }
}

type Request =
  | { readonly kind: 'batch'; readonly source: string }
  | { readonly kind: 'call'; readonly call: ProcedureCall }
  | { readonly kind: 'transaction'; readonly payload: Buffer }
  | { readonly kind: 'unreadable'; readonly error: SqlServerError };

/** The hospital's procedure, view or table a text is about, so that a fault meets it whichever way it is called. */
function namedIn(source: string): string {
  if (/\bINFORMATION_SCHEMA\.|^\s*SET\s+FMTONLY\s+ON\b/i.test(source)) return 'metadata';
  const named = /\b((?:usp|vw|mid)_\w+)/i.exec(source)?.[1]?.toLowerCase();
  if (named === undefined) return 'batch';
  return /^\s*INSERT\b/i.test(source) ? `insert ${named}` : named;
}

function text(argument: CallArgument | undefined): string {
  const value = argument?.given?.value;
  return typeof value === 'string' ? value : '';
}

/** False when the client cancelled first. */
async function delayed(delayMs: number, cancelled: AbortSignal): Promise<boolean> {
  return pause(delayMs, true, { signal: cancelled }).catch(() => false);
}

const serverTexts = new Map([
  [1205, 'Transaction (Process ID 52) was deadlocked on lock resources with another process and has been chosen as the deadlock victim. Rerun the transaction.'],
  [1222, 'Lock request time out period exceeded.'],
  [229, "The EXECUTE permission was denied on the object, database 'his', schema 'dbo'."],
  [2812, 'Could not find stored procedure.'],
  [208, 'Invalid object name.'],
  [9002, "The transaction log for database 'his' is full."],
  [1105, "Could not allocate space for object in database 'his' because the 'PRIMARY' filegroup is full."],
  [17142, 'SQL Server service has been paused. No new connections will be allowed.'],
]);

/** The seeded patients and cards are a letter and seven digits. */
function otherPatient(value: StoredValue): StoredValue {
  return typeof value === 'string' && /^[PC]\d{7}\s*$/.test(value) ? `${value.slice(0, 1)}9999999` : value;
}
