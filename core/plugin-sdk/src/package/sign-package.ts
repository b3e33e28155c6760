import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { readArchive, writeArchive } from './archive.js';
import { SIGNATURES, SUMS, sumsOf } from './package-files.js';
import { signBytes, type SigningKey } from './signing-key.js';

export const SignaturesSchema = Type.Object(
  {
    format: Type.Literal('hospay-plugin-package/1'),
    signatures: Type.Array(
      Type.Object({ keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }), signature: Type.String({ maxLength: 200 }) }, { additionalProperties: false }),
      { maxItems: 16 },
    ),
  },
  { additionalProperties: false },
);
export type Signatures = Static<typeof SignaturesSchema>;

/**
 * Adds a signature: the publisher's, a reviewer's, the hospital's own. Signing again with the same key replaces. What is signed is the list of hashes; the package stays what
 * it was.
 * @throws ArchiveError when the bytes are no package, or its files are not what its list says: never put a name under something unread.
 */
export async function signPackage(bytes: Uint8Array, key: SigningKey): Promise<Buffer> {
  const files = new Map(await readArchive(bytes));
  const sums = Buffer.from(sumsOf(files), 'utf8');
  if (!sums.equals(files.get(SUMS) ?? new Uint8Array())) throw new Error(`${SUMS} does not list what the package holds: pack it again`);
  const known = readSignatures(files.get(SIGNATURES));
  const signatures = [...known.signatures.filter(({ keyId }) => keyId !== key.keyId), { keyId: key.keyId, signature: signBytes('hospay-plugin-package/1', sums, key) }];
  signatures.sort((left, right) => (left.keyId < right.keyId ? -1 : 1));
  files.set(SIGNATURES, Buffer.from(`${JSON.stringify({ ...known, signatures }, null, 2)}\n`, 'utf8'));
  return writeArchive(files);
}

/** An absent or unreadable file holds no signature. */
export function readSignatures(bytes: Uint8Array | undefined): Signatures {
  const none: Signatures = { format: 'hospay-plugin-package/1', signatures: [] };
  if (bytes === undefined) return none;
  try {
    const value: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return Check(SignaturesSchema, value) ? value : none;
  } catch {
    return none;
  }
}
