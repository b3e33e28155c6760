/** 门诊预交金清退: one person proposes what another approves; the HIS takes it off the account once; it goes back along the orders it came by. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { readFile } from 'node:fs/promises';
import { createSqlServerAdapter, readMapping } from '@hospay/hospital-adapter-sqlserver';
import type { AccountMovement } from '@hospay/plugin-sdk';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { prepaymentRunCsv } from '@hospay/server/edges/http/console-api/prepayment-run-csv.js';
import { createHandTransferDesk } from '@hospay/server/hand-transfers/hand-transfer-desk.js';
import { advancePrepaymentReturn } from '@hospay/server/prepayment/advance-return.js';
import { defaultLogin, startHisSimulator } from '../simulators/his/his-simulator.js';
import { startStand } from './payment-api-stand.js';

function valueOf<Value>(outcome: Outcome<Value>): Value {
  assert.equal(outcome.kind, 'ok', JSON.stringify(outcome));
  return outcome.value;
}
const codeOf = (outcome: Outcome<unknown>): string => (outcome.kind === 'refused' ? outcome.code : outcome.kind);

/** A HIS with an account per patient; each return number takes money off once. */
class Accounts {
  readonly balances = new Map<string, number>();
  readonly frozen = new Map<string, number>();
  readonly topUps = new Map<string, AccountMovement[]>();
  readonly returned = new Map<string, number>();
  readonly asked: string[] = [];
  isSilent = false;
  /** How many answers of a return get lost after it happened. */
  lostAnswers = 0;
  refusal: string | undefined;
  /** How many requests get lost before anything happens. */
  lostRequests = 0;
  topUp(patientId: string, tradeNo: string, amountFen: number, at: string): void {
    this.balances.set(patientId, (this.balances.get(patientId) ?? 0) + amountFen);
    this.topUps.set(patientId, [...(this.topUps.get(patientId) ?? []), { movementNo: `M${tradeNo}`, kind: 'topUp', amountFen, at, tradeNo }]);
  }
}

