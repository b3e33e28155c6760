/** Terminals that show a code and wait (登记批准), over the console API, in front of the enrolment listener they speak to. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { enrolByApproval } from '@hospay/terminal-sdk';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { startEnrolmentListener } from '@hospay/server/edges/mqtt/enrolment-listener.js';
import { auditorBeside, codeOf, type ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';
import { until } from './terminal-bench.js';

let house: ConsoleHouse;
let it: ConsoleClient;
let listener: Awaited<ReturnType<typeof startEnrolmentListener>>;
let waiting: ReturnType<typeof showing>;

before(async () => {
  house = await buildConsoleHouse();
  it = await firstAdministrator(house);
  listener = await startEnrolmentListener({ host: '127.0.0.1', port: 0, desk: house.fleet.enrolment, log: SILENT_LOG });
});
after(async () => {
  await listener.stop();
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});
afterEach(() => waiting.end());

/** A terminal that shows a code until the test is over. */
function showing() {
  const stop = new AbortController();
  let shown: string | undefined;
  const result = enrolByApproval({
    url: `mqtt://127.0.0.1:${String(listener.port)}`, software: 'acme-kiosk 4.2', machine: 'machine-0001', askEveryMs: 30, signal: stop.signal, onCode: ({ code, state }) => { if (state === 'waiting') shown = code; },
  });
  return {
    result,
    async code(): Promise<string> {
      await until(() => shown !== undefined, 'the core knows the request');
      return shown ?? '';
    },
    async end(): Promise<void> {
      stop.abort();
      await result;
    },
  };
}
const NINE = { id: 'window-9', kind: 'window', title: '九号窗口', campus: 'main' };
const lastAct = async () => (await house.platform.auditEvents.last())?.what;

test('a waiting terminal is listed without its code, found by it however it is typed, approved once, and written down', async () => {
  waiting = showing();
  const code = await waiting.code();
  const [listed] = listOf(await it.get('/terminal-requests'), 'waiting');
  assert.deepEqual([listed?.['software'], listed?.['machine'], listed?.['address']], ['acme-kiosk 4.2', 'machine-0001', '127.0.0.1']);
  assert.ok(!JSON.stringify(listed).includes(code));
  const typed = `${code.slice(0, 4)}-${code.slice(4, 8)} ${code.slice(8)}`.toLowerCase();
  const found = await it.call('POST', '/terminal-requests/find', { code: typed });
  assert.deepEqual(found.body['waiting'], listed);
  assert.equal(codeOf(await it.call('POST', '/terminal-requests/find', { code: '0000-0000-0000' })), 'ENROLMENT_NOT_FOUND');
  assert.equal((await it.call('POST', '/terminal-requests/approve', { code: typed, ...NINE })).status, 200);
  assert.equal(await lastAct(), 'terminal.approve');
  assert.equal((await waiting.result).kind, 'enrolled');
  assert.equal(codeOf(await it.call('POST', '/terminal-requests/approve', { code: typed, ...NINE, id: 'window-10' })), 'ENROLMENT_NOT_FOUND');
  const terminal = listOf(await it.get('/terminals'), 'terminals').find(({ id }) => id === 'window-9');
  assert.deepEqual([terminal?.['status'], terminal?.['title'], terminal?.['campus']], ['active', '九号窗口', 'main']);
  assert.deepEqual(listOf(await it.get('/terminal-requests'), 'waiting'), []);
});

test('an id that exists, a group or campus that does not, or an id of another form leaves the code on the screen good; who takes a place says so', async () => {
  waiting = showing();
  const code = await waiting.code();
  const approve = (set: Record<string, unknown>) => it.call('POST', '/terminal-requests/approve', { code, ...NINE, ...set });
  assert.equal(codeOf(await approve({})), 'CONFLICT');
  assert.equal(codeOf(await approve({ id: 'window-11', group: 'nowhere' })), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await approve({ id: 'window-11', campus: 'west' })), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await approve({ id: 'Window 11' })), 'MALFORMED_REQUEST');
  const oldKey = (await house.registry.find('window-9'))?.key;
  assert.equal((await approve({ replaces: true })).status, 200);
  assert.notDeepEqual((await house.registry.find('window-9'))?.key, oldKey);
  assert.equal((await waiting.result).kind, 'enrolled');
});

test('a rejected terminal is told; a second rejection finds nothing', async () => {
  waiting = showing();
  await waiting.code();
  const claimId = listOf(await it.get('/terminal-requests'), 'waiting')[0]?.['claimId'];
  const reject = () => it.call('POST', '/terminal-requests/reject', { claimId, reason: '不是本院设备' });
  assert.equal(codeOf(await it.call('POST', '/terminal-requests/reject', { claimId, reason: ' ' })), 'MALFORMED_REQUEST');
  assert.equal((await reject()).status, 200);
  assert.equal(await lastAct(), 'terminal.reject');
  const result = await waiting.result;
  assert.equal(result.kind === 'refused' && result.error.code, 'ENROLMENT_REJECTED');
  assert.equal(codeOf(await reject()), 'ENROLMENT_NOT_FOUND');
});

test('an auditor sees no waiting terminal and answers none', async () => {
  waiting = showing();
  const code = await waiting.code();
  const auditor = await auditorBeside(house, it);
  const claimId = house.fleet.enrolment.waiting()[0]?.claimId;
  const answers = [await auditor.get('/terminal-requests'), await auditor.call('POST', '/terminal-requests/find', { code }), await auditor.call('POST', '/terminal-requests/approve', { code, ...NINE, id: 'window-12' }), await auditor.call('POST', '/terminal-requests/reject', { claimId, reason: '试一试' })];
  assert.deepEqual(answers.map(codeOf), answers.map(() => 'NOT_PERMITTED'));
  assert.equal(house.fleet.enrolment.find(code).kind, 'ok', 'it still waits');
});
