/** The disk of the box is gone at noon: what was paid since the night is in the box that is made of the set and its increments, cash as well, which no channel remembers. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createPaymentClient, type PaymentClient } from '@hospay/payment-sdk';
import { ConsoleClient } from '../contract/console-client.js';
import { APP, ApplianceUnderTest, eventually, ROOT } from './appliance-under-test.js';

const PASSWORD = 'Correct-Horse-7';
let appliance: ApplianceUnderTest;
let disk = '';
let safeKey = '';
const paid: string[] = [];
before(async () => {
  appliance = await ApplianceUnderTest.prepare();
  [disk, safeKey] = [join(appliance.folder, 'usb'), join(appliance.folder, 'safe.txt')];
  const recipient = /^age1\w+$/m.exec(hospay('make-key', safeKey).stdout)?.[0] ?? '';
  mkdirSync(disk);
  writeFileSync(join(disk, '.hospay-backup-target'), '');
  appliance.change((profile) => ({ ...profile, backups: { targets: [{ id: 'usb', folder: disk }], recipients: [{ recipient, title: '信息科保险柜' }], keep: { daily: 14, weekly: 8, monthly: 12 }, continuous: { everySeconds: 1 } } }));
});
after(() => appliance.stop());

const hospay = (...words: readonly string[]) => spawnSync(process.execPath, [join(ROOT, 'appliance/dist/hospay.js'), 'backup', ...words], { encoding: 'utf8' });
const client = (): PaymentClient => createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret, timeoutMs: 5_000 });
async function pay(cardNo: string, key: string, priceFen: number): Promise<string> {
  const patients = await client().searchPatients({ cardType: 'visitCard', cardNo });
  assert.equal(patients.kind, 'ok', JSON.stringify(patients));
  const patientId = patients.value[0]?.patientId ?? '';
  const billNo = await appliance.his.hospital.addBill({ patientId, lines: [{ itemName: '换药', priceFen }] });
  const quote = await client().quoteBills({ patientId, billNos: [billNo] });
  assert.equal(quote.kind, 'ok', JSON.stringify(quote));
  const created = await client().createPayment({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: key });
  assert.equal(created.kind, 'ok', JSON.stringify(created));
  const { tradeNo } = created.value;
  appliance.wechat.pay(`${tradeNo}P01`);
  await eventually(`${tradeNo} is booked`, async () => {
    const found = await client().findPayment(tradeNo);
    return found.kind === 'ok' && found.value.confirmation.state === 'confirmed' ? true : undefined;
  });
  paid.push(tradeNo);
  return tradeNo;
}
async function signIn(): Promise<ConsoleClient> {
  const administrator = new ConsoleClient(appliance.addresses.console);
  assert.equal((await administrator.call('POST', '/session', { login: 'li.admin', password: PASSWORD })).status, 200);
  return administrator;
}
type Continuous = { readonly upTo?: string; readonly targets: readonly { readonly target: string; readonly upTo?: string; readonly waiting: number }[] };
/** Until the disk would give back what is now. */
async function isSafe(administrator: ConsoleClient): Promise<void> {
  const now = Date.now();
  await eventually('the disk has what is now', async () => {
    const { body } = await administrator.get('/system');
    const upTo = (body['continuous'] as Continuous | undefined)?.targets[0]?.upTo;
    return upTo !== undefined && Date.parse(upTo) > now ? true : undefined;
  }, 60_000);
}

test('a new box takes its first set, and from then on the disk has what was paid a moment ago', async () => {
  await appliance.startCore();
  assert.equal((await new ConsoleClient(appliance.addresses.console).call('POST', '/first-login', { code: appliance.firstLoginCode ?? '', login: 'li.admin', displayName: '李工', password: PASSWORD })).status, 200);
  const administrator = await signIn();
  await pay('C0000001', 'continuous-first-0001', 1_200);
  await isSafe(administrator);
  await pay('C0000002', 'continuous-second-0001', 3_400);
  await pay('C0000003', 'continuous-third-0001', 5_600);
  await isSafe(administrator);
});

test('the box is killed and its disk is gone: the box made of the set beside its increments has every payment, and says up to when', async () => {
  await appliance.killCore();
  renameSync(appliance.dataFolder, `${appliance.dataFolder}-burnt`);
  const set = readdirSync(disk).filter((name) => /^hospay-demo-\d{14}(\.[a-z0-9]{8})+\.tar\.zst\.age$/.test(name)).toSorted().at(-1) ?? assert.fail('no set');
  assert.match(hospay('list', '--folder', disk).stdout, /连续备份：增量 \d+ 个，最新 \d{4}-/);
  const proved = hospay('prove', join(disk, set), '--identity', safeKey, '--scratch', appliance.folder);
  assert.match(proved.stdout, /已完整恢复并核对.*含增量 \d+ 个，数据截至/);
  const wrong = hospay('restore', join(disk, set), '--identity', safeKey, '--into', appliance.dataFolder, '--until', 'noon');
  assert.equal(wrong.status, 1);
  assert.match(wrong.stderr, /--until 应为北京时间/);
  const alone = hospay('prove', join(disk, set), '--identity', safeKey, '--scratch', appliance.folder, '--set-alone');
  assert.match(alone.stdout, /已完整恢复并核对/);
  assert.doesNotMatch(alone.stdout, /含增量/);
  const early = hospay('prove', join(disk, set), '--identity', safeKey, '--scratch', appliance.folder, '--until', '2020-01-01 00:00');
  assert.doesNotMatch(early.stdout, /含增量/);
  assert.equal(early.status, 0, early.stderr);
  const restored = hospay('restore', join(disk, set), '--identity', safeKey, '--into', appliance.dataFolder);
  assert.equal(restored.status, 0, restored.stderr);
  for (const tradeNo of paid) assert.deepEqual(appliance.read('SELECT confirmation FROM orders WHERE trade_no = ?', tradeNo), [{ confirmation: 'confirmed' }]);
  assert.deepEqual(appliance.ledgerProblems(), []);
  await appliance.startCore();
  const { body } = await (await signIn()).get('/system');
  assert.equal((body['fence'] as { set: string } | undefined)?.set, set);
  // A fenced box moves nothing, and its backups neither.
  assert.equal(body['continuous'], undefined);
});
