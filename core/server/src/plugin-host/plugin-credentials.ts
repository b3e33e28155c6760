import type { CredentialReading, CredentialSource } from '../monitoring/ports.js';
import type { KeyedFingerprint } from './describe-settings.js';
import { instanceCredentials, type InstanceCredentials } from './instance-credentials.js';
import type { InspectedInstance, PluginHost } from './plugin-host.js';

/** The keys and certificates of every plugin instance. */
export function pluginCredentials(host: Pick<PluginHost, 'inspect'>, keyedFingerprint: KeyedFingerprint): CredentialSource {
  return {
    async read() {
      const watched = host.inspect().filter(({ state }) => state !== 'disabled');
      return Promise.all(watched.map(async (instance): Promise<CredentialReading> => {
        const { instance: owner, credentials, isComplete, problem } = await credentialsOf(instance, keyedFingerprint);
        return { owner, credentials, isComplete, problem };
      }));
    },
  };
}

export function credentialsOf({ configuration, running, settingsSchema, package: plugin }: InspectedInstance, keyedFingerprint: KeyedFingerprint): Promise<InstanceCredentials> {
  const { id, settings } = configuration;
  return instanceCredentials({
    instance: id, plugin: configuration.plugin, settings, running, schema: settingsSchema ?? secretsByName(plugin?.manifest.needs.secrets ?? []),
    // Two merchants with one key are two secrets: neither shows that it equals the other.
    keyedFingerprint: (secret, place) => keyedFingerprint(secret, `${id} ${place}`),
  });
}

/** What the manifest alone says about the settings of a plugin that has never run here. */
function secretsByName(names: readonly string[]): unknown {
  return { type: 'object', properties: Object.fromEntries(names.map((name) => [name, { type: 'string', 'x-secret': true }])) };
}
