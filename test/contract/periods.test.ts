/** 月结: a month is closed by two persons over its trial balance, and takes no entry any more. Over the real store. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { ledgerRows } from '@hospay/server/edges/database/reports/ledger-rows.js';
import { createPeriodDesk } from '@hospay/server/settlement/period-desk.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';

const NOVEMBER = '2026-11';
type Acts = { who: string; what: string }[];

async function startPeriods(context: TestContext) {
  const books = await startWithBooks(context);
  const { stand, said, run, desk, database } = books;
  const acts: Acts = [];
  const periods = createPeriodDesk({
    periods: stand.store.periods, ledger: (range) => Promise.resolve(ledgerRows(database, range)), days: (range) => desk.listDays(range), sources: () => [{ source: 'working', channels: ['working'] }], tellsDays: () => true, hospitalId: 'demo', clock: stand.clock,
    audit: { record: ({ who, what }) => { acts.push({ who, what }); return Promise.resolve(); } },
  });
  /** A day of one payment with a fee, compared. */
  const day = async (amountFen = 10_000) => {
    const one = await stand.takePaid({ amountFen });
    said.statement = statementOf([lineOf(one.paymentNo, amountFen, { feeMilliFen: 60_000 })]);
    said.dayLists.set(DAY, [booked(one.tradeNo, amountFen)]);
    await run();
    return one;
  };
  const read = async (month = NOVEMBER) => {
    const found = await periods.readPeriod({ month });
    return found.kind === 'ok' ? found.value : assert.fail(found.code);
  };
  const close = async (month = NOVEMBER) => {
    const { hash } = await read(month);
    assert.equal((await periods.proposeClose({ month, hash, by: 'zhang' })).kind, 'ok');
    return periods.decideClose({ month, hash, isApproved: true, reason: '同意', by: 'li' });
  };
  const december = (iso = '2026-12-02T02:00:00Z') => { stand.clock.set(iso); };
  return { ...books, periods, acts, day, read, close, december };
}
const codeOf = (outcome: { readonly kind: string; readonly code?: string; readonly detail?: string | undefined }): string => (outcome.kind === 'ok' ? 'ok' : `${outcome.code ?? ''}${outcome.detail === undefined ? '' : `: ${outcome.detail}`}`);

