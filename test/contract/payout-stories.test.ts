/** Stories of money the hospital pays out, whole: proposed and approved at the desk, sent by its job through the plugin host to a bank on its wire, read back from the bank's statement, and what the books say after each. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAIN } from './payout-bench.js';
import { codesOf, MINUTE, valueOf } from './payout-stand.js';
import { LINKS, startPayoutsThrough } from './payout-links.js';

for (const plugin of LINKS) {
  test(`story: the bank returns a transfer (${plugin}): paid, in the statement, back days later with the account closed; the debt is owed again and paid to another account under another number`, async (context) => {
    const { approved, work, later, setNow, desk, read, bank, openCases, balance, isWhole, propose, debt, approve, movedFen } = await startPayoutsThrough(context, plugin);
    const { payoutNo } = await approved('QT1-0001', 5_000);
    await work();
    await later(MINUTE);
    assert.deepEqual([(await read(payoutNo)).state, bank.transfers.paidUnder(payoutNo), movedFen(), openCases()], ['succeeded', 1, -5_000, []]);
    setNow('2026-11-21T01:00:00.000Z');
    assert.equal((await desk.importDue()).en, `${MAIN.id} 2026-11-20: imported`);
    assert.deepEqual((await desk.listLines({ day: '2026-11-20' })).map(({ meaning, payoutNo: of, amountFen }) => [meaning, of, amountFen]), [['paid', payoutNo, 5_000]]);

    setNow('2026-11-23T03:00:00.000Z');
    bank.transfers.returnTransfer(payoutNo);
    await work();
    assert.deepEqual([(await read(payoutNo)).state, openCases()], ['returned', ['prepaymentTransfer QT1-0001']], 'asked once a day, the bank says so before its statement');
    setNow('2026-11-24T01:00:00.000Z');
    await desk.importDue();
    assert.deepEqual((await desk.listLines({ day: '2026-11-23' })).map(({ meaning, payoutNo: of, direction }) => [meaning, of, direction]), [['returned', payoutNo, 'in']]);
    assert.deepEqual([balance(`1002/${MAIN.id}`), balance('3001/demo'), balance(`2021/${MAIN.id}`), openCases(), movedFen()], [0, 0, 0, ['prepaymentTransfer QT1-0001'], 0], 'what the bank told twice came back once');
    isWhole();

    const [again] = await propose(debt('QT1-0001', 5_000, { accountNo: '6222020200011112222' }));
    assert.ok(again?.payout);
    assert.notEqual(again.payout.payoutNo, payoutNo);
    assert.deepEqual(codesOf(await approve(again.payout)), ['approved']);
    await work();
    await later(MINUTE);
    assert.deepEqual([(await read(again.payout.payoutNo)).state, bank.transfers.paidUnder(payoutNo), bank.transfers.paidUnder(again.payout.payoutNo), openCases(), movedFen()], ['succeeded', 1, 1, [], -5_000]);
    isWhole();
  });

  test(`story: nobody answers about a transfer (${plugin}): it is sent once, asked about and never sent again, and the statement of the day says that it was paid`, async (context) => {
    const { approved, work, later, setNow, desk, read, bank, openCases, balance, isWhole, movedFen } = await startPayoutsThrough(context, plugin);
    bank.faults.inject({ on: 'pay', fault: { kind: 'executeThenDropConnection' } });
    bank.faults.inject({ on: 'query', times: 'always', fault: { kind: 'executeThenFail', status: 502 } });
    const { payoutNo } = await approved('QT1-0001', 5_000);
    await work();
    for (let times = 0; times < 4; times += 1) await later(20 * MINUTE);
    assert.deepEqual([(await read(payoutNo)).state, bank.transfers.paidUnder(payoutNo)], ['unknown', 1]);
    setNow('2026-11-21T01:00:00.000Z');
    await desk.importDue();
    assert.deepEqual([(await read(payoutNo)).state, bank.transfers.paidUnder(payoutNo), movedFen(), balance(`2021/${MAIN.id}`), balance(`1002/${MAIN.id}`, '2026-11-20'), openCases()], ['succeeded', 1, -5_000, 0, -5_000, []]);
    isWhole();
  });

  test(`story: a transfer waits for its approval at the bank, and is refused there (${plugin}): nothing left, and the debt is owed`, async (context) => {
    const { approved, work, later, read, bank, openCases, balance, isWhole, movedFen } = await startPayoutsThrough(context, plugin);
    bank.transfers.needApproval();
    const { payoutNo } = await approved('QT1-0001', 5_000);
    await work();
    assert.equal((await read(payoutNo)).state, 'processing');
    bank.transfers.decideApproval(payoutNo, 'refused');
    await later(MINUTE);
    assert.deepEqual([(await read(payoutNo)).state, balance(`2021/${MAIN.id}`), movedFen(), openCases()], ['failed', 0, 0, ['prepaymentTransfer QT1-0001']]);
    isWhole();
  });
}

test('while the link of its account is stopped an approved payout waits, and leaves once when it is back', async (context) => {
  const { approved, work, later, read, bank, desk, host, linkId, configured } = await startPayoutsThrough(context, 'citic');
  const { payoutNo } = await approved('QT1-0001', 5_000);
  await host.deactivate(linkId);
  assert.deepEqual(desk.listAccounts().filter(({ id }) => id === MAIN.id).map(({ hasLink }) => hasLink), [false]);
  await work();
  assert.deepEqual([(await read(payoutNo)).state, bank.transfers.paidUnder(payoutNo)], ['approved', 0]);
  assert.equal((await host.activate(configured)).state, 'active');
  await later(5 * MINUTE);
  assert.equal(bank.transfers.paidUnder(payoutNo), 1);
  assert.equal(valueOf(await desk.findPayout({ payoutNo })).state, 'processing');
});
