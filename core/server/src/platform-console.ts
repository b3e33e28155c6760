/** The console started, with the parts its pages ask. Part of the composition root. */
import { createRefundDesk } from './approvals/refund-desk.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { PASSWORDS } from './edges/database/platform/password.js';
import type { ConsolePorts } from './edges/http/console-api/ports.js';
import { startConsole } from './edges/http/console-api/start-console.js';
import { SYSTEM_ELAPSED } from './edges/machine/system-clock.js';
import { oneTimeCodes } from './edges/sign-in/one-time-codes.js';
import { passkeyCeremonies } from './edges/sign-in/passkey-ceremonies.js';
import { listFleet } from './fleet/list-fleet.js';
import { createPositionDesk } from './fleet/position-desk.js';
import { createHisDoctor } from './his-doctor/his-doctor.js';
import { checkBookings } from './payments/check-bookings.js';
import { merchantIdOf, placeTerminal } from './platform-callers.js';
import { get, TOKENS } from './platform-container.js';
import { alarmsOf, backupsOf, fleetOf, must, tlsOf, type Running } from './platform-opened.js';
import { VERSION, type PlatformOptions } from './platform-options.js';
import { composeParameters } from './platform-parameters.js';
import { pluginDesk } from './platform-plugins.js';
import { composeReveals } from './platform-reveals.js';
import { NO_SERVER_CERTIFICATE } from './platform-server-certificate.js';
import { composeSetup } from './platform-setup.js';
import { testChannel } from './plugin-host/channel-health.js';
import { createSavedViewDesk } from './saved-views/saved-view-desk.js';
import { movesMoney } from './terminals/place-change.js';
import { revokeTerminal } from './terminals/revoke-terminal.js';
import { createAccountWatch } from './users/account-watch.js';
import { createConsoleUsers } from './users/console-users.js';
import { createFirstLogin } from './users/first-login.js';
import { createPasskeys } from './users/passkeys.js';
import { createSecondFactor } from './users/second-factor.js';
import { createDisplayDesk } from './wallboard/display-desk.js';
import { createWallboard } from './wallboard/wallboard.js';

