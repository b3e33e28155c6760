/** 参数: every setting of the configuration with its words, the value in force, its default and where it comes from; of a secret only whether it is set, and a fingerprint. */
import { isDeepStrictEqual } from 'node:util';
import { isRecord } from '../domain/is-record.js';
import { mask } from '../domain/mask.js';
import { isSecretKey } from '../domain/sensitive.js';
import { ConfigurationSchema, type Configuration } from './configuration-schema.js';
import { settableSchema, valueAt, type ConsoleSettings } from './console-settings.js';
import type { LoadedConfiguration } from './load-configuration.js';
import { originOf } from './merge-layers.js';
import { isMoneyPart } from './money-parts.js';
import { COMMON_WORDS, PARAMETER_GROUPS, PARAMETER_WORDS, type ParameterGroup } from './parameter-words.js';

/** `console`: set at the console by an approved change. `approved`: another value than the file's, because two persons approved this one and nobody the file's yet. */
export const PARAMETER_ORIGINS = ['defaults', 'file', 'console', 'environment', 'secretFile', 'argument', 'approved', 'none'] as const;
export type ParameterOrigin = (typeof PARAMETER_ORIGINS)[number];

export type Parameter = {
  /** As `hospay config` prints it: `channels.0.merchantNo`. */
  readonly key: string;
  readonly group: ParameterGroup;
  /** Of a member of a list: what people call it. */
  readonly of?: string;
  readonly zh: string;
  readonly en: string;
  /** Empty: not set. Of a secret its fingerprint, after `#`. */
  readonly value: string;
  readonly isSet: boolean;
  readonly isSecret: boolean;
  readonly default?: string;
  readonly origin: ParameterOrigin;
  /** The file, variable or change of that origin. */
  readonly originName: string;
  /** `restart`: what the file says runs from the next start on. `approval`: once two persons have approved it, too. */
  readonly takesEffect: 'restart' | 'approval';
  /** What the file says, where something else is in force. */
  readonly inFile?: string;
  /** What runs from the next start on, where that was set at the console since this one. */
  readonly next?: string;
  /** How it is set at the console: the JSON schema of its value. Without it, it is set elsewhere. */
  readonly schema?: Readonly<Record<string, unknown>>;
  /** Of what is set at the console: what runs from the next start on, as it is; left out where a part of it is not shown. */
  readonly current?: unknown;
};

export type ParameterSources = {
  /** What runs. */
  readonly effective: Configuration;
  /** What the files say, and where. */
  readonly loaded: Pick<LoadedConfiguration, 'configuration' | 'origins' | 'secretKeys' | 'defaults' | 'below'>;
  /** What is set at the console by now. */
  readonly atConsole: ConsoleSettings;
  /** The change whose approval put money parts in force, where one did. */
  readonly changeNo: string | undefined;
  /** Settings of an instance as they may be shown: path → text, of secrets fingerprints. */
  readonly settingsOf: (instance: string, settings: Readonly<Record<string, unknown>>) => ReadonlyMap<string, string>;
  readonly fingerprint: (text: string, place: string) => string;
};

export function listParameters(sources: ParameterSources): readonly Parameter[] {
  const found: Parameter[] = [];
  walk({ schema: ConfigurationSchema, value: sources.effective, inFile: sources.loaded.configuration, inDefaults: sources.loaded.defaults, key: '', schemaKey: '', name: '', isHidden: false, of: undefined }, { ...sources, secretPlaces: secretPlacesOf(sources.loaded.secretKeys) }, found);
  return found.toSorted((left, right) => GROUPS.indexOf(left.group) - GROUPS.indexOf(right.group));
}

const GROUPS = Object.keys(PARAMETER_GROUPS);
/** A robot's address is its key. */
const SECRET_PLACES: readonly string[] = ['monitoring.delivery.webhooks[].url'];
/** The hospital's own accounts are named by their last four digits, whoever is told of alarms by the beginning of his mailbox. */
const ACCOUNT_PLACES: readonly string[] = ['payouts.accounts[].accountNo', 'bankLinks[].accountNos'];
const MAILBOX_PLACES: readonly string[] = ['monitoring.delivery.email[].to'];

type Place = { readonly schema: unknown; readonly value: unknown; readonly inFile: unknown; readonly inDefaults: unknown; readonly key: string; readonly schemaKey: string; readonly name: string; readonly isHidden: boolean; readonly of: string | undefined };
type Context = ParameterSources & { readonly secretPlaces: ReadonlySet<string> };

/** Places of the schema where the files take a secret from elsewhere: the order of a list may be another in what was approved. */
function secretPlacesOf(keys: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...[...keys].map((key) => key.replaceAll(/\.\d+(?=\.|$)/g, '[]')), ...SECRET_PLACES]);
}

