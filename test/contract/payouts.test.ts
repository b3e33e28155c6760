/** 付款（银企直联）: proposed by one, approved by others as it was shown, sent once, asked about, decided by the bank's statement; what comes back is owed again. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { createHandTransferDesk } from '@hospay/server/hand-transfers/hand-transfer-desk.js';
import { CAMPUS, MAIN } from './payout-bench.js';
import { codeOf, codesOf, DAY, MINUTE, PAYEE, startPayouts as start, valueOf } from './payout-stand.js';

test('what is owed is proposed by one, approved by another as it was shown, sent once, and its case closes when the bank paid', async () => {
  const { desk, bank, owe, debt, propose, approve, read, work, later, openCases, balance, isWhole, acts } = start();
  owe('QT1-0001', 5_000);
  const [proposed] = await propose(debt('QT1-0001', 5_000));
  const payout = proposed?.payout;
  assert.ok(payout);
  assert.deepEqual([payout.payeeLabel, payout.payeeTail, payout.needsSecond, payout.state], ['张*三', '5432', false, 'proposed']);
  await work();
  assert.equal(bank.transfers.length, 0, 'nothing leaves before the approval');
  assert.deepEqual([codesOf(await approve(payout, 'zhang')), codesOf(await approve({ ...payout, hash: '0'.repeat(64) }))], [['SECOND_PERSON_NEEDED'], ['APPROVAL_OVER']]);
  assert.deepEqual([codesOf(await approve(payout)), codesOf(await approve(payout)), codesOf(await approve(payout, 'wang'))], [['approved'], ['approved'], ['CONFLICT']], 'told twice it is one decision');
  await work();
  assert.deepEqual(bank.transfers.map(({ request }) => [request.instructionNo, request.payee.accountNo, request.payee.accountName, request.amountFen, request.fromAccountNo]), [[payout.payoutNo, PAYEE.accountNo, '张小三', 5_000, MAIN.accountNo]]);
  assert.deepEqual([(await read(payout.payoutNo)).state, balance('2021/icbc-main', payout.payoutNo), balance('3001/demo'), openCases()], ['processing', 5_000, -5_000, ['prepaymentTransfer QT1-0001']]);
  isWhole();
  bank.carryOut(payout.payoutNo);
  await later(30_000);
  const paid = await read(payout.payoutNo);
  assert.deepEqual([paid.state, paid.bankTransferNo, openCases()], ['succeeded', `B${payout.payoutNo}`, []]);
  assert.deepEqual([balance('2021/icbc-main'), balance('1002/icbc-main', '2026-11-20'), balance('3001/demo')], [0, -5_000, -5_000]);
  isWhole();
  assert.deepEqual(codesOf(await propose(debt('QT1-0001', 5_000))), ['CONFLICT'], 'a debt is paid once');
  assert.deepEqual(acts.map(({ who, what }) => `${who} ${what}`), ['zhang payout.propose', 'li payout.approve', 'li payout.approve']);
  assert.ok((await desk.listPayouts({ limit: 10 })).length === 1);
});

test('nobody but the bank link sees the whole account: not the database, not the audit log, not a fact, not a message the bank repeats it in', async () => {
  const { store, bank, acts, approved, work, read } = start();
  bank.next = 'refused';
  const { payoutNo } = await approved();
  await work();
  assert.match((await read(payoutNo)).news?.zh ?? '', /^E1201 账号 \*+5432 户名 \* 不符$/);
  const tables = store.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").all().map(({ name }) => String(name));
  const everything = JSON.stringify([tables.map((table) => store.database.prepare(`SELECT * FROM "${table}"`).all()), acts]);
  assert.ok(everything.includes(payoutNo));
  assert.ok(!everything.includes(PAYEE.accountNo) && !everything.includes(PAYEE.accountName));
  assert.throws(() => { store.database.exec("UPDATE payout SET payee_sealed = 'x'"); }, /does not change/);
});

test('above the limit two others approve; the second is neither the first nor the proposer', async () => {
  const { bank, owe, debt, propose, approve, work } = start({ policy: { secondApprovalFromFen: 5_000 } });
  owe('QT1-0001', 5_000);
  const payout = (await propose(debt('QT1-0001', 5_000)))[0]?.payout;
  assert.ok(payout?.needsSecond === true);
  assert.deepEqual([codesOf(await approve(payout, 'li')), codesOf(await approve(payout, 'li')), codesOf(await approve(payout, 'zhang'))], [['firstApproved'], ['firstApproved'], ['SECOND_PERSON_NEEDED']]);
  await work();
  assert.equal(bank.transfers.length, 0);
  assert.deepEqual(codesOf(await approve(payout, 'wang')), ['approved']);
  await work();
  assert.equal(bank.transfers.length, 1);
});

test('a proposal that nobody approves in time expires, one that is rejected is over, and either leaves the debt free', async () => {
  const { desk, bank, owe, debt, propose, approve, later, read } = start();
  owe('QT1-0001', 5_000);
  const first = (await propose(debt('QT1-0001', 5_000)))[0]?.payout;
  assert.ok(first);
  assert.deepEqual(codesOf(await propose(debt('QT1-0001', 5_000))), ['proposed'], 'pressed twice it is one payout');
  assert.deepEqual(codesOf(await propose(debt('QT1-0001', 5_000, { accountNo: '6222020200098765499' }))), ['CONFLICT']);
  await later(DAY);
  assert.deepEqual([(await read(first.payoutNo)).state, codesOf(await approve(first))], ['expired', ['APPROVAL_OVER']]);
  const second = (await propose(debt('QT1-0001', 5_000)))[0]?.payout;
  assert.ok(second);
  assert.deepEqual(codesOf(await desk.decidePayouts({ payouts: [second], isApproved: false, reason: '账号不对', by: 'zhang' })), ['rejected'], 'whoever proposed it may take it back');
  assert.deepEqual(codesOf(await propose(debt('QT1-0001', 4_999))), ['AMOUNT_DIFFERS']);
  assert.deepEqual(codesOf(await propose(debt('QT1-0009', 1))), ['NO_SUCH_ITEM']);
  assert.deepEqual(codesOf(await propose(debt('QT1-0001', 5_000))), ['proposed']);
  await later(DAY);
  assert.equal(bank.transfers.length, 0);
});

test('several debts are proposed and approved at once, each for itself', async () => {
  const { desk, bank, owe, debt, propose, work } = start();
  owe('QT1-0001', 5_000);
  owe('QT1-0002', 700);
  const results = await propose(debt('QT1-0001', 5_000), debt('QT1-0002', 700), debt('QT1-0003', 1));
  assert.deepEqual(codesOf(results), ['proposed', 'proposed', 'NO_SUCH_ITEM']);
  const shown = results.flatMap(({ payout }) => (payout === undefined ? [] : [{ payoutNo: payout.payoutNo, hash: payout.hash }]));
  const swapped = shown.map(({ payoutNo }, index) => ({ payoutNo, hash: shown[1 - index]?.hash ?? '' }));
  assert.deepEqual(codesOf(await desk.decidePayouts({ payouts: swapped, isApproved: true, reason: '已核对', by: 'li' })), ['APPROVAL_OVER', 'APPROVAL_OVER']);
  assert.deepEqual(codesOf(await desk.decidePayouts({ payouts: shown, isApproved: true, reason: '已核对', by: 'li' })), ['approved', 'approved']);
  await work();
  assert.equal(bank.transfers.length, 2);
});

test('a debt has a payout or a transfer by hand, never both', async () => {
  const { store, clock, owe, debt, propose, desk } = start();
  const byHand = createHandTransferDesk({ transfers: store.transfersOf('demo'), audit: { record: () => Promise.resolve() }, clock });
  const slip = { kind: 'prepayment' as const, amountFen: 5_000, paidOn: '2026-11-20', bankName: '建设银行', accountName: '张小三', accountTail: '6789', by: 'zhang' };
  owe('QT1-0001', 5_000);
  owe('QT1-0002', 5_000);
  const payout = (await propose(debt('QT1-0001', 5_000)))[0]?.payout;
  assert.ok(payout);
  assert.equal(codeOf(await byHand.recordTransfer({ ...slip, subject: 'QT1-0001', slipNo: 'CCB0001' })), 'CONFLICT');
  assert.equal((await byHand.listTransfers()).due.find(({ subject }) => subject === 'QT1-0001')?.payoutNo, payout.payoutNo);
  const recorded = valueOf(await byHand.recordTransfer({ ...slip, subject: 'QT1-0002', slipNo: 'CCB0002' }));
  assert.deepEqual((await propose(debt('QT1-0002', 5_000))).map(({ refused }) => refused), [{ kind: 'refused', code: 'CONFLICT', detail: `${recorded.transferNo} of it is under way`, detailZh: `${recorded.transferNo} 正在支付该款项` }]);
  assert.throws(() => { store.database.exec("INSERT INTO hand_transfer SELECT 9, 'ZZ9', hospital_id, kind, 'QT1-0001', amount_fen, state, paid_on, bank_name, account_label, account_tail, 'X1', recorded_by, recorded_at, NULL, NULL, NULL FROM hand_transfer"); }, /payout of this debt/);
  assert.deepEqual(codesOf(await desk.decidePayouts({ payouts: [payout], isApproved: false, reason: '改手工', by: 'li' })), ['rejected']);
  assert.equal(codeOf(await byHand.recordTransfer({ ...slip, subject: 'QT1-0001', slipNo: 'CCB0003' })), 'ok');
});

test('a transfer without an answer is never sent again: it is asked about, and the bank says that it paid', async () => {
  const { bank, approved, work, later, read, openCases, isWhole } = start();
  bank.next = 'lostAnswer';
  bank.isSilent = true;
  const { payoutNo } = await approved();
  await work();
  assert.equal((await read(payoutNo)).state, 'unknown');
  for (const minutes of [0.5, 1, 5, 15, 60, 60]) await later(minutes * MINUTE);
  assert.deepEqual([bank.transfers.length, bank.asked.length, openCases()], [1, 6, [`payoutUnknown ${payoutNo}`, 'prepaymentTransfer QT1-0001']]);
  isWhole();
  bank.isSilent = false;
  bank.carryOut(payoutNo);
  await later(60 * MINUTE);
  assert.deepEqual([(await read(payoutNo)).state, bank.transfers.length, openCases()], ['succeeded', 1, []]);
  isWhole();
});

test('a process that died between intent and answer does not send again: it asks', async () => {
  const { bank, ports, store, approved, work, later, read } = start();
  const { payoutNo } = await approved();
  const [job] = await store.claimJobs({ kinds: ['advancePayout'], owner: 'dies', now: new Date('2026-11-20T02:00:00.000Z'), leaseMs: 180_000, limit: 1 });
  assert.ok(job);
  await store.payoutsOf('demo').payouts.change({ payoutNo, cause: { kind: 'timer', id: 'x' }, now: ports.clock.now(), job }, (change) => {
    change.move('submitted', 'send', { attempts: 1, submittedAt: change.now.toISOString() });
  });
  await store.wakeJobs(ports.clock.now(), 1);
  await work();
  assert.deepEqual([(await read(payoutNo)).state, bank.transfers.length, bank.asked.length], ['unknown', 0, 1]);
  await later(30_000);
  assert.equal(bank.transfers.length, 0);
});

test('only what cannot have arrived is sent again, under the same number; a refused one is over and its debt free', async () => {
  const { bank, approved, owe, debt, propose, work, later, read, openCases, isWhole, balance } = start();
  bank.next = 'notSent';
  const { payoutNo } = await approved();
  await work();
  assert.deepEqual([(await read(payoutNo)).state, (await read(payoutNo)).news?.zh], ['approved', 'connection refused']);
  isWhole();
  bank.next = 'paid';
  bank.feeFen = 150;
  await later(30_000);
  assert.deepEqual([(await read(payoutNo)).state, bank.transfers.map(({ request }) => request.instructionNo), openCases()], ['succeeded', [payoutNo], []]);
  assert.deepEqual([balance('6003/icbc-main'), balance('1002/icbc-main'), balance('3001/demo'), balance('2021/icbc-main')], [150, -5_150, -5_000, 0]);
  bank.next = 'refused';
  const refused = await approved('QT1-0002', 900);
  await work();
  assert.deepEqual([(await read(refused.payoutNo)).state, openCases()], ['failed', ['prepaymentTransfer QT1-0002']]);
  isWhole();
  owe('QT1-0003', 1);
  assert.deepEqual(codesOf(await propose(debt('QT1-0002', 900))), ['proposed']);
});

test('a worker whose lease is nearly over does not send, and one that was overtaken changes nothing', async () => {
  const { bank, store, approved, advance, read, ports, isWhole } = start();
  const { payoutNo } = await approved();
  const claim = async (leaseMs: number) => (await store.claimJobs({ kinds: ['advancePayout'], owner: 'test', now: ports.clock.now(), leaseMs, limit: 1 }))[0];
  const short = await claim(-1_000);
  assert.ok(short);
  await advance({ ...short, leaseMs: 180_000 });
  assert.deepEqual([bank.transfers.length, (await read(payoutNo)).state], [0, 'approved'], 'released: no byte left');
  await store.wakeJobs(ports.clock.now(), 1);
  const [slow, fast] = [await claim(-1_000), await claim(180_000)];
  assert.ok(slow !== undefined && fast !== undefined);
  await advance(fast);
  await advance(slow);
  assert.equal(bank.transfers.length, 1);
  isWhole();
});

test('what comes back days later is booked back, and its debt is open again and paid under another number', async () => {
  const { bank, approved, debt, propose, approve, work, later, read, openCases, balance, isWhole } = start();
  bank.next = 'paid';
  const { payoutNo } = await approved();
  await work();
  assert.deepEqual(openCases(), []);
  bank.isSilent = true;
  await later(2 * DAY);
  assert.deepEqual([(await read(payoutNo)).state, (await read(payoutNo)).news], ['succeeded', undefined], 'a silent bank is no news of what was paid');
  bank.isSilent = false;
  bank.giveBack(payoutNo);
  await later(DAY);
  assert.deepEqual([(await read(payoutNo)).state, openCases(), balance('3001/demo'), balance('1002/icbc-main')], ['returned', ['prepaymentTransfer QT1-0001'], 0, 0]);
  isWhole();
  const again = (await propose(debt('QT1-0001', 5_000, { accountNo: '6222020200011112222' })))[0]?.payout;
  assert.ok(again !== undefined && again.payoutNo !== payoutNo);
  await approve(again);
  await work();
  assert.deepEqual([(await read(again.payoutNo)).state, openCases()], ['succeeded', []]);
  isWhole();
});

test('a settlement moves money between the hospital’s own accounts; its repeat is the same payout, an account nobody configured gets nothing', async () => {
  const { desk, bank, approve, work, read, balance, isWhole, later } = start();
  const wish = { requestKey: 'a key of sixteen+', fromAccount: MAIN.id, toAccount: CAMPUS.id, amountFen: 900_000, purpose: '资金归集', by: 'zhang' };
  const payout = valueOf(await desk.proposeSettlement(wish));
  assert.equal(valueOf(await desk.proposeSettlement(wish)).payoutNo, payout.payoutNo);
  assert.deepEqual([codeOf(await desk.proposeSettlement({ ...wish, amountFen: 1 })), codeOf(await desk.proposeSettlement({ ...wish, requestKey: 'another key of 16', toAccount: 'elsewhere' })), codeOf(await desk.proposeSettlement({ ...wish, requestKey: 'another key of 16', toAccount: MAIN.id }))], ['IDEMPOTENCY_KEY_REUSED', 'NO_SUCH_ITEM', 'MALFORMED_REQUEST']);
  await approve(payout);
  await work();
  assert.equal((await read(payout.payoutNo)).state, 'processing');
  isWhole();
  bank.carryOut(payout.payoutNo);
  await later(30_000);
  assert.deepEqual([balance('1002/icbc-main'), balance('1002/ccb-east'), balance('2021/icbc-main'), balance('3001/demo')], [-900_000, 900_000, 0, 0]);
  isWhole();
  bank.isActive = false;
  assert.equal(codeOf(await desk.proposeSettlement({ ...wish, requestKey: 'a third key of 16' })), 'BANK_LINK_UNAVAILABLE');
});

test('an approved payout waits for a bank link that is away, a person is called, and it may be taken back', async () => {
  const { desk, bank, approved, work, later, read, openCases } = start();
  const payout = await approved();
  bank.isActive = false;
  await work();
  for (let hour = 0; hour < 26; hour += 1) await later(60 * MINUTE);
  assert.deepEqual([(await read(payout.payoutNo)).state, openCases()], ['approved', [`payoutLate ${payout.payoutNo}`, 'prepaymentTransfer QT1-0001']]);
  assert.deepEqual(codesOf(await desk.decidePayouts({ payouts: [payout], isApproved: false, reason: '改手工转账', by: 'li' })), ['rejected']);
  assert.deepEqual(openCases(), ['prepaymentTransfer QT1-0001']);
  bank.isActive = true;
  await later(60 * MINUTE);
  assert.equal(bank.transfers.length, 0);
});

test('a payee that cannot be read is not sent: a person is called to bring the key file back', async () => {
  const { bank, ports, approved, store, advance, read } = start();
  const { payoutNo } = await approved();
  const [job] = await store.claimJobs({ kinds: ['advancePayout'], owner: 'test', now: ports.clock.now(), leaseMs: 180_000, limit: 1 });
  assert.ok(job);
  store.database.exec('DROP TRIGGER payout_as_shown');
  store.database.prepare("UPDATE payout SET payee_sealed = payee_sealed || 'x' WHERE payout_no = ?").run(payoutNo);
  await advance(job);
  assert.deepEqual([(await read(payoutNo)).state, bank.transfers.length], ['approved', 0]);
  assert.match((await read(payoutNo)).news?.zh ?? '', /密钥文件/);
});

test('what is not owed any more is not sent, whatever was approved', async () => {
  const { bank, store, approved, work, read, isWhole } = start();
  const { payoutNo } = await approved();
  store.database.exec("UPDATE discrepancy_case SET resolved_at = '2026-11-20T02:00:00.000Z'");
  await work();
  assert.deepEqual([(await read(payoutNo)).state, bank.transfers.length], ['rejected', 0]);
  isWhole();
});
