import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { packagePlace } from './package-place.js';
import { readPackage, type PackageReading } from './read-package.js';

/** Reads every sub-folder that has a `plugin.json`. Of two packages with one id neither is taken: nobody could say which one would run. */
export function discover(folders: readonly string[]): PackageReading[] {
  const readings = folders.flatMap((folder) => pluginFolders(folder).map(readPackage));
  const folderOf = new Map<string, string[]>();
  for (const reading of readings) {
    if (reading.kind === 'fits') folderOf.set(reading.package.manifest.id, [...(folderOf.get(reading.package.manifest.id) ?? []), reading.package.folder]);
  }
  return readings.map((reading) => {
    if (reading.kind === 'refused') return reading;
    const { folder, manifest } = reading.package;
    const twins = folderOf.get(manifest.id) ?? [];
    return twins.length === 1 ? reading : { kind: 'refused', folder, id: manifest.id, reason: `the id ${manifest.id} is used by several packages: ${twins.map(packagePlace).join(', ')}` };
  });
}

function pluginFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const own = existsSync(join(folder, 'plugin.json')) ? [folder] : [];
  const below = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'plugin.json')))
    .map((entry) => join(folder, entry.name));
  return [...own, ...below.toSorted()];
}
