/** Enrolment the other way round: the terminal shows the code, a person approves. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { brokerPasswordOf, enrolByApproval, showCode, signEnrolment, type ApprovalRequest, type ApprovalResult } from '@hospay/terminal-sdk';
import { connectAsync } from 'mqtt';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { startEnrolmentListener } from '@hospay/server/edges/mqtt/enrolment-listener.js';
import { agreementOf } from '@hospay/server/terminals/key-agreement.js';
import type { EnrolmentDesk } from '@hospay/server/terminals/ports.js';
import { openFleetStand, type FleetStand } from './terminal-fleet-stand.js';
import { until } from './terminal-bench.js';

let stand: FleetStand;
beforeEach(async () => { stand = await openFleetStand(); });
afterEach(() => stand.close());

const WINDOW = { id: 'window-9', kind: 'window', title: '九号窗口', campus: 'main', group: 'outpatient' };

/** The stand's desk behind a listener of its own, with its questions counted. */
async function countingListener() {
  const counted = { count: 0 };
  const desk: EnrolmentDesk = { ...stand.enrolment, answer: (message) => { counted.count += 1; return stand.enrolment.answer(message); } };
  const { port, stop } = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk, log: SILENT_LOG });
  return { url: `mqtt://127.0.0.1:${String(port)}`, stop, get count() { return counted.count; } };
}

/** A terminal that shows codes until the test is over. */
function showing(set: Partial<ApprovalRequest> = {}) {
  const shown: string[] = [];
  const states: string[] = [];
  const stop = new AbortController();
  const result: Promise<ApprovalResult> = enrolByApproval({
    url: stand.enrolUrl(), software: 'acme-kiosk 4.2', machine: 'machine-0001', askEveryMs: 50, signal: stop.signal, ...set,
    onCode: ({ code, state }) => { if (shown.at(-1) !== code) shown.push(code); states.push(state); },
  });
  return {
    result, shown, states, stop: () => stop.abort(),
    code: async () => {
      await until(() => states.at(-1) === 'waiting', 'the core knows the request');
      return shown.at(-1) ?? '';
    },
  };
}

for (const scheme of ['mqtt', 'ws']) {
  test(`a terminal shows a code, a person sees what asks and approves it, and both have the same key (${scheme})`, async () => {
    const terminal = showing({ url: stand.enrolUrl(scheme) });
    const code = await terminal.code();
    assert.match(code, /^[0-9A-HJKMNP-TV-Z]{12}$/);
    const typed = showCode(code).toLowerCase();
    const found = stand.enrolment.find(typed);
    assert.equal(found.kind, 'ok');
    assert.deepEqual([found.value.software, found.value.machine, found.value.address], ['acme-kiosk 4.2', 'machine-0001', '127.0.0.1']);
    const approved = await stand.enrolment.approve({ code: typed, terminal: WINDOW, replaces: false });
    assert.equal(approved.kind, 'ok');
    const result = await terminal.result;
    assert.equal(result.kind, 'enrolled');
    const registered = await stand.registry.find('window-9');
    assert.deepEqual([registered?.kind, registered?.title, registered?.campus, registered?.group, registered?.status], ['window', '九号窗口', 'main', 'outpatient', 'active']);
    assert.deepEqual(Buffer.from(result.device.key), Buffer.from(registered?.key ?? []));
    const signedIn = await connectAsync(stand.brokerUrl, { clientId: 'window-9', username: 'window-9', password: brokerPasswordOf(result.device.key), reconnectPeriod: 0 });
    await signedIn.endAsync(true);
    assert.deepEqual(stand.enrolment.waiting(), []);
  });
}

test('neither the code nor the key is ever on the line', async () => {
  const said: string[] = [];
  const listening: EnrolmentDesk = {
    ...stand.enrolment,
    async answer(message) {
      const answer = await stand.enrolment.answer(message);
      said.push(new TextDecoder().decode(message.payload), answer ?? '');
      return answer;
    },
  };
  const listener = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk: listening, log: SILENT_LOG });
  const terminal = showing({ url: `mqtt://127.0.0.1:${String(listener.port)}` });
  const code = await terminal.code();
  await stand.enrolment.approve({ code, terminal: WINDOW, replaces: false });
  const result = await terminal.result;
  assert.equal(result.kind, 'enrolled');
  const line = said.join('\n');
  assert.ok(said.length >= 4);
  const secrets = [code, ...(['hex', 'base64', 'base64url'] as const).map((form) => Buffer.from(result.device.key).toString(form))];
  for (const secret of secrets) assert.ok(!line.includes(secret));
  await listener.stop();
});

