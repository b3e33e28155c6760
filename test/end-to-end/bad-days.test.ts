import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ApplianceUnderTest, ROOT } from './appliance-under-test.js';
import { KioskUnderTest } from './kiosk-under-test.js';

const started: ApplianceUnderTest[] = [];
after(() => Promise.all(started.map((one) => one.stop())));

async function startAppliance(options: Parameters<typeof ApplianceUnderTest.start>[0] = {}): Promise<ApplianceUnderTest> {
  const one = await ApplianceUnderTest.start(options);
  started.push(one);
  return one;
}

const runCore = (one: ApplianceUnderTest, ...words: string[]) =>
  spawnSync(process.execPath, [join(ROOT, 'core/server/dist/main.js'), ...words, '--profile', 'test', '--profile-folder', join(one.folder, 'config/profiles'), '--data-folder', one.dataFolder], { encoding: 'utf8', timeout: 30_000 });

test('a second core on the same data folder is refused and says who holds it; the first goes on', async () => {
  const one = await startAppliance();
  const second = runCore(one);
  assert.notEqual(second.status, 0);
  assert.match(second.stderr, /another process uses the data folder/);
  assert.equal((await fetch(`${one.addresses.payment}/readyz`)).status, 200);
});

test('a broken configuration names the key, what it expects and where it stands', async () => {
  const one = await ApplianceUnderTest.prepare();
  started.push(one);
  const profile = join(one.folder, 'config/profiles/test.yaml');
  writeFileSync(profile, `${readFileSync(profile, 'utf8')}\nunknownKey: 1\n`);
  const core = runCore(one, 'config');
  assert.equal(core.status, 78);
  assert.match(core.stderr, /unknownKey/);
  assert.match(core.stderr, /profiles\/test\.yaml/);
});

test('with a full disk no new payment is taken, and reading and quoting go on', async () => {
  const one = await startAppliance({ configuration: { disk: { warnBelowMegabytes: 1_000_000_000, refusePaymentsBelowMegabytes: 999_999_999, checkSeconds: 30 } } });
  const kiosk = await KioskUnderTest.enrol(one);
  try {
    const { quote } = await kiosk.quote('C0000001');
    const refused = await kiosk.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' });
    assert.equal(refused.kind, 'refused', JSON.stringify(refused));
    assert.equal(refused.error.code, 'STOPPED_FOR_SAFETY');
    assert.deepEqual(one.read('SELECT trade_no FROM orders'), []);
  } finally {
    await kiosk.powerOff();
  }
});

test('a journal shorter than its witness: the core answers, takes no payment, and says why', async () => {
  const one = await startAppliance();
  assert.equal(await one.stopCore(), 0);
  writeFileSync(join(one.dataFolder, 'journal-witness'), `7 ${'a'.repeat(64)}\n`);
  await one.startCore();
  const ready = (await (await fetch(`${one.addresses.payment}/readyz`)).json()) as { ok: boolean; checks: { name: string; reason?: string }[] };
  assert.equal(ready.ok, false);
  assert.match(ready.checks.find((check) => check.name === 'safe mode')?.reason ?? '', /witnessed/);
});
