import { isSecretKey } from '../domain/sensitive.js';
import type { LoadedConfiguration } from './load-configuration.js';
import { isMapping, originOf } from './merge-layers.js';
import { readSecretSettings } from './plugin-secret-settings.js';

export type ConfigurationLine = { readonly key: string; readonly value: string; readonly origin: string };

const MASK = '••••••';
const NONE: ReadonlySet<string> = new Set();

/** Every leaf of the configuration with its value and origin. Secrets are masked: by where they came from, by what they are called, and by what the manifest of their plugin says. */
export function listConfiguration({ configuration, origins, secretKeys, configFolder }: LoadedConfiguration): ConfigurationLine[] {
  const secretSettings = readSecretSettings(configFolder, configuration.plugins.folders);
  const lines: ConfigurationLine[] = [];
  const walk = (value: unknown, key: string, name: string, secret: boolean, ofPlugin: ReadonlySet<string> = NONE): void => {
    const hidden = secret || secretKeys.has(key) || isSecretKey(name);
    const entries = isMapping(value) ? Object.entries(value) : Array.isArray(value) && value.some((item) => typeof item === 'object') ? value.map((item, index): [string, unknown] => [String(index), item]) : [];
    if (entries.length > 0 && origins.get(key) !== undefined && isMapping(value)) {
      // Came from a file of its own; the file is the place to read it.
      lines.push({ key, value: hidden ? MASK : `(${entries.length} ${entries.length === 1 ? 'key' : 'keys'})`, origin: originOf(origins, key) ?? '' });
    } else if (entries.length > 0) {
      const plugin = isMapping(value) && typeof value['plugin'] === 'string' ? secretSettings(value['plugin']) : NONE;
      for (const [inner, item] of entries) walk(item, key === '' ? inner : `${key}.${inner}`, inner, hidden || ofPlugin.has(inner), inner === 'settings' ? plugin : NONE);
    } else if (value !== undefined) {
      lines.push({ key, value: hidden ? MASK : typeof value === 'string' ? value : JSON.stringify(value), origin: originOf(origins, key) ?? 'defaults.yaml' });
    }
  };
  walk(configuration, '', '', false);
  return lines;
}

/** The same as aligned text, one leaf a line: what `hospay config` prints. */
export function describeConfiguration(loaded: LoadedConfiguration): string {
  const lines = listConfiguration(loaded);
  const width = Math.max(0, ...lines.map(({ key }) => key.length));
  return lines.map(({ key, value, origin }) => `${key.padEnd(width)}  ${value}  ← ${origin}`).join('\n');
}
