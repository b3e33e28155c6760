/** The HIS answers one request; what it says to a repeat is no answer to the request before, which it may still carry out. */
import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import type { ApiResult } from '@hospay/payment-sdk';
import type { Confirmation, ConfirmRequest, HisResult, RefundApproval, RefundApprovalRequest } from '@hospay/plugin-sdk';
import { verifyLedger } from '@hospay/server/edges/database/money/verify-ledger.js';
import { startStand } from './payment-api-stand.js';

const MINUTE = 60_000;
const TIMEOUT = { kind: 'unknown', reason: 'timeout' } as const;

function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}

/** A HIS that answers by script, and whose queue brings what it did not answer to its books when somebody says so. */
async function start(context: TestContext) {
  const stand = await startStand(context);
  const { hospital } = stand;
  const [confirm, approve] = [hospital.confirm.bind(hospital), hospital.approveRefund.bind(hospital)];
  const answers: (HisResult<Confirmation & RefundApproval> | typeof TIMEOUT)[] = [];
  const sent: string[] = [];
  const queue: (() => Promise<unknown>)[] = [];
  const approved = new Map<string, RefundApproval>();
  const carryOut = async (request: RefundApprovalRequest): Promise<HisResult<RefundApproval>> => {
    const answer = await approve(request);
    if (answer.kind === 'ok') approved.set(request.refundNo, answer.value);
    return answer;
  };
  const scripted = <Answer>(what: string, run: () => Promise<Answer>): Promise<Answer | (typeof answers)[number]> => {
    sent.push(what);
    const answer = answers.shift();
    if (answer === undefined) return run();
    if (answer.kind === 'unknown') queue.push(run);
    return Promise.resolve(answer);
  };
  Object.assign(hospital, {
    confirm: (request: ConfirmRequest) => scripted('confirm', () => confirm(request)),
    approveRefund: (request: RefundApprovalRequest) => scripted('approve', () => carryOut(request)),
    queryRefundApproval({ refundNo }: { readonly refundNo: string }) {
      const value = approved.get(refundNo);
      return Promise.resolve(value === undefined ? { kind: 'absent' } : { kind: 'ok', value });
    },
  });
  const app = stand.client();
  const refunds = () => stand.store.database.prepare('SELECT state FROM refund').all().map((row) => row['state']);
  const open = () => stand.store.database.prepare('SELECT kind FROM discrepancy_case WHERE resolved_at IS NULL').all().map((row) => row['kind']);
  const goOn = async (minutes: number) => {
    for (let minute = 0; minute < minutes; minute += 1) {
      await stand.work();
      stand.clock.advance(MINUTE);
    }
  };
  return { stand, hospital, answers, sent, queue, app, refunds, open, goOn };
}
const NO_BOOKING = { kind: 'rejected', code: 'NO_BOOKING', message: '无此结算' } as const;
const LOCKED = { kind: 'rejected', code: 'LOCKED', message: '窗口正在处理' } as const;

