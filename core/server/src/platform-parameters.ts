/** 参数管理 joined: the configuration that runs beside what the files say, and the change that sets one value at the console. Called by the composition root, of which it is a part. */
import { isDeepStrictEqual } from 'node:util';
import { Check } from 'typebox/value';
import type { ChangeAct } from './changes/ports.js';
import { checkMeaning } from './config/check-meaning.js';
import { ConfigurationSchema, type Configuration } from './config/configuration-schema.js';
import { readConsoleSettings, settableSchema, valueAt, withValueAt, writeConsoleSettings, type ConsoleSettings } from './config/console-settings.js';
import { comesFromElsewhere, listParameters, shown, type ParameterSources } from './config/list-parameters.js';
import { isMapping, type Mapping } from './config/merge-layers.js';
import { isMoneyPart, withMoneyParts } from './config/money-parts.js';
import { PARAMETER_GROUPS } from './config/parameter-words.js';
import { changeLine } from './domain/change-proposal.js';
import { ok, refused, type Refused } from './domain/errors.js';
import { isRecord } from './domain/is-record.js';
import { describeMismatches, listMismatches } from './domain/schema-mismatch.js';
import type { Clock } from './domain/time.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import type { ParameterList } from './edges/http/console-api/ports.js';
import { hashOfParts } from './platform-configuration.js';
import { maskedSettings } from './plugin-host/masked-settings.js';
import type { PluginHost } from './plugin-host/plugin-host.js';

export type ParameterParts = {
  readonly effective: Configuration;
  readonly loaded: ParameterSources['loaded'];
  /** The file says otherwise than what was approved. */
  readonly isPending: boolean;
  readonly database: Pick<PlatformDatabase, 'approvedConfiguration' | 'keyedFingerprint'>;
  readonly host: Pick<PluginHost, 'inspect'>;
};

export function composeParameters({ effective, loaded, isPending, database, host }: ParameterParts): { list(): Promise<ParameterList> } {
  return {
    async list() {
      const schemas = new Map(host.inspect().map(({ configuration, settingsSchema }) => [configuration.id, settingsSchema]));
      const parameters = listParameters({
        effective, loaded, changeNo: (await database.approvedConfiguration.read())?.changeNo, atConsole: readConsoleSettings(effective.dataFolder),
        settingsOf: (instance, settings) => maskedSettings(schemas.get(instance), settings, instance, database.keyedFingerprint), fingerprint: database.keyedFingerprint,
      });
      return { isPending, groups: Object.entries(PARAMETER_GROUPS).map(([id, [zh, en]]) => ({ id, zh, en })), parameters: [...parameters] };
    },
  };
}

export type ParameterChangePorts = {
  readonly loaded: ParameterSources['loaded'];
  readonly database: Pick<PlatformDatabase, 'approvedConfiguration' | 'keyedFingerprint'>;
  readonly clock: Clock;
};

/** Approved, the value runs from the next start on: it lies over the file, and where it decides about money it is among the parts that were approved. Two levels for those, one for the others. */
export function parameterChange({ loaded, database, clock }: ParameterChangePorts): ChangeAct {
  const { dataFolder } = loaded.configuration;
  const settings = (): ConsoleSettings => readConsoleSettings(dataFolder);
  return {
    kind: 'parameter',
    draw(content) {
      const { key, value } = wishOf(content);
      if (settableSchema(key) === undefined || comesFromElsewhere(loaded, key)) return Promise.resolve(refused('NO_SUCH_ITEM', { zh: `参数 ${key} 不能在控制台设置，请在配置文件中修改`, en: `${key} is not set at the console` }));
      const [now, then] = [nextConfiguration(loaded, settings()), nextConfiguration(loaded, withSetting(settings(), key, value, ''))];
      const problem = problemOf(then, key);
      if (problem !== undefined) return Promise.resolve(problem);
      const [before, after] = [valueAt(now, key), valueAt(then, key)];
      const isSame = value === undefined ? !settings().has(key) : isDeepStrictEqual(before, after);
      if (isSame) return Promise.resolve(refused('CONFLICT', { zh: '与现行配置没有差别', en: 'nothing would be another than it is' }));
      const text = (one: unknown): string | undefined => (one === undefined ? undefined : shown(one, key));
      return Promise.resolve(ok({ subject: `parameter ${key}`, content, masked: content, lines: [changeLine(key, text(before), text(after))], levels: isMoneyPart(key) ? 2 : 1 }));
    },
    async present(content) {
      const { key } = wishOf(content);
      return [settings().get(key)?.value ?? null, isMoneyPart(key) ? ((await database.approvedConfiguration.read())?.hash ?? null) : null];
    },
    async isDone(content) {
      const { key, value } = wishOf(content);
      if (!isDeepStrictEqual(settings().get(key)?.value, value)) return false;
      const approved = isMoneyPart(key) ? await database.approvedConfiguration.read() : undefined;
      return approved === undefined || isDeepStrictEqual(valueAt(approved.parts, key), valueAt(nextConfiguration(loaded, settings()), key));
    },
    async apply(content, { changeNo }) {
      const { key, value } = wishOf(content);
      const next = nextConfiguration(loaded, withSetting(settings(), key, value, changeNo));
      // What else was approved since it was drawn may not go with it.
      const problem = problemOf(next, key);
      if (problem !== undefined) return problem;
      const approved = isMoneyPart(key) ? await database.approvedConfiguration.read() : undefined;
      if (approved !== undefined) {
        const parts = withValueAt(isMapping(approved.parts) ? approved.parts : {}, key, valueAt(next, key));
        if (withMoneyParts(loaded.configuration, parts) === undefined) return refused('CONFLICT', { zh: '与已审批的配置文件内容不相容', en: 'what was approved of the file does not go with it' });
        await database.approvedConfiguration.save({ parts, hash: hashOfParts(database, parts), changeNo, now: clock.now() });
      }
      // What was approved comes first: a start between the two runs it, and makes the rest.
      writeConsoleSettings(dataFolder, withSetting(settings(), key, value, changeNo));
      return ok({ effective: 'with the next start' });
    },
  };
}

type Wish = { readonly key: string; readonly value: unknown };
function wishOf(content: unknown): Wish {
  return isRecord(content) && typeof content['key'] === 'string' ? { key: content['key'], value: content['value'] } : { key: '', value: undefined };
}

function withSetting(settings: ConsoleSettings, key: string, value: unknown, changeNo: string): ConsoleSettings {
  const others = [...settings].filter(([name]) => name !== key);
  return new Map(value === undefined ? others : [...others, [key, { value, changeNo }]]);
}

/** What the next start would load: the files of this one, with these settings over them. */
function nextConfiguration({ configuration, origins, below }: ParameterSources['loaded'], settings: ConsoleSettings): Mapping {
  const atStart = [...origins].flatMap(([key, origin]) => (origin.startsWith('change ') ? [key] : []));
  return [...new Set([...atStart, ...settings.keys()])].reduce<Mapping>((next, key) => withValueAt(next, key, settings.has(key) ? settings.get(key)?.value : valueAt(below, key)), { ...configuration });
}

/** Why no start could run with it. */
function problemOf(next: Mapping, key: string): Refused | undefined {
  if (!Check(ConfigurationSchema, next)) return refused('MALFORMED_REQUEST', describeMismatches(listMismatches(ConfigurationSchema, next)));
  const [problem] = checkMeaning(next, () => key);
  return problem === undefined ? undefined : refused('MALFORMED_REQUEST', `${problem.key} ${problem.expects}`);
}
