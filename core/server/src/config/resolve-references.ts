import { readFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { parse } from 'yaml';
import type { ConfigurationProblem } from './configuration-error.js';
import { isMapping } from './merge-layers.js';

export type ReferenceSources = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration folder: `{ fromFile }` is relative to it. */
  readonly configFolder: string;
  /** The data folder: `{ secretFile }` is relative to it, so that secrets stay out of the configuration folder. */
  readonly dataFolder: string;
};

export type Resolved = {
  readonly value: unknown;
  /** Keys whose value came from a reference → origin to show. */
  readonly origins: ReadonlyMap<string, string>;
  readonly secretKeys: ReadonlySet<string>;
  readonly problems: readonly ConfigurationProblem[];
};

/**
 * Replaces references anywhere in the configuration:
 * `{ secret: NAME }` by the environment variable NAME; `{ secretFile: path }` by a file's text; `{ fromFile: path }` by a parsed YAML or JSON file.
 */
export function resolveReferences(value: unknown, sources: ReferenceSources): Resolved {
  const origins = new Map<string, string>();
  const secretKeys = new Set<string>();
  const problems: ConfigurationProblem[] = [];

  const walk = (here: unknown, key: string): unknown => {
    if (Array.isArray(here)) return here.map((item, index) => walk(item, join(key, String(index))));
    if (!isMapping(here)) return here;
    const reference = readReference(here);
    if (reference === undefined) return Object.fromEntries(Object.entries(here).map(([name, item]) => [name, walk(item, join(key, name))]));
    return follow(reference, key);
  };

  const follow = ({ kind, target }: Reference, key: string): unknown => {
    const { origin, read, nextStep } = sourceOf(kind, target, sources);
    origins.set(key, origin);
    if (kind !== 'fromFile') secretKeys.add(key);
    try {
      return read();
    } catch (error) {
      problems.push({ key, expects: error instanceof Error ? error.message : 'could not be read', origin, nextStep });
      return undefined;
    }
  };

  return { value: walk(value, ''), origins, secretKeys, problems };
}

type ReferenceKind = 'secret' | 'secretFile' | 'fromFile';
type Reference = { readonly kind: ReferenceKind; readonly target: string };

function readReference(mapping: Readonly<Record<string, unknown>>): Reference | undefined {
  const [entry, ...others] = Object.entries(mapping);
  if (entry === undefined || others.length > 0) return undefined;
  const [kind, target] = entry;
  if (typeof target !== 'string') return undefined;
  // Anything but a variable's name is a plugin's own setting called `secret`, and must not be printed as a missing variable.
  if (kind === 'secret') return /^[A-Z][A-Z0-9_]*$/.test(target) ? { kind, target } : undefined;
  return kind === 'secretFile' || kind === 'fromFile' ? { kind, target } : undefined;
}

function sourceOf(kind: ReferenceKind, target: string, { environment, configFolder, dataFolder }: ReferenceSources) {
  switch (kind) {
    case 'secret':
      return {
        origin: `environment ${target}`,
        nextStep: `set the environment variable ${target} for the service`,
        read: () => {
          const text = environment[target];
          if (text === undefined || text === '') throw new Error(`needs the environment variable ${target}, which is not set`);
          return text;
        },
      };
    case 'secretFile': {
      const path = resolve(dataFolder, target);
      return { origin: `secret file ${target}`, nextStep: `put the secret into ${path}, readable by the service only`, read: () => readText(path) };
    }
    case 'fromFile': {
      const path = resolve(configFolder, target);
      return { origin: target, nextStep: `check that ${path} exists and is well-formed`, read: () => parseFile(path) };
    }
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Error(`needs the file ${path}, which cannot be read`, { cause });
  }
}

function parseFile(path: string): unknown {
  const text = readText(path);
  try {
    const value: unknown = extname(path) === '.json' ? JSON.parse(text) : parse(text);
    return value;
  } catch (error) {
    throw new Error(`${path} is not well-formed: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : ''}`, { cause: error });
  }
}

function join(prefix: string, name: string): string {
  return prefix === '' ? name : `${prefix}.${name}`;
}
