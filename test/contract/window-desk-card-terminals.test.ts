/** Sign-in, settlement and second print at a window's card terminal: written down first, done once, and said as it is. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { CardTerminalOperation } from '@hospay/plugin-sdk';
import { createWindowDesk } from '@hospay/server/window-desk/window-desk.js';
import type { CardTerminalOperationView } from '@hospay/server/window-desk/ports.js';
import { until } from './channel-bank-card-pos-subject.js';
import { startWindowDeskStand, type WindowDeskStand } from './window-desk-stand.js';

let stand: WindowDeskStand;
beforeEach(async () => {
  stand = await startWindowDeskStand({ terminals: 2 });
});
afterEach(() => stand.stop());

const ask = (operation: CardTerminalOperation, key: string, given: { readonly terminalId?: string; readonly channel?: string } = {}) =>
  stand.desk.operateCardTerminal({ terminalId: 'window-1', operation, asker: { by: 'terminal/window-1', operatorId: '0101' }, asked: { tenant: 'terminal/window-1', key }, ...given });
const ends = async (operation: CardTerminalOperation, key: string): Promise<CardTerminalOperationView> => {
  const outcome = await ask(operation, key);
  assert.equal(outcome.kind, 'ok', JSON.stringify(outcome));
  return outcome.value;
};

test('a window signs in, settles and prints again; each is a row and two lines of the audit log, the first before the terminal hears of it', async () => {
  for (const operation of ['signIn', 'settle', 'reprint'] as const) {
    const view = await ends(operation, operation);
    stand.later(1_000);
    assert.deepEqual([view.state, view.channel, view.operatorId, view.nextZh], ['done', 'pos-main', '0101', '']);
  }
  const acts = (await stand.acts()).map(({ who, what, object }) => `${who} ${what} ${object}`);
  assert.deepEqual(acts, ['signIn', 'settle', 'reprint'].flatMap((operation) => [`terminal/window-1 cardTerminal.${operation} card terminal window-1`, 'terminal/window-1 cardTerminal.answer card terminal window-1']));
  const { terminals, operations } = await stand.desk.listCardTerminals();
  assert.deepEqual(terminals.map(({ terminalId, last }) => [terminalId, last?.operation]), [['window-1', 'reprint'], ['window-2', undefined]]);
  assert.equal(operations.length, 3);
});

test('the intent stands in the database while the terminal is asked', async () => {
  let rows: readonly string[] = [];
  const [{ channel, cardTerminals } = assert.fail()] = stand.ports.desks.cardTerminals();
  const watching = { terminalIds: cardTerminals.terminalIds, operate: async (request: Parameters<typeof cardTerminals.operate>[0]) => {
    rows = (await stand.database.windowDesk.listOperations(5)).map(({ operation, state }) => `${operation} ${state}`);
    return cardTerminals.operate(request);
  } };
  const desk = createWindowDesk({ ...stand.ports, desks: { ...stand.ports.desks, cardTerminals: () => [{ channel, cardTerminals: watching }] } });
  await desk.operateCardTerminal({ terminalId: 'window-1', operation: 'signIn', asker: { by: 'li.admin' }, asked: { tenant: 'user/li.admin', key: 'k' } });
  assert.deepEqual(rows, ['signIn running']);
});

test('what cannot be audited is not done', async () => {
  const desk = createWindowDesk({ ...stand.ports, audit: { record: () => Promise.reject(new Error('disk full')) } });
  const outcome = await desk.operateCardTerminal({ terminalId: 'window-1', operation: 'settle', asker: { by: 'li.admin' }, asked: { tenant: 'user/li.admin', key: 'k' } });
  assert.equal(outcome.kind === 'ok' ? outcome.value.state : outcome.code, 'notSent');
  assert.equal(stand.machine.received.length, 0);
});

test('a settlement without an answer is unknown: never done, never failed, never repeated, and the cashier is told to look for the slip', async () => {
  stand.pos.simulator.faults.inject({ on: 'settle', fault: 'executeThenDrop' });
  const lost = await ends('settle', 'press-1');
  assert.equal(lost.state, 'unknown');
  assert.match(lost.nextZh, /结果未知：先看终端是否已打印结算单/);
  const again = await ends('settle', 'press-1');
  assert.deepEqual([again.operationNo, again.state], [lost.operationNo, 'unknown']);
  assert.equal(stand.pos.received('settle'), 1, 'the same press settles once');
});

test('the same key for something else is refused, and does nothing', async () => {
  await ends('signIn', 'press-1');
  const other = await ask('settle', 'press-1');
  assert.equal(other.kind === 'refused' ? other.code : other.kind, 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(stand.pos.received('settle'), 0);
});

test('two presses of one button in the same instant reach the terminal once', async () => {
  const [first, second] = await Promise.all([ends('settle', 'press-1'), ends('settle', 'press-1')]);
  assert.equal(first.operationNo, second.operationNo);
  assert.equal(stand.pos.received('settle'), 1);
});

test('a busy terminal is not sent to, and the cashier hears what to do', async () => {
  await stand.pos.pending(stand.bankCard, stand.pos.order());
  const busy = await ends('settle', 'press-1');
  assert.deepEqual([busy.state, busy.message], ['notSent', 'the terminal is busy with another exchange']);
  assert.match(busy.nextZh, /没有发送：等终端上的交易结束/);
  assert.equal(stand.pos.received('settle'), 0);
});

test('after a power cut at the terminal the last slip is printed again', async () => {
  await stand.pos.lost(stand.bankCard, stand.pos.order(2_500));
  const reprinted = await ends('reprint', 'press-1');
  assert.equal(reprinted.state, 'done');
  assert.equal(stand.pos.received('pay'), 1, 'a second print is no second payment');
});

test('a caller does not wait for a slow settlement: running, and later what became of it', async () => {
  stand.pos.simulator.faults.inject({ on: 'settle', fault: 'holdAnswer' });
  const asking = ends('settle', 'press-1');
  await until(() => stand.pos.received('settle') === 1);
  stand.soonIsOver();
  const running = await asking;
  assert.equal(running.state, 'running');
  for (const terminal of stand.pos.simulator.terminals) terminal.line.releaseAnswers();
  let state = 'running';
  await until(async () => {
    const found = await stand.desk.findCardTerminalOperation({ operationNo: running.operationNo, terminalId: 'window-1' });
    state = found.kind === 'ok' ? found.value.state : found.code;
    return state !== 'running';
  });
  assert.equal(state, 'done');
  const elsewhere = await stand.desk.findCardTerminalOperation({ operationNo: running.operationNo, terminalId: 'window-2' });
  assert.equal(elsewhere.kind === 'refused' ? elsewhere.code : '', 'NO_SUCH_ITEM', 'another window is told nothing');
});

test('what a stopped platform had begun is unknown after the restart, and a late end does not change it', async () => {
  const row = { operationNo: 'CT0001', channel: 'pos-main', terminalId: 'window-1', operation: 'settle', state: 'running', code: undefined, message: '', askedBy: 'li', operatorId: undefined, askedAt: stand.ports.clock.now(), endedAt: undefined } as const;
  await stand.database.windowDesk.addOperation(row, { tenant: 'user/li', key: 'k' });
  assert.equal(await stand.desk.endInterrupted(), 1);
  const late = await stand.database.windowDesk.endOperation('CT0001', { state: 'done', code: undefined, message: '' }, stand.ports.clock.now());
  assert.equal(late?.state, 'unknown');
});

test('an end that cannot be written is still told; the row is unknown after the restart', async () => {
  const rows = { ...stand.database.windowDesk, endOperation: () => Promise.reject(new Error('disk full')) };
  const desk = createWindowDesk({ ...stand.ports, rows });
  const outcome = await desk.operateCardTerminal({ terminalId: 'window-1', operation: 'signIn', asker: { by: 'li.admin' }, asked: { tenant: 'user/li.admin', key: 'k' } });
  assert.equal(outcome.kind === 'ok' ? outcome.value.state : outcome.code, 'done');
  assert.equal(await stand.desk.endInterrupted(), 1);
});

test('where two channels have a card terminal at one window, the channel is named', async () => {
  const [own = assert.fail()] = stand.ports.desks.cardTerminals();
  const desk = createWindowDesk({ ...stand.ports, desks: { ...stand.ports.desks, cardTerminals: () => [own, { ...own, channel: 'pos-second' }] } });
  const press = (key: string, given: { readonly channel?: string }) => desk.operateCardTerminal({ terminalId: 'window-1', operation: 'signIn', asker: { by: 'li.admin' }, asked: { tenant: 'user/li.admin', key }, ...given });
  const [unnamed, named] = [await press('a', {}), await press('b', { channel: 'pos-second' })];
  assert.deepEqual([unnamed.kind === 'refused' ? unnamed.code : unnamed.kind, named.kind === 'ok' ? named.value.channel : named.code], ['MALFORMED_REQUEST', 'pos-second']);
});

test('a window without a card terminal, and a channel that is not active, are told so', async () => {
  const nowhere = await ask('signIn', 'a', { terminalId: 'window-9' });
  assert.equal(nowhere.kind === 'refused' ? nowhere.code : '', 'CARD_TERMINAL_NOT_FOUND');
  stand.active.pos = false;
  const stopped = await ask('signIn', 'b');
  assert.equal(stopped.kind === 'refused' ? stopped.code : '', 'CARD_TERMINAL_NOT_FOUND');
});

test('the nightly settlement settles every terminal once and names the ones that are not settled', async () => {
  assert.equal((await stand.desk.settleCardTerminals()).en, '2 of 2 card terminals settled');
  stand.pos.simulator.faults.inject({ on: 'settle', fault: 'executeThenDrop', terminalNo: '10000002' });
  await assert.rejects(() => stand.desk.settleCardTerminals(), /1 of 2 card terminals settled; window-2: unknown /);
  assert.equal(stand.pos.received('settle'), 2);
  stand.active.pos = false;
  assert.equal((await stand.desk.settleCardTerminals()).en, 'No active channel has a card terminal');
});