test('a code nobody shows finds nothing, and approving it gains nothing', async () => {
  const terminal = showing();
  await terminal.code();
  for (const guess of ['0000-0000-0000', '', 'K7QM']) {
    assert.deepEqual(stand.enrolment.find(guess), { kind: 'refused', code: 'ENROLMENT_NOT_FOUND' });
    assert.equal((await stand.enrolment.approve({ code: guess, terminal: WINDOW, replaces: false })).kind, 'refused');
  }
  assert.equal(await stand.registry.find('window-9'), undefined);
  terminal.stop();
  assert.deepEqual(await terminal.result, { kind: 'stopped' });
});

test('a code works once: of two who approve it one finds nothing', async () => {
  const terminal = showing();
  const code = await terminal.code();
  const approvals = await Promise.all(['window-9', 'window-10'].map((id) => stand.enrolment.approve({ code, terminal: { ...WINDOW, id }, replaces: false })));
  assert.deepEqual(approvals.map(({ kind }) => kind).toSorted(), ['ok', 'refused']);
  assert.equal((await terminal.result).kind, 'enrolled');
  assert.deepEqual(stand.enrolment.find(code), { kind: 'refused', code: 'ENROLMENT_NOT_FOUND' });
});

test('a terminal that asks while its approval is being written still waits under the same code, and then gets its key', async () => {
  const listener = await countingListener();
  const terminal = showing({ url: listener.url, askEveryMs: 5 });
  const code = await terminal.code();
  const writing = Promise.withResolvers<void>();
  const { enrol } = stand.registry;
  Object.assign(stand.registry, { enrol: async (...given: Parameters<typeof enrol>) => { await writing.promise; return enrol(...given); } });
  const approving = stand.enrolment.approve({ code, terminal: WINDOW, replaces: false });
  const heard = listener.count;
  await until(() => listener.count > heard + 2, 'questions meanwhile');
  writing.resolve();
  assert.equal((await approving).kind, 'ok');
  assert.equal((await terminal.result).kind, 'enrolled');
  assert.deepEqual(terminal.shown, [code]);
  await listener.stop();
});

test('an approval that breaks off leaves the code on the screen good', async () => {
  const terminal = showing();
  const code = await terminal.code();
  const { enrol } = stand.registry;
  Object.assign(stand.registry, { enrol: () => Promise.reject(new Error('the disk is full')) });
  await assert.rejects(stand.enrolment.approve({ code, terminal: WINDOW, replaces: false }), /disk/);
  Object.assign(stand.registry, { enrol });
  assert.equal((await stand.enrolment.approve({ code, terminal: WINDOW, replaces: false })).kind, 'ok');
  assert.equal((await terminal.result).kind, 'enrolled');
  assert.deepEqual(terminal.shown, [code]);
});

test('a code that is over approves nobody, and the terminal shows another by itself', async () => {
  const terminal = showing();
  const first = await terminal.code();
  stand.later(16 * 60_000);
  assert.equal(stand.enrolment.find(first).kind, 'refused');
  await until(() => terminal.shown.length === 2, 'the next code');
  const second = await terminal.code();
  assert.notEqual(second, first);
  assert.equal((await stand.enrolment.approve({ code: second, terminal: WINDOW, replaces: false })).kind, 'ok');
  assert.equal((await terminal.result).kind, 'enrolled');
});

test('who copies a waiting request under a code of his own neither replaces it nor is approved in its place', async () => {
  const terminal = showing();
  const code = await terminal.code();
  const [waiting] = stand.enrolment.waiting();
  const thief = agreementOf(new Uint8Array(32).fill(7));
  const unsigned = { v: 1, id: 'request-0000000001', ts: 0, claimId: waiting?.claimId ?? '', publicKey: thief?.publicKey ?? '', software: 'acme-kiosk 4.2' };
  const forged = JSON.stringify({ ...unsigned, mac: signEnrolment('AAAABBBBCCCC', { kind: 'req', unsigned }) });
  for (let times = 0; times < 10; times += 1) await stand.enrolment.answer({ claimId: unsigned.claimId, payload: new TextEncoder().encode(forged), address: '10.0.0.66' });
  const found = stand.enrolment.find(code);
  assert.equal(found.kind === 'ok' && found.value.address, '127.0.0.1');
  await stand.enrolment.approve({ code, terminal: WINDOW, replaces: false });
  const result = await terminal.result;
  assert.equal(result.kind, 'enrolled');
  // The thief asks again and hears nothing he could use.
  const answer = await stand.enrolment.answer({ claimId: unsigned.claimId, payload: new TextEncoder().encode(forged), address: '10.0.0.66' });
  assert.match(answer ?? '', /CLAIM_INVALID/);
});

