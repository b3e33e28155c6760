import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { connectAsync } from 'mqtt';
import { claimIdOf, enrol, findEnrolment, keepEnrolment, memoryStorage, mqttTransport, signEnrolment, topics } from '@hospay/terminal-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { startEnrolmentListener, type EnrolmentListener } from '@hospay/server/edges/mqtt/enrolment-listener.js';
import { startEmbeddedBroker } from '@hospay/server/edges/mqtt/embedded-broker.js';
import { showClaimCode } from '@hospay/server/terminals/claim-code.js';
import { createTerminalBench, until, type TerminalBench } from './terminal-bench.js';

let bench: TerminalBench;
let listener: EnrolmentListener;
beforeEach(async () => {
  bench = createTerminalBench({ devices: ['kiosk-1'] });
  bench.rows.add({ id: 'window-3', hospital: 'demo', kind: 'window', title: '三号窗口' });
  listener = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk: bench.enrolment, log: SILENT_LOG });
});
afterEach(async () => {
  await listener.stop();
  await bench.close();
});
const url = (scheme = 'mqtt') => `${scheme}://127.0.0.1:${String(listener.port)}`;
async function offer(deviceId = 'window-3') {
  const offered = await bench.registry.offerClaim(deviceId);
  assert.equal(offered.kind, 'ok');
  return offered.value;
}

for (const scheme of ['mqtt', 'ws']) {
  test(`a terminal enrols with the code a person typed, and signs in with the key both sides computed (${scheme})`, async () => {
    const { code } = await offer();
    const result = await enrol({ url: url(scheme), claimCode: showClaimCode(code).toLowerCase() });
    assert.equal(result.kind, 'enrolled');
    assert.equal(result.device.deviceId, 'window-3');
    const terminal = await bench.registry.find('window-3');
    assert.deepEqual(Buffer.from(result.device.key), Buffer.from(terminal?.key ?? []));
    const storage = memoryStorage();
    await keepEnrolment(storage, result);
    const device = await findEnrolment(storage);
    assert.ok(device);
    const broker = await startEmbeddedBroker({ host: '127.0.0.1', port: 0, websocketPort: 0, credentials: bench.credentials, log: SILENT_LOG });
    const came = Promise.withResolvers<void>();
    const transport = mqttTransport({ url: broker.url, device });
    transport.open({ connected: () => came.resolve(), disconnected() {}, message() {} });
    await came.promise;
    await transport.close();
    await broker.stop();
  });
}

test('a code works once', async () => {
  const { code } = await offer();
  assert.equal((await enrol({ url: url(), claimCode: code })).kind, 'enrolled');
  const key = (await bench.registry.find('window-3'))?.key;
  const again = await enrol({ url: url(), claimCode: code });
  assert.equal(again.kind === 'refused' && again.error.code, 'CLAIM_INVALID');
  assert.deepEqual((await bench.registry.find('window-3'))?.key, key);
});

test('a request whose answer was lost is answered again with the same words', async () => {
  const { code, claimId } = await offer();
  const unsigned = { v: 1, id: 'request-0000000001', ts: 0, claimId, deviceNonce: 'A'.repeat(43), software: 'test' };
  const payload = new TextEncoder().encode(JSON.stringify({ ...unsigned, mac: signEnrolment(code, { kind: 'req', unsigned }) }));
  const [first, second] = [await bench.enrolment.answer({ claimId, payload }), await bench.enrolment.answer({ claimId, payload })];
  const nonce = (text: string | undefined) => /"serverNonce":"([^"]+)"/.exec(text ?? '')?.[1];
  assert.ok(nonce(first));
  assert.equal(nonce(first), nonce(second));
});

test('a wrong code, an expired code and a code that was replaced by a newer one are refused', async () => {
  const wrong = await enrol({ url: url(), claimCode: '0'.repeat(26) });
  assert.equal(wrong.kind === 'refused' && wrong.error.code, 'CLAIM_INVALID');
  const { code: replaced } = await offer();
  const { code: expired } = await offer();
  const old = await enrol({ url: url(), claimCode: replaced });
  assert.equal(old.kind === 'refused' && old.error.code, 'CLAIM_INVALID');
  bench.later(31 * 60_000);
  const late = await enrol({ url: url(), claimCode: expired });
  assert.equal(late.kind === 'refused' && late.error.code, 'CLAIM_INVALID');
  assert.equal((await bench.registry.find('window-3'))?.status, 'unclaimed');
});

test('who knows the public name of a claim but not its code gets nothing', async () => {
  const { claimId } = await offer();
  const unsigned = { v: 1, id: 'request-0000000001', ts: Date.now(), claimId, deviceNonce: 'A'.repeat(43), software: 'test' };
  const forged = JSON.stringify({ ...unsigned, mac: signEnrolment('guess', { kind: 'req', unsigned }) });
  assert.match((await bench.enrolment.answer({ claimId, payload: new TextEncoder().encode(forged) })) ?? '', /CLAIM_INVALID/);
  for (const garbage of ['', '{}', 'x'.repeat(10_000)]) assert.match((await bench.enrolment.answer({ claimId, payload: new TextEncoder().encode(garbage) })) ?? '', /MALFORMED_REQUEST/);
  assert.equal((await bench.registry.find('window-3'))?.status, 'unclaimed');
});

test('on the enrolment listener nothing but enrolment is said or heard', async () => {
  const newcomer = await connectAsync(url(), { reconnectPeriod: 0 });
  newcomer.on('error', () => undefined);
  const heard: string[] = [];
  newcomer.on('message', (topic) => heard.push(topic));
  for (const filter of ['#', 'hospay/v1/enroll/+/rep', 'hospay/v1/enroll/+/req', topics.reply('kiosk-1')]) await newcomer.subscribeAsync(filter).catch(() => undefined);
  const { code } = await offer();
  assert.equal((await enrol({ url: url(), claimCode: code })).kind, 'enrolled');
  assert.deepEqual(heard, []);
  await Promise.race([newcomer.publishAsync(topics.up('kiosk-1', 'session.resume'), 'x', { qos: 1 }).catch(() => undefined), new Promise<void>((resolve) => newcomer.once('close', () => resolve()))]);
  await until(() => !newcomer.connected, 'the end of the connection');
  await newcomer.endAsync(true);
  assert.equal(claimIdOf(code).length, 64);
});
