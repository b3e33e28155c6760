import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { PluginManifestSchema, SDK_VERSION, type PluginManifest } from '@hospay/plugin-sdk';
import { satisfies, validRange } from 'semver';
import { Check } from 'typebox/value';
import { own } from '../domain/own-words.js';
import { describeMismatches, listMismatches } from '../domain/schema-mismatch.js';
import { withoutPaths } from './package-place.js';

/** A plugin folder that fits: nothing of it has run yet. */
export type PluginPackage = {
  readonly folder: string;
  readonly manifest: PluginManifest;
  readonly entryPath: string;
  /** Changes when any file of the package changes. */
  readonly fingerprint: string;
};

export type PackageReading = { readonly kind: 'fits'; readonly package: PluginPackage } | { readonly kind: 'refused'; readonly folder: string; readonly id: string | undefined; readonly reason: string };

/** Larger manifests and packages are mistakes or attacks. */
const LARGEST_MANIFEST_BYTES = 64 * 1024;
const MOST_FILES = 5_000;

/** Reads and verifies a package without running a line of it: manifest, SDK range, entry inside the folder. */
export function readPackage(folder: string): PackageReading {
  let id: string | undefined;
  const refuse = (reason: string): PackageReading => ({ kind: 'refused', folder, id, reason });
  let manifest: unknown;
  try {
    const path = join(folder, 'plugin.json');
    if (statSync(path).size > LARGEST_MANIFEST_BYTES) return refuse(own('manifestTooLarge', String(LARGEST_MANIFEST_BYTES)));
    manifest = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    return refuse(own('manifestUnreadable', error instanceof Error ? withoutPaths(error.message, [folder]) : ''));
  }
  if (typeof manifest === 'object' && manifest !== null && 'id' in manifest && typeof manifest.id === 'string') id = manifest.id.slice(0, 64);
  if (!Check(PluginManifestSchema, manifest)) return refuse(own('manifestUnfit', describeMismatches(listMismatches(PluginManifestSchema, manifest))));
  if (validRange(manifest.sdk) === null) return refuse(own('sdkNoRange', manifest.sdk));
  if (!satisfies(SDK_VERSION, manifest.sdk)) return refuse(own('sdkOther', manifest.sdk, SDK_VERSION));
  const duplicate = repeated(manifest.contributes.channels) ?? repeated(manifest.contributes.hospitalAdapters) ?? repeated(manifest.contributes.bankLinks) ?? repeated(manifest.contributes.reports);
  if (duplicate !== undefined) return refuse(own('declaredTwice', duplicate));
  const { reports, ...others } = manifest.contributes;
  if (reports !== undefined && Object.keys(others).length > 0) return refuse(own('reportsBesideMoney'));
  if (reports !== undefined && (manifest.needs.network ?? []).length > 0) return refuse(own('reportsNoNetwork'));

  let entryPath: string;
  try {
    // A link could lead anywhere: what counts is where the file really is.
    entryPath = realpathSync(join(folder, manifest.entry));
    if (!isInside(realpathSync(folder), entryPath)) return refuse(own('entryOutside', manifest.entry));
    if (!statSync(entryPath).isFile()) return refuse(own('entryNoFile', manifest.entry));
  } catch {
    return refuse(own('entryMissing', manifest.entry));
  }
  return { kind: 'fits', package: { folder, manifest, entryPath, fingerprint: fingerprintOf(folder) } };
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !way.startsWith('..') && !way.startsWith(sep);
}

function fingerprintOf(folder: string): string {
  const hash = createHash('sha256');
  let files = 0;
  const walk = (here: string): void => {
    for (const entry of readdirSync(here, { withFileTypes: true }).toSorted((left, right) => (left.name < right.name ? -1 : 1))) {
      if (entry.name === 'node_modules' || entry.name.startsWith('.') || (files += 1) > MOST_FILES) continue;
      const path = join(here, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (entry.isFile() && /\.(js|mjs|json)$/.test(entry.name)) hash.update(relative(folder, path)).update('\0').update(readFileSync(path)).update('\0');
    }
  };
  walk(folder);
  return hash.digest('hex').slice(0, 16);
}

function repeated(names: readonly string[] = []): string | undefined {
  return names.find((name, index) => names.indexOf(name) !== index);
}