test('a refund that is refused because a restored HIS had lost the booking waits for the request the HIS has not answered: carried out late, it goes back', async (context) => {
  const { stand, answers, sent, queue, app, refunds, open, goOn } = await start(context);
  const { tradeNo } = await stand.takePaid();
  answers.push(TIMEOUT, NO_BOOKING, NO_BOOKING);
  valueOf(await app.requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-late-1' }));
  await goOn(3);
  assert.deepEqual([refunds(), open(), sent], [['approving'], [], ['confirm', 'approve', 'approve', 'approve']]);
  assert.match(String((await stand.store.findOrder(tradeNo))?.refunds[0]?.lastNews), /may still be carried out: NO_BOOKING/);
  await queue.shift()?.();
  await goOn(3);
  assert.deepEqual([refunds(), sent.length, (await stand.store.findOrder(tradeNo))?.order.confirmation], [['succeeded'], 4, 'reversed'], 'learned by asking, not sent again');
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('a refusal is believed once the request before it can be carried out no more, and a person hears of it then', async (context) => {
  const { stand, answers, app, refunds, open, goOn } = await start(context);
  const { tradeNo } = await stand.takePaid();
  answers.push(TIMEOUT, ...Array.from({ length: 30 }, () => LOCKED));
  valueOf(await app.requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-late-2' }));
  await goOn(10);
  assert.deepEqual([refunds(), open()], [['approving'], []]);
  await goOn(6);
  assert.deepEqual([refunds(), open(), (await stand.store.findOrder(tradeNo))?.order.confirmation], [['rejected'], ['refundRefusedByHis'], 'confirmed']);
});

test('a refusal leaves the doubt of the requests before it, and adds none: what is refused at once is refused', async (context) => {
  const { stand, answers, app, refunds, goOn } = await start(context);
  const { tradeNo } = await stand.takePaid();
  answers.push(LOCKED);
  valueOf(await app.requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-late-3' }));
  await goOn(1);
  assert.deepEqual([refunds(), (await stand.store.findOrder(tradeNo))?.refunds[0]?.hisDoubtUntil], [['rejected'], undefined]);
});

test('a clock that jumped made it believed too early: asked about once more, what the HIS has reversed after all goes back under a new number', async (context) => {
  const { stand, answers, queue, app, refunds, open, goOn } = await start(context);
  const { tradeNo } = await stand.takePaid();
  answers.push(TIMEOUT, NO_BOOKING);
  valueOf(await app.requestRefund(tradeNo, { refundFen: 1_000, reason: '退费' }, { idempotencyKey: 'refund-late-4' }));
  await stand.work();
  stand.clock.advance(60 * MINUTE);
  await goOn(2);
  assert.deepEqual([refunds(), open()], [['rejected'], ['refundRefusedByHis']]);
  await queue.shift()?.();
  await goOn(12);
  assert.deepEqual([refunds(), open()], [['rejected', 'succeeded'], []]);
  const found = await stand.store.findOrder(tradeNo);
  assert.deepEqual(found?.refunds.map(({ refundFen, hisRefundNo, needsHisApproval }) => [refundFen, hisRefundNo === undefined, needsHisApproval]), [[1_000, true, true], [1_000, false, false]]);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('a refusal that was believed too early while the patient had his money by another refund is for a person', async (context) => {
  const { stand, answers, queue, app, refunds, open, goOn } = await start(context);
  const { tradeNo } = await stand.takePaid();
  answers.push(TIMEOUT, NO_BOOKING);
  valueOf(await app.requestRefund(tradeNo, { refundFen: 6_000, reason: '退费' }, { idempotencyKey: 'refund-late-5' }));
  await stand.work();
  stand.clock.advance(60 * MINUTE);
  await goOn(2);
  valueOf(await app.requestRefund(tradeNo, { refundFen: 7_000, reason: '退费' }, { idempotencyKey: 'refund-late-6' }));
  await goOn(2);
  await queue.shift()?.();
  await goOn(12);
  assert.deepEqual([refunds(), open()], [['rejected', 'succeeded'], ['refundRefusedByHis']]);
  assert.match(String(stand.store.database.prepare('SELECT detail FROM discrepancy_case WHERE resolved_at IS NULL').get()?.['detail']), /carried it out after all/);
});

test('a clock that was ahead as the HIS was asked holds nobody up for longer than the doubt itself', async (context) => {
  const { stand, answers, app, refunds, goOn } = await start(context);
  const { tradeNo } = await stand.takePaid();
  answers.push(TIMEOUT, ...Array.from({ length: 40 }, () => LOCKED));
  stand.clock.advance(24 * 60 * MINUTE);
  valueOf(await app.requestRefund(tradeNo, { reason: '退费' }, { idempotencyKey: 'refund-late-7' }));
  await stand.work();
  stand.store.database.exec('UPDATE job SET due_at = due_at - 86400000');
  stand.clock.advance(-24 * 60 * MINUTE);
  await goOn(20);
  assert.deepEqual(refunds(), ['rejected']);
});

test('a booking that is refused when it is told again is not given up while the first telling may still arrive: it does, and nothing goes back', async (context) => {
  const { stand, answers, queue, app, refunds, goOn } = await start(context);
  answers.push(TIMEOUT, LOCKED, LOCKED);
  const { tradeNo } = await stand.takePaid();
  await goOn(2);
  assert.deepEqual([valueOf(await app.findPayment(tradeNo)).confirmation.state, refunds()], ['unknown', []]);
  await queue.shift()?.();
  await goOn(5);
  assert.deepEqual([valueOf(await app.findPayment(tradeNo)).confirmation.state, refunds()], ['confirmed', []]);
  assert.deepEqual(verifyLedger(stand.store.database).problems, []);
});

test('a booking that is refused to the end goes back once no telling of it can arrive any more', async (context) => {
  const { stand, answers, app, refunds, open, goOn } = await start(context);
  answers.push(TIMEOUT, ...Array.from({ length: 30 }, () => LOCKED));
  const { tradeNo } = await stand.takePaid();
  await goOn(9);
  assert.deepEqual([refunds(), open()], [[], ['confirmationUnknown']], 'the cashier sees that it hangs');
  await goOn(8);
  assert.deepEqual([valueOf(await app.findPayment(tradeNo)).confirmation.state, refunds(), open()], ['rejected', ['succeeded'], []]);
});
