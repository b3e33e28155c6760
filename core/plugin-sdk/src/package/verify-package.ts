import { satisfies, validRange } from 'semver';
import { Check } from 'typebox/value';
import { PluginManifestSchema, SDK_VERSION, type PluginManifest } from '../plugin.js';
import { ArchiveError, readArchive } from './archive.js';
import { packageHash, SIGNATURES, SUMS, sumsOf, type PackageFiles } from './package-files.js';
import { readSignatures } from './sign-package.js';
import { verifyBytes } from './signing-key.js';
import type { TrustListBody } from './trust-list.js';

export type VerifiedPackage = {
  readonly manifest: PluginManifest;
  readonly files: PackageFiles;
  readonly hash: string;
  /** Trusted, not withdrawn keys whose signature holds. */
  readonly signers: readonly { readonly keyId: string; readonly publisher: string }[];
};
export type PackageVerdict =
  | { readonly kind: 'verified'; readonly package: VerifiedPackage }
  | { readonly kind: 'refused'; readonly code: 'archive' | 'sums' | 'manifest' | 'sdk' | 'unsigned' | 'revoked'; readonly reason: string };

/**
 * Everything that can be known of a package before a line of it runs: a plain archive, every file as listed, a manifest that fits, an SDK range that includes this platform, a signature of its own
 * publisher by a trusted key, nothing withdrawn. Works offline.
 */
export async function verifyPackage(bytes: Uint8Array, trust: TrustListBody): Promise<PackageVerdict> {
  let files: PackageFiles;
  try {
    files = await readArchive(bytes);
  } catch (error) {
    if (error instanceof ArchiveError) return refused('archive', error.message);
    throw error;
  }
  const sums = Buffer.from(sumsOf(files), 'utf8');
  if (!sums.equals(files.get(SUMS) ?? new Uint8Array())) return refused('sums', `${SUMS} does not list exactly what the package holds: a file was changed, added or removed after packing`);
  const manifest = readManifest(files);
  if (typeof manifest === 'string') return refused('manifest', manifest);
  if (!files.has(manifest.entry)) return refused('manifest', `the entry ${manifest.entry} is not in the package`);
  if (validRange(manifest.sdk) === null || !satisfies(SDK_VERSION, manifest.sdk)) return refused('sdk', `needs SDK ${manifest.sdk}; this platform has ${SDK_VERSION}`);
  const hash = packageHash(files);
  const withdrawn = trust.revokedPackages.find(({ id, version, hash: listed }) => id === manifest.id && (version === undefined || version === manifest.version) && (listed === undefined || listed === hash));
  if (withdrawn !== undefined) return refused('revoked', `this package was withdrawn: ${withdrawn.reason}`);
  const revoked = new Map(trust.revokedKeys.map(({ keyId, reason }) => [keyId, reason]));
  const { signatures } = readSignatures(files.get(SIGNATURES));
  const signers = trust.publishers.filter(
    ({ keyId, publicKeyPem }) => !revoked.has(keyId) && signatures.some((signed) => signed.keyId === keyId && verifyBytes('hospay-plugin-package/1', sums, signed.signature, publicKeyPem)),
  );
  if (!signers.some(({ publisher }) => publisher === manifest.publisher)) {
    const dead = signatures.find(({ keyId }) => revoked.has(keyId));
    if (dead !== undefined) return refused('revoked', `the key ${dead.keyId} that signed it was withdrawn: ${revoked.get(dead.keyId) ?? ''}`);
    return refused('unsigned', `no trusted key of ${manifest.publisher} has signed it`);
  }
  return { kind: 'verified', package: { manifest, files, hash, signers: signers.map(({ keyId, publisher }) => ({ keyId, publisher })) } };
}

function readManifest(files: PackageFiles): PluginManifest | string {
  try {
    const value: unknown = JSON.parse(Buffer.from(files.get('plugin.json') ?? new Uint8Array()).toString('utf8'));
    return Check(PluginManifestSchema, value) ? value : 'plugin.json does not fit the manifest schema';
  } catch {
    return 'plugin.json is missing or no JSON';
  }
}

function refused(code: Extract<PackageVerdict, { kind: 'refused' }>['code'], reason: string): PackageVerdict {
  return { kind: 'refused', code, reason };
}
