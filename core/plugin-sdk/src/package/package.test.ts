import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { pack } from 'tar-stream';
import {
  acceptTrustList, ArchiveError, buildPackage, makeSigningKey, makeTrustList, readArchive, readSigningKey, readTrustList, signPackage, signTrustList, verifyPackage, writeArchive,
  type SigningKey, type TrustListBody,
} from './index.js';
import { sumsOf } from './package-files.js';
import { signBytes } from './signing-key.js';

const PUBLISHER = 'Acme Payments';
const MANIFEST = {
  id: 'acme', version: '1.2.0', title: { zh: '测试', en: 'Acme' }, publisher: PUBLISHER, sdk: '^0.2.0', entry: 'dist/index.js',
  contributes: { channels: ['acme'] }, needs: {}, limits: { callTimeoutMs: 1_000, concurrency: 4 }, owner: 'Acme',
};
const publisherKey = makeSigningKey();
const rootKey = makeSigningKey();
let root: string;
let unsigned: Buffer;
let signed: Buffer;

before(async () => {
  root = mkdtempSync(join(tmpdir(), 'hospay-package-'));
  write('good', {});
  unsigned = (await buildPackage(join(root, 'good'))).bytes;
  signed = await signPackage(unsigned, publisherKey);
});
after(() => { rmSync(root, { recursive: true }); });

function write(name: string, manifest: object, files: Readonly<Record<string, string>> = {}): string {
  const all = {
    'plugin.json': JSON.stringify({ ...MANIFEST, ...manifest }),
    'package.json': '{"type":"module"}',
    'dist/index.js': "import { word } from './word.js';\nexport default { settings: { type: 'object', properties: {}, additionalProperties: false, title: word }, activate: () => ({}) };",
    'dist/word.js': "export const word = 'Acme';",
    'i18n/zh-CN.json': '{"title":"测试"}',
    'notes.txt': 'not part of the package',
    ...files,
  };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
  return join(root, name);
}
const named = (key: SigningKey, publisher: string) => ({ keyId: key.keyId, publisher, publicKeyPem: key.publicKeyPem });
const trust = (set: Partial<TrustListBody> = {}): TrustListBody => ({
  format: 'hospay-trust-list/1', serial: 1, issuedAt: '2026-11-23T00:00:00Z', roots: [named(rootKey, 'Hospay')], publishers: [named(publisherKey, PUBLISHER)], revokedKeys: [], revokedPackages: [], ...set,
});
const refusal = async (bytes: Uint8Array, set: Partial<TrustListBody> = {}) => {
  const verdict = await verifyPackage(bytes, trust(set));
  return verdict.kind === 'refused' ? verdict.code : 'verified';
};

test('the same folder gives the same bytes, one module, its settings schema, and nothing that was not asked for', async () => {
  const again = await buildPackage(join(root, 'good'));
  assert.ok(again.bytes.equals(unsigned));
  assert.equal(again.fileName, 'acme-1.2.0.hpx');
  const files = await readArchive(again.bytes);
  assert.deepEqual([...files.keys()], ['SHA256SUMS', 'dist/plugin.js', 'i18n/zh-CN.json', 'package.json', 'plugin.json', 'sbom.cdx.json', 'schema/settings.json']);
  const text = (path: string) => Buffer.from(files.get(path) ?? new Uint8Array()).toString('utf8');
  assert.match(text('dist/plugin.js'), /Acme/);
  assert.equal(JSON.parse(text('schema/settings.json')).title, 'Acme');
  assert.equal(JSON.parse(text('plugin.json')).entry, 'dist/plugin.js');
  assert.equal(JSON.parse(text('sbom.cdx.json')).bomFormat, 'CycloneDX');
});

test('a package signed by its publisher is verified, with the names of those who signed', async () => {
  const verdict = await verifyPackage(signed, trust());
  assert.equal(verdict.kind, 'verified');
  assert.deepEqual(verdict.package.signers, [{ keyId: publisherKey.keyId, publisher: PUBLISHER }]);
});

