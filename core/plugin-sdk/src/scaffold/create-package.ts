import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { SDK_VERSION } from '../plugin.js';
import { adapterFiles } from './adapter-files.js';
import { channelFiles } from './channel-files.js';
import type { PackageNames } from './package-files.js';
import { reportFiles } from './report-files.js';

export type PackageKind = 'channel' | 'report' | 'adapter';

const FOLDERS: Readonly<Record<PackageKind, string>> = { channel: 'plugins/channels', report: 'plugins/reports', adapter: 'hospital-adapters' };
const FILES: Readonly<Record<PackageKind, (names: PackageNames) => Readonly<Record<string, string>>>> = { channel: channelFiles, report: reportFiles, adapter: adapterFiles };

export type CreatedPackage =
  | { readonly kind: 'created'; readonly folder: string; readonly files: readonly string[] }
  | { readonly kind: 'refused'; readonly reason: string };

const NAME_PATTERN = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const LONGEST_NAME = 40;

/** Writes a new package under the repository root and joins it to the build. Nothing that exists is touched when it is refused. */
export function createPackage(request: { readonly root: string; readonly kind: PackageKind; readonly name: string }): CreatedPackage {
  const { root, kind, name } = request;
  if (!NAME_PATTERN.test(name) || name.length > LONGEST_NAME) {
    return { kind: 'refused', reason: `"${name.slice(0, 60)}" is no package name: up to ${String(LONGEST_NAME)} characters, lower-case words of letters and digits joined by hyphens, for example city-card.` };
  }
  const folder = `${FOLDERS[kind]}/${name}`;
  if (existsSync(join(root, folder))) return { kind: 'refused', reason: `${folder} already exists; choose another name or remove the folder first.` };

  const names: PackageNames = {
    name,
    toRoot: folder.split('/').map(() => '..').join('/'),
    sdkVersion: SDK_VERSION,
    typeboxVersion: /"typebox": "([^"]+)"/.exec(readFileSync(join(root, 'core/plugin-sdk/package.json'), 'utf8'))?.[1] ?? '1.x',
  };
  const files = FILES[kind](names);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, folder, path)), { recursive: true });
    writeFileSync(join(root, folder, path), text, { flag: 'wx' });
  }
  return { kind: 'created', folder, files: [...Object.keys(files).map((path) => `${folder}/${path}`), ...joinToBuild(root, kind, folder)] };
}

/** Adds the package to the root's build references, and to its workspaces where no pattern covers it. Gives the files it changed. */
function joinToBuild(root: string, kind: PackageKind, folder: string): string[] {
  const changed = [insertBefore(join(root, 'tsconfig.json'), '{ "path": "appliance" }', `{ "path": "${folder}" }`) ? 'tsconfig.json (changed)' : `tsconfig.json: add { "path": "${folder}" } to its references yourself`];
  if (kind !== 'adapter') return changed;
  return [...changed, insertBefore(join(root, 'package.json'), '"appliance"', `"${folder}"`) ? 'package.json (changed)' : `package.json: add "${folder}" to its workspaces yourself`];
}

/** Puts a list item on its own line before another one, keeping the file's layout; false when the other is not there. */
function insertBefore(path: string, anchor: string, item: string): boolean {
  const text = readFileSync(path, 'utf8');
  const at = text.indexOf(anchor);
  if (at < 0 || text.includes(item)) return false;
  const indent = text.slice(text.lastIndexOf('\n', at) + 1, at);
  writeFileSync(path, `${text.slice(0, at)}${item},\n${indent}${text.slice(at)}`);
  return true;
}
