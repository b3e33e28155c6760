/**
 * 更新包 `hospay-<version>.hpu`: a tar of `manifest.json`, `SIGNATURES.json`, `root.img` (squashfs with its dm-verity tree) and a boot image for each slot, in this order. What is
 * signed is the manifest; it names the hash of everything behind it, so that nothing is written anywhere before a trusted signature was seen, and nothing that does not fit is ever started.
 */
import { createHash, type Hash } from 'node:crypto';
import { keyIdOf, verifyBytes } from '@hospay/plugin-sdk/package';
import { extract } from 'tar-stream';
import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import { KeyChangesSchema, type UpdateKey } from './update-keys.js';
import { UpdateProblem } from './update-problem.js';

export const SLOTS = ['a', 'b'] as const;
export type Slot = (typeof SLOTS)[number];
export const VERSION_PATTERN = '^\\d{1,4}\\.\\d{1,4}\\.\\d{1,4}(-[0-9a-z.]{1,20})?$';

const Sha256 = Type.String({ pattern: '^[0-9a-f]{64}$' });
const FileSchema = Type.Object({ bytes: Type.Integer({ minimum: 1, maximum: 1_073_741_824 }), sha256: Sha256 }, { additionalProperties: false });
export const BundleManifestSchema = Type.Object(
  {
    format: Type.Literal('hospay-update/1'),
    version: Type.String({ pattern: VERSION_PATTERN }),
    /** Of the commit it was built from. RFC 3339. */
    builtAt: Type.String({ maxLength: 40 }),
    /** The version of the plugin interface it brings: what an installed plugin's `sdk` range is held against before anything is written. */
    sdk: Type.String({ pattern: VERSION_PATTERN }),
    /** The oldest version that may go to this one at once. */
    upgradesFrom: Type.String({ pattern: VERSION_PATTERN }),
    notes: Type.Object({ zh: Type.String({ maxLength: 8_000 }), en: Type.String({ maxLength: 8_000 }) }, { additionalProperties: false }),
    root: FileSchema,
    boot: Type.Object({ a: FileSchema, b: FileSchema }, { additionalProperties: false }),
    keys: Type.Optional(KeyChangesSchema),
  },
  { additionalProperties: false },
);
export type BundleManifest = Static<typeof BundleManifestSchema>;
export const BundleSignaturesSchema = Type.Array(Type.Object({ keyId: Type.String({ pattern: '^[0-9a-f]{16}$' }), signature: Type.String({ maxLength: 200 }) }, { additionalProperties: false }), { minItems: 1, maxItems: 16 });

/** Names in a bundle, in their order. */
export const BUNDLE_FILES = ['manifest.json', 'SIGNATURES.json', 'root.img', 'hospay-a.efi', 'hospay-b.efi'] as const;
type Payload = (typeof BUNDLE_FILES)[2 | 3 | 4];
const LARGEST_HEAD_BYTES = 65_536;
/** Whoever holds one key alone cannot take the machine from the others: a change of the keys needs two. */
const SIGNATURES_FOR_KEYS = 2;

/** Called for each file of the payload once the manifest is trusted. It must read the pieces to their end; what it wrote counts only once `readBundle` has returned. */
export type TakePayload = (name: Payload, pieces: AsyncIterable<Uint8Array>, manifest: BundleManifest) => Promise<void>;

/**
 * Reads a bundle to its end.
 * @param source its bytes, in order.
 * @returns its manifest, with every hash found right. @throws UpdateProblem
 */
export async function readBundle(source: AsyncIterable<Uint8Array>, { trusted, take }: { readonly trusted: readonly UpdateKey[]; readonly take: TakePayload }): Promise<BundleManifest> {
  const reader = extract();
  let unread: unknown;
  const feeding = feed(source, reader).catch((error: unknown) => {
    unread = error;
    reader.destroy(error instanceof Error ? error : new Error('not read'));
  });
  try {
    const manifest = await readEntries(reader, trusted, take);
    await feeding;
    return manifest;
  } catch (error) {
    reader.destroy(new Error('no further'));
    await feeding;
    // What cannot be read or written (the disk, the file) is no fault of the bundle.
    if (unread !== undefined) throw unread;
    if (error instanceof UpdateProblem || (error instanceof Error && 'code' in error)) throw error;
    throw new UpdateProblem({ zh: '更新包损坏或不完整，请重新取得', en: 'the bundle is damaged or cut short: get it again' });
  }
}

async function feed(source: AsyncIterable<Uint8Array>, reader: ReturnType<typeof extract>): Promise<void> {
  for await (const piece of source) {
    if (reader.destroyed) return;
    if (!reader.write(piece)) await new Promise<void>((go) => { reader.once('drain', go); reader.once('close', go); });
  }
  reader.end(new Uint8Array());
}

