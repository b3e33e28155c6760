/**
 * A vendor's plugin on a running core, from the signed file to its removal, by the console's API: at first by the one person there is, then proposed by him and approved by another, while patients go on paying through another channel.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { codeOf, ConsoleClient, isRecord, listOf, type Reply } from '../contract/console-client.js';
import { makeVendor } from '../contract/vendor-packages.js';
import { startCityCardSimulator, type CityCardSimulator } from '../simulators/city-card/start-city-card-simulator.js';
import { ApplianceUnderTest, eventually } from './appliance-under-test.js';
import { KioskUnderTest, paymentNoOf, type Order } from './kiosk-under-test.js';

const vendor = makeVendor();
const PASSWORD = 'a-long-enough-password-1';
let folder: string;
let appliance: ApplianceUnderTest;
let city: CityCardSimulator;
let wechatKiosk: KioskUnderTest;
let cityKiosk: KioskUnderTest;
let desk: ConsoleClient;
let finance: ConsoleClient;
const over = new AbortController();

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-vendor-'));
  writeFileSync(join(folder, 'trust-list.json'), vendor.trustList());
  city = await startCityCardSimulator();
  appliance = await ApplianceUnderTest.prepare();
  appliance.change((profile) => ({
    ...profile,
    hospital: { ...profile.hospital, merchants: [...profile.hospital.merchants, { merchantNo: city.merchantNo, name: '示范医院', campus: 'main' }] },
    plugins: { ...profile.plugins, trustList: join(folder, 'trust-list.json'), instances: ['city'] },
    routing: [{ name: 'city card kiosk', when: { owners: ['kiosk-2'] }, channels: ['city'] }, { name: 'everybody else', when: {}, channels: ['wechat'] }],
  }));
  await appliance.startCore();
  wechatKiosk = await KioskUnderTest.enrol(appliance, 'kiosk-1');
  cityKiosk = await KioskUnderTest.enrol(appliance, 'kiosk-2');
  desk = new ConsoleClient(appliance.addresses.console);
  assert.ok(appliance.firstLoginCode);
  const first = await desk.call('POST', '/first-login', { code: appliance.firstLoginCode, login: 'it-office', displayName: '信息科', password: PASSWORD });
  assert.equal(first.status, 200, JSON.stringify(first.body));
});
after(async () => {
  over.abort();
  await Promise.all([wechatKiosk.powerOff(), cityKiosk.powerOff()]);
  await appliance.stop();
  await city.stop();
  rmSync(folder, { recursive: true });
});

async function send(bytes: Uint8Array): Promise<string> {
  const received = await desk.send('POST', '/plugins/packages', bytes);
  assert.equal(received.status, 200, JSON.stringify(received.body));
  return String(received.body['hash']);
}
/** From now on there are two who can approve. */
async function hireFinance(): Promise<void> {
  await desk.call('POST', '/users', { login: 'wu.finance', displayName: '吴财务', roles: ['finance'], password: 'Given-By-Boss-1' });
  finance = new ConsoleClient(appliance.addresses.console);
  await finance.call('POST', '/session', { login: 'wu.finance', password: 'Given-By-Boss-1' });
  assert.equal((await finance.call('POST', '/password', { current: 'Given-By-Boss-1', next: PASSWORD })).status, 200);
}
/** What the administrator proposed and cannot approve himself, approved by finance. */
async function approved(proposed: Reply): Promise<Record<string, unknown>> {
  assert.equal(proposed.status, 202, JSON.stringify(proposed.body));
  const change = isRecord(proposed.body['change']) ? proposed.body['change'] : {};
  const decision = { hash: change['hash'], decision: 'approve', reason: '已核对' };
  const path = `/changes/${String(change['changeNo'])}/decisions`;
  assert.equal(codeOf(await desk.call('POST', path, decision)), 'SECOND_PERSON_NEEDED');
  const made = await finance.call('POST', path, decision);
  assert.deepEqual([made.status, made.body['state']], [200, 'applied'], JSON.stringify(made.body));
  return made.body;
}
const instance = async () => listOf(await desk.get('/plugins'), 'instances').find(({ id }) => id === 'city');
const confirmed = (kiosk: KioskUnderTest, tradeNo: string) =>
  eventually(`${tradeNo} is confirmed`, async () => {
    const order = await kiosk.ask(tradeNo);
    return order.confirmation.state === 'confirmed' ? order : undefined;
  }, 40_000);
