import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Database } from './engine/database.js';
import { Faults, type Fault } from './faults.js';
import { Hospital } from './hospital.js';
import { openCounter, type HospitalCounter } from './hospital-counter.js';
import type { JobHabits } from './personalities/middle-tables.js';
import { personalityOf, type PersonalityName } from './personalities/personality-of.js';
import { RunningJob } from './personalities/running-job.js';
import { copyPreparedHospital } from './prepared-hospital.js';
import type { ServerIdentity } from './tds/encryption.js';
import { Connection, type RecordedCall, type RecordedLogin } from './tds/connection.js';

export interface HisSimulatorOptions {
  /** 0 or absent: a free port. */
  readonly port?: number;
  readonly host?: string;
  /** Keeps the hospital across restarts. Without it everything is gone after `stop`. */
  readonly dataFolder?: string;
  /** SQL logins and their passwords; by default `hospay` / `Hospay#2024`. */
  readonly users?: Readonly<Record<string, string>>;
  readonly now?: () => Date;
  /** The hospital's wall clock, minutes east of Greenwich; by default China's, +480. */
  readonly utcOffsetMinutes?: number;
  /** How this hospital lets itself be called; by default by one procedure a function. */
  readonly personality?: PersonalityName;
  /** Of the personality `middleTables`. */
  readonly job?: JobHabits;
  /** The server's certificate; with it clients that ask are encrypted. */
  readonly identity?: ServerIdentity;
  /** Writes new bills when somebody asks for the open bills of a patient who has none left. For demos. */
  readonly neverRunsDry?: boolean;
}

export interface HisSimulator {
  readonly host: string;
  readonly port: number;
  readonly databaseName: string;
  readonly faults: Faults;
  readonly hospital: Hospital;
  /** For the wires that are not TDS; the name is the application the hospital sees. */
  readonly counter: (application: string) => HospitalCounter;
  /** The requests seen so far, newest last, at most 1,000. SET-only batches are left out. */
  readonly calls: readonly RecordedCall[];
  /** The login may not execute the procedure: asked about it the server says so, and a call fails with 229. */
  deny(procedure: string): void;
  /** The login may read and write every table: more than it needs. */
  grantEverything(): void;
  /** The most connections there were at once. */
  readonly mostConnections: number;
  /** The connections that logged in so far, newest last, at most 1,000. */
  readonly logins: readonly RecordedLogin[];
  /** The ##tables that sessions have left standing. */
  temporaryTables(): readonly string[];
  /** Lets the hospital's own job finish what lies before it. Resolves at once when it has none. */
  letWork(): Promise<void>;
  /** Stops the hospital's own job, and lets it go on. */
  pauseJob(): void;
  resumeJob(): void;
  /** Refuses new connections and cuts those there are, like a stopped server. */
  down(): Promise<void>;
  up(): Promise<void>;
  stop(): Promise<void>;
}

export const defaultLogin = { user: 'hospay', password: 'Hospay#2024' } as const;
const databaseName = 'his';
const callsKept = 1000;

