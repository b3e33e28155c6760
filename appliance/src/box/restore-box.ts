/** 从备份恢复整机: what of a restored data folder becomes the machine's own again. The data itself is made by the core's own restore, proved and fenced. */
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { synced, writeWhole } from '../update/durable-file.js';

/** Where the core's restore puts the configuration of the set. */
const RESTORED_CONFIGURATION = 'restored-configuration';
/** The appliance's secrets lie in the data folder too, so that a backup holds them: encrypted as everything of it. */
export const KEPT_SECRETS = 'keys/appliance-secrets.json';

type DataOfBox = { readonly dataFolder: string; readonly state: string };
const UNDER_WAY = 'restore-under-way.json';

/** Evidence, and perhaps the only copy of something: what the machine holds is never overwritten. Written down first, so that a power cut leaves no empty box in the place of the old one. */
export function setAside({ dataFolder, state }: DataOfBox, now: Date): void {
  if (!existsSync(dataFolder) || readdirSync(dataFolder).length === 0) return;
  const aside = `${dataFolder}.before-restore-${stampOf(now)}`;
  writeWhole(join(state, UNDER_WAY), JSON.stringify({ aside }), 0o600);
  renameSync(dataFolder, aside);
  synced(dirname(dataFolder));
}

/** After a restore that failed, or that the power cut off: the machine is what it was. @returns what was done, for the journal */
export function putBack({ dataFolder, state }: DataOfBox, now: Date): readonly string[] {
  const marker = join(state, UNDER_WAY);
  if (!existsSync(marker)) return [];
  const { aside } = JSON.parse(readFileSync(marker, 'utf8')) as { aside: string };
  const isAside = existsSync(aside);
  if (isAside) {
    if (existsSync(dataFolder)) renameSync(dataFolder, `${dataFolder}.failed-restore-${stampOf(now)}`);
    renameSync(aside, dataFolder);
    synced(dirname(dataFolder));
  }
  rmSync(marker);
  return isAside ? ['a restore did not come to its end: the data of this machine is back'] : [];
}

/** The restored data is the machine's own from now on. */
export function restoreEnded(state: string): void {
  rmSync(join(state, UNDER_WAY), { force: true });
}

function stampOf(now: Date): string {
  return now.toISOString().replaceAll(/[:.]/g, '-');
}

/**
 * Takes profile, mappings and secrets of the set over, where the answers file gave none.
 * @param given what the answers file said: it stands. @returns what was taken, for the journal
 */
export function takeRestored({ dataFolder, state, given }: { readonly dataFolder: string; readonly state: string; readonly given: { readonly profile: boolean } }): readonly string[] {
  const taken: string[] = [];
  const restored = join(dataFolder, RESTORED_CONFIGURATION);
  const profiles = existsSync(join(restored, 'profiles')) ? readdirSync(join(restored, 'profiles')).filter((name) => name.endsWith('.yaml')) : [];
  const [profile] = profiles;
  if (!given.profile && profile !== undefined && profiles.length === 1) {
    writeWhole(join(state, 'config/profiles/appliance.yaml'), readFileSync(join(restored, 'profiles', profile), 'utf8'), 0o640);
    copyReadable(join(restored, 'hospitals'), join(state, 'config/hospitals'));
    taken.push('profile and mappings of the set');
  }
  const kept = join(dataFolder, KEPT_SECRETS);
  if (existsSync(kept)) {
    const secrets = join(state, 'secrets.json');
    const own: unknown = existsSync(secrets) ? JSON.parse(readFileSync(secrets, 'utf8')) : {};
    writeWhole(secrets, JSON.stringify({ ...(JSON.parse(readFileSync(kept, 'utf8')) as object), ...(own as object) }), 0o600);
    rmSync(kept);
    taken.push('secrets of the set');
  }
  return taken;
}

/** Mappings hold no secret, and the core, which is not root, reads them; in a set every file is for its owner alone. */
function copyReadable(from: string, to: string): void {
  if (!existsSync(from)) return;
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const source = join(entry.parentPath, entry.name);
    const target = join(to, source.slice(from.length));
    for (const folder of foldersUpTo(dirname(target), to)) {
      mkdirSync(folder, { recursive: true });
      chmodSync(folder, 0o755);
    }
    writeWhole(target, readFileSync(source, 'utf8'), 0o644);
  }
}

function foldersUpTo(folder: string, top: string): string[] {
  return folder === top ? [] : [...foldersUpTo(dirname(folder), top), folder];
}