function walk(place: Place, context: Context, found: Parameter[]): void {
  const { value, key, schemaKey, of } = place;
  const schema = alternativeFor(place.schema, value);
  const isHidden = place.isHidden || context.secretPlaces.has(schemaKey) || isSecretKey(place.name);
  const go = (inner: Pick<Place, 'schema' | 'value'> & Partial<Place>): void => { walk({ ...place, inFile: undefined, inDefaults: undefined, isHidden, ...inner }, context, found); };
  if (place.name === 'settings' && isRecord(value)) {
    found.push(...settingsAt({ ...place, isHidden }, context, value));
    return;
  }
  const properties = isRecord(schema) ? schema['properties'] : undefined;
  if (isRecord(properties)) {
    // A part that is left out has no settings to show.
    if (!isRecord(value) && key !== '') return;
    const label = isRecord(value) && (schemaKey.endsWith('[]') || 'settings' in value) ? nameOf(value, (name) => !isSecretKey(name) && !context.secretPlaces.has(`${schemaKey}.${name}`)) : of;
    for (const [name, inner] of Object.entries(properties)) {
      go({ schema: inner, value: member(value, name), inFile: member(place.inFile, name), inDefaults: member(place.inDefaults, name), key: key === '' ? name : `${key}.${name}`, schemaKey: schemaKey === '' ? name : `${schemaKey}.${name}`, name, of: label });
    }
    return;
  }
  const items = isRecord(schema) ? schema['items'] : undefined;
  if (isRecord(items) && isRecord(items['properties'])) {
    if (Array.isArray(value)) value.forEach((one: unknown, index) => { go({ schema: items, value: one, inFile: Array.isArray(place.inFile) ? place.inFile[index] : undefined, key: `${key}.${String(index)}`, schemaKey: `${schemaKey}[]` }); });
    return;
  }
  const ofKeys = isRecord(schema) && isRecord(schema['patternProperties']) ? Object.values(schema['patternProperties'])[0] : undefined;
  if (isRecord(ofKeys) && isRecord(ofKeys['properties'])) {
    if (isRecord(value)) for (const [name, one] of Object.entries(value)) go({ schema: ofKeys, value: one, inFile: member(place.inFile, name), inDefaults: member(place.inDefaults, name), key: `${key}.${name}`, schemaKey: `${schemaKey}.*`, of: name });
    return;
  }
  found.push(leaf({ ...place, isHidden: isHidden || context.secretPlaces.has(`${schemaKey}[]`) }, context));
}

function leaf({ schema, value, inFile, inDefaults, key, schemaKey, name, isHidden, of }: Place, context: Context): Parameter {
  const show = (one: unknown): string => (one === undefined ? '' : isHidden ? `#${context.fingerprint(text(one), `parameter ${schemaKey}`)}` : shown(one, schemaKey));
  const words = PARAMETER_WORDS[schemaKey] ?? COMMON_WORDS[name];
  const described = isRecord(schema) && typeof schema['description'] === 'string' ? schema['description'] : name;
  const settable = isHidden || comesFromElsewhere(context.loaded, key) ? undefined : settableSchema(key);
  const next = settable === undefined ? undefined : nextOf(context, key);
  return { ...parameterOf({ key, value: show(value), inFile: show(inFile), isSet: value !== undefined, isSecret: isHidden, of }, context), ...(settable === undefined ? {} : { schema: settable, ...currentOf(next === undefined ? value : next.value, schemaKey) }), ...(next === undefined ? {} : { next: show(next.value) }), zh: words?.[0] ?? name, en: words?.[1] ?? described, ...(inDefaults === undefined ? {} : { default: show(inDefaults) }) };
}

/** What a form begins with; nothing where a part of it is not shown. */
function currentOf(value: unknown, schemaKey: string): { readonly current?: unknown } {
  const isWhole = value !== undefined && shown(value, schemaKey) === (Array.isArray(value) ? value.map(text).join(', ') : text(value));
  return isWhole ? { current: value } : {};
}

/** From the environment, a secret or an argument: it stays there. */
export function comesFromElsewhere({ origins }: Pick<LoadedConfiguration, 'origins'>, key: string): boolean {
  return ['environment', 'secretFile', 'argument'].includes(kindOf(origins.get(key) ?? ''));
}

/** Set, or taken back, since the start. */
function nextOf({ loaded, atConsole }: Context, key: string): { readonly value: unknown } | undefined {
  const now = atConsole.get(key);
  if (now === undefined) return kindOf(loaded.origins.get(key) ?? '') === 'console' ? { value: valueAt(loaded.below, key) } : undefined;
  return isDeepStrictEqual(now.value, valueAt(loaded.configuration, key)) ? undefined : { value: now.value };
}