/** Starts a hospital that speaks TDS 7.4 on a port of its own. Source of the protocol: MS-TDS. */
export async function startHisSimulator(options: HisSimulatorOptions = {}): Promise<HisSimulator> {
  const host = options.host ?? '127.0.0.1';
  const folder = options.dataFolder ?? mkdtempSync(join(tmpdir(), 'hospay-his-'));
  mkdirSync(folder, { recursive: true });
  const personality = personalityOf(options.personality ?? 'procedures', options.job ?? {});
  const scripts = personality.script === undefined ? [] : [`personalities/${personality.script}`];
  const isCopied = options.dataFolder === undefined && options.now === undefined && options.utcOffsetMinutes === undefined;
  if (isCopied) await copyPreparedHospital(scripts, join(folder, 'his.sqlite'));
  const database = new Database({ file: join(folder, 'his.sqlite'), name: databaseName, now: options.now ?? (() => new Date()), utcOffsetMinutes: options.utcOffsetMinutes ?? 480 });
  const hospital = new Hospital(database);
  if (!isCopied) await hospital.prepare(scripts);
  const faults = new Faults();
  const calls: RecordedCall[] = [];
  const logins: RecordedLogin[] = [];
  const connections = new Set<Connection>();
  let mostConnections = 0;
  const late = new Set<NodeJS.Timeout>();
  const site = {
    database,
    users: new Map(Object.entries(options.users ?? { [defaultLogin.user]: defaultLogin.password })),
    faults,
    ...(options.identity === undefined ? {} : { identity: options.identity }),
    meddle: (fault: Fault, call: RecordedCall, when: 'before' | 'after') => meddle(hospital, fault, call, when),
    later: (delayMs: number, work: () => Promise<void>): void => {
      const timer = setTimeout(() => {
        late.delete(timer);
        work().catch((error: unknown) => process.emitWarning(String(error), 'HisSimulatorDefect'));
      }, delayMs);
      late.add(timer);
    },
    onLogin: (login: RecordedLogin): void => {
      logins.push(login);
      if (logins.length > callsKept) logins.shift();
    },
    known: (call: RecordedCall): RecordedCall => personality.known?.(call) ?? call,
    showsErrors: (call: RecordedCall): boolean => personality.showsErrors?.(call) ?? false,
    onCall: async (call: RecordedCall): Promise<void> => {
      calls.push(call);
      if (calls.length > callsKept) calls.shift();
      if (options.neverRunsDry) await topUp(hospital, call);
    },
  };
  const pastFaults = openCounter({ ...site, faults: new Faults(), meddle: () => Promise.resolve(), onCall: () => Promise.resolve() }, 'HIS gateway');
  for (const [name, program] of Object.entries(personality.extended?.(pastFaults) ?? {})) database.catalog.extended.set(name, program);
  const job = personality.job === undefined ? undefined : new RunningJob(personality.job(openCounter({ ...site, onCall: () => Promise.resolve() }, 'HIS job')));
  const server = createServer((socket) => {
    const connection: Connection = new Connection(socket, site, () => connections.delete(connection));
    connections.add(connection);
    mostConnections = Math.max(mostConnections, connections.size);
  });
  const port = await listen(server, { port: options.port ?? 0, host });
  const down = async (): Promise<void> => {
    const open = [...connections];
    const closed = server.listening ? new Promise((resolve) => server.close(resolve)) : Promise.resolve();
    for (const connection of open) connection.drop();
    await closed;
    await Promise.all(open.map((connection) => connection.closed));
  };
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    await down();
    await job?.stop();
    for (const timer of late) clearTimeout(timer);
    hospital.close();
    database.close();
    if (options.dataFolder === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return {
    host,
    port,
    databaseName,
    faults,
    hospital,
    counter: (application) => openCounter(site, application),
    calls,
    deny: (procedure) => {
      database.catalog.rights.denied.add(procedure.toLowerCase());
      faults.add({ procedure, fault: { kind: 'server-error', number: 229 }, times: 'always' });
    },
    grantEverything: () => { database.catalog.rights.broad = true; },
    get mostConnections() {
      return mostConnections;
    },
    logins,
    temporaryTables: () => [...database.catalog.tables.keys()].filter((name) => name.startsWith('##')),
    letWork: () => job?.finish() ?? Promise.resolve(),
    pauseJob: () => job?.pause(),
    resumeJob: () => job?.resume(),
    down,
    up: async () => {
      if (!server.listening) await listen(server, { port, host });
    },
    stop: () => (stopped ??= stop()),
  };
}

async function listen(server: Server, address: { port: number; host: string }): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The HIS simulator listens on a TCP port.');
  return bound.port;
}

async function meddle(hospital: Hospital, fault: Fault, call: RecordedCall, when: 'before' | 'after'): Promise<void> {
  if (fault.kind === 'already-paid' && fault.by === 'window' && when === 'before') {
    const open = hospital.billsOfQuote(call.values.get('@quote_no') ?? '').filter((billNo) => hospital.findBill(billNo)?.status === 'unpaid');
    if (open.length > 0) await hospital.settleAtWindow(open);
  }
  if (fault.kind === 'wrong-amount' && when === 'after') await hospital.alterSettlement(call.values.get('@trade_no') ?? '', fault.differenceFen);
}

async function topUp(hospital: Hospital, call: RecordedCall): Promise<void> {
  if (call.procedure !== 'usp_hospay_list_open_bills') return;
  const patientId = call.values.get('@patient_id') ?? '';
  // The seeded patients past P0000016 owe nothing by design.
  if (!/^P00000(?:0\d|1[0-6])$/.test(patientId) || !hospital.hasPatient(patientId) || hospital.listOpenBills(patientId).length > 0) return;
  await hospital.seedMoreBills(patientId);
}