test('a month whose days are balanced is closed by two persons over its trial balance; what is learned later is posted on the open date', async (context) => {
  const { day, read, periods, december, acts, database, stand, run, said } = await startPeriods(context);
  const one = await day();
  december();
  const shown = await read();
  assert.deepEqual([shown.state, shown.blockers, shown.sheet.lines.map(({ account, openingFen, debitFen, creditFen, closingFen }) => [account, openingFen, debitFen, creditFen, closingFen])], ['open', [], [
    ['1121/working/1900000009', 0, 10_000, 60, 9_940], ['2001/demo', 0, 10_000, 10_000, 0], ['2002/demo', 0, 10_000, 10_000, 0], ['3001/demo', 0, 0, 10_000, 10_000], ['6001/working', 0, 60, 0, 60],
  ]]);
  const debits = shown.sheet.lines.reduce((sum, { debitFen }) => sum + debitFen, 0);
  assert.equal(debits, shown.sheet.lines.reduce((sum, { creditFen }) => sum + creditFen, 0));
  const { hash } = shown;
  assert.equal(codeOf(await periods.decideClose({ month: NOVEMBER, hash, isApproved: true, reason: '同意', by: 'li' })), 'CONFLICT: nothing is proposed');
  assert.equal(codeOf(await periods.proposeClose({ month: NOVEMBER, hash: '0'.repeat(64), by: 'zhang' })), 'APPROVAL_OVER: not what was shown');
  assert.equal(codeOf(await periods.proposeClose({ month: NOVEMBER, hash, by: 'zhang' })), 'ok');
  assert.equal((await read()).state, 'proposed');
  assert.equal(codeOf(await periods.decideClose({ month: NOVEMBER, hash, isApproved: true, reason: '同意', by: 'zhang' })), 'SECOND_PERSON_NEEDED');
  const closed = await periods.decideClose({ month: NOVEMBER, hash, isApproved: true, reason: '同意', by: 'li' });
  assert.ok(closed.kind === 'ok' && closed.value.state === 'closed' && closed.value.closedBy === 'li');
  assert.deepEqual(acts.map(({ who, what }) => `${who} ${what}`), ['zhang period.propose', 'li period.close']);
  assert.deepEqual((await periods.listPeriods()).map(({ month, state }) => [month, state]), [['2026-12', 'open'], [NOVEMBER, 'closed']]);

  // The channel corrects its file of November in December: the day is compared anew, and the difference is December's.
  said.statement = statementOf([lineOf(one.paymentNo, 10_000, { feeMilliFen: 38_000 })]);
  await run();
  assert.deepEqual(database.prepare("SELECT acct_date FROM journal WHERE biz_type = 'reconciliation' ORDER BY seq DESC LIMIT 1").get()?.['acct_date'], '2026-12-02');
  // So is what happens under a clock that was set back.
  stand.clock.set('2026-11-29T02:00:00Z');
  await stand.takePaid({ amountFen: 500 });
  assert.equal(database.prepare('SELECT acct_date FROM journal ORDER BY seq DESC LIMIT 1').get()?.['acct_date'], '2026-12-01');
  assert.deepEqual(verifyLedger(database).problems, []);
  december();
  assert.deepEqual((await read()).sheet, shown.sheet, 'the closed month stays what was approved');
  const december2 = await read('2026-12');
  assert.deepEqual(december2.sheet.lines.find(({ account }) => account === '6001/working'), { account: '6001/working', openingFen: 60, debitFen: 0, creditFen: 22, closingFen: 38 }, 'the next month begins where it ended');
});

test('the database itself writes nothing into a closed month, and keeps the close', async (context) => {
  const { day, close, december, database } = await startPeriods(context);
  await day();
  december();
  assert.equal((await close()).kind, 'ok');
  assert.throws(() => database.exec("INSERT INTO journal (seq, biz_type, biz_id, step, trade_no, acct_date, at, cause_kind, cause_id, n_entries, total_fen, prev_hash, hash) VALUES (9999, 'x', 'x', 'x', '', '2026-11-30', '', '', '', 2, 1, '', '')"), /the month is closed/);
  assert.throws(() => database.exec("DELETE FROM period_close"), /append-only/);
  assert.throws(() => database.exec("UPDATE period_act SET by_login = 'nobody'"), /append-only/);
  database.exec('DROP TRIGGER period_close_no_update');
  database.exec("UPDATE period_close SET sheet = replace(sheet, '10000', '10001')");
  assert.ok(verifyLedger(database).problems.some((problem) => problem.includes('not what was approved (I15)')));
});

