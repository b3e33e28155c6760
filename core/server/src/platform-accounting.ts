/** The accounts joined: days compared (对账) and their cases, what arrives and is settled (结算), months closed (月结), and who reads of it. Part of the composition root. */
import { join } from 'node:path';
import type { CallWindow } from './alarms/call-window.js';
import { createCaseDesk } from './cases/case-desk.js';
import { arrivalRulesOf, calendarOf } from './config/arrival-rules-of.js';
import type { Configuration } from './config/configuration-schema.js';
import { DEPOSITS } from './domain/arrival.js';
import { campusOf } from './domain/route-payment.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { caseFiles } from './edges/files/case-files.js';
import { exportFiles } from './edges/files/export-files.js';
import { fileArchive } from './edges/files/file-archive.js';
import type { PaymentPorts } from './payments/ports.js';
import { give, TOKENS, type Get } from './platform-container.js';
import { composeDataSync } from './platform-data-sync.js';
import { composeMerchants } from './platform-merchants.js';
import { must, type Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';
import { composeRunning } from './platform-running.js';
import { createReconciliationDesk } from './reconciliation/reconciliation-desk.js';
import { statementSources } from './reconciliation/statement-sources.js';
import type { ReportNames } from './reports/ports.js';
import { createReportDesk } from './reports/report-desk.js';
import { createArrivalDesk } from './settlement/arrival-desk.js';
import { createSettlementDesk } from './settlement/batch-desk.js';
import { createPeriodDesk } from './settlement/period-desk.js';
import type { TerminalRegistry } from './terminals/ports.js';

export function composeAccounting({ configuration, configFolder, clock, timers, random, log }: PlatformOptions, running: Running, database: PlatformDatabase, calls: CallWindow): void {
  const { hospital, channels, dataFolder } = configuration;
  const { store, moneyReader, reports, reconciler } = must(running);
  const sourcesNow = (get: Get) => statementSources([...channels, ...get(TOKENS.packages).instances()], (id) => get(TOKENS.payments).channels.find(id)?.merchantNo, get(TOKENS.payments).policy.cutOffs);
  give(TOKENS.reconciliation, (get) => createReconciliationDesk({
    engine: reconciler.engine, store: store.reconciliation, channels: get(TOKENS.payments).channels, hospitals: get(TOKENS.payments).hospitals, hospitalId: hospital.id, archive: fileArchive(join(configuration.dataFolder, 'statements')),
    contracts: configuration.settlement.contracts, sources: () => sourcesNow(get), clock, log, audit: get(TOKENS.audit),
  }));
  give(TOKENS.running, (get) => composeRunning({ engine: reconciler.engine, configuration, store, payments: get(TOKENS.payments), calls, isHealthy: (id) => get(TOKENS.channelHealth).isHealthy(id), sources: () => sourcesNow(get) }));
  give(TOKENS.reports, (get) => createReportDesk({
    reader: { ...reports.reader, terminalDays: ({ day }) => get(TOKENS.availability).reader.read(day) }, guests: () => get(TOKENS.pluginHost).reports(), hospital, files: exportFiles(join(dataFolder, 'exports')), exportChanged: ({ by }) => { get(TOKENS.liveEvents).publish('exports', [], by); }, audit: get(TOKENS.audit), clock, random, log,
    names: () => reportNames(configuration, get(TOKENS.terminals), database, sourcesNow(get)),
  }));
  give(TOKENS.dataSync, (get) => composeDataSync({ configuration, configFolder, metrics: get(TOKENS.metrics), store, database, registry: get(TOKENS.applications), tellRhythmMs: get(TOKENS.payments).policy.tellOwnerRhythmMs, audit: get(TOKENS.audit), clock, timers, random, log }));
  give(TOKENS.cases, (get) => createCaseDesk({ cases: store.cases, files: caseFiles(join(dataFolder, 'case-files'), { seal: database.sealFile, open: database.openFile }), audit: get(TOKENS.audit), clock }));
  give(TOKENS.arrivals, (get) => createArrivalDesk({ arrivals: store.arrivalsOf(hospital.id), rules: () => arrivalRulesOf(configuration.settlement, sourcesNow(get)), calendar: calendarOf(configuration.settlement), clock, audit: get(TOKENS.audit) }));
  give(TOKENS.periods, (get) => createPeriodDesk({ periods: store.periods, ledger: (range) => reports.reader.ledger(range), days: (range) => store.reconciliation.listDays(range), sources: () => sourcesNow(get), tellsDays: (comparison, source) => tellsDays(get(TOKENS.payments), hospital.id, comparison, source), hospitalId: hospital.id, clock, audit: get(TOKENS.audit) }));
  give(TOKENS.settlements, (get) => createSettlementDesk({
    batches: store.settlementsOf(hospital.id), sources: () => arrivalRulesOf(configuration.settlement, sourcesNow(get)).filter(({ source }) => source !== DEPOSITS),
    campusOf: (owner) => (owner.kind === 'terminal' ? get(TOKENS.terminals).placeOf(owner.id)?.campus : undefined) ?? campusOf(hospital.campuses.map(({ id, owners = [] }) => ({ id, owners })), owner) ?? '',
    accountOfCampus: (campus) => configuration.settlement.shares.find((share) => share.campus === campus)?.account, payouts: get(TOKENS.payouts), expiresAfterMs: configuration.approvals.expiresAfterSeconds * 1000, clock, audit: get(TOKENS.audit),
  }));
  give(TOKENS.merchants, (get) => composeMerchants({
    configuration, installed: () => get(TOKENS.packages).instances(), sources: () => sourcesNow(get), money: moneyReader.reader.merchants, sums: reports.reader, reports: get(TOKENS.reports), statements: get(TOKENS.dataSync).statements,
    arrivals: get(TOKENS.arrivals), settlements: get(TOKENS.settlements), audit: get(TOKENS.audit),
  }));
}

/** What reports call things: as terminals, people and campuses are called now. */
async function reportNames({ hospital }: Configuration, registry: TerminalRegistry, database: PlatformDatabase, sources: ReportNames['sources']): Promise<ReportNames> {
  const [terminals, users] = await Promise.all([registry.list(), database.users.list()]);
  const terminalOf = new Map(terminals.map(({ deviceId, title, kind, campus }) => [deviceId, { title, kind, campus }]));
  const operatorOf = new Map(users.flatMap(({ operatorId, login, displayName }) => [[login, displayName], ...(operatorId === undefined ? [] : [[operatorId, displayName]])] as [string, string][]));
  return {
    hospital: hospital.name, sources, campus: (id) => hospital.campuses.find((campus) => campus.id === id)?.name ?? id, terminal: (id) => terminalOf.get(id), operator: (operatorNo) => operatorOf.get(operatorNo),
  };
}

/** Whether a channel gives statements, or the HIS its day list; undefined while the plugin is not there to be asked. */
function tellsDays({ channels, hospitals }: Pick<PaymentPorts, 'channels' | 'hospitals'>, hospitalId: string, comparison: 'channel' | 'hospital', source: string): boolean | undefined {
  if (comparison === 'hospital') {
    const hospital = hospitals.find(hospitalId);
    return hospital === undefined ? undefined : hospital.listDay !== undefined;
  }
  const channel = channels.find(source);
  return channel === undefined ? undefined : channel.givesStatements !== false;
}