test('a further signature leaves the package what it is, and signing twice counts once', async () => {
  const hospital = makeSigningKey();
  const twice = await signPackage(await signPackage(signed, hospital), hospital);
  const verdict = await verifyPackage(twice, trust({ publishers: [named(publisherKey, PUBLISHER), named(hospital, 'Hospital')] }));
  assert.equal(verdict.kind, 'verified');
  assert.equal(verdict.package.signers.length, 2);
  const verdictBefore = await verifyPackage(signed, trust());
  assert.equal(verdictBefore.kind === 'verified' && verdictBefore.package.hash, verdict.package.hash);
});

test('unsigned, signed by a stranger, or by another publisher’s key: refused', async () => {
  assert.equal(await refusal(unsigned), 'unsigned');
  assert.equal(await refusal(await signPackage(unsigned, makeSigningKey())), 'unsigned');
  const other = makeSigningKey();
  assert.equal(await refusal(await signPackage(unsigned, other), { publishers: [named(other, 'Somebody else')] }), 'unsigned');
});

test('a withdrawn key or package is refused, whatever else has signed it', async () => {
  assert.equal(await refusal(signed, { revokedKeys: [{ keyId: publisherKey.keyId, reason: 'lost' }] }), 'revoked');
  assert.equal(await refusal(signed, { revokedPackages: [{ id: 'acme', version: '1.2.0', reason: 'pays twice' }] }), 'revoked');
  const verdict = await verifyPackage(signed, trust());
  const hash = verdict.kind === 'verified' ? verdict.package.hash : '';
  assert.equal(await refusal(signed, { revokedPackages: [{ id: 'acme', hash, reason: 'pays twice' }] }), 'revoked');
  assert.equal(await refusal(signed, { revokedPackages: [{ id: 'acme', version: '1.1.0', reason: 'old' }, { id: 'other', reason: 'x' }] }), 'verified');
});

test('any file changed, added or taken away after signing is noticed', async () => {
  const files = await readArchive(signed);
  for (const path of files.keys()) {
    if (path === 'SIGNATURES.json') continue;
    const changed = new Map(files);
    changed.set(path, Buffer.concat([Buffer.from(files.get(path) ?? new Uint8Array()), Buffer.from(' ')]));
    assert.equal(await refusal(await writeArchive(changed)), 'sums', path);
    const fewer = new Map(files);
    fewer.delete(path);
    assert.equal(await refusal(await writeArchive(fewer)), 'sums', path);
  }
  assert.equal(await refusal(await writeArchive(new Map([...files, ['dist/more.js', Buffer.from('x')]]))), 'sums');
});

test('a list rewritten to fit the changed files carries no signature any more', async () => {
  const files = new Map(await readArchive(signed));
  files.set('dist/plugin.js', Buffer.from('export default {}'));
  files.set('SHA256SUMS', Buffer.from(sumsOf(files)));
  assert.equal(await refusal(await writeArchive(files)), 'unsigned');
});

test('bytes behind the end, cut bytes, garbage and other tars are no package', async () => {
  assert.equal(await refusal(Buffer.concat([signed, Buffer.alloc(512, 1)])), 'archive');
  assert.equal(await refusal(signed.subarray(0, signed.length - 2_000)), 'archive');
  assert.equal(await refusal(Buffer.from('not a package')), 'archive');
  assert.equal(await refusal(Buffer.alloc(0)), 'archive');
});

