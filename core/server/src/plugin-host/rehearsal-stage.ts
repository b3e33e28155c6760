import type { TSchema } from 'typebox';
import { Clean } from 'typebox/value';
import type { Outcome } from '../domain/errors.js';
import { isRecord } from '../domain/is-record.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { RehearsalStage, RotatableSetting, RotationSubject, Settings, TrialReport } from '../monitoring/ports.js';
import { secretsIn, type KeyedFingerprint } from './describe-settings.js';
import { instanceCredentials } from './instance-credentials.js';
import { maskedSettings } from './masked-settings.js';
import { testConnection } from './packages/connection-test.js';
import { quickRun } from './packages/quick-run.js';
import { credentialsOf } from './plugin-credentials.js';
import type { InspectedInstance, PluginHost, Trial } from './plugin-host.js';
import type { PluginPackage } from './read-package.js';
import { settingsLeaves } from './settings-leaves.js';

export type RehearsalStageOptions = {
  readonly host: Pick<PluginHost, 'inspect' | 'tryOut'>;
  /** Ids of instances the configuration files name. */
  readonly configuredIds: readonly string[];
  readonly isFirstParty: (plugin: PluginPackage) => boolean;
  readonly replaceSettings: (instance: string, settings: Settings) => Promise<Outcome<{ readonly found: string }>>;
  readonly keyedFingerprint: KeyedFingerprint;
  readonly clock: Clock;
  readonly random: RandomSource;
};

/** Longer settings are keys and certificates in PEM format: they need room on a screen. */
const LONG_TEXT = 512;

/** Where rotations are rehearsed: candidates run beside the instances, are never routed to, and write into a store that is forgotten. */
export function createRehearsalStage({ host, configuredIds, isFirstParty, replaceSettings, keyedFingerprint, clock, random }: RehearsalStageOptions): RehearsalStage {
  const inspected = (id: string): InspectedInstance | undefined => host.inspect().find(({ configuration }) => configuration.id === id);
  const subjectOf = async (instance: InspectedInstance): Promise<RotationSubject> => {
    const { configuration, settingsSchema } = instance;
    const { credentials } = await credentialsOf(instance, keyedFingerprint);
    return { instance: configuration.id, plugin: configuration.plugin, origin: configuredIds.includes(configuration.id) ? 'configured' : 'installed', settings: configuration.settings, rotatable: rotatableOf(settingsSchema), credentials };
  };
  return {
    list: () => Promise.all(host.inspect().filter(({ state, settingsSchema }) => state !== 'disabled' && rotatableOf(settingsSchema).length > 0).map(subjectOf)),
    async find(id) {
      const instance = inspected(id);
      return instance === undefined ? undefined : subjectOf(instance);
    },
    settingsOf(id) {
      const instance = inspected(id);
      return instance === undefined ? undefined : { origin: configuredIds.includes(id) ? 'configured' : 'installed', settings: instance.configuration.settings };
    },
    masked: (id, settings) => maskedSettings(inspected(id)?.settingsSchema, settings, id, keyedFingerprint),
    secretsIn: (id, settings) => secretsIn(inspected(id)?.settingsSchema, settings),
    tidy(id, settings) {
      const schema = inspected(id)?.settingsSchema;
      const cleaned: unknown = isSchema(schema) ? Clean(schema, structuredClone(settings)) : settings;
      return isRecord(cleaned) ? cleaned : settings;
    },
    async tryOut(id, settings): Promise<TrialReport> {
      const instance = inspected(id);
      const plugin = instance?.package;
      if (instance === undefined || plugin === undefined) return { kind: 'refused', reason: 'its package is not there' };
      const configuration = { ...instance.configuration, settings };
      // In this process a plugin's own connections cannot be cut, so only what is shut in may play charges without a network.
      const secrets = (plugin.manifest.needs.secrets ?? []).flatMap((name) => { const value = settings[name]; return typeof value === 'string' ? [value] : []; });
      const findings = isFirstParty(plugin) ? [] : await host.tryOut(configuration, plugin, 'none', (trial) => quickRun(trial, secrets, { clock, random }));
      if ('kind' in findings) return { kind: 'refused', reason: findings.reason };
      const look = async (trial: Trial): Promise<TrialReport> => {
        const { credentials, problem } = await instanceCredentials({ instance: id, settings, schema: trial.running.settingsSchema, running: trial.running, keyedFingerprint: (secret, place) => keyedFingerprint(secret, `${id} ${place}`) });
        return { kind: 'ran', credentials, listProblem: problem, broken: isFirstParty(plugin) ? undefined : findings.filter(({ kept }) => !kept).map(({ rule, found }) => `${rule}: ${found}`), connection: await testConnection(trial, plugin.manifest, { clock, random }) };
      };
      const report = await host.tryOut(configuration, plugin, 'allowed', look);
      return report.kind === 'ran' || report.kind === 'refused' ? report : { kind: 'refused', reason: report.reason };
    },
    replaceSettings,
  };
}

function rotatableOf(schema: unknown): readonly RotatableSetting[] {
  return settingsLeaves(schema)
    .filter(({ isCredential, isInList }) => isCredential && !isInList)
    .map(({ path, title, isSecret, choices, maxLength }) => ({ path, titleZh: title.zh, titleEn: title.en, isSecret, choices, isLong: (maxLength ?? 0) > LONG_TEXT }));
}

function isSchema(value: unknown): value is TSchema {
  return isRecord(value);
}
