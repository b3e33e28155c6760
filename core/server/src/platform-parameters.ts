/** 参数管理 joined: the configuration that runs beside what the files say. Called by the composition root, of which it is a part. */
import type { Configuration } from './config/configuration-schema.js';
import { listParameters, type ParameterSources } from './config/list-parameters.js';
import { PARAMETER_GROUPS } from './config/parameter-words.js';
import type { PlatformDatabase } from './edges/database/platform/open-platform-database.js';
import type { ParameterList } from './edges/http/console-api/ports.js';
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
        effective, loaded, changeNo: (await database.approvedConfiguration.read())?.changeNo,
        settingsOf: (instance, settings) => maskedSettings(schemas.get(instance), settings, instance, database.keyedFingerprint), fingerprint: database.keyedFingerprint,
      });
      return { isPending, groups: Object.entries(PARAMETER_GROUPS).map(([id, [zh, en]]) => ({ id, zh, en })), parameters: [...parameters] };
    },
  };
}
