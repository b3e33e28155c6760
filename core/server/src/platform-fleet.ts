/** Terminals joined: what they report, are told, and prove themselves with. Called by the composition root, of which it is a part. */
import type { Configuration } from './config/configuration-schema.js';
import type { AuditTrail } from './domain/audit.js';
import type { Bilingual } from './domain/bilingual.js';
import type { Log } from './domain/log.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import { openTerminalAuthority, type RunningAuthority } from './edges/certificates/terminal-authority.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { createConfigurationDesk, type ConfigurationDesk } from './fleet/configuration-desk.js';
import { readDocument } from './fleet/configuration-document.js';
import { createGroupDesk, type GroupDesk } from './fleet/group-desk.js';
import { createNoticeDesk, type NoticeDesk } from './fleet/notice-desk.js';
import { observeFleet } from './fleet/observe-fleet.js';
import { createTerminalWatch, type TerminalWatch } from './fleet/terminal-watch.js';
import type { Health } from './operations/health.js';
import type { Metrics } from './operations/metrics.js';
import { canonicalJson } from './terminals/canonical-json.js';
import { createEnrolmentDesk } from './terminals/enrolment-desk.js';
import { makeNoticeKey, noticeSigner, type NoticeSigner } from './terminals/notice-signature.js';
import type { EnrolmentDesk, TerminalConfiguration, TerminalRegistry } from './terminals/ports.js';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Terminals beside their payments: what they report, are told, and prove themselves with. */
export type Fleet = {
  readonly watch: TerminalWatch;
  readonly groups: GroupDesk;
  readonly configuration: ConfigurationDesk;
  readonly notices: NoticeDesk;
  readonly authority: RunningAuthority;
  readonly signer: NoticeSigner;
  readonly enrolment: EnrolmentDesk;
  /** Asks for new keys where they are due, and writes the list of revoked certificates anew. */
  keepKeys(): Promise<Bilingual>;
  stop(): Promise<void>;
};

/** Keys whose overlap is over are ended within this. */
const OVERLAP_EVERY_MS = 60_000;
const NOTICE_KEY = 'terminal-notices';

export type FleetParts = {
  readonly configuration: Pick<Configuration, 'hospital' | 'terminals'>;
  readonly database: PlatformDatabase;
  readonly registry: TerminalRegistry;
  readonly audit: AuditTrail;
  readonly metrics: Metrics;
  readonly health: Health;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: RandomSource;
  readonly log: Log;
};

/** Opened before the first payment is routed: where each terminal belongs is known by then. */
export async function openFleet({ configuration: { hospital, terminals }, database, registry, audit, metrics, health, clock, timers, random, log }: FleetParts): Promise<Fleet> {
  const ports = { store: database.fleet, clock, log, audit };
  const watch = createTerminalWatch({ ...ports, policy: { clockSkewAlarmMs: terminals.clockSkewAlarmSeconds * 1000, reportEverySeconds: terminals.reportEverySeconds } });
  const groups = createGroupDesk(ports);
  const isKnown = async (scope: 'defaults' | 'group' | 'terminal', id: string) => (scope === 'defaults' ? id === '' : scope === 'group' ? groups.isKnown(id) : (await database.terminals.find(id)) !== undefined);
  const configuration = createConfigurationDesk({ ...ports, canonical: canonicalJson, isKnown });
  const authority = await openTerminalAuthority({ keys: database.platformKeys, certificates: database.terminalCertificates, hospitalName: hospital.name, certificateDays: terminals.certificateDays, clock, log });
  if ((await database.platformKeys.find(NOTICE_KEY)) === undefined) await database.platformKeys.add(NOTICE_KEY, { key: makeNoticeKey() }, clock.now());
  const noticeKey = await database.platformKeys.find(NOTICE_KEY);
  if (noticeKey === undefined) throw new Error('the key that signs notices is not there');
  await Promise.all([watch.start(), configuration.start()]);
  // Where each terminal belongs, before the first payment is routed.
  await registry.list();
  const forget = registry.onChanged((deviceId, change) => {
    if (change !== 'enrolled' && change !== 'revoked') return;
    watch.changed(deviceId, change, change).catch((error: unknown) => { log.error('alarms of a terminal were not ended', { device: deviceId, error }); });
  });
  const beat: { timer?: { cancel(): void } } = {};
  const endOverlaps = (): void => {
    beat.timer = timers.after(OVERLAP_EVERY_MS, () => {
      registry.endOverlaps();
      endOverlaps();
    });
  };
  endOverlaps();
  observeFleet({ metrics, health, openAlarms: () => watch.openAlarms(), openFaults: () => watch.openFaults() });
  return {
    watch, groups, configuration, authority, notices: createNoticeDesk({ ...ports, random, isTerminal: (id) => isKnown('terminal', id) }), signer: noticeSigner(noticeKey.key), enrolment: createEnrolmentDesk({ registry, authority, clock, random, log }),
    keepKeys: () => keepTerminalKeys(registry, terminals.rotateKeysAfterDays, clock),
    async stop() {
      beat.timer?.cancel();
      forget();
      await watch.settled();
    },
  };
}

async function keepTerminalKeys(registry: TerminalRegistry, afterDays: number | undefined, clock: Clock): Promise<Bilingual> {
  if (afterDays === undefined) return { zh: '未设定期限，仅在人工要求时更换密钥', en: 'Keys are replaced when somebody asks' };
  const dueBefore = new Date(clock.now().getTime() - afterDays * DAY_MS);
  const due = (await registry.list()).filter(({ status, keySince, rotationAskedAt }) => status === 'active' && rotationAskedAt === undefined && (keySince === undefined || keySince < dueBefore));
  for (const { deviceId } of due) await registry.askRotation(deviceId);
  return { zh: `已要求 ${String(due.length)} 台终端更换密钥`, en: `${String(due.length)} terminals are asked for another key` };
}

/** What of a terminal's configuration stands in its session, too. */
export function functionsOf(document: Readonly<Record<string, unknown>> | undefined): Partial<Pick<TerminalConfiguration, 'methods' | 'cardTypes'>> {
  const read = document === undefined ? undefined : readDocument(document);
  const { methods, cardTypes } = read?.kind === 'ok' ? (read.value.functions ?? {}) : {};
  return { ...(methods === undefined ? {} : { methods }), ...(cardTypes === undefined ? {} : { cardTypes }) };
}