test('a terminal believes no key from somebody who does not know its code', async () => {
  const impostor: EnrolmentDesk = {
    ...stand.enrolment,
    answer({ payload }) {
      const { id } = JSON.parse(new TextDecoder().decode(payload)) as { id: string };
      const unsigned = { v: 1, id, ts: Date.now(), body: { kind: 'ok', value: { deviceId: 'kiosk-1', hospitalId: 'demo', publicKey: agreementOf(new Uint8Array(32).fill(9))?.publicKey } } };
      return Promise.resolve(JSON.stringify({ ...unsigned, mac: signEnrolment('AAAABBBBCCCC', { kind: 'rep', unsigned }) }));
    },
  };
  const listener = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk: impostor, log: SILENT_LOG });
  const terminal = showing({ url: `mqtt://127.0.0.1:${String(listener.port)}` });
  const early = await Promise.race([terminal.result, new Promise((resolve) => setTimeout(resolve, 400, 'nothing'))]);
  assert.equal(early, 'nothing');
  terminal.stop();
  await terminal.result;
  await listener.stop();
});

test('a rejected terminal is told, and asking on does not bring it back', async () => {
  const terminal = showing();
  const code = await terminal.code();
  const [waiting] = stand.enrolment.waiting();
  assert.equal(stand.enrolment.reject(waiting?.claimId ?? '')?.software, 'acme-kiosk 4.2');
  const result = await terminal.result;
  assert.equal(result.kind === 'refused' && result.error.code, 'ENROLMENT_REJECTED');
  assert.equal(stand.enrolment.find(code).kind, 'refused');
  assert.equal(stand.enrolment.reject(waiting?.claimId ?? ''), undefined);
});

test('an id that exists is not taken over by mistake; with "replaces" the new machine takes its place and the old key is dead', async () => {
  const before = (await stand.registry.find('kiosk-1'))?.key;
  const terminal = showing();
  const code = await terminal.code();
  const refusedFirst = await stand.enrolment.approve({ code, terminal: { ...WINDOW, id: 'kiosk-1' }, replaces: false });
  assert.equal(refusedFirst.kind === 'refused' && refusedFirst.code, 'CONFLICT');
  assert.deepEqual((await stand.registry.find('kiosk-1'))?.key, before);
  assert.equal((await stand.enrolment.approve({ code, terminal: { ...WINDOW, id: 'kiosk-1' }, replaces: true })).kind, 'ok');
  const result = await terminal.result;
  assert.equal(result.kind, 'enrolled');
  assert.deepEqual(Buffer.from(result.device.key), Buffer.from((await stand.registry.find('kiosk-1'))?.key ?? []));
  await assert.rejects(connectAsync(stand.brokerUrl, { clientId: 'kiosk-1', username: 'kiosk-1', password: brokerPasswordOf(before ?? new Uint8Array(32)), reconnectPeriod: 0 }));
});

test('many requests from one address do not keep others from waiting, and no request makes a list without an end', async () => {
  const ask = (index: number, address: string) => {
    const unsigned = { v: 1, id: 'request-0000000001', ts: 0, claimId: index.toString(16).padStart(64, '0'), publicKey: agreementOf(new Uint8Array(32).fill(7))?.publicKey ?? '', software: 'flood' };
    return stand.enrolment.answer({ claimId: unsigned.claimId, payload: new TextEncoder().encode(JSON.stringify({ ...unsigned, mac: 'A'.repeat(43) })), address });
  };
  for (let index = 0; index < 60; index += 1) await ask(index, '10.0.0.66');
  assert.equal(stand.enrolment.waiting().length, 20);
  assert.match((await ask(61, '10.0.0.66')) ?? '', /TOO_MANY_REQUESTS/);
  assert.match((await ask(62, '10.0.0.67')) ?? '', /waiting/);
});
