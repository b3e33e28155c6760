import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { parse, stringify } from 'yaml';
import { askForReset, carryOutReset, lastErasure, type ResetFolders, type ResetKind } from './factory-reset.js';
import { layOutState } from './lay-out-state.js';

const NOW = new Date('2026-11-29T00:00:00Z');
const FILES = ['state/network.json', 'state/time.json', 'state/config/profiles/appliance.yaml', 'state/secrets.json', 'state/role.json', 'state/update-keys.json', 'state/machine-id', 'state/var/lib/chrony/drift', 'data/hospay.db', 'data/keys/appliance-secrets.json', 'data/keys/backup-identity.txt', 'files/export.csv'];

function machine(context: TestContext): ResetFolders & { readonly left: () => readonly string[]; readonly trimmed: readonly string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-reset-'));
  context.after(() => { rmSync(folder, { recursive: true, force: true }); });
  for (const file of FILES) {
    mkdirSync(join(folder, file, '..'), { recursive: true });
    writeFileSync(join(folder, file), file);
  }
  const trimmed: string[] = [];
  return { state: join(folder, 'state'), data: join(folder, 'data'), wiped: [join(folder, 'data'), join(folder, 'files')], trim: (one) => { trimmed.push(one); }, trimmed, left: () => FILES.filter((file) => existsSync(join(folder, file))) };
}
function reset(box: ResetFolders, kind: ResetKind): void {
  askForReset(box, kind, 'li.admin', NOW);
  assert.equal(carryOutReset(box).length, 1);
}

test('nothing is reset that nobody asked for, and what was asked for is done once', (context) => {
  const box = machine(context);
  assert.deepEqual([carryOutReset(box), box.left()], [[], FILES]);
  reset(box, 'network');
  writeFileSync(join(box.state, 'network.json'), '{}');
  assert.deepEqual([carryOutReset(box), existsSync(join(box.state, 'network.json'))], [[], true]);
});

test('the network alone: configuration, secrets and data stay', (context) => {
  const box = machine(context);
  reset(box, 'network');
  assert.deepEqual(box.left(), FILES.filter((file) => !['state/network.json', 'state/time.json'].includes(file)));
});

test('the configuration: the ledger stays, and no secret of the hospital lies anywhere any more', (context) => {
  const box = machine(context);
  reset(box, 'configuration');
  assert.deepEqual(box.left(), ['state/update-keys.json', 'state/machine-id', 'state/var/lib/chrony/drift', 'data/hospay.db', 'data/keys/backup-identity.txt', 'files/export.csv']);
  assert.deepEqual(lastErasure(box.state)?.keys.map(({ name }) => name), ['appliance-secrets.json']);
});

test('whose ledger it is stays with the ledger: the next profile is a new machine\'s, of the same hospital', (context) => {
  const box = machine(context);
  const product = join(box.state, '../product');
  mkdirSync(join(product, 'config/hospitals'), { recursive: true });
  const hospital = { id: 'yiyuan', name: '示范医院', campuses: [], merchants: [] };
  const profile = join(box.state, 'config/profiles/appliance.yaml');
  writeFileSync(profile, stringify({ hospital, channels: [{ id: 'wechat' }] }));
  reset(box, 'configuration');
  layOutState({ state: box.state, data: box.data, product, run: join(box.state, '../run') });
  const made = parse(readFileSync(profile, 'utf8')) as { hospital: unknown; channels: unknown };
  assert.deepEqual([made.hospital, made.channels], [hospital, []]);
});

test('everything: what is left says who did it, when, and which keys are gone; revoked keys of updates stay revoked', (context) => {
  const box = machine(context);
  reset(box, 'everything');
  assert.deepEqual(box.left(), ['state/update-keys.json', 'state/machine-id', 'state/var/lib/chrony/drift']);
  assert.deepEqual([readdirSync(box.data), readdirSync(box.state).toSorted()], [[], ['erased.json', 'machine-id', 'update-keys.json', 'var']]);
  assert.deepEqual(box.trimmed, [box.state, ...box.wiped]);
  const erasure = lastErasure(box.state);
  assert.deepEqual([erasure?.by, erasure?.at, erasure?.keys.map(({ name }) => name)], ['li.admin', NOW.toISOString(), ['appliance-secrets.json', 'backup-identity.txt']]);
  assert.match(erasure?.keys[0]?.sha256 ?? '', /^[0-9a-f]{16}$/);
});

test('a power cut in the middle: the next start goes on, and the record still names the keys that were gone by then', (context) => {
  const box = machine(context);
  askForReset(box, 'everything', 'li.admin', NOW);
  carryOutReset(box);
  const told = lastErasure(box.state);
  // As if it had been cut off before the request was taken away.
  askForReset(box, 'everything', 'li.admin', NOW);
  writeFileSync(join(box.data, 'left-over'), '');
  carryOutReset(box);
  assert.deepEqual([lastErasure(box.state), readdirSync(box.data)], [told, []]);
});
