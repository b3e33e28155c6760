/** Operators at windows and doctor stations: who may work there, how a password is proven, and what nobody may do without one. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { openMessage, operatorProof, sealRequest } from '@hospay/terminal-sdk';
import { PASSWORD, quickHash, signInAt } from './memory-people.js';
import { createTerminalBench, keyOf, type TerminalBench } from './terminal-bench.js';

let bench: TerminalBench;
beforeEach(() => { bench = createTerminalBench(); });
afterEach(() => bench.close());

const MINUTE = 60_000;
const WINDOW = { deviceId: 'window-1', kind: 'window', key: keyOf('window-1') };
let counter = 0;
async function ask(op: string, body: object, { deviceId = 'window-1', idem }: { readonly deviceId?: string; readonly idem?: string } = {}): Promise<Record<string, unknown>> {
  counter += 1;
  const device = { deviceId, key: keyOf(deviceId) };
  const ts = bench.clock.now().getTime();
  const payload = sealRequest(device, { id: `operator-${String(counter).padStart(16, '0')}`, op, ts, exp: ts + 30_000, cid: `call-${String(counter)}`, seq: counter, body, ...(idem === undefined ? {} : { idem: `${deviceId}:${idem}` }) });
  const opened = openMessage(device, new TextEncoder().encode(await bench.desk.answer({ device: deviceId, operation: op, payload: new TextEncoder().encode(payload) })));
  const answer = new Map<string, unknown>(Object.entries(opened?.body ?? {}));
  const member = answer.get('value') ?? answer.get('error');
  return Object.fromEntries(Object.entries(member ?? {}));
}
const quote = async (deviceId = 'window-1') => String((await ask('bill.quote', { patientId: 'P10001', billNos: ['B1'] }, { deviceId }))['quoteId']);
const pay = async (more: object = {}, deviceId = 'window-1', idem = `p${String(counter)}`) => ask('payment.create', { quoteId: await quote(deviceId), amountFen: 3_000, method: 'nativeQr', ...more }, { deviceId, idem });

test('nobody takes money at a window or a doctor station before signing in; a kiosk needs nobody', async () => {
  for (const deviceId of ['window-1', 'doctor-1']) assert.equal((await pay({}, deviceId))['code'], 'OPERATOR_NOT_SIGNED_IN', deviceId);
  for (const [op, body, idem] of [['payment.cancel', { tradeNo: 'H1' }], ['order.search', { number: '12345' }], ['till.day', { day: '2026-03-02' }], ['refund.create', { tradeNo: 'H1', reason: '退费' }, 'r1']] as const) assert.equal((await ask(op, body, idem === undefined ? {} : { idem }))['code'], 'OPERATOR_NOT_SIGNED_IN', op);
  assert.equal((await ask('operator.challenge', { operatorNo: '0101' }, { deviceId: 'kiosk-1' }))['code'], 'NOT_PERMITTED');
  assert.match(String((await pay({}, 'kiosk-1'))['tradeNo']), /^H/);
});

test('the password never travels: a proof of it signs in, once, for one terminal', async () => {
  const challenge = await ask('operator.challenge', { operatorNo: '0101' });
  const nonce = String(challenge['nonce']);
  const parts = { nonce, salt: String(challenge['salt']), log2Cost: Number(challenge['log2Cost']), blockSize: Number(challenge['blockSize']), parallel: Number(challenge['parallel']) };
  const elsewhere = await operatorProof({ deviceId: 'window-1', key: keyOf('kiosk-1') }, { operatorNo: '0101', password: PASSWORD, challenge: parts });
  assert.equal((await ask('operator.signIn', { operatorNo: '0101', nonce, proof: elsewhere ?? '' }))['code'], 'LOGIN_FAILED', 'who lacks the key of the device proves nothing');
  const proof = await operatorProof(WINDOW, { operatorNo: '0101', password: PASSWORD, challenge: parts }) ?? '';
  assert.equal((await ask('operator.signIn', { operatorNo: '0101', nonce, proof }))['code'], 'OPERATOR_CHALLENGE_OVER', 'a challenge is good for one try');
  assert.equal((await signInAt(bench.operators, WINDOW, '0101')).kind, 'ok');
  assert.ok(!JSON.stringify(bench.people.acts).includes(PASSWORD));
});

test('a challenge ends after a minute, and an unknown operator is challenged like a known one', async () => {
  const challenge = await bench.operators.challenge(WINDOW, '0101');
  const proof = await operatorProof(WINDOW, { operatorNo: '0101', password: PASSWORD, challenge }) ?? '';
  bench.later(61_000);
  assert.deepEqual(await bench.operators.signIn(WINDOW, { operatorNo: '0101', nonce: challenge.nonce, proof }), { kind: 'refused', code: 'OPERATOR_CHALLENGE_OVER' });
  const [first, second] = [await bench.operators.challenge(WINDOW, 'nobody'), await bench.operators.challenge(WINDOW, 'nobody')];
  assert.equal(first.salt, second.salt);
  assert.notEqual(first.nonce, second.nonce);
});

test('five wrong passwords lock the account, also for the right one', async () => {
  for (let times = 1; times <= 4; times += 1) assert.deepEqual(await signInAt(bench.operators, WINDOW, '0101', 'wrong'), { kind: 'refused', code: 'LOGIN_FAILED' });
  assert.deepEqual(await signInAt(bench.operators, WINDOW, '0101', 'wrong'), { kind: 'refused', code: 'LOGIN_LOCKED' });
  assert.deepEqual(await signInAt(bench.operators, WINDOW, '0101'), { kind: 'refused', code: 'LOGIN_LOCKED' });
  bench.later(31 * MINUTE);
  assert.equal((await signInAt(bench.operators, WINDOW, '0101')).kind, 'ok');
  assert.ok(bench.people.acts.some(({ what }) => what === 'user.lock'));
});

test('a doctor works at a station and not at a window; a password somebody else chose opens neither', async () => {
  const refusal = await signInAt(bench.operators, WINDOW, 'd0101');
  assert.ok(refusal.kind === 'refused' && refusal.code === 'NOT_PERMITTED');
  await bench.sitsDown('doctor-1', 'd0101');
  assert.match(String((await pay({}, 'doctor-1'))['tradeNo']), /^H/);
  bench.people.add('0199', ['cashier'], { mustChangePassword: true });
  assert.deepEqual(await signInAt(bench.operators, WINDOW, '0199'), { kind: 'refused', code: 'PASSWORD_CHANGE_FIRST' });
});

test('a consulting room takes no cash, looks up no orders of others and sends nothing back', async () => {
  await bench.sitsDown('doctor-1', 'd0101');
  assert.equal((await pay({ method: 'cash', tenderedFen: 3_000 }, 'doctor-1'))['code'], 'NOT_PERMITTED');
  assert.equal((await ask('payment.add', { tradeNo: 'H1', method: 'cash' }, { deviceId: 'doctor-1', idem: 'a1' }))['code'], 'NOT_PERMITTED');
  assert.equal((await ask('order.search', { number: '12345' }, { deviceId: 'doctor-1' }))['code'], 'NOT_PERMITTED');
  assert.equal((await ask('refund.create', { tradeNo: 'H1', reason: '退费' }, { deviceId: 'doctor-1', idem: 'r1' }))['code'], 'NOT_PERMITTED');
});

test('a session ends by leaving, by idleness, by another operator, at another terminal, with the account and with the key', async () => {
  const isIn = async () => (await bench.operators.current(WINDOW, 'page'))?.operatorNo;
  await bench.sitsDown('window-1', '0101');
  bench.later(14 * MINUTE);
  assert.equal((await ask('operator.current', { by: 'person' }))['operator'] === undefined, false);
  bench.later(14 * MINUTE);
  assert.equal(await isIn(), '0101', 'whoever acts stays');
  bench.later(2 * MINUTE);
  assert.equal(await isIn(), undefined, 'a page that looks is nobody who acts');
  await bench.sitsDown('window-1', '0101');
  await bench.sitsDown('window-1', '0102');
  assert.equal(await isIn(), '0102');
  await bench.sitsDown('doctor-1', '0102');
  assert.equal(await isIn(), undefined, 'one operator works at one terminal');
  await bench.sitsDown('window-1', '0101');
  assert.equal(await bench.operators.current({ ...WINDOW, key: keyOf('another') }, 'page'), undefined);
  await bench.sitsDown('window-1', '0101');
  await bench.people.rows.setPassword('0101', { hash: quickHash('Another-Pass-1'), mustChange: false }, new Date());
  assert.equal(await isIn(), undefined);
  await bench.sitsDown('window-1', '0102');
  await bench.people.rows.change('0102', { status: 'disabled' }, new Date());
  assert.equal(await isIn(), undefined);
  await bench.sitsDown('window-1', 'f0101');
  await ask('operator.signOut', {});
  assert.equal(await isIn(), undefined);
});

test('another operator takes over an open payment: it stays the terminal\'s, and its repeat is the same request', async () => {
  await bench.sitsDown('window-1', '0101');
  const quoteId = await quote();
  const body = { quoteId, amountFen: 3_000, method: 'nativeQr' };
  const first = await ask('payment.create', { ...body, operatorId: '0101' }, { idem: 'same' });
  await bench.sitsDown('window-1', '0102');
  const again = await ask('payment.create', { ...body, operatorId: '0102' }, { idem: 'same' });
  assert.equal(again['tradeNo'], first['tradeNo']);
  assert.ok(typeof first['tradeNo'] === 'string');
});

test('one-key refund: within the role\'s limit of the whole order, once per key, above it finance', async () => {
  await bench.sitsDown('window-1', '0101');
  const { tradeNo } = await pay();
  const paymentNo = bench.store.database.prepare('SELECT payment_no AS n FROM payment').get()?.['n'];
  bench.patientPays(String(paymentNo), 3_000);
  await ask('payment.query', { tradeNo });
  await bench.tellHospital();
  const back = (refundFen: number | undefined, idem: string) => ask('refund.create', { tradeNo, reason: '项目开错', ...(refundFen === undefined ? {} : { refundFen }) }, { idem });
  assert.equal((await back(undefined, 'all'))['code'], 'REFUND_ABOVE_LIMIT', '30 yuan is above 20');
  const [part, same] = [await back(1_500, 'part'), await back(1_500, 'part')];
  assert.equal(part['tradeNo'], tradeNo);
  assert.equal(Array.isArray(same['refunds']) ? same['refunds'].length : 0, 1);
  assert.equal((await back(501, 'more'))['code'], 'REFUND_ABOVE_LIMIT', 'parts count together');
  bench.later(8 * 24 * 60 * MINUTE);
  await bench.sitsDown('window-1', '0101');
  assert.equal((await back(1, 'late'))['code'], 'REFUND_ABOVE_LIMIT', 'a week is over');
  await bench.sitsDown('window-1', 'f0101');
  assert.equal((await back(501, 'finance'))['tradeNo'], tradeNo);
  assert.ok(bench.people.acts.some(({ what, who }) => what === 'refund.request' && who === '0101'));
});