export async function startConsolePart(options: PlatformOptions, running: Running, database: PlatformDatabase) {
  const { configuration, loaded, consoleFolder, log, clock, timers, random } = options;
  const { hospital, http } = configuration;
  const fleet = fleetOf(running);
  const [audit, tasks, registry, presence, dictionary] = [get(TOKENS.audit), get(TOKENS.tasks), get(TOKENS.terminals), get(TOKENS.presence), get(TOKENS.dictionary)];
  const { reader } = must(running).moneyReader;
  const userPorts = userPortsOf(options, database);
  await userPorts.duties.look();
  const firstLogin = createFirstLogin(userPorts);
  const listTerminals = async () => listFleet({ terminals: await registry.list(), presenceOf: (id) => presence.of(id), watch: fleet.watch, configuration: fleet.configuration, now: clock.now() });
  const code = await firstLogin.open();
  if (code !== undefined) running.firstLoginCode = code;
  const users = createConsoleUsers(userPorts);
  const { hisDoctor, setup } = joinSetup(options, running, database, { users: () => users.list(), isSeparated: () => userPorts.duties.isSeparated(), terminals: listTerminals });
  const server = await startConsole({
    host: http.host, port: http.consolePort, staticFolder: consoleFolder, hospitalName: hospital.name, version: VERSION, secureCookies: http.tls !== undefined, ...tlsOf(running), serverCertificate: running.serverCertificate ?? NO_SERVER_CERTIFICATE,
    log, clock, timers, random, liveEvents: get(TOKENS.liveEvents), work: get(TOKENS.work), users, firstLogin, secondFactor: createSecondFactor(userPorts), passkeys: createPasskeys(userPorts), accountWatch: createAccountWatch({ ...userPorts, refusals: database.signInRefusals }), isSeparated: () => userPorts.duties.isSeparated(), allowedAddresses: http.consoleAllowedAddresses, money: reader,
    refunds: createRefundDesk({ requestRefund: get(TOKENS.useCases).requestRefund, approvals: must(running).store.refundApprovals, rules: configuration.approvals.refunds, expiresAfterMs: configuration.approvals.expiresAfterSeconds * 1000, clock, audit: get(TOKENS.audit) }),
    checkBookings: (time) => checkBookings(get(TOKENS.payments), { hospitalId: hospital.id, ...time }),
    windowDesk: get(TOKENS.windowDesk),
    shifts: get(TOKENS.shifts),
    forms: get(TOKENS.forms),
    transfers: get(TOKENS.transfers),
    cases: get(TOKENS.cases),
    reveals: composeReveals({ money: reader, database, clock, audit, log }),
    reconciliation: get(TOKENS.reconciliation),
    running: get(TOKENS.running),
    reports: get(TOKENS.reports),
    statementFiles: get(TOKENS.dataSync).statements,
    merchants: get(TOKENS.merchants),
    prepayment: get(TOKENS.prepayment),
    payouts: get(TOKENS.payouts),
    receipts: get(TOKENS.receipts),
    arrivals: get(TOKENS.arrivals),
    periods: get(TOKENS.periods),
    quickPay: get(TOKENS.quickPay).office,
    settlements: get(TOKENS.settlements),
    queue: {
      async wake(request) {
        const woken = await must(running).store.wakeWork(request);
        get(TOKENS.jobs).nudge();
        return woken;
      },
      sinks: () => get(TOKENS.dataSync).sinks.views(),
    },
    tasks: { list: () => tasks.list(), listRuns: (filter) => database.tasks.listRuns(filter), runNow: (name) => tasks.runNow(name), setEnabled: (name, isEnabled) => tasks.setEnabled(name, isEnabled) },
    plugins: pluginDesk(configuration, get),
    parameters: composeParameters({ effective: configuration, loaded: { ...loaded, configuration: running.asFiled ?? configuration }, isPending: running.settled?.pending !== undefined, database, host: get(TOKENS.pluginHost) }),
    packages: get(TOKENS.packages),
    changes: get(TOKENS.changes),
    certificates: get(TOKENS.certificates),
    rotations: get(TOKENS.rotations),
    alarms: alarmsOf(running).desk,
    auditCollectors: () => get(TOKENS.auditForwarding).views(),
    terminals: terminalsOnScreen(options, running, database, listTerminals),
    fleet: { groups: fleet.groups, configuration: fleet.configuration, notices: fleet.notices, watch: fleet.watch, campuses: hospital.campuses.map(({ id, name }) => ({ id, name })) },
    dictionaries: { states: () => dictionary.states(), reload: (name) => dictionary.reload(name) },
    applications: { list: () => database.applications.list(), disable: (id) => database.applications.change(id, { status: 'disabled' }, clock.now()) },
    displays: createDisplayDesk({ rows: database.displays, clock, random, audit }),
    positions: createPositionDesk({ rows: database.terminalPositions, terminals: async () => (await registry.list()).map(({ deviceId }) => deviceId), clock, audit }),
    savedViews: createSavedViewDesk({ rows: database.savedViews, users: database.users, clock, audit }),
    hisDoctor,
    backups: backupsOf(running).desk,
    system: backupsOf(running).system,
    updates: get(TOKENS.updates).desk,
    support: get(TOKENS.support),
    setup,
    wallboard: createWallboard({ money: reader, terminals: listTerminals, days: (range) => get(TOKENS.reconciliation).listDays(range), alarms: alarmsOf(running).desk, version: VERSION, backupProvedAt: () => backupsOf(running).desk.provedAt(), clock }),
    audit,
    auditEvents: database.auditEvents,
  });
  running.consoleServer = server;
  return server;
}

