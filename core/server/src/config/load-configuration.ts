import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { Check } from 'typebox/value';
import { parse } from 'yaml';
import { listMismatches } from '../domain/schema-mismatch.js';
import { checkMeaning } from './check-meaning.js';
import { ConfigurationError } from './configuration-error.js';
import { ConfigurationSchema, type Configuration } from './configuration-schema.js';
import { consoleLayers, readConsoleSettings } from './console-settings.js';
import { isMapping, mergeLayers, originOf, type Layer, type Mapping, type Origins } from './merge-layers.js';
import { resolveReferences } from './resolve-references.js';

export type LoadConfigurationRequest = {
  /** Name of the file in the profile folder, without `.yaml`. */
  readonly profile: string;
  /** `config/profiles`; `defaults.yaml` lies in the folder above it. */
  readonly profileFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Given on the command line; wins over the files. */
  readonly dataFolder?: string;
};

export type LoadedConfiguration = {
  readonly configuration: Configuration;
  /** Dotted key → the file, environment variable or argument it came from. */
  readonly origins: Origins;
  /** Keys whose value is a secret because of where it came from. */
  readonly secretKeys: ReadonlySet<string>;
  /** What holds where no profile says otherwise, as its file has it. */
  readonly defaults: Mapping;
  /** What the files say without what was set at the console: where a setting goes back to. */
  readonly below: Mapping;
  /** The folder that `{ fromFile }` and relative plugin folders start from. */
  readonly configFolder: string;
};

/**
 * Reads the configuration: defaults, then the profile file over them, then what was set at the console; the environment only where a file says `{ secret: NAME }`.
 * @throws ConfigurationError listing every problem with its key, what is expected, where it came from and the next step.
 */
export function loadConfiguration({ profile, profileFolder, environment, dataFolder }: LoadConfigurationRequest): LoadedConfiguration {
  const configFolder = dirname(resolve(profileFolder));
  const layers = [readLayer(configFolder, 'defaults.yaml'), ...readProfile(configFolder, profileFolder, profile)];
  if (dataFolder !== undefined) layers.push({ origin: 'argument --data-folder', value: { dataFolder } });
  const below = mergeLayers(layers);
  const folder = below.value['dataFolder'];
  const merged = mergeLayers([...layers, ...consoleLayers(readConsoleSettings(resolve(typeof folder === 'string' ? folder : '.')))]);
  const resolved = resolveReferences(merged.value, { environment, configFolder, dataFolder: resolve(typeof folder === 'string' ? folder : '.') });
  const origins = new Map([...merged.origins, ...resolved.origins]);
  const { value } = resolved;
  const unresolved = new Set(resolved.problems.map(({ key }) => key));
  if (!Check(ConfigurationSchema, value)) {
    throw new ConfigurationError([...resolved.problems, ...mismatchesOf(value, origins).filter(({ key }) => !unresolved.has(key))]);
  }
  if (resolved.problems.length > 0) throw new ConfigurationError(resolved.problems);
  const problems = checkMeaning(value, (key) => originOf(origins, key) ?? 'defaults.yaml');
  if (problems.length > 0) throw new ConfigurationError(problems);
  return { configuration: { ...value, dataFolder: resolve(value.dataFolder) }, origins, secretKeys: resolved.secretKeys, defaults: layers[0]?.value ?? {}, below: below.value, configFolder };
}

function mismatchesOf(value: unknown, origins: Origins) {
  return listMismatches(ConfigurationSchema, value).map(({ key, expects, description }) => {
    const origin = originOf(origins, key) ?? 'nowhere: no file sets it';
    const wants = description === undefined ? expects : `${expects} (${description})`;
    const nextStep = expects.startsWith('is not a known key') ? `remove or correct ${key} in ${origin}` : `set ${key} in the profile file`;
    return { key, expects: wants, origin, nextStep };
  });
}

/** `extends: NAME` takes everything of that profile but the top-level keys this one has itself: these are replaced whole, so that no setting of another plugin is left in them. */
function readProfile(configFolder: string, profileFolder: string, profile: string, extending: readonly string[] = []): Layer[] {
  const layer = readOneProfile(configFolder, profileFolder, profile);
  const { extends: base, ...value } = layer.value;
  if (base === undefined) return [layer];
  if (typeof base !== 'string' || extending.includes(base) || base === profile) {
    throw new ConfigurationError([{ key: 'extends', expects: 'must name another profile, and no circle', origin: layer.origin, nextStep: 'name the profile this one is a variant of' }]);
  }
  const below = readProfile(configFolder, profileFolder, base, [...extending, profile]).map(({ origin, value: whole }) => ({ origin, value: Object.fromEntries(Object.entries(whole).filter(([key]) => !(key in value))) }));
  return [...below, { origin: layer.origin, value }];
}

function readOneProfile(configFolder: string, profileFolder: string, profile: string): Layer {
  const named = /^[a-z0-9][a-z0-9-]*$/.test(profile) && existsSync(join(profileFolder, `${profile}.yaml`));
  if (named) return readLayer(configFolder, join('profiles', `${profile}.yaml`));
  const known = existsSync(profileFolder) ? readdirSync(profileFolder).filter((name) => name.endsWith('.yaml')).map((name) => name.slice(0, -'.yaml'.length)) : [];
  throw new ConfigurationError([
    { key: 'profile', expects: `must name a file in ${profileFolder}; there: ${known.join(', ') || 'none'}`, origin: `argument "${profile.slice(0, 40)}"`, nextStep: 'start with one of the profiles above' },
  ]);
}

function readLayer(configFolder: string, origin: string): Layer {
  const path = join(configFolder, origin);
  const refuse = (expects: string) => new ConfigurationError([{ key: '', expects, origin: path, nextStep: 'restore the file from the package or correct the place named' }]);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw refuse('the file must exist and be readable');
  }
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw refuse(`must be well-formed YAML: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`);
  }
  if (value === null) return { origin, value: {} };
  if (!isMapping(value)) throw refuse('must be a mapping of keys to values');
  return { origin, value };
}
