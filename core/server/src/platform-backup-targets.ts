/** Targets of backups as the configuration says them, or a file of its own on the day there is none. Part of the composition root. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { Check } from 'typebox/value';
import { parse } from 'yaml';
import { BackupPlaceSchema, type BackupPlace } from './config/backups-schema.js';
import { checkBackupPlace } from './config/check-backups.js';
import { resolveReferences } from './config/resolve-references.js';
import { BilingualError } from './domain/bilingual.js';
import { describeMismatches, listMismatches } from './domain/schema-mismatch.js';
import type { TargetOptions } from './edges/backups/open-target.js';

type TargetOf = { readonly id: string; readonly hospital: string; readonly dataFolder: string; readonly configFolder: string; /** Trusted besides those of the system. */ readonly authoritiesFile?: string | undefined };

/** @throws Error when the file of an authority cannot be read, or the place is none */
export function targetOptions({ folder, makes = false, sftp, s3, smb, nfs }: BackupPlace, { id, hospital, dataFolder, configFolder, authoritiesFile }: TargetOf): TargetOptions {
  if (folder !== undefined) return { id, folder: resolve(dataFolder, folder), hospital, makes };
  if (sftp !== undefined) return { id, hospital, place: { protocol: 'sftp', ...sftp } };
  if (smb !== undefined) return { id, hospital, place: { protocol: 'smb', ...smb } };
  if (nfs !== undefined) return { id, hospital, place: { protocol: 'nfs', ...nfs } };
  if (s3 === undefined) throw new Error(`the target ${id} is no place`);
  const { authorityFile, ...place } = s3;
  const authorityPem = authorityFile === undefined ? undefined : readFileSync(resolve(configFolder, authorityFile), 'utf8');
  return { id, hospital, place: { protocol: 's3', ...place, authorityPem, furtherAuthoritiesFile: authoritiesFile } };
}

/**
 * A file that says one place as a target of the configuration does, without `id`: what a restore is given when the box and its configuration are gone.
 * @throws BilingualError with every part that does not fit; values are never repeated
 */
export function readTargetFile(file: string, environment: Readonly<Record<string, string | undefined>>): TargetOptions {
  const folder = dirname(resolve(file));
  const wrong = (why: string): BilingualError => new BilingualError({ zh: `${file} 不是备份位置的描述：${why}`, en: `${file} does not describe a target: ${why}` });
  let given: unknown;
  try {
    given = parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw wrong(error instanceof Error ? (error.message.split('\n')[0] ?? '') : '');
  }
  const { value, problems } = resolveReferences(given, { environment, configFolder: folder, dataFolder: folder });
  const missing = problems.map(({ key, expects }) => `${key} ${expects}`);
  if (missing.length > 0) throw wrong(missing.join('; '));
  if (!Check(BackupPlaceSchema, value)) throw wrong(describeMismatches(listMismatches(BackupPlaceSchema, value)));
  const meant = checkBackupPlace(value).map(({ key, expects }) => `${key} ${expects}`.trim());
  if (meant.length > 0) throw wrong(meant.join('; '));
  return targetOptions(value, { id: 'server', hospital: 'none', dataFolder: folder, configFolder: folder, authoritiesFile: environment['NODE_EXTRA_CA_CERTS'] });
}
