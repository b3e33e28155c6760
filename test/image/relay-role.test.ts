/** The same image as a DMZ relay (DMZ 中继): told by its answers file, paired from its screen, updated from a drive and given back by the menu there. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createPaymentClient } from '@hospay/payment-sdk';
import { APP, ApplianceUnderTest, eventually } from '../end-to-end/appliance-under-test.js';
import { isPairedWith } from '../end-to-end/relay-under-test.js';
import { breakRelay, buildUpdate } from './build-updates.js';
import { READY, SETUP_CODE, SLOWLY_MS } from './hospital-outside.js';
import { makeUpdateDrive, VirtualMachine } from './virtual-machine.js';

const RELAY_READY = /relay 中继 ready/;
/** Nothing but notifications tells the core of a payment here. */
const NO_QUERIES = { queryRhythmSeconds: [600], promptQueryRhythmSeconds: [600], confirmRhythmSeconds: [1, 1, 2], refundQueryRhythmSeconds: [600], closeMarginSeconds: 5, tellOwnerRhythmSeconds: [1, 1, 2] };

let relay: VirtualMachine;
let appliance: ApplianceUnderTest;
let folder = '';
before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hospay-relay-box-'));
  relay = await VirtualMachine.create({ answers: 'role: relay\n' });
  appliance = await ApplianceUnderTest.prepare({ wechat: { notificationRetryGapsMs: [] } });
});
after(async () => {
  await appliance.stop();
  await relay.remove();
  rmSync(folder, { recursive: true, force: true });
});

test('its screen shows what the core is paired with; it serves a relay\'s two ports and nothing of the platform', async (context) => {
  const since = Date.now();
  relay.start();
  await relay.says(RELAY_READY);
  context.diagnostic(`ready after ${String(Math.round((Date.now() - since) / 1000))} s`);
  await relay.says(/Fingerprint 证书指纹 {2}[0-9a-f]{64}\s+Pairing secret 配对密钥 {2}[\w-]{43}/);
  assert.doesNotMatch(relay.serial, /Setup code|FIREWALL NOT LOADED/);
  for (const port of [relay.ports.console, relay.ports.payment]) assert.ok(await relay.isDropped(port));
});

test('a core is paired with it, and a payment is known by a notification that went through it', async () => {
  const fingerprint = (await relay.says(/证书指纹 {2}([0-9a-f]{64})/))[1] ?? '';
  const secret = (await relay.says(/配对密钥 {2}([\w-]{43})/))[1] ?? '';
  const origin = `http://127.0.0.1:${String(relay.ports.relayPublic)}`;
  appliance.change((profile) => ({ ...profile, relay: { host: '127.0.0.1', port: relay.ports.relayTunnel, fingerprint, secret }, http: { ...(profile['http'] as object), publicNotifyBaseUrl: origin }, payments: NO_QUERIES }));
  await appliance.startCore();
  await isPairedWith(appliance);
  const client = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const patients = await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000001' });
  const patientId = patients.kind === 'ok' ? (patients.value[0]?.patientId ?? '') : assert.fail(JSON.stringify(patients));
  const bills = await client.searchBills({ patientId });
  const billNo = bills.kind === 'ok' ? (bills.value[0]?.billNo ?? '') : assert.fail(JSON.stringify(bills));
  const quote = await client.quoteBills({ patientId, billNos: [billNo] });
  assert.equal(quote.kind, 'ok', JSON.stringify(quote));
  const order = await client.createPayment({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr', channel: 'wechat' }, { idempotencyKey: 'relay-role-0001' });
  assert.equal(order.kind, 'ok', JSON.stringify(order));
  appliance.wechat.pay(order.value.payments[0]?.paymentNo ?? '');
  await eventually('the HIS has booked it', async () => {
    const found = await client.findPayment(order.value.tradeNo);
    return found.kind === 'ok' && found.value.confirmation.state === 'confirmed' ? true : undefined;
  }, SLOWLY_MS);
  await relay.says(/Paired with a core 已与核心配对/);
});

/** Somebody plugs in a drive with a bundle and has it installed at the screen. The machine restarts, which to QEMU is the end. */
async function installAtScreen(bundle: string, version: string): Promise<void> {
  await relay.cutPower();
  relay.start({ withSetupDrive: false, updateDrive: makeUpdateDrive(join(folder, `update-${version}.img`), bundle) });
  await relay.says(/Paired with a core 已与核心配对/);
  const from = relay.serial.length;
  for (const [line, says] of [['', /Menu 菜单[^]*Enter to go back/], ['3', new RegExp(`hospay-${version}\\.hpu[^]*Number; Enter to go back`)], ['1', new RegExp(`Version 版本 ${version}[^]*Type "update"`)], ['update', /the machine restarts/]] as const) {
    await relay.types(line);
    await relay.saysAfter(from, says);
  }
  await relay.ends();
}

test('a newer version on a drive is installed at its screen, tried, and stays once the relay has served for a minute; it is paired as before', async (context) => {
  const bundle = await buildUpdate({ version: '0.1.1', folder });
  const since = Date.now();
  await installAtScreen(bundle, '0.1.1');
  relay.start({ withSetupDrive: false });
  await relay.says(/Version 版本 0\.1\.1 {3}system slot 系统槽 B {3}relay 中继 ready/);
  await relay.says(/Update 更新 {2}0\.1\.1 on trial 试运行中/);
  await relay.says(/Paired with a core 已与核心配对/);
  await eventually('it is not on trial any more', () => (/on trial/.test(relay.serial.slice(relay.serial.lastIndexOf('Hospay DMZ relay'))) ? undefined : true), SLOWLY_MS);
  context.diagnostic(`committed ${String(Math.round((Date.now() - since) / 1000))} s after the drive was plugged in`);
  await isPairedWith(appliance);
});

test('a version whose relay does not run goes back by itself, says so, and the relay is paired as before', async () => {
  await installAtScreen(await buildUpdate({ version: '0.1.2', folder, change: breakRelay }), '0.1.2');
  relay.start({ withSetupDrive: false });
  await relay.says(/Version 版本 0\.1\.2 {3}system slot 系统槽 A/);
  // The gate restarts it; to QEMU that is the end.
  await relay.ends();
  relay.start({ withSetupDrive: false });
  await relay.says(/Version 版本 0\.1\.1 {3}system slot 系统槽 B {3}relay 中继 ready/);
  await relay.says(/0\.1\.2 was taken back 已回退: the relay of the new system ended \d times 新系统的中继连续 \d 次启动失败/);
  await relay.says(/Paired with a core 已与核心配对/);
  await isPairedWith(appliance);
});

test('reset at its screen it forgets what it was, says so, and is a new machine', async () => {
  const from = relay.serial.length;
  for (const [line, says] of [['', /Menu 菜单[^]*Enter to go back/], ['4', /EVERYTHING[^]*Enter to go back/], ['2', /erase everything/], ['erase everything', /The machine restarts/]] as const) {
    await relay.types(line);
    await relay.saysAfter(from, says);
  }
  await relay.ends();
  relay.start({ withSetupDrive: false });
  await relay.says(READY);
  await relay.says(SETUP_CODE);
  await relay.says(/Reset 已恢复出厂 {2}everything 全部/);
});
