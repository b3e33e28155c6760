/** Updates on plain files: slots are files, the boot partition is a folder. What systemd-boot does is done by renaming. */
import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { makeSigningKey, type SigningKey } from '@hospay/plugin-sdk/package';
import { writeBundle } from '../image/write-bundle.js';
import { boxStatus, commitUpdate, inspectBundle, revertUpdate, settleAtStart, stageBundle, type UpdatePlaces } from './box-update.js';
import type { KeyChanges } from './update-keys.js';

const [RELEASE, SECOND, STRANGER] = [makeSigningKey(), makeSigningKey(), makeSigningKey()];
const keyOf = ({ keyId, publicKeyPem }: SigningKey, title = 'release') => ({ keyId, publicKeyPem, title });

type Machine = Omit<UpdatePlaces, 'version'> & { version: string } & { readonly folder: string; readonly bundle: (asked?: { version?: string; upgradesFrom?: string; signers?: readonly SigningKey[]; keys?: KeyChanges }) => Promise<string>; readonly entries: () => string[]; readonly restart: (slot: 'a' | 'b', version: string) => void };

function machine(context: TestContext): Machine {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-update-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  const entriesFolder = join(folder, 'esp/EFI/Linux');
  for (const path of [entriesFolder, join(folder, 'state'), join(folder, 'new')]) mkdirSync(path, { recursive: true });
  writeFileSync(join(entriesFolder, 'hospay-a.efi'), 'the first');
  for (const slot of ['a', 'b']) writeFileSync(join(folder, `root-${slot}`), Buffer.alloc(300_000, slot));
  writeFileSync(join(folder, 'keys.json'), JSON.stringify([keyOf(RELEASE), keyOf(SECOND, 'second')]));
  writeFileSync(join(folder, 'new/root.img'), Buffer.alloc(200_000, 'R'));
  for (const slot of ['a', 'b']) writeFileSync(join(folder, `new/hospay-${slot}.efi`), `boots slot ${slot}`);
  const places = { esp: join(folder, 'esp'), state: join(folder, 'state'), builtInKeys: join(folder, 'keys.json'), commandLine: join(folder, 'cmdline'), version: '1.0.0', deviceOf: (slot: string) => join(folder, `root-${slot}`), flush: () => {}, now: () => new Date('2026-11-28T03:00:00Z') };
  writeFileSync(places.commandLine, 'quiet hospay.slot=a hospay.roothash=00');
  let made = 0;
  return {
    ...places, folder,
    async bundle({ version = '1.1.0', upgradesFrom = '1.0.0', signers = [RELEASE], keys } = {}) {
      made += 1;
      const file = join(folder, `${String(made)}.hpu`);
      const at = (name: string): string => join(folder, 'new', name);
      await writeBundle({ file, version, upgradesFrom, sdk: '0.2.0', epoch: 1_795_000_000, notes: { zh: '新', en: 'new' }, signers, system: { root: { file: at('root.img') }, boot: { a: at('hospay-a.efi'), b: at('hospay-b.efi') } }, ...(keys === undefined ? {} : { keys }) });
      return file;
    },
    entries: () => readdirSync(entriesFolder).toSorted(),
    restart(slot, version) {
      writeFileSync(places.commandLine, `hospay.slot=${slot}`);
      this.version = version;
      const entry = this.entries().find((name) => name.startsWith(`hospay-${slot}+`));
      const [, left = '0', done = '0'] = /\+(\d+)(?:-(\d+))?/.exec(entry ?? '') ?? [];
      if (entry !== undefined) renameSync(join(entriesFolder, entry), join(entriesFolder, `hospay-${slot}+${String(Number(left) - 1)}-${String(Number(done) + 1)}.efi`));
      settleAtStart(this);
    },
  };
}
async function staged(box: Machine, file: string): Promise<void> {
  const { manifestSha256 } = await inspectBundle(box, file);
  await stageBundle(box, { file, manifestSha256 });
}

