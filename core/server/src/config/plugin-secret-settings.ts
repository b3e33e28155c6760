/** Which settings of a plugin are secrets, by its own manifest (`needs.secrets`): no code of it is run to know it. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMapping } from './merge-layers.js';

export type SecretSettings = (plugin: string) => ReadonlySet<string>;

/** @param folders of plugins, relative to `configFolder`. A manifest that cannot be read names none: what its settings are called still hides most. */
export function readSecretSettings(configFolder: string, folders: readonly string[]): SecretSettings {
  const found = new Map<string, ReadonlySet<string>>();
  for (const folder of folders.map((one) => resolve(configFolder, one)).filter((one) => existsSync(one))) {
    for (const name of readdirSync(folder)) {
      const manifest = readManifest(join(folder, name, 'plugin.json'));
      if (typeof manifest['id'] !== 'string') continue;
      const { secrets } = isMapping(manifest['needs']) ? manifest['needs'] : {};
      found.set(manifest['id'], new Set(Array.isArray(secrets) ? secrets.map(String) : []));
    }
  }
  return (plugin) => found.get(plugin) ?? new Set();
}

function readManifest(file: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
    return isMapping(value) ? value : {};
  } catch {
    return {};
  }
}
