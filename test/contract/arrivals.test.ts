/** 到账: what channels owe the hospital's account beside what its bank says, over the real store; the ledger is whole after every step. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { ArrivalRule } from '@hospay/server/domain/arrival.js';
import { createCaseDesk } from '@hospay/server/cases/case-desk.js';
import { createArrivalDesk } from '@hospay/server/settlement/arrival-desk.js';
import { NO_CASE_FILES } from './no-case-files.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';

const FRIDAY = DAY;
const MONDAY = '2026-11-23';
const TUESDAY = '2026-11-24';
const WEDNESDAY = '2026-11-25';
const RULE: ArrivalRule = { source: 'working', channels: ['working'], account: 'icbc-main', payers: ['财付通'], afterWorkingDays: 1, lateWorkingDays: 1 };
const MONEY = '1121/working/1900000009';

async function startArrivals(context: TestContext) {
  const books = await startWithBooks(context);
  const { stand, said, run } = books;
  const audit = { record: () => Promise.resolve() };
  const desk = createArrivalDesk({ arrivals: stand.store.arrivalsOf('demo'), rules: () => [RULE], calendar: { holidays: new Set(), workdays: new Set() }, clock: stand.clock, audit });
  const cases = createCaseDesk({ cases: stand.store.cases, files: NO_CASE_FILES, audit, clock: stand.clock });
  const at = (day: string): void => { stand.clock.set(`${day}T01:00:00Z`); };
  const bankSays = (bankLineNo: string, day: string, amountFen: number, counterpartyLabel = '财付通支付科技有限公司') =>
    stand.store.payoutsOf('demo').statements.keepLines({
      lines: [{ account: 'icbc-main', bankLineNo, day, direction: 'in', amountFen, balanceFen: undefined, at: `${day}T08:30:00+08:00`, counterpartyLabel, counterpartyTail: '', summary: '结算款', instructionNo: undefined, isReturn: false }], fileSha256: 'f'.repeat(64), now: stand.clock.now(),
    });
  /** A day of one payment, compared: what the channel owes of it. */
  const owes = async (amountFen: number, feeFen = 0) => {
    const one = await stand.takePaid({ amountFen });
    said.statement = statementOf([lineOf(one.paymentNo, amountFen, { feeMilliFen: feeFen * 1_000 })]);
    said.dayLists.set(FRIDAY, [booked(one.tradeNo, amountFen)]);
    await run();
    return one;
  };
  const openCases = () => books.cases().filter(([kind]) => String(kind).startsWith('arrival'));
  const writeOff = async (subject: string) => {
    const row = books.database.prepare('SELECT id FROM discrepancy_case WHERE subject = ? AND resolved_at IS NULL').get(subject);
    const id = Number(row?.['id']);
    const proposed = await cases.proposeEnd({ id, way: 'writeOff', reason: '渠道确认不再补款', by: 'zhang' });
    assert.equal(proposed.kind, 'ok', JSON.stringify(proposed));
    assert.equal((await cases.decideEnd({ id, hash: proposed.value.proposal?.hash ?? '', isApproved: true, reason: '同意核销', by: 'li' })).kind, 'ok');
  };
  return { ...books, arrivals: desk, at, bankSays, owes, openCases, writeOff };
}

test('what the channel owes after its fee comes to the bank on the next working day: nothing is on its way any more, and looking again posts nothing', async (context) => {
  const { owes, arrivals, at, bankSays, of, money, openCases, isWhole } = await startArrivals(context);
  await owes(10_000, 60);
  assert.deepEqual(await expected(arrivals), [], 'the day is not over');
  at('2026-11-21');
  assert.deepEqual(await expected(arrivals), [[FRIDAY, 9_940, MONDAY, 'waiting']]);
  at(MONDAY);
  assert.deepEqual(await expected(arrivals), [[FRIDAY, 9_940, MONDAY, 'due']]);
  await bankSays('N1', MONDAY, 9_940);
  await bankSays('N2', MONDAY, 9_940, '某某医药公司');
  assert.equal((await arrivals.matchDue()).en, 'matched 1, overdue 0, unexpected 0');
  assert.deepEqual([of('1002/icbc-main', MONDAY), money()], [9_940, {}]);
  assert.equal((await arrivals.matchDue()).en, 'matched 0, overdue 0, unexpected 0');
  const seen = await arrivals.listArrivals();
  assert.deepEqual([seen.expected, seen.lines.map(({ bankLineNo, source }) => [bankLineNo, source]), seen.arrivals.map(({ kind, arrivedFen, expectedFen }) => [kind, arrivedFen, expectedFen])], [[], [['N2', undefined]], [['matched', 9_940, 9_940]]], 'the other company’s line stays nobody’s');
  at(WEDNESDAY);
  await arrivals.matchDue();
  assert.deepEqual(openCases(), []);
  await isWhole();
});

test('a day whose statement was not compared is not believed, and does not become late', async (context) => {
  const { stand, said, run, arrivals, at, bankSays, openCases, isWhole } = await startArrivals(context);
  await stand.takePaid({ amountFen: 700 });
  said.statement = { kind: 'unknown', reason: 'the channel does not answer' };
  await run();
  at(WEDNESDAY);
  await bankSays('N1', TUESDAY, 700);
  assert.deepEqual(await expected(arrivals), [[FRIDAY, 700, MONDAY, 'unsettled']]);
  await arrivals.matchDue();
  assert.deepEqual((await arrivals.listArrivals()).arrivals, []);
  assert.deepEqual(openCases(), []);
  await isWhole();
});

