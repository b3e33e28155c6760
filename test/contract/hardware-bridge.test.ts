/** The hardware bridge over a real socket of this machine; every example of its page for vendors is held to the code. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { startSimulatedBridge, type SimulatedBridge } from '@hospay/appliance/demo/simulated-bridge.js';
import { connectBridge, readBridgeMessage, readBridgeRequest, type Bridge, type BridgeDeviceState } from '@hospay/terminal-sdk';
import { until } from './terminal-bench.js';

let simulated: SimulatedBridge;
let bridge: Bridge;
const scans: string[] = [];
const notes: string[] = [];
let last: readonly BridgeDeviceState[] = [];
beforeEach(async () => {
  simulated = await startSimulatedBridge({ port: 0 });
  bridge = connectBridge({ url: simulated.url, software: 'test', events: { scanned: (text) => { scans.push(text); }, noteStacked: ({ noteNo }) => { notes.push(noteNo); }, changed: (devices) => { last = devices; } } });
});
afterEach(async () => {
  bridge.close();
  await simulated.stop();
});

test('a receipt is printed, and one without paper is told as such', async () => {
  // The page's origin is checked by the bridge; Node sends none.
  await until(() => bridge.isConnected, 'the bridge is there');
  assert.deepEqual(await bridge.print({ title: '示范医院', lines: [{ label: '收据号', value: 'R1' }] }), { kind: 'done' });
  assert.deepEqual(simulated.printed, [{ title: '示范医院', lines: [{ label: '收据号', value: 'R1' }] }]);
  simulated.setPrinter('paperOut');
  await until(() => last.some(({ device, state }) => device === 'printer' && state === 'paperOut'), 'the state is told');
  const failed = await bridge.print({ title: '示范医院', lines: [] });
  assert.ok(failed.kind === 'failed' && failed.code === 'paperOut');
  assert.equal(simulated.printed.length, 1);
});

test('scans, cards and notes reach the page', async () => {
  await until(() => bridge.isConnected, 'the bridge is there');
  simulated.scan('C0000001');
  simulated.stackNote('A1', 10_000);
  await until(() => scans.includes('C0000001') && notes.includes('A1'), 'both were told');
  assert.equal((await bridge.read('cardReader', 1)).kind, 'failed');
  simulated.holdCard('C0000002');
  assert.deepEqual(await bridge.read('cardReader', 1), { kind: 'done', text: 'C0000002' });
});

test('a bridge that is away is said at once, one of another machine is refused', async () => {
  await until(() => bridge.isConnected, 'the bridge is there');
  await simulated.stop();
  await until(() => !bridge.isConnected, 'the bridge is gone');
  const answer = await bridge.print({ title: '', lines: [] });
  assert.ok(answer.kind === 'failed' && answer.code === 'BRIDGE_OFFLINE');
  for (const url of ['ws://192.0.2.1:9123', 'wss://127.0.0.1:9123', 'ws://127.0.0.1.example.test']) assert.throws(() => connectBridge({ url, software: 'test' }), /this machine/);
  simulated = await startSimulatedBridge({ port: 0 });
});

test('what has another version or shape is nothing', () => {
  assert.equal(readBridgeMessage('{"v":2,"type":"scanned","text":"x"}'), undefined);
  assert.equal(readBridgeMessage('{"v":1,"type":"scanned"}'), undefined);
  assert.equal(readBridgeMessage('no JSON'), undefined);
  assert.equal(readBridgeRequest('{"v":1,"type":"print","id":"1"}'), undefined);
});

test('every example of the page for vendors is a message of this version, and every kind of message has one', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../core/docs/hardware-bridge.md'), 'utf8');
  const [asks = '', says = ''] = page.split('## Bridge to page');
  const examples = (part: string) => [...part.matchAll(/```json\n(.*?)\n```/gs)].map(([, text]) => text ?? '');
  const kinds = (read: (text: string) => { readonly type: string } | undefined, part: string) => examples(part).map((text) => read(text)?.type ?? assert.fail(text));
  assert.deepEqual(kinds(readBridgeRequest, asks).toSorted(), ['acceptCash', 'display', 'hello', 'print', 'read']);
  assert.deepEqual(kinds(readBridgeMessage, says).toSorted(), ['done', 'failed', 'noteStacked', 'read', 'scanned', 'state', 'welcome']);
});
