/** 结算批次 (分账): what arrived is shared out by campus and moved through the bank link, once. Over the real store, payout desk and ledger. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { createArrivalDesk } from '@hospay/server/settlement/arrival-desk.js';
import { createSettlementDesk } from '@hospay/server/settlement/batch-desk.js';
import { createPayoutBench } from './payout-bench.js';
import { startWithBooks } from './reconciliation-books-stand.js';
import { booked, DAY, lineOf, statementOf } from './reconciliation-scripted-stand.js';

const MONDAY = '2026-11-23';
const RULE = { source: 'working', channels: ['working'], account: 'icbc-main', payers: ['财付通'], afterWorkingDays: 1, lateWorkingDays: 1 };

async function start(context: TestContext) {
  const books = await startWithBooks(context);
  const { stand, said, run } = books;
  const audit = { record: () => Promise.resolve() };
  const { clock } = stand;
  const bench = createPayoutBench({ store: stand.store, clock });
  const arrivals = createArrivalDesk({ arrivals: stand.store.arrivalsOf('demo'), rules: () => [RULE], calendar: { holidays: new Set(), workdays: new Set() }, clock, audit });
  // Every order of the stand is of one application: a patient of the east campus.
  const campus = { of: 'east' };
  const desk = createSettlementDesk({ batches: stand.store.settlementsOf('demo'), sources: () => [RULE], campusOf: () => campus.of, accountOfCampus: (id) => (id === 'east' ? 'ccb-east' : undefined), payouts: bench.desk, expiresAfterMs: 3 * 86_400_000, clock, audit });
  const settle = async (amountFen: number, feeFen = 0) => {
    const one = await stand.takePaid({ amountFen });
    said.statement = statementOf([lineOf(one.paymentNo, amountFen, { feeMilliFen: feeFen * 1_000 })]);
    said.dayLists.set(DAY, [booked(one.tradeNo, amountFen)]);
    await run();
    clock.set(`${MONDAY}T02:00:00Z`);
    await stand.store.payoutsOf('demo').statements.keepLines({
      lines: [{ account: 'icbc-main', bankLineNo: 'N1', day: MONDAY, direction: 'in', amountFen: amountFen - feeFen, balanceFen: undefined, at: `${MONDAY}T08:30:00+08:00`, counterpartyLabel: '财付通', counterpartyTail: '', summary: '结算款', instructionNo: undefined, isReturn: false }], fileSha256: 'f'.repeat(64), now: clock.now(),
    });
    assert.equal((await arrivals.matchDue()).en, 'matched 1, overdue 0, unexpected 0');
  };
  const work = async () => {
    for (const job of await stand.store.claimJobs({ kinds: ['advancePayout'], owner: 'test', now: clock.now(), leaseMs: 180_000, limit: 20 })) await bench.advance(job);
  };
  const code = (outcome: { readonly kind: string; readonly code?: string }) => outcome.code ?? outcome.kind;
  return { ...books, desk, bench, settle, work, code, campus };
}

test('what arrived is shown by campus with its fee; proposed by one and approved by another it goes to the campus’s account, once', async (context) => {
  const { desk, bench, settle, work, of, stand, code } = await start(context);
  assert.deepEqual((await desk.drawBatch()).lines, []);
  await settle(10_000, 60);
  const draft = await desk.drawBatch();
  assert.deepEqual(draft.lines, [{ source: 'working', day: DAY, account: 'icbc-main', campus: 'east', grossFen: 10_000, refundFen: 0, feeFen: 60, payments: 1, refunds: 0 }]);
  assert.deepEqual(draft.moves, [{ fromAccount: 'icbc-main', toAccount: 'ccb-east', amountFen: 9_940 }]);
  assert.equal(code(await desk.proposeBatch({ hash: '0'.repeat(64), by: 'zhang' })), 'APPROVAL_OVER');
  const proposed = await desk.proposeBatch({ hash: draft.hash, by: 'zhang' });
  assert.ok(proposed.kind === 'ok');
  const { batchNo, hash } = proposed.value;
  assert.equal(code(await desk.proposeBatch({ hash: draft.hash, by: 'wang' })), 'CONFLICT', 'one open batch at a time');
  const decide = (by: string, isApproved = true) => desk.decideBatch({ batchNo, hash, isApproved, reason: '已核对', by });
  assert.equal(code(await decide('zhang')), 'SECOND_PERSON_NEEDED');
  const approved = await decide('li');
  assert.ok(approved.kind === 'ok');
  assert.deepEqual(approved.value.moves.map(({ amountFen, payoutState }) => [amountFen, payoutState]), [[9_940, 'approved']]);
  assert.deepEqual([code(await decide('li')), code(await decide('wang'))], ['ok', 'CONFLICT']);
  await work();
  const [transfer] = bench.bank.transfers;
  assert.deepEqual([bench.bank.transfers.length, transfer?.request.amountFen, transfer?.request.payee.accountNo], [1, 9_940, '11001018500053001234']);
  bench.bank.carryOut(transfer?.request.instructionNo ?? '');
  stand.clock.advance(60_000);
  await work();
  assert.deepEqual([of('1002/icbc-main', MONDAY), of('1002/ccb-east', MONDAY)], [0, 9_940], 'all that arrived is with the campus now');
  assert.deepEqual((await desk.drawBatch()).lines, [], 'a day is settled once');
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('without the bank link the batch stands approved, and its moves are made once the link is back', async (context) => {
  const { desk, bench, settle, code } = await start(context);
  await settle(5_000);
  const { hash } = await desk.drawBatch();
  const proposed = await desk.proposeBatch({ hash, by: 'zhang' });
  assert.ok(proposed.kind === 'ok');
  const { batchNo } = proposed.value;
  assert.equal(code(await desk.carryOut({ batchNo, by: 'li' })), 'CONFLICT', 'nobody has approved it');
  bench.bank.isActive = false;
  const approved = await desk.decideBatch({ batchNo, hash, isApproved: true, reason: '同意', by: 'li' });
  assert.deepEqual(approved.kind === 'ok' && approved.value.moves, [{ fromAccount: 'icbc-main', toAccount: 'ccb-east', amountFen: 5_000 }]);
  bench.bank.isActive = true;
  for (const by of ['li', 'wang']) {
    const carried = await desk.carryOut({ batchNo, by });
    assert.deepEqual(carried.kind === 'ok' && carried.value.moves.map(({ payoutState }) => payoutState), ['approved']);
  }
  assert.equal((await bench.desk.listPayouts({ limit: 10 })).length, 1);
});

test('a day that says something else by the time it is approved moves nothing: it is rejected and proposed again', async (context) => {
  const { desk, bench, settle, code, said, run, stand } = await start(context);
  await settle(10_000, 60);
  const proposed = await desk.proposeBatch({ hash: (await desk.drawBatch()).hash, by: 'zhang' });
  assert.ok(proposed.kind === 'ok');
  const { batchNo, hash } = proposed.value;
  const [line] = said.statement.kind === 'ok' ? said.statement.lines : [];
  assert.ok(line);
  said.statement = statementOf([{ ...line, feeMilliFen: 70_000 }]);
  await run();
  const decide = (isApproved: boolean) => desk.decideBatch({ batchNo, hash, isApproved, reason: '已核对', by: 'li' });
  assert.equal(code(await decide(true)), 'APPROVAL_OVER');
  assert.equal((await bench.desk.listPayouts({ limit: 10 })).length, 0);
  assert.deepEqual([code(await decide(false)), (await desk.listBatches({ limit: 1 }))[0]?.state], ['ok', 'rejected']);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('a rejected batch leaves its days to the next one; money of a campus without an account of its own stays where it is', async (context) => {
  const { desk, settle, campus } = await start(context);
  await settle(5_000);
  const { hash } = await desk.drawBatch();
  const proposed = await desk.proposeBatch({ hash, by: 'zhang' });
  assert.ok(proposed.kind === 'ok');
  assert.equal((await desk.decideBatch({ batchNo: proposed.value.batchNo, hash, isApproved: false, reason: '院区划分有误', by: 'li' })).kind, 'ok');
  campus.of = 'main';
  const again = await desk.drawBatch();
  assert.deepEqual([again.lines.map((line) => line.campus), again.moves], [['main'], []]);
  assert.equal((await desk.proposeBatch({ hash: again.hash, by: 'zhang' })).kind, 'ok');
});

/** Payments of the day whose orders are known already, written past the machinery. */
function writePayments({ stand }: Awaited<ReturnType<typeof start>>, count: number): void {
  stand.store.database.exec(`
    WITH RECURSIVE seq (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM seq WHERE i < ${String(count)})
    INSERT INTO journal (biz_type, biz_id, step, trade_no, acct_date, at, cause_kind, cause_id, n_entries, total_fen, prev_hash, hash)
      SELECT 'payment', 'LATE' || (SELECT count(*) FROM journal) || '/' || i, 'succeeded', (SELECT trade_no FROM orders LIMIT 1), '${MONDAY}', '', 'query', '', 2, 1, '', '' FROM seq;
    INSERT INTO entry (journal_seq, line, account_id, side, amount_fen, phase, clear_key)
      SELECT seq, 1, (SELECT id FROM account WHERE name LIKE '1121/working/%'), 'debit', 1, 'final', '${DAY}' FROM journal j WHERE biz_id LIKE 'LATE%' AND NOT EXISTS (SELECT 1 FROM entry e WHERE e.journal_seq = j.seq);`);
}

test('a day of more entries than are read at once is summed whole', async (context) => {
  const started = await start(context);
  await started.settle(10_000);
  writePayments(started, 4_100);
  const { lines } = await started.desk.drawBatch();
  assert.deepEqual(lines.map(({ grossFen, payments }) => [grossFen, payments]), [[14_100, 4_101]]);
});

test('what comes onto a day while its approval is being read is seen by the approval', async (context) => {
  const started = await start(context);
  const { desk, settle, code, stand } = started;
  await settle(10_000);
  const proposed = await desk.proposeBatch({ hash: (await desk.drawBatch()).hash, by: 'zhang' });
  assert.ok(proposed.kind === 'ok');
  const { batchNo, hash } = proposed.value;
  const deciding = desk.decideBatch({ batchNo, hash, isApproved: true, reason: '已核对', by: 'li' });
  const [decided] = await Promise.all([deciding, stand.store.commits.write(() => { writePayments(started, 1); })]);
  assert.equal(code(decided), 'APPROVAL_OVER');
});