test('what does not come hangs as 短款 under its case, and comes off it when the bank has it after all', async (context) => {
  const { owes, arrivals, at, bankSays, of, hangs, openCases, isWhole } = await startArrivals(context);
  await owes(5_000);
  at(TUESDAY);
  assert.equal((await arrivals.matchDue()).en, 'matched 0, overdue 0, unexpected 0', 'due on Monday, late after Tuesday');
  at(WEDNESDAY);
  assert.equal((await arrivals.matchDue()).en, 'matched 0, overdue 1, unexpected 0');
  assert.deepEqual([hangs(), openCases(), of(MONEY, FRIDAY)], [[['1191/working', `arrivalShort/working/${FRIDAY}`, 5_000]], [['arrivalShort', `working/${FRIDAY}`]], 0]);
  assert.deepEqual(await expected(arrivals), [[FRIDAY, 5_000, MONDAY, 'hung']]);
  assert.equal((await arrivals.matchDue()).en, 'matched 0, overdue 0, unexpected 0');
  await isWhole();
  await bankSays('N1', WEDNESDAY, 5_000);
  assert.equal((await arrivals.matchDue()).en, 'matched 1, overdue 0, unexpected 0');
  assert.deepEqual([hangs(), openCases(), of('1002/icbc-main', WEDNESDAY)], [[], [], 5_000]);
  await isWhole();
});

test('the channel keeps twenty fen back: a person assigns the line to the day, the rest hangs until two persons write it off', async (context) => {
  const { owes, arrivals, at, bankSays, of, hangs, openCases, writeOff, isWhole } = await startArrivals(context);
  await owes(5_000);
  at(MONDAY);
  await bankSays('N1', MONDAY, 4_980);
  await arrivals.matchDue();
  assert.deepEqual((await arrivals.listArrivals()).lines.map(({ bankLineNo, source, isHung }) => [bankLineNo, source, isHung]), [['N1', 'working', false]]);
  const asked = { source: 'working', lines: [{ bankLineNo: 'N1', amountFen: 4_980 }], days: [{ key: FRIDAY, amountFen: 5_000 }], reason: '渠道代扣服务费', by: 'zhang' };
  const other = await arrivals.assign({ ...asked, days: [{ key: FRIDAY, amountFen: 5_001 }] });
  assert.equal(other.kind === 'refused' && other.code, 'CONFLICT');
  const stranger = await arrivals.assign({ ...asked, source: 'nobody' });
  assert.equal(stranger.kind === 'refused' && stranger.code, 'NO_SUCH_ITEM');
  assert.equal((await arrivals.assign(asked)).kind, 'ok');
  const again = await arrivals.assign(asked);
  assert.equal(again.kind === 'refused' && again.code, 'CONFLICT', 'a line pays once');
  assert.deepEqual([hangs(), openCases(), of('1002/icbc-main', MONDAY), of(MONEY, FRIDAY)], [[['1191/working', `arrivalShort/working/${FRIDAY}`, 20]], [['arrivalShort', `working/${FRIDAY}`]], 4_980, 0]);
  await isWhole();
  await writeOff(`working/${FRIDAY}`);
  assert.deepEqual([hangs(), openCases(), of('6002/working', `arrivalShort/working/${FRIDAY}`)], [[], [], 20]);
  await isWhole();
});

test('what nobody expects hangs as 长款, is assigned to a day that hangs as well, and the two clear each other but for what differs', async (context) => {
  const { owes, arrivals, at, bankSays, of, hangs, openCases, isWhole } = await startArrivals(context);
  await owes(5_000);
  at(MONDAY);
  await bankSays('N1', MONDAY, 5_007);
  at(WEDNESDAY);
  assert.equal((await arrivals.matchDue()).en, 'matched 0, overdue 1, unexpected 1');
  assert.deepEqual([openCases(), of('1002/icbc-main', MONDAY)], [[['arrivalShort', `working/${FRIDAY}`], ['arrivalLong', 'icbc-main/N1']], 5_007]);
  await isWhole();
  const { expected: days, lines } = await arrivals.listArrivals();
  assert.equal((await arrivals.assign({ source: 'working', lines: lines.map(({ bankLineNo, amountFen }) => ({ bankLineNo, amountFen })), days: days.map(({ key, amountFen }) => ({ key, amountFen })), reason: '同一笔', by: 'zhang' })).kind, 'ok');
  assert.deepEqual([hangs(), openCases(), of('1002/icbc-main', MONDAY)], [[['2091/working', 'arrivalLong/icbc-main/N1', 7]], [['arrivalLong', 'icbc-main/N1']], 5_007]);
  assert.deepEqual((await arrivals.listArrivals()).lines.map(({ amountFen, isHung }) => [amountFen, isHung]), [[7, true]]);
  await isWhole();
});

test('the database keeps what arrived: a line is money on the account once, and nothing of it is changed', async (context) => {
  const { owes, arrivals, at, bankSays, database } = await startArrivals(context);
  await owes(5_000);
  at(MONDAY);
  await bankSays('N1', MONDAY, 5_000);
  await arrivals.matchDue();
  assert.throws(() => database.exec('UPDATE arrival SET account = account'), /append-only/);
  assert.throws(() => database.exec('DELETE FROM arrival_line'), /append-only/);
  assert.throws(() => database.exec("INSERT INTO arrival_line SELECT hospital_id, account, bank_line_no, arrival_no, source FROM arrival_line"), /UNIQUE/);
});

type Desk = Awaited<ReturnType<typeof startArrivals>>['arrivals'];
async function expected(desk: Desk) {
  return (await desk.listArrivals()).expected.map(({ key, amountFen, dueOn, state }) => [key, amountFen, dueOn, state]);
}
