/**
 * What was set at the console (参数管理): a file of the data folder over the profile, written by approved changes alone. It holds plain values of the settings that one value each stands for; lists of things (channels, routing), secrets, the network
 * the platform listens on and what names the hospital stay with their files or have changes of their own.
 */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isRecord } from '../domain/is-record.js';
import { isSecretKey } from '../domain/sensitive.js';
import { ConfigurationError } from './configuration-error.js';
import { ConfigurationSchema } from './configuration-schema.js';
import { isMapping, type Layer, type Mapping } from './merge-layers.js';

export type ConsoleSetting = { readonly value: unknown; readonly changeNo: string };
/** Dotted key → what was approved. */
export type ConsoleSettings = ReadonlyMap<string, ConsoleSetting>;

const FILE = 'console-settings.json';
/** Named by files, by secrets or by changes of their own; or a mistake of them locks everybody out. */
const ELSEWHERE: readonly string[] = ['dataFolder', 'hospital.id', 'plugins', 'provision', 'his', 'channels', 'bankLinks', 'http', 'mqtt'];
const RULES = ['type', 'enum', 'minimum', 'maximum', 'minLength', 'maxLength', 'pattern', 'minItems', 'maxItems', 'uniqueItems'] as const;
const SCALARS: readonly unknown[] = ['string', 'integer', 'number', 'boolean'];

/** The file as it is now; without one, nothing was set. @throws ConfigurationError when it cannot be read: what was approved is never left out silently */
export function readConsoleSettings(dataFolder: string): ConsoleSettings {
  const path = join(dataFolder, FILE);
  if (!existsSync(path)) return new Map();
  try {
    const settings: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (!isRecord(settings)) throw new Error('is not an object');
    return new Map(Object.entries(settings).map(([key, one]) => {
      if (!isRecord(one) || typeof one['changeNo'] !== 'string' || !('value' in one)) throw new Error(`${key} has no value and change`);
      return [key, { value: one['value'], changeNo: one['changeNo'] }];
    }));
  } catch (error) {
    throw new ConfigurationError([{ key: FILE, expects: `must hold what was approved at the console: ${error instanceof Error ? error.message : ''}`, origin: path, nextStep: 'restore it from a backup; its changes stand in the audit log' }]);
  }
}

/** Whole or not at all, and on the disk when it returns. */
export function writeConsoleSettings(dataFolder: string, settings: ConsoleSettings): void {
  const path = join(dataFolder, FILE);
  const part = `${path}.part`;
  const file = openSync(part, 'w', 0o600);
  try {
    writeSync(file, `${JSON.stringify(Object.fromEntries([...settings].toSorted(([left], [right]) => (left < right ? -1 : 1))), null, 2)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** One layer for each, so that a page can say which change a value is of. */
export function consoleLayers(settings: ConsoleSettings): Layer[] {
  return [...settings].map(([key, { value, changeNo }]) => ({ origin: `change ${changeNo}`, value: withValueAt({}, key, value) }));
}

/** The schema of a setting that may be set at the console; undefined: it is set elsewhere, or there is none of this name. */
export function settableSchema(key: string): Readonly<Record<string, unknown>> | undefined {
  if (ELSEWHERE.some((part) => key === part || key.startsWith(`${part}.`)) || key.split('.').some((name) => isSecretKey(name))) return undefined;
  let schema: unknown = ConfigurationSchema;
  for (const name of key.split('.')) {
    const properties = isRecord(schema) ? schema['properties'] : undefined;
    if (!isRecord(properties) || !Object.hasOwn(properties, name)) return undefined;
    schema = properties[name];
  }
  return plainSchema(schema);
}

/** One value, a choice, or a list of such: what a form needs of it. Its words stand beside the setting. */
function plainSchema(schema: unknown): Readonly<Record<string, unknown>> | undefined {
  if (!isRecord(schema)) return undefined;
  const rules = Object.fromEntries(RULES.flatMap((rule) => (rule in schema ? [[rule, schema[rule]]] : [])));
  if (Array.isArray(schema['enum']) || SCALARS.includes(schema['type'])) return rules;
  if (Array.isArray(schema['anyOf'])) {
    const choices = schema['anyOf'].map((one: unknown) => (isRecord(one) ? one['const'] : undefined));
    return choices.includes(undefined) ? undefined : { enum: choices };
  }
  const items = schema['type'] === 'array' ? plainSchema(schema['items']) : undefined;
  return items === undefined ? undefined : { ...rules, items };
}

export function valueAt(mapping: unknown, key: string): unknown {
  return key.split('.').reduce<unknown>((inside, name) => (isRecord(inside) ? inside[name] : undefined), mapping);
}

/** A copy with this one value another; undefined takes it out. */
export function withValueAt(mapping: Mapping, key: string, value: unknown): Mapping {
  const [name = '', ...rest] = key.split('.');
  const { [name]: inside, ...others } = mapping;
  if (rest.length > 0) return { ...mapping, [name]: withValueAt(isMapping(inside) ? inside : {}, rest.join('.'), value) };
  return value === undefined ? others : { ...mapping, [name]: value };
}