async function start(context: TestContext) {
  const stand = await startStand(context);
  const accounts = new Accounts();
  stand.hospital.facets = {
    accountBalance({ patientId }) {
      if (accounts.isSilent) return Promise.resolve({ kind: 'unknown', reason: 'no answer' });
      return Promise.resolve({ kind: 'ok', value: { balanceFen: accounts.balances.get(patientId) ?? 0, frozenFen: accounts.frozen.get(patientId) ?? 0 } });
    },
    listAccountMovements: ({ patientId }) => Promise.resolve({ kind: 'ok', value: accounts.topUps.get(patientId) ?? [] }),
    returnAccountBalance({ patientId, returnNo, amountFen }) {
      accounts.asked.push(returnNo);
      if (accounts.lostRequests > 0) {
        accounts.lostRequests -= 1;
        return Promise.resolve({ kind: 'unknown', reason: 'the request was lost' });
      }
      if (accounts.refusal !== undefined) return Promise.resolve({ kind: 'rejected', code: '4009', message: accounts.refusal });
      if (!accounts.returned.has(returnNo)) {
        accounts.returned.set(returnNo, amountFen);
        accounts.balances.set(patientId, (accounts.balances.get(patientId) ?? 0) - amountFen);
      }
      if (accounts.lostAnswers > 0) {
        accounts.lostAnswers -= 1;
        return Promise.resolve({ kind: 'unknown', reason: 'the answer was lost' });
      }
      return Promise.resolve({ kind: 'ok', value: { hisReturnNo: `YJ-${returnNo}`, balanceFen: accounts.balances.get(patientId) ?? 0 } });
    },
  };
  const propose = (...patientIds: string[]) => stand.prepayment.proposeRun({ title: '清退第一批', patientIds, by: 'zhang' });
  const approve = async (run: { readonly runNo: string; readonly hash: string }) => valueOf(await stand.prepayment.decideRun({ ...run, isApproved: true, by: 'li' }));
  const read = async (runNo: string) => valueOf(await stand.prepayment.findRun({ runNo }));
  const openCases = () => stand.store.database.prepare('SELECT kind, subject FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => [row['kind'], row['subject']]);
  /** An account with 150 yuan: two orders of ours brought 100 and 30, the rest came in cash. */
  const withTopUps = async () => {
    const [first, second] = [await stand.takePaid({ amountFen: 10_000 }), await stand.takePaid({ amountFen: 3_000 })];
    accounts.topUp('P1', first.tradeNo, 10_000, '2026-11-18T02:00:00Z');
    accounts.topUp('P1', second.tradeNo, 3_000, '2026-11-19T02:00:00Z');
    accounts.topUp('P1', '', 2_000, '2026-11-17T02:00:00Z');
    return [first.tradeNo, second.tradeNo] as const;
  };
  return { ...stand, stand, accounts, propose, approve, read, openCases, withTopUps };
}

test('what lies on an account goes back along the orders it came by, newest first, once; what came in cash is a case for a transfer', async (context) => {
  const { stand, accounts, propose, approve, read, openCases, withTopUps } = await start(context);
  const [first, second] = await withTopUps();
  accounts.frozen.set('P1', 1_000);
  const run = valueOf(await propose('P1', ' P1 ', 'P2'));
  const [planned] = run.returns;
  assert.deepEqual([run.state, run.totalFen, run.alongOrdersFen, run.transferFen, run.leftOut], ['proposed', 14_000, 13_000, 1_000, [{ patientId: '**', reason: 'noBalance' }]]);
  assert.deepEqual([planned?.frozenFen, planned?.shares], [1_000, [{ tradeNo: second, refundFen: 3_000, state: 'planned' }, { tradeNo: first, refundFen: 10_000, state: 'planned' }]]);
  await stand.work();
  assert.deepEqual([accounts.asked, accounts.balances.get('P1')], [[], 15_000], 'nothing happens before the approval');
  await approve(run);
  await stand.work();
  stand.clock.advance(120_000);
  await stand.work();
  const done = (await read(run.runNo)).returns[0];
  assert.deepEqual([done?.state, done?.hisReturnNo, done?.shares.map(({ state }) => state)], ['returned', `YJ-${run.runNo}-0001`, ['reserved', 'reserved']]);
  assert.deepEqual([accounts.balances.get('P1'), accounts.asked.length], [1_000, 1], 'what the HIS has frozen stays');
  assert.deepEqual([...stand.channel.refunds.values()].map(({ refundFen }) => refundFen).toSorted((one, other) => one - other), [3_000, 10_000]);
  assert.deepEqual(openCases(), [['prepaymentTransfer', `${run.runNo}-0001`]]);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('nobody approves what he proposed, nothing but what was shown, nothing after a day, and nothing twice', async (context) => {
  const { stand, accounts, propose, withTopUps } = await start(context);
  await withTopUps();
  const run = valueOf(await propose('P1'));
  const decide = (set: object) => stand.prepayment.decideRun({ runNo: run.runNo, hash: run.hash, isApproved: true, by: 'li', ...set });
  assert.equal(codeOf(await decide({ by: 'zhang' })), 'SECOND_PERSON_NEEDED');
  assert.equal(codeOf(await decide({ hash: '0'.repeat(64) })), 'APPROVAL_OVER');
  assert.equal(codeOf(await decide({ runNo: 'QTNOBODY' })), 'NO_SUCH_ITEM');
  stand.clock.advance(24 * 3_600_000 + 1);
  assert.equal(codeOf(await decide({})), 'APPROVAL_OVER');
  await stand.work();
  assert.deepEqual(accounts.asked, []);
  const anew = valueOf(await propose('P1'));
  assert.equal(valueOf(await stand.prepayment.decideRun({ ...anew, isApproved: false, by: 'li' })).state, 'rejected');
  assert.equal(codeOf(await stand.prepayment.decideRun({ ...anew, isApproved: true, by: 'wang' })), 'CONFLICT', 'what was rejected stays rejected');
  await stand.work();
  assert.deepEqual(accounts.asked, []);
});

test('an approval told twice is one approval, and the account is emptied once', async (context) => {
  const { stand, accounts, propose, approve, withTopUps } = await start(context);
  await withTopUps();
  const run = valueOf(await propose('P1'));
  await approve(run);
  await approve(run);
  await stand.work();
  assert.deepEqual([accounts.asked, accounts.balances.get('P1')], [[`${run.runNo}-0001`], 0]);
});

test('one account is in one run at a time: another leaves it out until the first is rejected or done', async (context) => {
  const { stand, propose, withTopUps } = await start(context);
  await withTopUps();
  const run = valueOf(await propose('P1'));
  const second = await propose('P1');
  assert.deepEqual([codeOf(second), second.kind === 'refused' ? second.detail : ''], ['NOTHING_TO_RETURN', 'P1: inAnotherRun']);
  const [one, other] = await Promise.all([stand.prepayment.decideRun({ ...run, isApproved: false, by: 'li' }), stand.prepayment.listRuns({ limit: 5 })]);
  assert.deepEqual([codeOf(one), other.length], ['ok', 1]);
  assert.equal(codeOf(await propose('P1')), 'ok');
});

test('two runs proposed in one moment cannot both have an account', async (context) => {
  const { propose, withTopUps } = await start(context);
  await withTopUps();
  const codes = (await Promise.all([propose('P1'), propose('P1')])).map(codeOf);
  assert.deepEqual(codes.toSorted(), ['CONFLICT', 'ok']);
});

test('a balance that is not what was approved any more is not touched', async (context) => {
  const { stand, accounts, propose, approve, read, withTopUps } = await start(context);
  await withTopUps();
  const run = valueOf(await propose('P1'));
  await approve(run);
  accounts.balances.set('P1', 14_900);
  await stand.work();
  const [changed] = (await read(run.runNo)).returns;
  assert.deepEqual([changed?.state, changed?.news?.zh, accounts.asked], ['changed', '现余额 149.00 元，审批时为 150.00 元', []]);
  assert.equal(valueOf(await propose('P1')).totalFen, 14_900, 'another run shows it anew');
});

test('an answer that got lost is asked for again under the same number; nothing is paid out before, and a person hears of it', async (context) => {
  const { stand, accounts, propose, approve, read, openCases, withTopUps } = await start(context);
  await withTopUps();
  const run = valueOf(await propose('P1'));
  accounts.lostAnswers = 3;
  await approve(run);
  await stand.work();
  assert.deepEqual([(await read(run.runNo)).returns[0]?.state, stand.channel.refunds.size], ['unknown', 0]);
  stand.clock.advance(3_600_000);
  await stand.work('advancePrepaymentReturn');
  assert.deepEqual(openCases(), [['prepaymentUnknown', `${run.runNo}-0001`]]);
  for (let round = 0; round < 3; round += 1) {
    stand.clock.advance(3_600_000);
    await stand.work();
  }
  assert.deepEqual([new Set(accounts.asked).size, accounts.balances.get('P1'), (await read(run.runNo)).returns[0]?.state, stand.channel.refunds.size], [1, 0, 'returned', 2]);
  assert.deepEqual(openCases(), [['prepaymentTransfer', `${run.runNo}-0001`]]);
});

test('a first refusal ends it with the account as it was; a refusal of a repeat ends nothing', async (context) => {
  const { stand, accounts, propose, approve, read, withTopUps } = await start(context);
  await withTopUps();
  accounts.refusal = '账户已冻结';
  const run = valueOf(await propose('P1'));
  await approve(run);
  await stand.work();
  assert.deepEqual([(await read(run.runNo)).returns[0]?.state, (await read(run.runNo)).returns[0]?.news?.zh, accounts.balances.get('P1')], ['refused', '4009 账户已冻结', 15_000]);
  accounts.refusal = undefined;
  accounts.lostAnswers = 1;
  const anew = valueOf(await propose('P1'));
  await approve(anew);
  await stand.work();
  accounts.refusal = '余额不足';
  stand.clock.advance(3_600_000);
  await stand.work();
  assert.deepEqual([(await read(anew.runNo)).returns[0]?.state, stand.channel.refunds.size], ['unknown', 0], 'the first request took it');
  accounts.refusal = undefined;
  stand.clock.advance(3_600_000);
  await stand.work();
  assert.deepEqual([(await read(anew.runNo)).returns[0]?.state, stand.channel.refunds.size], ['returned', 2]);
});

test('a refusal of a repeat is believed when the account holds what it held, long after the last request without an answer', async (context) => {
  const { stand, accounts, propose, approve, read, openCases, withTopUps } = await start(context);
  await withTopUps();
  const run = valueOf(await propose('P1'));
  accounts.lostRequests = 1;
  await approve(run);
  await stand.work();
  accounts.refusal = '账户已冻结';
  stand.clock.advance(60_000);
  await stand.work();
  assert.equal((await read(run.runNo)).returns[0]?.state, 'unknown', 'the first request may be on its way yet');
  for (let round = 0; round < 4; round += 1) {
    stand.clock.advance(3_600_000);
    await stand.work();
  }
  assert.deepEqual([(await read(run.runNo)).returns[0]?.state, accounts.balances.get('P1'), stand.channel.refunds.size, openCases()], ['refused', 15_000, 0, []]);
});

test('nothing goes back along an order of another patient, one that was paid in cash, or for more than the movement says', async (context) => {
  const { stand, accounts, propose } = await start(context);
  const { tradeNo } = await stand.takePaid({ amountFen: 5_000 });
  accounts.topUp('P9', tradeNo, 5_000, '2026-11-18T02:00:00Z');
  assert.deepEqual(valueOf(await propose('P9')).returns[0]?.shares, [], 'of another patient');
  accounts.topUp('P1', tradeNo, 1_200, '2026-11-18T02:00:00Z');
  accounts.topUp('P1', tradeNo, 5_000, '2026-11-18T03:00:00Z');
  const run = valueOf(await propose('P1'));
  assert.deepEqual(run.returns[0]?.shares, [{ tradeNo, refundFen: 1_200, state: 'planned' }]);
  valueOf(await stand.prepayment.decideRun({ ...run, isApproved: false, by: 'li' }));
  stand.store.database.exec("UPDATE payment SET method = 'cash'");
  assert.deepEqual(valueOf(await propose('P1')).returns[0]?.shares, []);
});

test('a channel that is away for a minute leaves the account out of the run, not its money to a bank transfer', async (context) => {
  const { stand, propose, withTopUps } = await start(context);
  await withTopUps();
  stand.store.database.exec("UPDATE payment SET channel = 'restarting'");
  const away = await propose('P1');
  assert.equal(away.kind === 'refused' ? away.detail : '', 'P1: channelAway');
  stand.store.database.exec("UPDATE payment SET channel = 'working'");
  assert.equal(valueOf(await propose('P1')).alongOrdersFen, 13_000);
});

test('a run as a sheet: one row per account, amounts in yuan, and nothing a spreadsheet would run', async (context) => {
  const { accounts, propose } = await start(context);
  accounts.balances.set('=cmd|calc', 105);
  accounts.frozen.set('=cmd|calc', 5);
  const run = valueOf(await propose('=cmd|calc'));
  assert.equal(prepaymentRunCsv(run).split('\r\n')[1]?.split(',')[1], '*****calc', 'masked, unless whole numbers are given');
  const [head, row] = prepaymentRunCsv(run, new Map([[run.returns[0]?.returnNo ?? '', '=cmd|calc']])).split('\r\n');
  assert.match(head ?? '', /^\uFEFF清退单号,患者ID,/);
  assert.deepEqual(row?.split(',').slice(1, 7), ["'=cmd|calc", 'planned', '1.00', '0.05', '0.00', '1.00']);
});

test('over TDS: an account is returned once though its answer was lost after the commit, and what is frozen stays', async (context) => {
  const { stand, propose, approve, read, openCases } = await start(context);
  const his = await startHisSimulator();
  const adapter = createSqlServerAdapter({
    settings: { server: his.host, port: his.port, database: his.databaseName, user: defaultLogin.user, password: defaultLogin.password, breaker: { failureThreshold: 100 } },
    mapping: readMapping(JSON.parse(await readFile(new URL('../../../config/hospitals/demo/sqlserver-mapping.json', import.meta.url), 'utf8'))), now: () => new Date(), log: { info() {}, warn() {} },
  });
  context.after(async () => {
    await adapter.stop();
    await his.stop();
  });
  const { accountBalance, listAccountMovements, returnAccountBalance } = adapter;
  assert.ok(accountBalance !== undefined && listAccountMovements !== undefined && returnAccountBalance !== undefined);
  const call = (timeoutMs = 2_000) => ({ deadline: new Date(Date.now() + timeoutMs).toISOString(), signal: new AbortController().signal });
  stand.hospital.facets = {
    accountBalance: (request) => accountBalance.call(adapter, request, call()),
    listAccountMovements: (request) => listAccountMovements.call(adapter, request, call()),
    returnAccountBalance: (request) => returnAccountBalance.call(adapter, request, call()),
  };
  his.faults.add({ procedure: 'usp_hospay_account_return', fault: { kind: 'commit-then-drop' } });
  const run = valueOf(await propose('P0000009'));
  await approve(run);
  await stand.work();
  assert.equal((await read(run.runNo)).returns[0]?.state, 'unknown');
  stand.clock.advance(3_600_000);
  await stand.work();
  const [ended] = (await read(run.runNo)).returns;
  assert.deepEqual([ended?.state, ended?.frozenFen, ended?.amountFen, ended?.transferFen], ['returned', 500, 1_500, 1_500]);
  assert.deepEqual([his.hospital.office.countReturns(`${run.runNo}-0001`), openCases()], [1, [['prepaymentTransfer', `${run.runNo}-0001`]]]);
  assert.deepEqual(await accountBalance.call(adapter, { patientId: 'P0000009' }, call()), { kind: 'ok', value: { balanceFen: 500, frozenFen: 500 } });
});

test('an order that was refunded otherwise meanwhile gives nothing back: its share is transferred', async (context) => {
  const { stand, accounts, propose, approve, read, openCases, withTopUps } = await start(context);
  const [first] = await withTopUps();
  const run = valueOf(await propose('P1'));
  valueOf(await stand.prepayment.findRun({ runNo: run.runNo }));
  assert.equal((await stand.client().requestRefund(first, { refundFen: 1, reason: '多收' }, { idempotencyKey: 'a-refund-between' })).kind, 'ok');
  await stand.work();
  await approve(run);
  await stand.work();
  const [done] = (await read(run.runNo)).returns;
  assert.deepEqual([done?.state, done?.transferFen, done?.shares.map(({ state }) => state), accounts.balances.get('P1')], ['returned', 12_000, ['reserved', 'refused'], 0]);
  assert.deepEqual(openCases(), [['prepaymentTransfer', `${run.runNo}-0001`]]);
});

test('a paused run begins nothing new and follows what it began to its end; going on does the rest, each account once', async (context) => {
  const { stand, accounts, propose, approve, read } = await start(context);
  for (const patientId of ['P1', 'P2']) accounts.topUp(patientId, '', 5_000, '2026-11-17T02:00:00Z');
  const pause = (runNo: string, isPaused: boolean) => stand.prepayment.pauseRun({ runNo, isPaused });
  const run = valueOf(await propose('P1', 'P2'));
  assert.equal(codeOf(await pause(run.runNo, true)), 'CONFLICT', 'nothing is under way before the approval');
  await approve(run);
  // The first account has been asked for, and its answer is lost.
  accounts.lostAnswers = 1;
  const [job] = await stand.store.claimJobs({ kinds: ['advancePrepaymentReturn'], owner: 'test', now: stand.clock.now(), leaseMs: 60_000, limit: 1 });
  assert.ok(job !== undefined);
  await advancePrepaymentReturn({ ...stand.ports, hospitalId: 'demo', prepayments: stand.store.prepayments, refundForHis: () => assert.fail('nothing came by an order') }, job);
  assert.equal(valueOf(await pause(run.runNo, true)).state, 'paused');
  assert.equal(valueOf(await pause(run.runNo, true)).state, 'paused', 'a second press is the same');
  for (let round = 0; round < 4; round += 1) {
    await stand.work();
    stand.clock.advance(600_000);
  }
  const states = async () => (await read(run.runNo)).returns.map(({ state }) => state).toSorted();
  assert.deepEqual([await states(), accounts.returned.size], [['planned', 'returned'], 1]);
  assert.equal(valueOf(await pause(run.runNo, false)).state, 'approved');
  await stand.work();
  assert.deepEqual([await states(), [...accounts.returned.values()]], [['returned', 'returned'], [5_000, 5_000]]);
  assert.equal(codeOf(await pause('QTNOBODY', true)), 'NO_SUCH_ITEM');
});

test('a pause that comes while the balance is read begins nothing either', async (context) => {
  const { stand, accounts, propose, approve, read } = await start(context);
  accounts.topUp('P1', '', 5_000, '2026-11-17T02:00:00Z');
  const run = valueOf(await propose('P1'));
  await approve(run);
  const { accountBalance } = stand.hospital.facets;
  Object.assign(stand.hospital.facets, { accountBalance: async (request: { readonly patientId: string }) => {
    valueOf(await stand.prepayment.pauseRun({ runNo: run.runNo, isPaused: true }));
    return accountBalance?.(request);
  } });
  await stand.work();
  assert.deepEqual([accounts.asked, (await read(run.runNo)).returns[0]?.state], [[], 'planned']);
  Object.assign(stand.hospital.facets, { accountBalance });
  valueOf(await stand.prepayment.pauseRun({ runNo: run.runNo, isPaused: false }));
  await stand.work();
  assert.equal(accounts.returned.size, 1);
});

test('a transfer is recorded by one and confirmed by another who names amount and slip; its case is closed once, for the whole of what is owed', async (context) => {
  const { stand, accounts, propose, approve, openCases } = await start(context);
  accounts.topUp('P1', '', 5_000, '2026-11-17T02:00:00Z');
  accounts.topUp('P2', '', 700, '2026-11-17T02:00:00Z');
  const run = valueOf(await propose('P1', 'P2'));
  await approve(run);
  await stand.work();
  const acts: AuditAct[] = [];
  const desk = createHandTransferDesk({ transfers: stand.store.transfersOf('demo'), audit: { record: (act) => { acts.push(act); return Promise.resolve(); } }, clock: stand.clock });
  const [due, other] = (await desk.listTransfers()).due;
  assert.deepEqual([due?.subject, due?.owedTo, due?.amountFen, other?.amountFen], [`${run.runNo}-0001`, '**', 5_000, 700]);
  const wish = { kind: 'prepayment' as const, subject: `${run.runNo}-0001`, amountFen: 5_000, paidOn: '2026-11-20', bankName: '建设银行', accountName: '张小三', accountTail: '6789', slipNo: 'CCB20261120001', by: 'zhang' };
  assert.equal(codeOf(await desk.recordTransfer({ ...wish, amountFen: 4_999 })), 'AMOUNT_DIFFERS');
  assert.equal(codeOf(await desk.recordTransfer({ ...wish, subject: `${run.runNo}-0009` })), 'NO_SUCH_ITEM');
  assert.equal(codeOf(await desk.recordTransfer({ ...wish, paidOn: '2026-11-21' })), 'MALFORMED_REQUEST');
  const { transferNo, accountLabel } = valueOf(await desk.recordTransfer(wish));
  assert.equal(accountLabel, '张*三');
  assert.equal(valueOf(await desk.recordTransfer(wish)).transferNo, transferNo, 'pressed twice it is one record');
  assert.equal(codeOf(await desk.recordTransfer({ ...wish, slipNo: 'CCB20261120002' })), 'CONFLICT');
  assert.equal(codeOf(await desk.recordTransfer({ ...wish, subject: `${run.runNo}-0002`, amountFen: 700 })), 'CONFLICT', 'one slip pays one debt');
  const decide = (set: object = {}) => desk.decideTransfer({ transferNo, isConfirmed: true, amountFen: 5_000, slipNo: wish.slipNo, reason: '已核对回单', by: 'li', ...set });
  assert.deepEqual([codeOf(await decide({ by: 'zhang' })), codeOf(await decide({ amountFen: 500 })), codeOf(await decide({ slipNo: 'CCB1' }))], ['SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'APPROVAL_OVER']);
  assert.equal(openCases().length, 2);
  assert.equal(valueOf(await decide({ isConfirmed: false, reason: '回单号不符' })).state, 'rejected');
  assert.equal(codeOf(await decide()), 'CONFLICT');
  const anew = valueOf(await desk.recordTransfer(wish));
  assert.equal(valueOf(await decide({ transferNo: anew.transferNo })).state, 'confirmed');
  assert.equal(valueOf(await decide({ transferNo: anew.transferNo })).decidedBy, 'li', 'told twice it is one decision');
  assert.deepEqual([openCases(), codeOf(await desk.recordTransfer({ ...wish, slipNo: 'CCB20261120003' }))], [[['prepaymentTransfer', `${run.runNo}-0002`]], 'NO_SUCH_ITEM']);
  assert.deepEqual(acts.map(({ who, what }) => [who, what]), [['zhang', 'transfer.record'], ['zhang', 'transfer.record'], ['li', 'transfer.reject'], ['zhang', 'transfer.record'], ['li', 'transfer.confirm'], ['li', 'transfer.confirm']]);
  for (const [statement, why] of [["UPDATE hand_transfer SET amount_fen = 1 WHERE state = 'confirmed'", /does not change/], ['DELETE FROM hand_transfer', /append-only/], ["INSERT INTO hand_transfer SELECT 99, 'ZZ9', hospital_id, kind, subject, amount_fen, 'recorded', paid_on, bank_name, account_label, account_tail, 'X9999', recorded_by, recorded_at, NULL, NULL, NULL FROM hand_transfer WHERE state = 'confirmed'", /UNIQUE/], ["INSERT INTO hand_transfer SELECT 98, 'ZZ8', hospital_id, kind, 'other', amount_fen, 'confirmed', paid_on, bank_name, account_label, account_tail, 'X9998', recorded_by, recorded_at, recorded_by, recorded_at, '' FROM hand_transfer WHERE state = 'confirmed'", /CHECK/]] as const) assert.throws(() => { stand.store.database.exec(statement); }, why, statement);
});

test('a hospital that cannot return balances, or does not answer, says so before anything is planned', async (context) => {
  const { stand, accounts, propose } = await start(context);
  accounts.isSilent = true;
  const silent = await propose('P1');
  assert.deepEqual([codeOf(silent), silent.kind === 'refused' ? silent.detail : ''], ['NOTHING_TO_RETURN', 'P1: hisSilent']);
  assert.equal(codeOf(await propose(' ')), 'MALFORMED_REQUEST');
  stand.hospital.facets = {};
  assert.equal(codeOf(await propose('P1')), 'FUNCTION_NOT_OFFERED');
});
