import { createHash } from 'node:crypto';

/** Names end in this: `acme-pay-1.4.2.hpx`. */
export const PACKAGE_EXTENSION = '.hpx';

/** Path inside the package → bytes. */
export type PackageFiles = ReadonlyMap<string, Uint8Array>;

/** The list of every other file's hash: what is signed. */
export const SUMS = 'SHA256SUMS';
/** Who signed the list. */
export const SIGNATURES = 'SIGNATURES.json';

/** `<sha256>  <path>` a line, in the order of the paths, over everything but the two files about signing. */
export function sumsOf(files: PackageFiles): string {
  return [...files.keys()]
    .filter((path) => path !== SUMS && path !== SIGNATURES)
    .sort()
    .map((path) => `${createHash('sha256').update(files.get(path) ?? new Uint8Array()).digest('hex')}  ${path}\n`)
    .join('');
}

/** What a package is called by in revocations and on screens: the hash of what its publisher signed. Further signatures do not change it. */
export function packageHash(files: PackageFiles): string {
  return createHash('sha256').update(sumsOf(files)).digest('hex');
}
