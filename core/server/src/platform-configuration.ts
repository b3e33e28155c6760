/** The file and what was approved of it (变更申请): a start takes over from the file only what two persons have approved, and proposes the rest. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { ChangeAct, ChangeDesk } from './changes/ports.js';
import { moneyPartsOf, withMoneyParts } from './config/money-parts.js';
import type { Configuration } from './config/configuration-schema.js';
import type { AuditTrail } from './domain/audit.js';
import { changedLines, hashOf, inOrder, isOpenChange, type ChangeLine } from './domain/change-proposal.js';
import { ok, refused } from './domain/errors.js';
import type { Log } from './domain/log.js';
import type { Clock } from './domain/time.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import { maskedParts } from './plugin-host/masked-parts.js';
import type { PluginHost } from './plugin-host/plugin-host.js';

/** No login can be this. */
const FILE = 'file:configuration';
const SUBJECT = 'configuration file';
const NOTHING = { parts: {}, hash: '' };

export type SettledConfiguration = {
  readonly configuration: Configuration;
  /** The text of the trust list that is believed; undefined: none is configured. */
  readonly trustList: string | undefined;
  /** What the file says otherwise, to be proposed. */
  readonly pending: object | undefined;
};
export type SettlePorts = { readonly database: Pick<PlatformDatabase, 'changes' | 'approvedConfiguration' | 'keyedFingerprint'>; readonly configFolder: string; readonly audit: AuditTrail; readonly clock: Clock; readonly log: Log };

/** What this start runs with. While there are not two persons yet it is the file; from then on the parts that decide about money are those that were approved. */
export async function settleConfiguration(configuration: Configuration, { database, configFolder, audit, clock, log }: SettlePorts): Promise<SettledConfiguration> {
  const file = configuration.plugins.trustList;
  const trustList = file === undefined ? undefined : await readFile(resolve(configFolder, file), 'utf8');
  const parts = moneyPartsOf(configuration, trustList);
  const hash = hashOfParts(database, parts);
  const approved = await database.approvedConfiguration.read();
  const asTheFile: SettledConfiguration = { configuration, trustList, pending: undefined };
  const take = async (what: string): Promise<SettledConfiguration> => {
    await database.approvedConfiguration.save({ parts, hash, changeNo: undefined, now: clock.now() });
    await audit.record({ who: 'system', what, object: SUBJECT, after: { hash } });
    return asTheFile;
  };
  if (approved?.hash === hash) {
    // The file says again what was approved.
    await database.changes.supersede(SUBJECT, clock.now());
    return asTheFile;
  }
  if (!(await database.changes.needsTwo())) return take('configuration.direct');
  // A hospital that was there before this version: what runs is where it begins.
  if (approved === undefined) return take('configuration.begin');
  const settled = withMoneyParts(configuration, approved.parts);
  if (settled === undefined) {
    log.error('the approved configuration is of another version of the platform: the file takes its place', { approved: approved.hash });
    return take('configuration.newVersion');
  }
  log.warn('the configuration file says otherwise than what was approved: what was approved runs, the change waits for two persons', { subject: SUBJECT });
  return { ...settled, pending: parts };
}

/** Proposed by nobody: whoever wrote the file did not sign in. So two others approve, and one of them may be he. */
export async function proposeConfiguration(changes: Pick<ChangeDesk, 'request' | 'list'>, database: SettlePorts['database'], { pending }: SettledConfiguration, clock: Clock): Promise<void> {
  if (pending === undefined) return;
  const contentHash = hashOf(hashOfParts(database, pending));
  const waiting = (await changes.list({ limit: 100 })).changes.find((change) => change.subject === SUBJECT && isOpenChange(change));
  // A restart takes nobody's approval away.
  if (waiting?.contentHash === contentHash && waiting.stateHash === hashOf((await database.approvedConfiguration.read())?.hash)) return;
  // The file of an earlier start is not the file any more.
  await database.changes.supersede(SUBJECT, clock.now());
  await changes.request({ kind: 'configuration', content: pending, reason: '配置文件与已批准的不一致 the file says otherwise than what was approved', by: FILE });
}

/** Approved, the parts of the file are those that run from the next start on. */
export function configurationChange({ database, host, clock }: { readonly database: Pick<PlatformDatabase, 'approvedConfiguration' | 'keyedFingerprint'>; readonly host: Pick<PluginHost, 'inspect'>; readonly clock: Clock }): ChangeAct {
  const schemaOf = (instance: string): unknown => host.inspect().find(({ configuration }) => configuration.id === instance)?.settingsSchema;
  const masked = (parts: unknown) => maskedParts(asRecord(parts), schemaOf, database.keyedFingerprint);
  return {
    kind: 'configuration',
    async draw(content) {
      const { parts } = (await database.approvedConfiguration.read()) ?? NOTHING;
      const after = masked(content);
      const lines: readonly ChangeLine[] = changedLines('', masked(parts), after);
      return lines.length === 0 ? refused('CONFLICT', { zh: '与现行配置没有差别', en: 'nothing would be another than it is' }) : ok({ subject: SUBJECT, content, masked: hashOfParts(database, content), lines, levels: 2 });
    },
    present: async () => (await database.approvedConfiguration.read())?.hash,
    isDone: async (content) => (await database.approvedConfiguration.read())?.hash === hashOfParts(database, content),
    async apply(content, { changeNo }) {
      await database.approvedConfiguration.save({ parts: content, hash: hashOfParts(database, content), changeNo, now: clock.now() });
      return ok({ effective: 'with the next start' });
    },
  };
}

/** With keys inside, so only this platform can make it. */
export function hashOfParts({ keyedFingerprint }: Pick<PlatformDatabase, 'keyedFingerprint'>, parts: unknown): string {
  return keyedFingerprint(inOrder(parts), 'approved_configuration');
}
function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