/** People who sign in, and what proves that they are who they say. */
function userPortsOf({ configuration, clock, random }: PlatformOptions, database: PlatformDatabase) {
  const { hospital, users: { passkeyOrigin, secondFactorFor } } = configuration;
  return {
    users: database.users, sessions: database.sessions, passwords: PASSWORDS, clock, random, audit: get(TOKENS.audit), merchants: hospital.merchants.map(({ merchantNo }) => merchantNo), duties: get(TOKENS.duties), secondFactorFor, secondFactors: database.secondFactors, codes: oneTimeCodes(),
    issuer: `Hospay ${hospital.name}`, passkeys: database.passkeys, ceremonies: passkeyOrigin === undefined ? undefined : passkeyCeremonies({ origin: passkeyOrigin, title: `Hospay ${hospital.name}` }),
  };
}

/** The first set-up and the HIS doctor know each other: an examination is one of its steps. */
function joinSetup({ configuration, configFolder, clock, random }: PlatformOptions, running: Running, database: PlatformDatabase, people: Pick<Parameters<typeof composeSetup>[0], 'users' | 'isSeparated' | 'terminals'>) {
  const { hospital } = configuration;
  const audit = get(TOKENS.audit);
  const fleet = fleetOf(running);
  const { store, moneyReader: { reader } } = must(running);
  const adapter = () => {
    const { id } = configuration.his;
    const hospitalAdapter = get(TOKENS.pluginHost).hospitalAdapter(id);
    const instance = get(TOKENS.pluginHost).list().instances.find((one) => one.id === id);
    return hospitalAdapter === undefined ? { reason: instance?.reason ?? instance?.state ?? `no instance ${id}` } : { hospital: hospitalAdapter };
  };
  const hisDoctor = createHisDoctor({
    adapter, dictionaries: configuration.dictionaries.names, unconfirmed: async () => (await reader.overview(clock.now())).unconfirmed.count, clock, elapsed: SYSTEM_ELAPSED, audit,
    changed: () => { get(TOKENS.liveEvents).publish('hisDoctor'); }, ended: (examination) => setup.examined(examination),
  });
  const setup = composeSetup({
    configuration, configFolder, rows: database.setup, ...people, adapter, examination: () => hisDoctor.latest(), instances: () => get(TOKENS.pluginHost).list().instances, guests: get(TOKENS.payments).channels,
    testConnection: (channel) => testChannel(get(TOKENS.pluginHost), channel, { clock, random }), waitingTerminals: () => fleet.enrolment.waiting(),
    hospitalId: hospital.id, merchantId: merchantIdOf(configuration), ...get(TOKENS.useCases), findByKey: (tenant, key) => store.findOrderByKey(tenant, key), saveQuote: (quote) => store.saveQuote(quote),
    listSelfTests: (limit) => reader.listSelfTests(limit), inUse: () => reader.readInUse(clock.now()), journalsOf: async (tradeNo) => (await reader.listJournals({ tradeNo })).journals, clock, random, audit,
  });
  return { hisDoctor, setup };
}

function terminalsOnScreen({ configuration, clock, log }: PlatformOptions, running: Running, database: PlatformDatabase, list: ConsolePorts['terminals']['list']): ConsolePorts['terminals'] {
  const registry = get(TOKENS.terminals);
  const fleet = fleetOf(running);
  return {
    list,
    async register(terminal) {
      if ((await database.terminals.find(terminal.id)) !== undefined) return false;
      await database.terminals.add(terminal, clock.now());
      return true;
    },
    offerClaim: (id) => registry.offerClaim(id),
    revoke: (id) => revokeTerminal({ registry, authority: fleet.authority, log }, id),
    place: (id, place) => placeTerminal(registry, running, id, place),
    movesMoney: (before, after) => movesMoney({ rules: configuration.routing, shares: configuration.settlement.shares }, before, after),
    askRotation: (id) => registry.askRotation(id),
    enrolment: fleet.enrolment,
  };
}