async function payByCityCard(cardNo: string): Promise<Order> {
  const order = await cityKiosk.showCode(cardNo);
  assert.equal(order.payments[0]?.channel, 'city');
  await city.pay(paymentNoOf(order));
  return confirmed(cityKiosk, order.tradeNo);
}
/** The plugin's own process, found by the folder it runs in. */
function pidsOf(): number[] {
  const children = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n').filter((line) => line.includes('guest-process') && line.includes(appliance.dataFolder));
  return children.map((line) => Number(line.trim().split(/\s+/)[0]));
}

test('packed, signed, installed, upgraded, crashed, rolled back and removed, while payments flow through another channel without a failure', async () => {
  let paid = 0;
  const failures: string[] = [];
  const others = (async () => {
    for (let serial = 0; !over.signal.aborted && failures.length === 0; serial += 1) {
      try {
        const order = await wechatKiosk.showCode(`C00000${String(7 + (serial % 7)).padStart(2, '0')}`);
        appliance.wechat.pay(paymentNoOf(order));
        await confirmed(wechatKiosk, order.tradeNo);
        paid += 1;
      } catch (error) {
        failures.push(error instanceof Error ? error.message : 'it failed');
      }
    }
  })();

  // Nobody can pay by city card yet, and the kiosk is told so.
  const { quote } = await cityKiosk.quote('C0000001');
  const early = await cityKiosk.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, method: 'nativeQr' });
  assert.notEqual(early.kind, 'order', JSON.stringify(early));

  // Installed.
  const hash = await send(await vendor.pack('1.0.0'));
  const settings = { merchantNo: city.merchantNo, baseUrl: city.baseUrl, key: city.key };
  const unagreed = await desk.call('POST', `/plugins/packages/${hash}/install`, { instance: 'city', merchantNo: city.merchantNo, settings, acceptsCapabilities: false, reason: '上线' });
  assert.deepEqual([unagreed.status, codeOf(unagreed)], [409, 'CONFLICT']);
  const installed = await desk.call('POST', `/plugins/packages/${hash}/install`, { instance: 'city', merchantNo: city.merchantNo, settings, acceptsCapabilities: true, reason: '上线' });
  assert.equal(installed.status, 200, JSON.stringify(installed.body));
  const first = await payByCityCard('C0000002');
  assert.equal(first.payments[0]?.state, 'succeeded');

  await hireFinance();
  // Upgraded with a payment open: the new version settles what the old one began.
  const open = await cityKiosk.showCode('C0000003');
  const newer = await send(await vendor.pack('1.1.0', { edit: (source) => source.replace("'CITY_CARD'", "'CITY_CARD_2'") }));
  const upgraded = await desk.call('POST', `/plugins/packages/${newer}/install`, { acceptsCapabilities: false, reason: '新版本' });
  assert.equal((await instance())?.['version'], '1.0.0', 'proposed is not installed');
  await approved(upgraded);
  assert.equal((await instance())?.['version'], '1.1.0');
  await city.pay(paymentNoOf(open));
  await confirmed(cityKiosk, open.tradeNo);
  assert.deepEqual(appliance.read<{ funding_source: string }>('SELECT funding_source FROM payment WHERE payment_no = ?', paymentNoOf(open)).map((row) => row.funding_source), ['CITY_CARD_2']);

  // Crashed in the middle of a charge that the operator executed: unknown, asked about, paid once.
  city.failNext('/orders', 'executeThenNeverAnswer');
  const earlier = city.received.filter((path) => path === '/orders').length;
  const { quote: another } = await cityKiosk.quote('C0000004');
  const charging = cityKiosk.client.pay({ quoteId: another.quoteId, amountFen: another.selfPayFen, method: 'nativeQr' });
  await eventually('the operator has the order', () => (city.received.filter((path) => path === '/orders').length > earlier ? true : undefined));
  const [pid] = pidsOf();
  assert.ok(pid, 'the plugin runs in a process of its own');
  process.kill(pid, 'SIGKILL');
  const crashed = await charging;
  assert.equal(crashed.kind, 'order', JSON.stringify(crashed));
  await city.pay(paymentNoOf(crashed.order));
  await confirmed(cityKiosk, crashed.order.tradeNo);
  assert.equal(city.orders().filter(({ orderNo }) => orderNo === paymentNoOf(crashed.order)).length, 1);
  assert.notEqual(pidsOf()[0], pid);
  await eventually('it is active again by itself', async () => ((await instance())?.['state'] === 'active' ? true : undefined));

  // Rolled back.
  await approved(await desk.call('POST', '/plugins/packages/city-card/rollback', { reason: '新版本异常' }));
  assert.equal((await instance())?.['version'], '1.0.0');
  const third = await payByCityCard('C0000005');

  // A refund through it, and a removal that waits for open money.
  const unpaid = await cityKiosk.showCode('C0000006');
  const removal = `/plugins/packages/city-card?reason=${encodeURIComponent('合同到期')}`;
  const refusedRemoval = await desk.call('DELETE', removal);
  assert.deepEqual([refusedRemoval.status, codeOf(refusedRemoval)], [409, 'CONFLICT'], JSON.stringify(refusedRemoval.body));
  const cancelled = await cityKiosk.client.call('payment.cancel', { tradeNo: unpaid.tradeNo });
  assert.equal(cancelled.kind, 'ok', JSON.stringify(cancelled));
  const refund = await desk.call('POST', `/orders/${third.tradeNo}/refunds`, { refundFen: third.amountFen, reason: '退费测试' }, { 'idempotency-key': 'vendor-refund-1' });
  assert.equal(refund.status, 200, JSON.stringify(refund.body));
  await eventually('the money is back on the card', () => (city.refunds().some(({ orderNo, state }) => orderNo === paymentNoOf(third) && state === 'DONE') ? true : undefined));
  const removed = await eventually('nothing is open any more', async () => {
    const reply = await desk.call('DELETE', removal);
    return reply.status === 202 ? reply : undefined;
  }, 40_000);
  await approved(removed);
  assert.equal(await instance(), undefined);
  assert.deepEqual(pidsOf(), []);

  const soFar = paid;
  await eventually('the other channel goes on', () => {
    assert.deepEqual(failures, []);
    return paid > soFar ? true : undefined;
  });
  over.abort();
  await others;
  assert.deepEqual(failures, []);
  assert.ok(paid >= 3, `only ${String(paid)} payments through the other channel`);
  assert.deepEqual(appliance.ledgerProblems(), []);
  const audit = listOf(await desk.get('/audit'), 'rows').map((row) => row['what']);
  for (const what of ['plugin.receive', 'plugin.install', 'plugin.rollBack', 'plugin.remove']) assert.ok(audit.includes(what), `${what} is in the audit log`);
  assert.ok(!appliance.log().includes(city.key), 'the key is in no log line');
});