for (const [what, header] of [
  ['a link', { name: 'dist/plugin.js', type: 'symlink', linkname: '/etc/passwd' }],
  ['a folder', { name: 'dist', type: 'directory' }],
  ['a path upwards', { name: '../plugin.json' }],
  ['an absolute path', { name: '/plugin.json' }],
  ['a hidden file', { name: '.npmrc' }],
] as const) {
  test(`an archive with ${what} is refused before anything of it is used`, async () => {
    const archive = pack();
    if ('type' in header) archive.entry(header);
    else archive.entry(header, 'x');
    archive.finalize();
    const chunks: Uint8Array[] = [];
    for await (const chunk of archive) if (chunk instanceof Uint8Array) chunks.push(chunk);
    await assert.rejects(readArchive(Buffer.concat(chunks)), ArchiveError);
  });
}

test('a manifest for another SDK, or one that does not fit, is refused by name', async () => {
  const newer = await signPackage((await buildPackage(write('newer', { sdk: '^9.0.0' }))).bytes, publisherKey);
  assert.equal(await refusal(newer), 'sdk');
  await assert.rejects(buildPackage(write('broken', { permissions: [] })), /plugin\.json does not fit/);
  await assert.rejects(buildPackage(write('unbuilt', { entry: 'dist/nowhere.js' })), /build the plugin first/);
  await assert.rejects(buildPackage(join(root, 'nothing')), /give the folder of the plugin/);
});

test('a key that is none is refused without being quoted', () => {
  assert.throws(() => readSigningKey('-----BEGIN canary-----'), (error: Error) => /not an Ed25519 private key/.test(error.message) && !error.message.includes('canary'));
  assert.equal(readSigningKey(publisherKey.privateKeyPem).keyId, publisherKey.keyId);
});

test('a newer trust list signed by a present root is taken; an older, unsigned, altered or stranger’s one is not', () => {
  const present = trust({ serial: 5 });
  const next = makeTrustList(trust({ serial: 6, revokedKeys: [{ keyId: publisherKey.keyId, reason: 'lost' }] }));
  const taken = acceptTrustList(present, JSON.stringify(signTrustList(next, rootKey)));
  assert.equal(taken.kind === 'ok' && taken.body.serial, 6);
  const reason = (text: string, now = present) => {
    const verdict = acceptTrustList(now, text);
    return verdict.kind === 'refused' ? verdict.reason : 'taken';
  };
  assert.match(reason(JSON.stringify(signTrustList(next, rootKey)), trust({ serial: 6 })), /not newer/);
  assert.match(reason(JSON.stringify(next)), /no root/);
  assert.match(reason(JSON.stringify(signTrustList(next, makeSigningKey()))), /no root/);
  const altered = signTrustList(next, rootKey);
  assert.match(reason(JSON.stringify({ ...altered, body: altered.body.replace('"serial": 6', '"serial": 7') })), /no root/);
  assert.match(reason(JSON.stringify(signTrustList(next, rootKey)), trust({ serial: 5, revokedKeys: [{ keyId: rootKey.keyId, reason: 'stolen' }] })), /no root/);
  assert.match(reason('{'), /not a trust list/);
  assert.equal(readTrustList(JSON.stringify(next)).kind, 'ok');
});

test('roots are replaced only by a list that the old and the new have signed', () => {
  const heir = makeSigningKey();
  const next = makeTrustList(trust({ serial: 2, roots: [named(heir, 'Hospay')] }));
  const verdict = (list: typeof next) => acceptTrustList(trust(), JSON.stringify(list)).kind;
  assert.equal(verdict(signTrustList(next, rootKey)), 'refused');
  assert.equal(verdict(signTrustList(next, heir)), 'refused');
  assert.equal(verdict(signTrustList(signTrustList(next, rootKey), heir)), 'ok');
});

test('a signature on a package never passes for one on a trust list', () => {
  const list = makeTrustList(trust({ serial: 2 }));
  const stolen = { ...list, signatures: [{ keyId: rootKey.keyId, signature: signBytes('hospay-plugin-package/1', Buffer.from(list.body), rootKey) }] };
  assert.equal(acceptTrustList(trust(), JSON.stringify(stolen)).kind, 'refused');
});