test('what stands against closing is named: a month that is not over, a day that is open or was not compared, suspense that is not what cases say', async (context) => {
  const { read, stand, said, run, periods, december, database } = await startPeriods(context);
  const first = await stand.takePaid({ amountFen: 300 });
  assert.deepEqual((await read()).blockers.map(({ code }) => code), ['notOver', 'dayNotCompared', 'dayNotCompared'], 'a month in which nothing was ever compared is not closed');
  said.statement = statementOf([lineOf(first.paymentNo, 300)]);
  said.dayLists.set(DAY, [booked(first.tradeNo, 300)]);
  await run();
  assert.deepEqual((await read()).blockers.map(({ code }) => code), ['notOver']);
  stand.clock.set('2026-11-24T02:00:00Z');
  await stand.takePaid({ amountFen: 700 });
  december();
  assert.deepEqual((await read()).blockers, [
    { code: 'dayNotCompared', detail: { zh: '2026-11-24 渠道账单 working：未对账', en: '2026-11-24 Channel statement working: Not compared' }, of: { day: '2026-11-24', comparison: 'channel', source: 'working', state: 'none' } },
    { code: 'dayNotCompared', detail: { zh: '2026-11-24 医院日账单 demo：未对账', en: '2026-11-24 HIS day list demo: Not compared' }, of: { day: '2026-11-24', comparison: 'hospital', source: 'demo', state: 'none' } },
  ]);
  said.statement = { kind: 'unknown', reason: 'the channel does not answer' };
  await run('2026-11-24');
  const { blockers, hash } = await read();
  assert.deepEqual(blockers.map(({ code, detail }) => `${code} ${detail.zh}`), ['dayOpen 2026-11-24 渠道账单 working：账单未出，顺延（the channel does not answer）']);
  const refusal = codeOf(await periods.proposeClose({ month: NOVEMBER, hash, by: 'zhang' }));
  assert.ok(refusal.startsWith('PERIOD_NOT_CLOSABLE: 2026-11-24 Channel statement working: Not ready'), refusal);
  const [payment] = database.prepare("SELECT payment_no, trade_no FROM payment WHERE bill_day = '2026-11-24'").all();
  said.statement = statementOf([lineOf(String(payment?.['payment_no']), 700, { at: '2026-11-24T10:00:00+08:00' })]);
  said.dayLists.set('2026-11-24', [booked(String(payment?.['trade_no']), 700, { paidAt: '2026-11-24T10:00:00+08:00' })]);
  await run('2026-11-24');
  assert.deepEqual((await read()).blockers, []);
  database.exec("INSERT INTO discrepancy_case (kind, subject, severity, detail, opened_at) VALUES ('arrivalShort', 'working/2026-11-20', 2, 'nothing hangs under it', '2026-11-25T00:00:00.000Z')");
  assert.deepEqual((await read()).blockers.map(({ code }) => code), ['suspense']);
});

test('what was proposed is not closed once a day of it opened again, after three days, or out of turn', async (context) => {
  const { day, read, stand, said, run, periods, december, close } = await startPeriods(context);
  const one = await day();
  december();
  const { hash } = await read();
  assert.equal((await periods.proposeClose({ month: NOVEMBER, hash, by: 'zhang' })).kind, 'ok');
  const decide = () => periods.decideClose({ month: NOVEMBER, hash, isApproved: true, reason: '同意', by: 'li' });
  said.statement = { kind: 'unknown', reason: 'the channel does not answer' };
  await run();
  assert.ok(codeOf(await decide()).startsWith(`PERIOD_NOT_CLOSABLE: ${DAY} Channel statement working`));
  said.statement = statementOf([lineOf(one.paymentNo, 10_000, { feeMilliFen: 60_000 })]);
  await run();
  stand.store.database.exec("INSERT INTO discrepancy_case (kind, subject, severity, detail, opened_at) VALUES ('arrivalShort', 'working/2026-11-20', 2, 'nothing hangs under it', '2026-11-25T00:00:00.000Z')");
  assert.match(codeOf(await decide()), /^PERIOD_NOT_CLOSABLE: .*working\/2026-11-20/, 'suspense is not what cases say');
  stand.store.database.exec("UPDATE discrepancy_case SET resolved_at = '2026-12-02T00:00:00.000Z' WHERE kind = 'arrivalShort'");
  december('2026-12-06T02:00:00Z');
  assert.equal(codeOf(await decide()), 'APPROVAL_OVER: older than three days');
  assert.equal((await read()).state, 'open');
  assert.equal((await close()).kind, 'ok');
  stand.clock.set('2027-02-02T02:00:00Z');
  assert.deepEqual((await read('2027-01')).blockers.map(({ code, detail: { en } }) => [code, en]), [['notNext', '2026-12 is closed first']]);
  assert.equal((await close('2026-12')).kind, 'ok', 'a month in which nothing happened is closed too');
  assert.equal((await close('2027-01')).kind, 'ok');
  assert.equal((await periods.readPeriod({ month: '2026-10' })).kind, 'refused');
});
