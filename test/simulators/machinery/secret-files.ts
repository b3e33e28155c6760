import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const CREDENTIALS_FILE_NAME = 'merchant-credentials.json';
const KEYS_FILE_NAME = 'platform-keys.json';

export type KeptKeysOptions<Stored> = {
  readonly make: (now: Date) => Promise<Stored>;
  /** What the merchant is given of them. */
  readonly credentialsOf: (stored: Stored) => object;
  /** False for keys of an older simulator that lack one: they are made anew. */
  readonly isWhole?: (stored: Stored) => boolean;
};

/**
 * Reads a platform's keys from the data folder, or makes them at the first start. Simulators without a folder share one set of the process: RSA keys cost time,
 * and tests start many simulators.
 */
export function keptKeys<Stored>({ make, credentialsOf, isWhole = () => true }: KeptKeysOptions<Stored>): (dataFolder: string | undefined, now: Date) => Promise<Stored> {
  let keysOfThisProcess: Promise<Stored> | undefined;
  return async (dataFolder, now) => {
    if (dataFolder === undefined) return (keysOfThisProcess ??= make(now));
    mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
    const file = join(dataFolder, KEYS_FILE_NAME);
    const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Stored) : undefined;
    if (kept !== undefined && isWhole(kept)) return kept;
    const keys = await make(now);
    writeSecretFile(join(dataFolder, CREDENTIALS_FILE_NAME), credentialsOf(keys));
    writeSecretFile(file, keys);
    return keys;
  };
}

/** Where the merchant's credentials were written; `undefined` without a data folder. */
export function credentialsFileIn(dataFolder: string | undefined): string | undefined {
  return dataFolder === undefined ? undefined : join(dataFolder, CREDENTIALS_FILE_NAME);
}

function writeSecretFile(path: string, value: unknown): void {
  writeFileSync(`${path}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}