async function readEntries(reader: ReturnType<typeof extract>, trusted: readonly UpdateKey[], take: TakePayload): Promise<BundleManifest> {
  let text: Uint8Array = new Uint8Array();
  let manifest: BundleManifest | undefined;
  let at = 0;
  for await (const entry of reader) {
    const { name, type, size } = entry.header;
    const expected = BUNDLE_FILES[at];
    at += 1;
    if (type !== 'file' || name !== expected) throw new UpdateProblem({ zh: `更新包的第 ${String(at)} 个文件应为 ${expected ?? '（无）'}`, en: `file ${String(at)} of the bundle should be ${expected ?? 'none'}` });
    if (name === 'manifest.json' || name === 'SIGNATURES.json') {
      if (size > LARGEST_HEAD_BYTES) throw new UpdateProblem({ zh: `${name} 过大`, en: `${name} is too large` });
      const bytes = await whole(entry);
      if (name === 'manifest.json') text = bytes;
      else manifest = checkedManifest(text, bytes, trusted);
      continue;
    }
    if (manifest === undefined) throw new Error('unreachable: the order was checked');
    const { bytes, sha256 } = name === 'root.img' ? manifest.root : name === 'hospay-a.efi' ? manifest.boot.a : manifest.boot.b;
    if (size !== bytes) throw new UpdateProblem({ zh: `${name} 的长度与清单不符`, en: `${name} is not as long as the manifest says` });
    const hash = createHash('sha256');
    await take(name, hashed(entry, hash), manifest);
    if (hash.digest('hex') !== sha256) throw new UpdateProblem({ zh: `${name} 与清单的校验值不符，请重新取得更新包`, en: `${name} is not what was signed: get the bundle again` });
  }
  if (manifest === undefined || at !== BUNDLE_FILES.length) throw new UpdateProblem({ zh: '更新包不完整，请重新取得', en: 'the bundle is cut short: get it again' });
  return manifest;
}

function checkedManifest(text: Uint8Array, signatures: Uint8Array, trusted: readonly UpdateKey[]): BundleManifest {
  const given = parsed(signatures);
  if (!Check(BundleSignaturesSchema, given)) throw new UpdateProblem({ zh: '更新包没有可读的签名', en: 'the bundle carries no readable signature' });
  const good = new Set(given.flatMap(({ keyId, signature }) => {
    const key = trusted.find((one) => one.keyId === keyId && keyIdOf(one.publicKeyPem) === keyId);
    return key !== undefined && verifyBytes('hospay-update/1', text, signature, key.publicKeyPem) ? [keyId] : [];
  }));
  if (good.size === 0) throw new UpdateProblem({ zh: `更新包不是由本机信任的密钥签名（签名者 ${given.map(({ keyId }) => keyId).join('、')}）`, en: `no key this machine trusts has signed the bundle (signed by ${given.map(({ keyId }) => keyId).join(', ')})` });
  const manifest = parsed(text);
  if (!Check(BundleManifestSchema, manifest)) throw new UpdateProblem({ zh: '更新包的格式比本机新，请先更新到中间版本', en: 'the bundle is of a newer form than this machine reads: go to a version in between first' });
  if (manifest.keys !== undefined) {
    if (good.size < SIGNATURES_FOR_KEYS) throw new UpdateProblem({ zh: '更换更新密钥的更新包须有两把受信任密钥的签名', en: 'a bundle that changes the keys of updates needs the signatures of two trusted keys' });
    const wrong = manifest.keys.add.find(({ keyId, publicKeyPem }) => !isKeyOf(publicKeyPem, keyId));
    if (wrong !== undefined) throw new UpdateProblem({ zh: `新密钥 ${wrong.keyId} 的编号与其内容不符`, en: `the new key ${wrong.keyId} is not the one its number names` });
  }
  return manifest;
}

function isKeyOf(publicKeyPem: string, keyId: string): boolean {
  try {
    return keyIdOf(publicKeyPem) === keyId;
  } catch {
    return false;
  }
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    return undefined;
  }
}

async function* hashed(pieces: AsyncIterable<unknown>, hash: Hash): AsyncIterable<Uint8Array> {
  for await (const piece of pieces) {
    if (!(piece instanceof Uint8Array)) continue;
    hash.update(piece);
    yield piece;
  }
}

async function whole(pieces: AsyncIterable<unknown>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) if (piece instanceof Uint8Array) all.push(piece);
  return Buffer.concat(all);
}