test('an update is written to the slot that does not run, tried, and committed once it was found well', async (context) => {
  const box = machine(context);
  await staged(box, await box.bundle());
  assert.deepEqual(box.entries(), ['hospay-a.efi', 'hospay-b+3.efi']);
  assert.equal(readFileSync(box.deviceOf('b')).subarray(0, 200_000).every((byte) => byte === 0x52), true);
  assert.equal(readFileSync(join(box.esp, 'EFI/Linux/hospay-b+3.efi'), 'utf8'), 'boots slot b');
  assert.equal(readFileSync(box.deviceOf('a')).every((byte) => byte === 0x61), true);
  box.restart('b', '1.1.0');
  assert.deepEqual([boxStatus(box).isTrying, boxStatus(box).running], [true, 'b']);
  commitUpdate(box);
  assert.deepEqual(box.entries(), ['hospay-a.efi', 'hospay-b.efi']);
  const { isTrying, last, slots } = boxStatus(box);
  assert.deepEqual([isTrying, last?.outcome, last?.version, last?.from], [false, 'committed', '1.1.0', '1.0.0']);
  assert.deepEqual(slots.map(({ slot, version, state }) => [slot, version, state]), [['a', '1.0.0', 'good'], ['b', '1.1.0', 'good']]);
});

test('a system on trial that does not find itself well goes back, and says why', async (context) => {
  const box = machine(context);
  await staged(box, await box.bundle());
  box.restart('b', '1.1.0');
  revertUpdate(box, { zh: '渠道无应答', en: 'a channel does not answer' });
  assert.deepEqual(box.entries(), ['hospay-a.efi', 'hospay-b+0-3.efi']);
  box.restart('a', '1.0.0');
  const { last, slots, pending } = boxStatus(box);
  assert.deepEqual([last?.outcome, last?.version, last?.reason?.zh, pending], ['reverted', '1.1.0', '渠道无应答', undefined]);
  assert.equal(slots[1]?.state, 'failed');
});

test('a system that never came up in its tries is noted as taken back when the old one starts', async (context) => {
  const box = machine(context);
  await staged(box, await box.bundle());
  renameSync(join(box.esp, 'EFI/Linux/hospay-b+3.efi'), join(box.esp, 'EFI/Linux/hospay-b+0-3.efi'));
  assert.match(settleAtStart(box) ?? '', /1\.1\.0 did not start/);
  assert.equal(boxStatus(box).last?.outcome, 'reverted');
  assert.equal(settleAtStart(box), undefined);
  await staged(box, await box.bundle({ version: '1.2.0' }));
  assert.deepEqual(box.entries(), ['hospay-a.efi', 'hospay-b+3.efi']);
});

test('nothing is written before a trusted signature was seen: stranger, changed manifest, old key that was revoked', async (context) => {
  const box = machine(context);
  const before = readFileSync(box.deviceOf('b'));
  for (const file of [await box.bundle({ signers: [STRANGER] }), changed(await box.bundle(), '"1.1.0"', '"1.9.0"')]) {
    await assert.rejects(stageBundle(box, { file, manifestSha256: '0'.repeat(64) }), /no key this machine trusts/);
    await assert.rejects(inspectBundle(box, file), /no key this machine trusts/);
  }
  assert.deepEqual(box.entries(), ['hospay-a.efi']);
  assert.deepEqual(readFileSync(box.deviceOf('b')), before);
});

test('a payload that is not what was signed never starts, and leaves the running system the one that does', async (context) => {
  const box = machine(context);
  const file = await box.bundle();
  const { manifestSha256 } = await inspectBundle(box, file);
  changed(file, 'RRRRRRRR', 'RRRRXRRR');
  await assert.rejects(stageBundle(box, { file, manifestSha256 }), /not what was signed/);
  assert.deepEqual(box.entries(), ['hospay-a.efi']);
  const cut = await box.bundle();
  writeFileSync(cut, readFileSync(cut).subarray(0, 150_000));
  await assert.rejects(stageBundle(box, { file: cut, manifestSha256 }), /damaged or cut short/);
  assert.deepEqual(box.entries(), ['hospay-a.efi']);
});

