/** The box is gone and another is made of last night's backup alone, as where no increment lies anywhere: by the command an operator types, in front of simulators that go on with what they know. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createPaymentClient, type PaymentClient } from '@hospay/payment-sdk';
import { APP, ApplianceUnderTest, eventually, ROOT } from './appliance-under-test.js';

const PASSWORD = 'Correct-Horse-7';
let appliance: ApplianceUnderTest;
let disk = '';
let safeKey = '';
let setFile = '';
const money: { paid: string; open: string; lost: string } = { paid: '', open: '', lost: '' };

before(async () => { appliance = await ApplianceUnderTest.prepare(); });
after(() => appliance.stop());

type Ran = { readonly code: number | null; readonly said: string };
async function hospay(...words: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(ROOT, 'appliance/dist/hospay.js'), 'backup', ...words], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, HOSPAY_CONSOLE_PASSWORD: PASSWORD } });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { said += chunk.toString('utf8'); });
  const code = await new Promise<number | null>((resolve) => { child.once('close', resolve); });
  return { code, said };
}

type Json = Readonly<Record<string, unknown>>;
/** Somebody at the console. */
async function signIn(login: string, password = PASSWORD) {
  const base = `${appliance.addresses.console}/console-api/v1`;
  const headers: Record<string, string> = { 'content-type': 'application/json' };
  const call = async (method: string, path: string, body?: Json) => {
    const response = await fetch(`${base}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const cookie = response.headers.get('set-cookie')?.split(';')[0];
    if (cookie !== undefined) headers['cookie'] = cookie;
    const answer = (await response.json()) as Json;
    if (typeof answer['csrfToken'] === 'string') headers['x-csrf-token'] = answer['csrfToken'];
    return { status: response.status, answer };
  };
  if (login !== '') await call('POST', '/session', { login, password });
  return call;
}
const client = (): PaymentClient => createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret, timeoutMs: 5_000 });

async function order(cardNo: string, key: string, priceFen: number): Promise<string> {
  const patients = await client().searchPatients({ cardType: 'visitCard', cardNo });
  assert.equal(patients.kind, 'ok', JSON.stringify(patients));
  const patientId = patients.value[0]?.patientId ?? '';
  const billNo = await appliance.his.hospital.addBill({ patientId, lines: [{ itemName: '换药', priceFen }] });
  const quote = await client().quoteBills({ patientId, billNos: [billNo] });
  assert.equal(quote.kind, 'ok', JSON.stringify(quote));
  const created = await client().createPayment({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: key });
  assert.equal(created.kind, 'ok', JSON.stringify(created));
  return created.value.tradeNo;
}
const isConfirmed = (tradeNo: string) => eventually(`${tradeNo} is booked`, async () => {
  const found = await client().findPayment(tradeNo);
  return found.kind === 'ok' && found.value.confirmation.state === 'confirmed' ? true : undefined;
});

test('a key for the safe is made by a command, and a running box backs itself up to a disk', async () => {
  [disk, safeKey] = [join(appliance.folder, 'usb'), join(appliance.folder, 'safe/key.txt')];
  const made = await hospay('make-key', safeKey);
  assert.equal(made.code, 0, made.said);
  const recipient = /^age1\w+$/m.exec(made.said)?.[0] ?? '';
  assert.ok(readFileSync(safeKey, 'utf8').includes(recipient));
  mkdirSync(disk);
  writeFileSync(join(disk, '.hospay-backup-target'), '');
  appliance.change((profile) => ({ ...profile, backups: { targets: [{ id: 'usb', folder: disk }], recipients: [{ recipient, title: '信息科保险柜' }], keep: { daily: 14, weekly: 8, monthly: 12 }, continuous: { everySeconds: 0 } } }));
  // Two administrators who have known each other for longer than an account rests.
  await appliance.startCore({ daysAgo: 6 });
  const first = await signIn('');
  const { status } = await first('POST', '/first-login', { code: appliance.firstLoginCode ?? '', login: 'li.admin', displayName: '李工', password: PASSWORD });
  assert.equal(status, 200);
  await first('POST', '/users', { login: 'wang.admin', displayName: '王工', roles: ['administrator'], password: 'Given-By-Boss-1' });
  const second = await signIn('wang.admin', 'Given-By-Boss-1');
  assert.equal((await second('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
  await appliance.stopCore();

  await appliance.startCore();
  money.paid = await order('C0000001', 'restore-paid-0001', 1_200);
  appliance.wechat.pay(`${money.paid}P01`);
  await isConfirmed(money.paid);
  money.open = await order('C0000002', 'restore-open-0001', 3_400);
  // Whoever starts after the hour of the nightly backup makes up for it.
  await eventually('the missed backup is made', () => (readdirSync(disk).some((entry) => entry.endsWith('.age')) ? true : undefined), 120_000);
  await new Promise((go) => { setTimeout(go, 2_000); });
  const taken = await hospay('now', '--console', appliance.addresses.console, '--login', 'li.admin');
  assert.equal(taken.code, 0, taken.said);
  assert.match(taken.said, /good .*usb/);
  const proved = await hospay('drill', '--console', appliance.addresses.console, '--login', 'li.admin');
  assert.match(proved.said, /已完整恢复并核对：凭证 \d+ 张/);
  const listed = await hospay('list', '--folder', disk);
  assert.match(listed.said, /MB {2}demo {2}密钥 keys/);
  setFile = join(disk, readdirSync(disk).filter((entry) => entry.endsWith('.age')).toSorted().at(-1) ?? '');
});

test('after the backup more happens, and then the box is gone', async () => {
  money.lost = await order('C0000003', 'restore-lost-0001', 5_600);
  appliance.wechat.pay(`${money.lost}P01`);
  await isConfirmed(money.lost);
  const refund = await client().requestRefund(money.paid, { reason: '退费' }, { idempotencyKey: 'restore-paid-refund-0001' });
  assert.equal(refund.kind, 'ok');
  await eventually('the refund is back', async () => { const found = await client().findPayment(money.paid); return found.kind === 'ok' && found.value.refunds[0]?.state === 'succeeded' ? true : undefined; }, 60_000);
  await appliance.killCore();
  renameSync(appliance.dataFolder, `${appliance.dataFolder}-burnt`);
  // The patient scans the code that is still on the screen.
  appliance.wechat.pay(`${money.open}P01`);
});

test('the set is read with the key of the safe alone, and is never unpacked over anything', async () => {
  const verified = await hospay('verify', setFile, '--identity', safeKey);
  assert.match(verified.said, /完整：demo/);
  await hospay('make-key', join(appliance.folder, 'strange.txt'));
  const strange = await hospay('restore', setFile, '--identity', join(appliance.folder, 'strange.txt'), '--into', appliance.dataFolder);
  assert.equal(strange.code, 1);
  assert.match(strange.said, /这把密钥打不开/);
  assert.ok(!existsSync(appliance.dataFolder));
  assert.deepEqual(readdirSync(appliance.folder).filter((entry) => entry.includes('restoring')), []);
  const over = await hospay('restore', setFile, '--identity', safeKey, '--into', `${appliance.dataFolder}-burnt`);
  assert.equal(over.code, 1);
  assert.match(over.said, /已有的数据目录/);
  const restored = await hospay('restore', setFile, '--identity', safeKey, '--into', appliance.dataFolder);
  assert.equal(restored.code, 0, restored.said);
  assert.match(restored.said, /隔离状态/);
  assert.ok(existsSync(join(appliance.dataFolder, 'restored-configuration/profiles/test.yaml')));
});

test('the restored box starts fenced: it answers questions, takes no payment, asks nobody, and one person cannot open it', async () => {
  await appliance.startCore();
  const found = await client().findPayment(money.paid);
  assert.equal(found.kind === 'ok' && found.value.confirmation.state, 'confirmed');
  const refused = await client().createPayment({ quoteId: 'Q'.repeat(26), amountFen: 100, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: 'restore-fenced-0001' });
  assert.equal(refused.kind === 'refused' && refused.error.code, 'STOPPED_FOR_SAFETY', JSON.stringify(refused));
  const refund = await client().requestRefund(money.open, { reason: '退费' }, { idempotencyKey: 'restore-fenced-refund-0001' });
  assert.notEqual(refund.kind, 'ok');
  assert.equal((await fetch(`${appliance.addresses.payment}/readyz`)).status, 503);
  assert.equal(appliance.addresses.mqtt, 0);
  const facts = appliance.read('SELECT count(*) AS n FROM fact');
  await new Promise((go) => { setTimeout(go, 3_000); });
  assert.deepEqual(appliance.read('SELECT state FROM payment WHERE trade_no = ?', money.open), [{ state: 'paying' }]);
  assert.deepEqual(appliance.read('SELECT count(*) AS n FROM fact'), facts);

  const li = await signIn('li.admin');
  const { answer: state } = await li('GET', '/state');
  assert.equal(state['fenced'], true);
  const proposed = await li('POST', '/system/fence/lift', { reason: '旧机器已断电并拔掉网线' });
  assert.equal(proposed.status, 202, JSON.stringify(proposed.answer));
  const change = proposed.answer['change'] as Json;
  const own = await li('POST', `/changes/${String(change['changeNo'])}/decisions`, { hash: change['hash'], decision: 'approve', reason: '同意' });
  assert.equal((own.answer['error'] as Json)['code'], 'SECOND_PERSON_NEEDED');
  const again = await li('POST', '/system/fence/lift', { reason: '旧机器已断电并拔掉网线' });
  assert.equal(again.status, 409);
  assert.ok(existsSync(join(appliance.dataFolder, 'fence.json')));
  // A restart is no way around.
  await appliance.stopCore();
  await appliance.startCore();
  assert.equal((await (await signIn('li.admin'))('GET', '/state')).answer['fenced'], true);
});

test('another administrator lifts it, the platform starts anew, and what was open is asked about', async () => {
  const wang = await signIn('wang.admin');
  const { answer } = await wang('GET', '/changes');
  const [change] = answer['changes'] as readonly Json[];
  const earlier = appliance.addresses.console;
  const lifted = await wang('POST', `/changes/${String(change?.['changeNo'])}/decisions`, { hash: change?.['hash'], decision: 'approve', reason: '已到机房查看' });
  assert.equal(lifted.status, 200, JSON.stringify(lifted.answer));
  await eventually('the core has started anew', () => (appliance.addresses.console === earlier ? undefined : true), 60_000);
  assert.ok(!existsSync(join(appliance.dataFolder, 'fence.json')));
  assert.match(readFileSync(join(appliance.dataFolder, readdirSync(appliance.dataFolder).find((name) => name.startsWith('fence-lifted-')) ?? ''), 'utf8'), /"approvedBy": "wang.admin"/);
  await isConfirmed(money.open);
  assert.equal(appliance.his.hospital.listSettlements().filter(({ tradeNo }) => tradeNo === money.open).length, 1);
  const taking = await order('C0000004', 'restore-after-0001', 700);
  appliance.wechat.pay(`${taking}P01`);
  await isConfirmed(taking);
});

test('no number is used twice: a refund asked for again cannot pass for the one nobody remembers, and the money goes back once', async () => {
  const asked = await client().requestRefund(money.paid, { reason: '退费' }, { idempotencyKey: 'restore-paid-refund-0001' });
  assert.equal(asked.kind, 'ok', JSON.stringify(asked));
  const { refundNo } = asked.value.refund;
  assert.notEqual(refundNo, `${money.paid}R01`);
  assert.match(refundNo, /R\d{3,}$/);
  await new Promise((go) => { setTimeout(go, 4_000); });
  const back = appliance.wechat.orders.listRefunds().filter(({ outTradeNo }) => outTradeNo === `${money.paid}P01`);
  assert.deepEqual(back.map(({ outRefundNo }) => outRefundNo), [`${money.paid}R01`]);
  assert.equal((await client().findPayment(money.lost)).kind, 'refused');
  assert.deepEqual(appliance.ledgerProblems(), []);
});