test('a package nobody trusted signed is refused at the door, and so is one without a session', async () => {
  const stranger = await desk.send('POST', '/plugins/packages', await makeVendor().pack('1.0.0'));
  assert.deepEqual([stranger.status, codeOf(stranger)], [422, 'PLUGIN_REFUSED']);
  const nobody = await new ConsoleClient(appliance.addresses.console).send('POST', '/plugins/packages', new Uint8Array(1_000));
  assert.deepEqual([nobody.status, codeOf(nobody)], [401, 'NOT_SIGNED_IN']);
});

test('a configuration file that somebody changed runs as it was approved: the channel it switches off takes money until two have approved, and is off at the start after that', async () => {
  const restart = async (): Promise<void> => {
    const [first, second] = [desk, finance];
    await appliance.stopCore();
    await appliance.startCore();
    [desk, finance] = [new ConsoleClient(appliance.addresses.console), new ConsoleClient(appliance.addresses.console)];
    [desk.cookie, desk.csrfToken, finance.cookie, finance.csrfToken] = [first.cookie, first.csrfToken, second.cookie, second.csrfToken];
  };
  const stateOfWechat = async () => listOf(await desk.get('/plugins'), 'instances').find(({ id }) => id === 'wechat')?.['state'];
  appliance.change((profile) => ({ ...profile, channels: profile.channels.map((channel) => ('id' in channel && channel.id === 'wechat' ? { ...channel, enabled: false } : channel)) }));
  await restart();
  assert.equal(await stateOfWechat(), 'active');
  const change = listOf(await desk.get('/changes'), 'changes')[0];
  assert.deepEqual([change?.['kind'], change?.['state'], change?.['proposedBy']], ['configuration', 'proposed', 'file:configuration']);
  assert.ok(!JSON.stringify(change).includes(city.key));
  const decision = { hash: change?.['hash'], decision: 'approve', reason: '停用微信渠道' };
  const path = `/changes/${String(change?.['changeNo'])}/decisions`;
  assert.deepEqual([(await desk.call('POST', path, decision)).body['state'], (await finance.call('POST', path, decision)).body['state']], ['firstApproved', 'applied']);
  await restart();
  assert.equal(await stateOfWechat(), 'disabled');
});
