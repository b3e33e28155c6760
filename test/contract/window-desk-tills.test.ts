/** Tills: change money counted once, and the book beside the ledger. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { readBilingual } from '@hospay/server/domain/bilingual.js';
import { StoreUnavailable } from '@hospay/server/domain/money-store.js';
import { createWindowDesk } from '@hospay/server/window-desk/window-desk.js';
import { startWindowDeskStand, type WindowDeskStand } from './window-desk-stand.js';

const DAY = '2026-03-02';
let stand: WindowDeskStand;
beforeEach(async () => {
  stand = await startWindowDeskStand();
});
afterEach(() => stand.stop());

const open = (key: string, amountFen: number, tillNo = 'operator:0101') => stand.desk.openTill({ tillNo, amountFen, asker: { by: 'terminal/window-1', operatorId: '0101' }, asked: { tenant: 'terminal/window-1', key } });
const stateOf = async (opening: ReturnType<typeof open>): Promise<string> => {
  const outcome = await opening;
  return outcome.kind === 'ok' ? outcome.value.state : outcome.code;
};
const comparison = async (day = DAY) => {
  const { comparisons: [first], ...rest } = await stand.desk.readTillDays({ day });
  return { ...rest, first };
};
const tillIn = async (day: string) => (await stand.desk.readTillDays({ day })).tills.map(({ tillNo, openings, balanceFen }) => [tillNo, openings.count, openings.amountFen, balanceFen]);

test('change money is counted once, whatever is repeated, and is in the audit log', async () => {
  assert.deepEqual([await stateOf(open('k1', 20_000)), await stateOf(open('k1', 20_000)), await stateOf(open('k1', 30_000)), await stateOf(open('k2', 0, 'terminal:kiosk-1'))], ['opened', 'opened', 'IDEMPOTENCY_KEY_REUSED', 'opened']);
  assert.deepEqual(await tillIn(DAY), [['operator:0101', 1, 20_000, 20_000], ['terminal:kiosk-1', 1, 0, 0]]);
  assert.deepEqual((await stand.acts()).map(({ what, object }) => `${what} ${object}`), ['till.open till operator:0101', 'till.answer till operator:0101', 'till.open till terminal:kiosk-1', 'till.answer till terminal:kiosk-1']);
});

test('an opening whose answer was lost at midnight counts once, on the day it was asked for', async () => {
  const { openTill } = stand.cash.tills;
  stand.later(14 * 3_600_000 - 60_000);
  stand.between.tills = { ...stand.cash.tills, async openTill(request) { await openTill(request); throw new Error('power cut'); } };
  assert.equal(await stateOf(open('k1', 20_000)), 'unknown');
  assert.deepEqual((await comparison()).unclearOpenings.map(({ tillNo, state }) => [tillNo, state]), [['operator:0101', 'unknown']]);
  stand.between.tills = stand.cash.tills;
  stand.later(120_000);
  assert.equal(await stateOf(open('k1', 20_000)), 'opened');
  assert.deepEqual([await tillIn(DAY), await tillIn('2026-03-03')], [[['operator:0101', 1, 20_000, 20_000]], []]);
  assert.deepEqual((await comparison()).unclearOpenings, []);
});

test('without a channel that counts cash there is nothing to open', async () => {
  stand.active.cash = false;
  assert.equal(await stateOf(open('k1', 100)), 'TILL_NOT_AVAILABLE');
  assert.deepEqual((await stand.desk.readTillDays({ day: DAY })).tills, []);
});

test('what patients paid in cash stands in the tills and on account 1001 alike; change money is no business of the ledger', async () => {
  await open('k1', 20_000);
  await stand.paysCash(1_234);
  await stand.paysCash(5_000, '0102');
  const { first, tills } = await comparison();
  assert.deepEqual([first?.state, first?.merchantNos, first?.differenceFen, first?.ledger.takenIn], ['same', ['CASH'], 0, { count: 2, amountFen: 6_234 }]);
  assert.deepEqual(tills.map(({ tillNo, balanceFen }) => [tillNo, balanceFen]), [['operator:0101', 21_234], ['operator:0102', 5_000]]);
  assert.deepEqual(stand.openCases(), []);
});

test('a cash refund sent before midnight and paid out after it stands on the same day in till and ledger', async () => {
  const order = await stand.paysCash(9_000);
  stand.later(38 * 3_600_000 - 60_000);
  assert.equal((await stand.asksRefund(order, 4_000)).kind, 'ok');
  await stand.advanceRefunds(); // The till is empty that day: sent, and declined.
  stand.later(120_000);
  await open('k2', 50_000);
  for (let attempt = 0; attempt < 3; attempt += 1) {
    stand.later(3_600_000);
    await stand.advanceRefunds();
  }
  const days = await Promise.all([DAY, '2026-03-03', '2026-03-04'].map(async (day) => (await comparison(day)).first));
  assert.deepEqual(days.map((first) => [first?.state, first?.ledger.paidOut.amountFen]), [['same', 0], ['same', 0], ['same', 4_000]]);
});

test('a difference opens one case, however often it is looked at, and the case is over when both say the same', async () => {
  await stand.paysCash(1_234);
  const { tillDays } = stand.cash.tills;
  stand.between.tills = { ...stand.cash.tills, tillDays: () => Promise.resolve([]) };
  const { first } = await comparison();
  assert.deepEqual([first?.state, first?.differenceFen], ['differs', -1_234]);
  await comparison();
  const [mismatch, ...others] = stand.openCases();
  assert.deepEqual([{ ...mismatch, detail: '' }, ...others], [{ kind: 'tillMismatch', subject: `cash-main/${DAY}`, severity: 1, detail: '' }]);
  assert.match(readBilingual(String(mismatch?.['detail'])).zh, /^钱箱账本：收入 0 笔 0\.00 元、支出 0 笔 0\.00 元；库存现金（1001）：收入 1 笔 12\.34 元、支出 0 笔 0\.00 元。/);
  stand.between.tills = { ...stand.cash.tills, tillDays };
  assert.equal((await comparison()).first?.state, 'same');
  assert.deepEqual(stand.openCases(), []);
});

test('two differences that cancel out still differ', async () => {
  await stand.paysCash(1_000);
  stand.between.tills = { ...stand.cash.tills, tillDays: async (request) => (await stand.cash.tills.tillDays(request)).map((till) => ({ ...till, takenIn: { count: 2, amountFen: 1_500 }, paidOut: { count: 1, amountFen: 500 } })) };
  const { first } = await comparison();
  assert.deepEqual([first?.state, first?.differenceFen], ['differs', 0]);
});

test('while cash is being taken a difference proves nothing: it is shown, and opens no case', async () => {
  const { tillDays } = stand.cash.tills;
  let takes = 0;
  stand.between.tills = { ...stand.cash.tills, async tillDays(request) { const book = await tillDays(request); takes += 1; if (takes <= 5) await stand.paysCash(100); return book; } };
  assert.equal((await comparison()).first?.state, 'inFlight');
  assert.deepEqual(stand.openCases(), []);
  assert.equal(takes, 3, 'three looks, then it is left for later');
});

test('a payment that was counted and whose answer was lost is in flight, not a difference, until its end is known', async () => {
  const { charge } = stand.cash.channel;
  stand.between.channel = { ...stand.cash.channel, async charge(request, context) { await charge(request, context); throw new Error('the answer was lost'); } };
  const order = await stand.paysCash(1_000);
  assert.equal(order.payments[0]?.state, 'unknown');
  const { first } = await comparison();
  assert.deepEqual([first?.state, first?.differenceFen], ['inFlight', 1_000]);
  assert.deepEqual(stand.openCases(), []);
});

test('a certain end of an opening stands, whatever a slower repeat heard', async () => {
  const opened = await open('k1', 20_000);
  const openingNo = opened.kind === 'ok' ? opened.value.openingNo : assert.fail(opened.code);
  const stands = await stand.database.windowDesk.answerOpening(openingNo, { state: 'unknown', message: 'no answer before the deadline' });
  assert.equal(stands?.state, 'opened');
});

test('a book that does not answer, tells another day, or does not add up is no book; no case is made of it', async () => {
  await stand.paysCash(1_000);
  const [till] = await stand.cash.tills.tillDays({ day: DAY });
  assert.ok(till !== undefined);
  for (const answer of [[{ ...till, day: '2026-03-01' }], [{ ...till, balanceFen: 999 }], [till, till], [{ ...till, tillNo: '' }], 'nonsense']) {
    // What an isolated or careless plugin may answer, whatever its types say.
    stand.between.tills = { ...stand.cash.tills, tillDays: () => Promise.resolve(JSON.parse(JSON.stringify(answer))) };
    assert.equal((await comparison()).first?.state, 'noBook', JSON.stringify(answer));
  }
  stand.active.cash = false;
  assert.equal((await comparison()).first?.state, 'noBook', 'the ledger has cash of a channel that is not active');
  assert.deepEqual(stand.openCases(), []);
});

test('in safe mode the difference is still shown, though no case can be written; any other trouble is not hidden', async () => {
  await stand.paysCash(1_000);
  stand.between.tills = { ...stand.cash.tills, tillDays: () => Promise.resolve([]) };
  const deskWhere = (trouble: Error) => createWindowDesk({ ...stand.ports, cases: { openCase: () => Promise.reject(trouble), resolveCase: () => Promise.resolve() } });
  const { comparisons } = await deskWhere(new StoreUnavailable('safe mode')).readTillDays({ day: DAY });
  assert.deepEqual(comparisons.map(({ state }) => state), ['differs']);
  await assert.rejects(() => deskWhere(new Error('a bug')).readTillDays({ day: DAY }), /a bug/);
});

test('an opening that cannot be audited is not counted', async () => {
  const desk = createWindowDesk({ ...stand.ports, audit: { record: () => Promise.reject(new Error('disk full')) } });
  await assert.rejects(() => desk.openTill({ tillNo: 'operator:0101', amountFen: 100, asker: { by: 'li.admin' }, asked: { tenant: 'user/li.admin', key: 'k' } }), /disk full/);
  assert.deepEqual(await tillIn(DAY), []);
});

test('a day that has left the book is not held against it', async () => {
  await stand.paysCash(1_000);
  stand.later(8 * 86_400_000);
  stand.between.tills = { ...stand.cash.tills, tillDays: () => Promise.resolve([]) };
  assert.equal((await comparison()).first?.state, 'bookGone');
  assert.deepEqual(stand.openCases(), []);
});

test('the morning task compares the day before and names what differs', async () => {
  await stand.paysCash(1_000);
  stand.later(86_400_000);
  assert.equal((await stand.desk.compareTills()).en, `${DAY}: 1 tills, 1 channels, equal to the ledger`);
  stand.between.tills = { ...stand.cash.tills, tillDays: () => Promise.resolve([]) };
  await assert.rejects(() => stand.desk.compareTills(), /cash-main: differs, -10.00 yuan/);
});

test('a cashier is shown his own till only, and never an empty one in place of a book that does not answer', async () => {
  await stand.paysCash(1_000);
  await stand.paysCash(2_000, '0102');
  const own = await stand.desk.readOwnTills({ day: DAY, tillNo: 'operator:0101' });
  assert.deepEqual(own.kind === 'ok' ? own.value.tills.map(({ tillNo, channel, balanceFen }) => [tillNo, channel, balanceFen]) : own.code, [['operator:0101', 'cash-main', 1_000]]);
  stand.between.tills = { ...stand.cash.tills, tillDays: () => Promise.reject(new Error('disk')) };
  const silent = await stand.desk.readOwnTills({ day: DAY, tillNo: 'operator:0101' });
  assert.equal(silent.kind === 'refused' ? silent.code : silent.kind, 'TILL_NOT_AVAILABLE');
});
