/** Leaving the hospital (出院结算) over the payment API: what is missing is collected like bills, what is left of the deposits goes back along their orders, once. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { Deposit, DischargeQuote, DischargeSettlement, HisQueryResult, HisResult, Inpatient } from '@hospay/plugin-sdk';
import type { ConfirmRequest } from '@hospay/plugin-sdk';
import type { ApiResult } from '@hospay/payment-sdk';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { startStand } from './payment-api-stand.js';

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}
const codeOf = (result: ApiResult<unknown>): string => (result.kind === 'refused' ? result.error.code : result.kind);

const STAY = { inpatientNo: 'ZY1', visitId: '2' };
const INPATIENT: Inpatient = {
  ...STAY, patientId: 'P1', name: '赵小试', state: 'admitted', ward: '一病区', bed: '12', departmentName: '内科', admittedAt: '2026-11-18T00:00:00Z', depositFen: 0, costFen: 50_000, selfCostFen: 20_000, arrearsFen: 0,
};
const priced = (collectFen: number, refundFen: number, more: Partial<DischargeQuote> = {}): DischargeQuote => ({
  settlementQuoteNo: 'CYJS1', totalFen: 300_000, fundFen: 80_000, personalAccountFen: 0, selfPayFen: 220_000, depositFen: 220_000 - collectFen + refundFen, collectFen, refundFen, validUntil: '2027-01-01T00:00:00Z', ...more,
});

/** A HIS with one stay: it lists the deposits it was told of, and settles when asked. */
async function start(context: TestContext) {
  const stand = await startStand(context);
  const { hospital } = stand;
  const deposits: Deposit[] = [];
  const told: ConfirmRequest[] = [];
  const his = {
    quote: priced(0, 60_000), hindrance: '', settled: new Map<string, DischargeSettlement>(), calls: [] as string[], answers: [] as HisResult<DischargeSettlement>[], questions: [] as HisQueryResult<DischargeSettlement>[], deposits,
    lists: true,
  };
  hospital.facets = {
    findInpatient: () => Promise.resolve({ kind: 'ok', value: [INPATIENT] }),
    checkDischarge: () => Promise.resolve({ kind: 'ok', value: { mayBeSettled: his.hindrance === '' ? 'yes' : 'no', hindrance: his.hindrance } }),
    presettleDischarge: () => Promise.resolve({ kind: 'ok', value: his.quote }),
    listDeposits: () => Promise.resolve(his.lists ? { kind: 'ok', value: deposits } : { kind: 'unknown', reason: 'timeout' }),
    settleDischarge({ settlementNo, refundFen }) {
      his.calls.push('settle');
      const scripted = his.answers.shift();
      if (scripted?.kind === 'rejected') return Promise.resolve(scripted);
      const settlement: DischargeSettlement = { hisSettlementNo: `CY${settlementNo}`, receiptNo: 'RCY1', collectFen: 0, refundFen };
      his.settled.set(settlementNo, settlement);
      return Promise.resolve(scripted ?? { kind: 'ok', value: settlement });
    },
    queryDischarge({ settlementNo }) {
      his.calls.push('query');
      const settlement = his.settled.get(settlementNo);
      return Promise.resolve(his.questions.shift() ?? (settlement === undefined ? { kind: 'absent' } : { kind: 'ok', value: settlement }));
    },
  };
  const confirm = hospital.confirm.bind(hospital);
  Object.assign(hospital, { confirm: async (request: ConfirmRequest) => {
    told.push(request);
    return confirm(request);
  } });
  const app = stand.client();
  /** A relative brings a deposit; the HIS books and lists it. */
  const deposit = async (amountFen: number, at: string) => {
    const quote = valueOf(await app.quoteDeposit({ ...STAY, amountFen }));
    const { tradeNo } = valueOf(await app.createPayment({ quoteId: quote.quoteId, amountFen, method: 'nativeQr' }, { idempotencyKey: `deposit-at-${at}` }));
    stand.channel.pay(`${tradeNo}P01`);
    await app.findPayment(tradeNo, { fresh: true });
    await stand.work('confirmOrder');
    deposits.push({ receiptNo: `YJ${tradeNo}`, tradeNo, amountFen, at, state: 'paid' });
    return tradeNo;
  };
  const settle = async (idempotencyKey = 'leaving-ZY1-2') => app.settleDischarge(valueOf(await app.quoteDischarge(STAY)).quote.quoteId, { idempotencyKey });
  const ends = async () => {
    for (let round = 0; round < 4; round += 1) {
      await stand.work();
      stand.clock.advance(120_000);
    }
  };
  const cases = () => stand.store.database.prepare('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => row['kind']);
  return { stand, his, app, told, deposit, settle, ends, cases };
}

test('what is left of two deposits goes back, the newest first, without asking the HIS again; the same key answers the same, another is refused', async (context) => {
  const { stand, his, app, deposit, settle, ends, cases } = await start(context);
  const approvals: unknown[] = [];
  Object.assign(stand.hospital, { approveRefund: (request: unknown) => { approvals.push(request); return Promise.resolve({ kind: 'rejected', code: 'NO', message: 'not asked' }); } });
  const older = await deposit(200_000, '2026-11-18T01:00:00Z');
  const newer = await deposit(50_000, '2026-11-19T01:00:00Z');
  const quoted = valueOf(await app.quoteDischarge(STAY));
  assert.deepEqual([quoted.collectFen, quoted.refundFen, quoted.quote.selfPayFen], [0, 60_000, 0]);
  const begun = valueOf(await app.settleDischarge(quoted.quote.quoteId, { idempotencyKey: 'leaving-ZY1-2' }));
  assert.deepEqual([begun.state, begun.refundFen, begun.patientLabel], ['requested', 60_000, '赵*试']);
  assert.equal(valueOf(await app.settleDischarge(quoted.quote.quoteId, { idempotencyKey: 'leaving-ZY1-2' })).settlementNo, begun.settlementNo);
  assert.equal(codeOf(await settle('leaving-twice-')), 'DISCHARGE_UNDERWAY');
  assert.deepEqual(his.calls, [], 'the intent is written before the HIS is called');
  await ends();
  const ended = valueOf(await app.findDischarge(begun.settlementNo));
  assert.deepEqual([ended.state, ended.returns, ended.transferFen, ended.hisSettlementNo, ended.receiptNo], ['returned', [{ tradeNo: newer, refundFen: 50_000 }, { tradeNo: older, refundFen: 10_000 }], 0, `CY${begun.settlementNo}`, 'RCY1']);
  assert.deepEqual([[...stand.channel.refunds.values()].map(({ refundFen }) => refundFen).toSorted((one, other) => other - one), approvals, his.calls, cases()], [[50_000, 10_000], [], ['settle'], []]);
  assert.equal(codeOf(await settle('leaving-again-1')), 'DISCHARGE_UNDERWAY', 'a stay is settled once');
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('what no order can give back is a case for a bank transfer: a deposit from another window, and one that was refunded meanwhile', async (context) => {
  const { his, app, deposit, settle, ends, cases } = await start(context);
  const tradeNo = await deposit(20_000, '2026-11-19T01:00:00Z');
  his.deposits.push({ receiptNo: 'YJ0', amountFen: 200_000, at: '2026-11-18T01:00:00Z', state: 'paid' });
  const { settlementNo } = valueOf(await settle());
  await ends();
  const ended = valueOf(await app.findDischarge(settlementNo));
  assert.deepEqual([ended.state, ended.returns, ended.transferFen, cases()], ['returned', [{ tradeNo, refundFen: 20_000 }], 40_000, ['dischargeTransfer']]);
});

test('a settlement without an answer is asked about before it is sent again, and a refusal is believed only when the HIS has nothing under its number and can have nothing any more', async (context) => {
  const { his, app, deposit, settle, ends } = await start(context);
  await deposit(60_000, '2026-11-19T01:00:00Z');
  his.answers.push({ kind: 'unknown', reason: 'timeout' });
  his.questions.push(...Array.from({ length: 20 }, () => ({ kind: 'absent' }) as const));
  his.answers.push(...Array.from({ length: 20 }, () => ({ kind: 'rejected', code: 'SETTLED', message: '已结算' }) as const));
  const { settlementNo } = valueOf(await settle());
  await ends();
  assert.deepEqual([his.calls.slice(0, 4), valueOf(await app.findDischarge(settlementNo)).state], [['settle', 'query', 'settle', 'query'], 'unknown'], 'the first may still be carried out');
  await ends();
  assert.equal(valueOf(await app.findDischarge(settlementNo)).state, 'rejected');
});

test('a repeat that is refused because the first was done is settled', async (context) => {
  const { his, app, deposit, settle, ends } = await start(context);
  const tradeNo = await deposit(60_000, '2026-11-19T01:00:00Z');
  his.answers.push({ kind: 'unknown', reason: 'timeout' });
  his.questions.push({ kind: 'absent' });
  his.answers.push({ kind: 'rejected', code: 'SETTLED', message: '已结算' });
  const { settlementNo } = valueOf(await settle());
  await ends();
  const ended = valueOf(await app.findDischarge(settlementNo));
  assert.deepEqual([ended.state, ended.returns], ['returned', [{ tradeNo, refundFen: 60_000 }]]);
});

test('while the HIS cannot be asked nothing goes back and nothing is given up: a person hears of it, and it ends by itself', async (context) => {
  const { stand, his, app, deposit, settle, ends, cases } = await start(context);
  await deposit(60_000, '2026-11-19T01:00:00Z');
  his.answers.push({ kind: 'unknown', reason: 'timeout' });
  his.lists = false;
  const { settlementNo } = valueOf(await settle());
  await ends();
  stand.clock.advance(3 * 3_600_000);
  await ends();
  assert.deepEqual([valueOf(await app.findDischarge(settlementNo)).state, stand.channel.refunds.size, cases()], ['unknown', 0, ['dischargeUnknown']]);
  his.lists = true;
  stand.clock.advance(3 * 3_600_000);
  await ends();
  assert.deepEqual([valueOf(await app.findDischarge(settlementNo)).state, stand.channel.refunds.size, cases(), his.calls.filter((call) => call === 'settle').length], ['returned', 1, [], 1]);
});

test('a refusal leaves the deposits where they are and says why; the stay may be settled anew', async (context) => {
  const { stand, his, app, deposit, settle, ends } = await start(context);
  await deposit(60_000, '2026-11-19T01:00:00Z');
  his.answers.push({ kind: 'rejected', code: '40', message: '有未退药品' });
  const { settlementNo } = valueOf(await settle());
  await ends();
  const refused = valueOf(await app.findDischarge(settlementNo));
  assert.deepEqual([refused.state, refused.reason, stand.channel.refunds.size], ['rejected', '40 有未退药品', 0]);
  const { settlementNo: anew } = valueOf(await settle('leaving-anew-1'));
  await ends();
  assert.equal(valueOf(await app.findDischarge(anew)).state, 'returned');
});

test('what is still to be collected is paid by its quote and told to the HIS as a discharge of this stay', async (context) => {
  const { stand, his, app, told, ends } = await start(context);
  his.quote = priced(20_000, 0);
  const { quote, collectFen } = valueOf(await app.quoteDischarge(STAY));
  assert.deepEqual([collectFen, quote.selfPayFen, codeOf(await app.settleDischarge(quote.quoteId, { idempotencyKey: 'leaving-ZY1-2' }))], [20_000, 20_000, 'AMOUNT_MISMATCH']);
  const order = valueOf(await app.createPayment({ quoteId: quote.quoteId, amountFen: 20_000, method: 'nativeQr' }, { idempotencyKey: 'leaving-pay-1' }));
  stand.channel.pay(`${order.tradeNo}P01`);
  await app.findPayment(order.tradeNo, { fresh: true });
  await ends();
  assert.deepEqual(told.map(({ business, inpatientNo, visitId, amountFen, quoteNo }) => [business, inpatientNo, visitId, amountFen, quoteNo]), [['discharge', 'ZY1', '2', 20_000, 'CYJS1']]);
  assert.deepEqual([order.business, order.description], ['discharge', '出院结算']);
});

test('a stay that a window must see first, amounts that do not add up, and a return that somebody tries to pay are refused', async (context) => {
  const { his, app } = await start(context);
  const { quote } = valueOf(await app.quoteDischarge(STAY));
  assert.equal(codeOf(await app.createPayment({ quoteId: quote.quoteId, amountFen: 0, method: 'nativeQr' }, { idempotencyKey: 'leaving-pay-0' })), 'NOTHING_TO_PAY');
  his.quote = priced(0, 60_000, { depositFen: 270_000 });
  assert.equal(codeOf(await app.quoteDischarge(STAY)), 'HIS_UNAVAILABLE');
  his.hindrance = '有未执行医嘱';
  const hindered = await app.quoteDischarge(STAY);
  assert.ok(hindered.kind === 'refused' && hindered.error.code === 'DISCHARGE_HINDERED' && hindered.error.detail === '有未执行医嘱', JSON.stringify(hindered));
  assert.equal(codeOf(await app.quoteDischarge({ inpatientNo: 'ZY1', visitId: '1' })), 'INPATIENT_NOT_FOUND');
  assert.equal(codeOf(await app.settleDischarge('no-such-quote-at-all', { idempotencyKey: 'leaving-ZY1-3' })), 'QUOTE_NOT_FOUND');
  assert.equal(codeOf(await app.findDischarge('H20260101000000NOBODY00')), 'NO_SUCH_ITEM');
});

test('who began a settlement is told of it again for a while, and nobody else', async (context) => {
  const { stand, settle } = await start(context);
  const { settlementNo } = valueOf(await settle());
  const { discharges } = stand.store;
  const begun = await discharges.find(settlementNo);
  assert.ok(begun);
  const at = new Date(begun.requestedAt);
  assert.deepEqual((await discharges.listRecent(begun.owner, at)).map((one) => one.settlementNo), [settlementNo]);
  assert.deepEqual(await discharges.listRecent(begun.owner, new Date(at.getTime() + 1)), [], 'later than it');
  for (const owner of [{ kind: 'terminal', id: begun.owner.id }, { kind: begun.owner.kind, id: 'somebody-else' }] as const) assert.deepEqual(await discharges.listRecent(owner, at), []);
});
