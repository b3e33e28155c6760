/** 银行对账单: kept as the bank gave it, each line once; it decides what no answer did, finds what came back, and what is nobody's is kept and shown. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { CAMPUS, MAIN } from './payout-bench.js';
import { codeOf, DAY, MINUTE, startPayouts as start, valueOf } from './payout-stand.js';

/** The next morning at 9: the day before is closed. */
const NEXT_MORNING = '2026-11-21T01:00:00.000Z';

test('the statement decides a transfer the bank never answers about, and a day read twice changes nothing', async () => {
  const { desk, bank, archived, store, approved, work, read, openCases, setNow, isWhole } = start();
  bank.next = 'lostAnswer';
  bank.isSilent = true;
  const { payoutNo } = await approved();
  await work();
  bank.carryOut(payoutNo);
  bank.addLine({ amountFen: 123, direction: 'in', counterpartyName: '李四', counterpartyAccountNo: '6217000012345678901', summary: '李四 6217000012345678901 退货' });
  assert.equal(codeOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' })), 'STATEMENT_NOT_READY', 'the day is not over');
  setNow(NEXT_MORNING);
  const imported = valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  assert.deepEqual(imported.map(({ account, outcome, lines }) => [account, outcome, lines]), [[MAIN.id, 'imported', 2], [CAMPUS.id, 'imported', 0]]);
  assert.deepEqual([(await read(payoutNo)).state, (await read(payoutNo)).paidAt, openCases(), bank.transfers.length], ['succeeded', '2026-11-20T02:00:00.000Z', [], 1]);
  const lines = await desk.listLines({ day: '2026-11-20' });
  assert.deepEqual(lines.map(({ meaning, payoutNo: of, counterpartyLabel, counterpartyTail, summary }) => [meaning, of, counterpartyLabel, counterpartyTail, summary]), [['paid', payoutNo, '张*三', '5432', '门诊预交金退款'], ['nobodys', undefined, '李*', '8901', '李* ****8901 退货']]);
  assert.deepEqual(archived.map(({ name }) => name), ['icbc-main-bank-statement', 'ccb-east-bank-statement']);
  isWhole();
  const head = await store.journalHead();
  await desk.importDay({ day: '2026-11-20', by: 'zhang' });
  assert.deepEqual([await store.journalHead(), (await desk.listLines({ day: '2026-11-20' })).length, (await desk.listStatements({ from: '2026-11-20', to: '2026-11-20' })).length, openCases()], [head, 2, 2, []]);
  assert.ok(!JSON.stringify(store.database.prepare('SELECT * FROM bank_line').all()).includes('6217000012345678901'));
  assert.throws(() => { store.database.exec('DELETE FROM bank_line'); }, /append-only/);
});

test('a return that only the statement knows is booked back on its day, and the debt is owed again', async () => {
  const { desk, bank, approved, work, read, openCases, balance, isWhole, setNow } = start();
  bank.next = 'paid';
  const { payoutNo } = await approved();
  await work();
  bank.isSilent = true;
  setNow('2026-11-23T03:00:00.000Z');
  bank.giveBack(payoutNo);
  setNow('2026-11-24T01:00:00.000Z');
  valueOf(await desk.importDay({ day: '2026-11-23', by: 'zhang' }));
  assert.deepEqual([(await read(payoutNo)).state, openCases()], ['returned', ['prepaymentTransfer QT1-0001']]);
  assert.deepEqual([balance('1002/icbc-main', '2026-11-20'), balance('1002/icbc-main', '2026-11-23'), balance('3001/demo')], [-5_000, 5_000, 0]);
  isWhole();
});

test('what a query told first has its line in the statement; a second line under one number is a person’s', async () => {
  const { desk, bank, approved, work, read, openCases, balance, setNow, isWhole } = start();
  bank.next = 'paid';
  const { payoutNo } = await approved();
  await work();
  bank.giveBack(payoutNo);
  setNow('2026-11-20T09:00:00.000Z');
  await work();
  setNow('2026-11-21T02:01:00.000Z');
  await work();
  assert.equal((await read(payoutNo)).state, 'returned');
  bank.addLine({ amountFen: 5_000, direction: 'out', instructionNo: payoutNo, at: '2026-11-20T02:00:00.000Z' });
  valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  assert.deepEqual((await desk.listLines({ day: '2026-11-20' })).map(({ meaning }) => meaning), ['paid', 'returned', 'strange']);
  assert.deepEqual([openCases(), balance('3001/demo')], [[`payoutStrange ${payoutNo}`, 'prepaymentTransfer QT1-0001'], 0]);
  isWhole();
});

test('lines that cannot be of the payout they name are kept and called out: another amount, another account, never sent', async () => {
  const { desk, bank, owe, debt, propose, read, openCases, setNow, isWhole } = start();
  owe('QT1-0001', 5_000);
  const payout = (await propose(debt('QT1-0001', 5_000)))[0]?.payout;
  assert.ok(payout);
  const instructionNo = payout.payoutNo;
  bank.addLine({ amountFen: 5_000, direction: 'out', instructionNo });
  bank.addLine({ amountFen: 4_999, direction: 'out', instructionNo });
  bank.addLine({ amountFen: 5_000, direction: 'out', instructionNo, accountNo: CAMPUS.accountNo });
  bank.addLine({ amountFen: 5_000, direction: 'out', instructionNo: 'NOT-OURS' });
  setNow(NEXT_MORNING);
  valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  assert.deepEqual((await desk.listLines({ day: '2026-11-20' })).map(({ meaning }) => meaning).toSorted(), ['nobodys', 'strange', 'strange', 'strange']);
  assert.deepEqual([(await read(instructionNo)).state, openCases()], ['proposed', [`payoutStrange ${instructionNo}`, 'prepaymentTransfer QT1-0001']]);
  isWhole();
});

test('a failed transfer that the statement has after all was paid; where its debt is paid otherwise meanwhile a person gets one back', async () => {
  const { desk, bank, approved, debt, propose, approve, work, read, openCases, balance, setNow, isWhole } = start();
  const { payoutNo } = await approved();
  await work();
  bank.fail(payoutNo);
  setNow('2026-11-20T02:01:00.000Z');
  await work();
  assert.equal((await read(payoutNo)).state, 'failed');
  const again = (await propose(debt('QT1-0001', 5_000)))[0]?.payout;
  assert.ok(again);
  await approve(again);
  bank.next = 'paid';
  await work();
  bank.addLine({ amountFen: 5_000, direction: 'out', instructionNo: payoutNo });
  setNow(NEXT_MORNING);
  valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  assert.deepEqual([(await read(payoutNo)).state, (await read(again.payoutNo)).state, openCases()], ['succeeded', 'succeeded', [`payoutStrange ${payoutNo}`]]);
  assert.equal(balance('3001/demo'), -10_000, 'the ledger says what left the bank');
  isWhole();
});

test('absent is final only after the bank’s day, with every statement read, by a person who did not propose it; then the debt is free', async () => {
  const { desk, bank, approved, debt, propose, later, work, read, openCases, setNow, isWhole } = start();
  bank.next = 'lostRequest';
  const { payoutNo } = await approved();
  await work();
  const giveUp = async (by = 'li') => codeOf(await desk.giveUpPayout({ payoutNo, hash: (await read(payoutNo)).hash, reason: '银行查无此笔', by }));
  await later(MINUTE);
  await later(60 * MINUTE);
  assert.deepEqual([(await read(payoutNo)).state, (await read(payoutNo)).mayBeGivenUp, await giveUp()], ['unknown', false, 'PAYOUT_NOT_ABSENT']);
  assert.deepEqual(openCases(), [`payoutUnknown ${payoutNo}`, 'prepaymentTransfer QT1-0001']);
  setNow('2026-11-22T01:00:00.000Z');
  await work();
  assert.deepEqual([(await read(payoutNo)).mayBeGivenUp, await giveUp()], [true, 'PAYOUT_NOT_ABSENT'], 'its statements were not read');
  valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  assert.equal(await giveUp(), 'PAYOUT_NOT_ABSENT', 'a day is missing');
  valueOf(await desk.importDay({ day: '2026-11-21', by: 'zhang' }));
  assert.deepEqual([await giveUp('zhang'), codeOf(await desk.giveUpPayout({ payoutNo, hash: '0'.repeat(64), reason: '银行查无此笔', by: 'li' }))], ['SECOND_PERSON_NEEDED', 'APPROVAL_OVER']);
  assert.deepEqual([await giveUp(), (await read(payoutNo)).state, openCases()], ['ok', 'failed', ['prepaymentTransfer QT1-0001']]);
  isWhole();
  assert.equal((await propose(debt('QT1-0001', 5_000)))[0]?.payout?.state, 'proposed');
  assert.equal(bank.transfers.length, 0);
});

test('a statement that contradicts itself is kept and not used; one that comes late is asked for again and calls a person', async () => {
  const { desk, bank, approved, work, openCases, setNow, isWhole, read } = start();
  bank.next = 'lostAnswer';
  bank.isSilent = true;
  const { payoutNo } = await approved();
  await work();
  bank.carryOut(payoutNo);
  setNow(NEXT_MORNING);
  const truth = await bank.statement({ accountNo: MAIN.accountNo, day: '2026-11-20' });
  assert.ok(truth.kind === 'statement');
  bank.statementSays = { ...truth, closingFen: truth.closingFen + 1 };
  assert.match((await desk.importDue()).en, /icbc-main 2026-11-20: unusable/);
  assert.ok(openCases().includes('bankStatementUnusable icbc-main/2026-11-20'));
  assert.equal((await read(payoutNo)).state, 'unknown', 'nothing of it is used');
  bank.statementSays = { kind: 'notReady', reason: 'not before 9' };
  setNow('2026-11-23T01:00:00.000Z');
  await desk.importDue();
  assert.ok(openCases().includes('bankStatementUnusable ccb-east/2026-11-20'), 'three days late');
  bank.statementSays = undefined;
  await desk.importDue();
  assert.deepEqual([(await read(payoutNo)).state, openCases().filter((one) => one.startsWith('bankStatement'))], ['succeeded', []]);
  assert.equal((await desk.importDue()).en, 'Every closed day is read');
  isWhole();
});

test('a statement whose line broke once is read all the same, twice is asked for with the next round, and nobody is called for the first', async () => {
  const { desk, bank, openCases, setNow, isWhole } = start();
  setNow('2026-11-21T01:00:00.000Z');
  await desk.importDue();
  setNow('2026-11-26T01:00:00.000Z');
  bank.statementsLost = 1;
  assert.doesNotMatch((await desk.importDue()).en, /notReady/);
  assert.deepEqual(openCases(), []);
  setNow('2026-11-27T01:00:00.000Z');
  bank.statementsLost = 2;
  assert.match((await desk.importDue()).en, /2026-11-26: notReady/);
  assert.doesNotMatch((await desk.importDue()).en, /notReady/);
  isWhole();
});

test('a statement that does not begin with what the one before ended with calls a person, and nothing is given up over it until the days connect', async () => {
  const { desk, bank, approved, work, read, openCases, setNow, isWhole } = start();
  bank.next = 'lostRequest';
  const { payoutNo } = await approved();
  await work();
  const gaps = () => openCases().filter((one) => one.startsWith('bankStatementGap'));
  const giveUp = async () => desk.giveUpPayout({ payoutNo, hash: (await read(payoutNo)).hash, reason: '银行查无此笔', by: 'li' });
  setNow('2026-11-22T01:00:00.000Z');
  await work();
  const truth = await bank.statement({ accountNo: MAIN.accountNo, day: '2026-11-21' });
  assert.ok(truth.kind === 'statement');
  valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  // The bank carried out more than its first file has, and its next one begins without it.
  bank.statementSays = { ...truth, openingFen: fen(truth.openingFen - 5_000), closingFen: fen(truth.closingFen - 5_000) };
  await desk.importDay({ day: '2026-11-21', by: 'zhang' });
  assert.deepEqual(gaps(), [`bankStatementGap ${MAIN.id}/2026-11-21`]);
  const refused = await giveUp();
  assert.match(refused.kind === 'refused' ? `${refused.code} ${refused.detail ?? ""}` : refused.kind, /PAYOUT_NOT_ABSENT .*statements that do not connect: 2026-11-21/);
  bank.statementSays = undefined;
  await desk.importDay({ day: '2026-11-21', by: 'zhang' });
  assert.deepEqual([gaps(), codeOf(await giveUp())], [[], 'ok']);
  isWhole();
});

test('a day read between two others connects both, or says on which side it does not', async () => {
  const { desk, bank, openCases, setNow, store } = start();
  const gaps = () => openCases().filter((one) => one.startsWith('bankStatementGap'));
  const details = () => store.database.prepare("SELECT detail FROM discrepancy_case WHERE kind = 'bankStatementGap' AND resolved_at IS NULL").all().map((row) => String(row['detail']));
  for (const day of ['18', '19', '20']) {
    setNow(`2026-11-${day}T03:00:00.000Z`);
    bank.addLine({ amountFen: 700, direction: 'in', accountNo: MAIN.accountNo });
  }
  setNow(NEXT_MORNING);
  valueOf(await desk.importDay({ day: '2026-11-18', by: 'zhang' }));
  valueOf(await desk.importDay({ day: '2026-11-20', by: 'zhang' }));
  assert.deepEqual(gaps(), [`bankStatementGap ${MAIN.id}/2026-11-20`]);
  assert.match(details()[0] ?? '', /2026-11-18 期末余额 100007\.00 元，2026-11-20 期初余额 100014\.00 元，其间 7\.00 元的流水未见于任何对账单。请读取 2026-11-19 至 2026-11-19 的对账单/);
  valueOf(await desk.importDay({ day: '2026-11-19', by: 'zhang' }));
  assert.deepEqual(gaps(), []);
});

test('an answer that comes before its line, and money that arrives on the other account, are seen in the statement', async () => {
  const { desk, bank, approve, work, later, setNow, isWhole } = start();
  const payout = valueOf(await desk.proposeSettlement({ requestKey: 'a key of sixteen+', fromAccount: MAIN.id, toAccount: CAMPUS.id, amountFen: 900, purpose: '归集', by: 'zhang' }));
  await approve(payout);
  bank.next = 'paid';
  await work();
  bank.addLine({ amountFen: 900, direction: 'in', instructionNo: payout.payoutNo, accountNo: CAMPUS.accountNo });
  setNow(NEXT_MORNING);
  await desk.importDue();
  assert.deepEqual((await desk.listLines({ day: '2026-11-20' })).map(({ account, meaning }) => [account, meaning]), [[CAMPUS.id, 'arrived'], [MAIN.id, 'paid']]);
  await later(8 * DAY);
  isWhole();
});