/** What a plugin's own schema says of its settings decides what of them may be shown. */
function settingsAt({ key, value, inFile, isHidden, of }: Place, context: Context, settings: Readonly<Record<string, unknown>>): Parameter[] {
  const id = of ?? '';
  // What came from a file of its own is read there.
  const own = Object.entries(settings).filter(([name, one]) => isRecord(one) && context.loaded.origins.has(`${key}.${name}`));
  const shownOf = (one: unknown): ReadonlyMap<string, string> => new Map([
    ...context.settingsOf(id, Object.fromEntries(Object.entries(isRecord(one) ? one : {}).filter(([name]) => !own.some(([known]) => known === name)))),
    ...own.flatMap(([name]) => { const file = member(one, name); return isRecord(file) ? [[name, `${String(Object.keys(file).length)} keys`] as const] : []; }),
  ]);
  const [running, filed] = [shownOf(settings), shownOf(inFile)];
  const [zh = '', en = ''] = COMMON_WORDS['settings'] ?? [];
  if (isHidden) return [{ ...parameterOf({ key, value: `#${context.fingerprint(text(value), `parameter ${key}`)}`, inFile: '', isSet: true, isSecret: true, of }, context), zh, en: en === '' ? 'Settings of the plugin' : en }];
  return [...running].map(([path, one]) => ({ ...parameterOf({ key: `${key}.${path}`, value: one, inFile: filed.get(path) ?? '', isSet: true, isSecret: one.startsWith('#'), of }, context), zh: `${zh} ${path}`, en: `Setting of the plugin: ${path}` }));
}

function parameterOf({ key, value, inFile, isSet, isSecret, of }: { readonly key: string; readonly value: string; readonly inFile: string; readonly isSet: boolean; readonly isSecret: boolean; readonly of: string | undefined }, { loaded, changeNo }: Context): Omit<Parameter, 'zh' | 'en' | 'default'> {
  const isOther = isMoneyPart(key) && value !== inFile;
  const place = originOf(loaded.origins, key) ?? '';
  const [origin, originName] = isOther ? (['approved', changeNo ?? ''] as const) : !isSet ? (['none', ''] as const) : ([kindOf(place), place.replace(/^(environment|secret file|argument|change) /, '')] as const);
  const [group = ''] = key.split('.');
  return { key, group: groupOf(group), ...(of === undefined ? {} : { of }), value, isSet, isSecret, origin, originName, takesEffect: isMoneyPart(key) ? 'approval' : 'restart', ...(isOther ? { inFile } : {}) };
}

function groupOf(name: string): ParameterGroup {
  const known = Object.keys(PARAMETER_GROUPS).find((group): group is ParameterGroup => group === name);
  if (known === undefined) throw new Error(`no group of parameters for ${name}`);
  return known;
}

function kindOf(place: string): ParameterOrigin {
  if (place === '' || place === 'defaults.yaml') return 'defaults';
  if (place.startsWith('change ')) return 'console';
  if (place.startsWith('environment ')) return 'environment';
  if (place.startsWith('secret file ')) return 'secretFile';
  return place.startsWith('argument ') ? 'argument' : 'file';
}

/** Of several shapes the one that fits what is there. */
function alternativeFor(schema: unknown, value: unknown): unknown {
  const alternatives = isRecord(schema) ? schema['anyOf'] : undefined;
  if (!Array.isArray(alternatives)) return schema;
  const wanted = Array.isArray(value) ? 'array' : isRecord(value) ? 'object' : undefined;
  return alternatives.find((one) => isRecord(one) && one['type'] === wanted) ?? schema;
}

function member(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}

function nameOf(value: Readonly<Record<string, unknown>>, mayBeShown: (name: string) => boolean): string | undefined {
  const name = ['id', 'merchantNo', 'name', 'campus', 'source', 'channel', 'application', 'operatorNo'].filter(mayBeShown).map((key) => value[key]).find((one) => typeof one === 'string');
  return name === undefined ? undefined : withoutCredentials(name);
}

/** As it may be read by whoever keeps the machine: accounts and mailboxes masked, addresses without what lets in. */
export function shown(value: unknown, schemaKey: string): string {
  if (ACCOUNT_PLACES.includes(schemaKey)) return (Array.isArray(value) ? value : [value]).map((one) => mask('cardNumber', text(one))).join(', ');
  if (MAILBOX_PLACES.includes(schemaKey)) return (Array.isArray(value) ? value : [value]).map((one) => text(one).replace(/^(.)[^@]*(@[0-9A-Za-z.-]*)?.*$/s, '$1***$2')).join(', ');
  return Array.isArray(value) ? value.map((one) => withoutCredentials(text(one))).join(', ') : withoutCredentials(text(value));
}

/** An address may carry a user and a key. */
function withoutCredentials(value: string): string {
  return value.replace(/^(\w+:\/\/)[^/@\s]*@/, '$1***@').replace(/^(\w+:\/\/[^?#\s]*)[?#].*$/s, '$1?***');
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