test('what reads back otherwise than it was written is not started', async (context) => {
  const box = machine(context);
  const file = await box.bundle();
  const { manifestSha256 } = await inspectBundle(box, file);
  const failing = { ...box, version: box.version, flush: (device: string) => { const bytes = readFileSync(device); bytes[1_000] = 0; writeFileSync(device, bytes); } };
  await assert.rejects(stageBundle(failing, { file, manifestSha256 }), /reads back otherwise/);
  assert.ok(!box.entries().some((name) => name.includes('+')));
});

test('another bundle than the approved one is refused, and so are an older version, a leap too far, and an update on a system that is on trial', async (context) => {
  const box = machine(context);
  const [approved, other] = [await box.bundle(), await box.bundle({ version: '1.1.1' })];
  const { manifestSha256 } = await inspectBundle(box, approved);
  await assert.rejects(stageBundle(box, { file: other, manifestSha256 }), /not the bundle that was approved/);
  await assert.rejects(inspectBundle(box, await box.bundle({ version: '1.0.0' })), /this machine runs 1\.0\.0/);
  await assert.rejects(inspectBundle(box, await box.bundle({ version: '2.0.0', upgradesFrom: '1.5.0' })), /go to 1\.5\.0 first/);
  await staged(box, approved);
  box.restart('b', '1.1.0');
  await assert.rejects(stageBundle(box, { file: await box.bundle({ version: '1.2.0' }), manifestSha256 }), /still on trial/);
});

test('a bundle that changes the keys needs two signatures; what it revokes stays revoked over later systems', async (context) => {
  const box = machine(context);
  const next = makeSigningKey();
  const keys = { add: [keyOf(next, 'next')], revoke: [RELEASE.keyId] };
  await assert.rejects(inspectBundle(box, await box.bundle({ keys })), /two trusted keys/);
  await staged(box, await box.bundle({ keys, signers: [RELEASE, SECOND] }));
  assert.deepEqual(boxStatus(box).keys.map(({ title }) => title), ['second', 'next']);
  box.restart('b', '1.1.0');
  commitUpdate(box);
  await assert.rejects(inspectBundle(box, await box.bundle({ version: '1.2.0', upgradesFrom: '1.0.0' })), /no key this machine trusts/);
  await inspectBundle(box, await box.bundle({ version: '1.2.0', signers: [next] }));
});

test('where it is not known which slot runs, or a slot has two boot images, nothing is changed', async (context) => {
  const box = machine(context);
  const file = await box.bundle();
  const { manifestSha256 } = await inspectBundle(box, file);
  writeFileSync(join(box.esp, 'EFI/Linux/hospay-b.efi'), 'x');
  writeFileSync(join(box.esp, 'EFI/Linux/hospay-b+2-1.efi'), 'y');
  await assert.rejects(stageBundle(box, { file, manifestSha256 }), /no boot image, or several/);
  writeFileSync(box.commandLine, 'quiet');
  await assert.rejects(stageBundle(box, { file, manifestSha256 }), /not known which slot/);
  assert.throws(() => boxStatus(box), /not known which slot/);
});

test('there is no going back where the other slot holds nothing good, and a commit on a system that is not on trial changes nothing', (context) => {
  const box = machine(context);
  assert.throws(() => { revertUpdate(box, { zh: '', en: '' }); }, /nothing to go back to/);
  commitUpdate(box);
  assert.deepEqual([box.entries(), existsSync(join(box.state, 'update.json'))], [['hospay-a.efi'], false]);
});

test('a bundle is not read through a link', async (context) => {
  const box = machine(context);
  const link = join(box.folder, 'link.hpu');
  symlinkSync(await box.bundle(), link);
  await assert.rejects(inspectBundle(box, link), { code: 'ELOOP' });
});

test('something behind the last file of a bundle is refused', async (context) => {
  const box = machine(context);
  const file = await box.bundle();
  const bytes = readFileSync(file);
  writeFileSync(file, Buffer.concat([bytes.subarray(0, bytes.length - 1_024), bytes]));
  await assert.rejects(inspectBundle(box, file), /file 6 of the bundle/);
  appendFileSync(file, 'x');
});

function changed(file: string, from: string, to: string): string {
  const bytes = readFileSync(file);
  const at = bytes.indexOf(from);
  assert.ok(at > 0);
  bytes.write(to, at);
  writeFileSync(file, bytes);
  return file;
}
