import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fen } from '@hospay/plugin-sdk';
import { checkPayouts, expectedPayoutBalances, type PayoutEvent, type PayoutRecords } from './payout-invariants.js';
import type { PayoutState } from './payout-states.js';
import { payoutHash, type Payout } from './payout.js';

const AT = '2026-11-20T02:00:00.000Z';
const PAYOUT: Payout = {
  payoutNo: 'FK261120100000ABCDEF', hospitalId: 'demo', kind: 'prepayment', subject: 'QT1-0001', amountFen: fen(500), fromAccount: 'icbc-main', payee: { label: '张*', tail: '5432', bankName: '工商银行', isPersonal: true, fingerprint: 'f' }, sealedPayee: 's',
  purpose: '退款', needsSecond: false, state: 'processing', proposedBy: 'a', proposedAt: AT, expiresAt: AT, firstApprovedBy: undefined, decidedBy: 'b', decidedAt: AT, reservation: 'posted', attempts: 1, asked: 0, submittedAt: AT, absentAt: undefined,
  awaitsBankApproval: false, bankTransferNo: undefined, feeFen: fen(0), paidAt: undefined, returnedAt: undefined, lastNews: undefined,
};
const event = (from: PayoutState | undefined, to: PayoutState, trigger: string, kind: PayoutEvent['cause']['kind'] = 'answer'): PayoutEvent => ({ subject: PAYOUT.payoutNo, from, to, trigger, cause: { kind, id: `${to} fact` } });
const TO_PROCESSING = [event(undefined, 'proposed', 'propose'), event('proposed', 'approved', 'approve'), event('approved', 'submitted', 'send'), event('submitted', 'processing', 'answer')];
const held = (netFen: number, pendingFen = 0) => [{ account: '2021/icbc-main' as const, clearKey: PAYOUT.payoutNo, netFen, pendingFen }];
const broken = (set: Partial<Payout>, records: Partial<PayoutRecords> = {}) =>
  checkPayouts({ payouts: [{ ...PAYOUT, ...set }], balances: held(500), events: TO_PROCESSING, isFact: () => true, ...records }).map(({ rule }) => rule);

test('a payout under way holds exactly its amount on 2021, a final one nothing, and nothing else stands there', () => {
  assert.deepEqual(broken({}), []);
  assert.deepEqual(broken({}, { balances: [] }), ['I8']);
  assert.deepEqual(broken({}, { balances: held(0, 500) }), ['I8']);
  assert.deepEqual(broken({}, { balances: [...held(500), { account: '2021/icbc-main', clearKey: 'FK-of-nobody', netFen: 1, pendingFen: 0 }] }), ['I8']);
  const paid = { events: [...TO_PROCESSING, event('processing', 'succeeded', 'query', 'query')] };
  assert.deepEqual(broken({ state: 'succeeded', reservation: 'none', paidAt: AT }, { ...paid, balances: [] }), []);
  assert.deepEqual(broken({ state: 'succeeded', reservation: 'none', paidAt: AT }, paid), ['I8']);
  assert.deepEqual(broken({ reservation: 'none' }, { balances: [] }), ['I8'], 'told to the bank without a reservation');
});

test('a state is the last event’s, by a line of the table, and an end has the fact that justified it', () => {
  assert.deepEqual(broken({}, { events: TO_PROCESSING.slice(0, -1) }), ['I13']);
  assert.deepEqual(broken({}, { events: [event(undefined, 'proposed', 'propose'), event('proposed', 'submitted', 'send'), event('submitted', 'processing', 'answer')] }), ['I13'], 'sent without an approval');
  const failed = { state: 'failed', reservation: 'none' } as const;
  const byTimer = { balances: [], events: [...TO_PROCESSING.slice(0, 3), event('submitted', 'unknown', 'timer', 'timer'), event('unknown', 'failed', 'timer', 'timer')] };
  assert.deepEqual(broken(failed, byTimer), ['I13', 'I12'], 'a timer ends nothing');
  assert.deepEqual(broken({ ...failed, state: 'succeeded', paidAt: AT }, { balances: [], events: [...TO_PROCESSING, event('processing', 'succeeded', 'query', 'query')], isFact: () => false }), ['I12']);
});

test('what was sent was approved by others than who proposed it, above the limit by two', () => {
  assert.deepEqual(broken({ decidedBy: 'a' }), ['P1']);
  assert.deepEqual(broken({ needsSecond: true }), ['P1']);
  assert.deepEqual(broken({ needsSecond: true, firstApprovedBy: 'b' }), ['P1']);
  assert.deepEqual(broken({ needsSecond: true, firstApprovedBy: 'c' }), []);
});

test('what a payout leaves on its accounts: reserved, in clearing, paid with its charge, back again', () => {
  const onto = (set: Partial<Payout>) => expectedPayoutBalances([{ ...PAYOUT, ...set }]).map(({ account, clearKey, netFen, pendingFen }) => `${account}[${clearKey}] ${String(netFen)}+${String(pendingFen)}`);
  assert.deepEqual(onto({ reservation: 'pending' }), ['3001/demo[payouts] 0+-500', `2021/icbc-main[${PAYOUT.payoutNo}] 0+500`]);
  assert.deepEqual(onto({}), ['3001/demo[payouts] -500+0', `2021/icbc-main[${PAYOUT.payoutNo}] 500+0`]);
  const paid = { state: 'succeeded', reservation: 'none', paidAt: AT, feeFen: fen(3) } as const;
  assert.deepEqual(onto(paid), ['3001/demo[payouts] -500+0', '1002/icbc-main[2026-11-20] -503+0', '6003/icbc-main[2026-11-20] 3+0']);
  assert.deepEqual(onto({ ...paid, state: 'returned', returnedAt: '2026-11-22T02:00:00.000Z' }).slice(3), ['3001/demo[payouts] 500+0', '1002/icbc-main[2026-11-22] 500+0']);
  assert.deepEqual(onto({ ...paid, kind: 'settlement', subject: 'ccb-east' })[0], '1002/ccb-east[2026-11-20] 500+0');
});

test('the hash changes with everything that is shown, and with each digit of the account behind the mask', () => {
  const hash = payoutHash(PAYOUT);
  const changes: Partial<Payout>[] = [{ amountFen: fen(501) }, { subject: 'QT1-0002' }, { fromAccount: 'ccb-east' }, { purpose: '其他' }, { needsSecond: true }, { payee: { ...PAYOUT.payee, fingerprint: 'g' } }, { payee: { ...PAYOUT.payee, label: '李*' } }, { payee: { ...PAYOUT.payee, tail: '0000' } }];
  for (const change of changes) assert.notEqual(payoutHash({ ...PAYOUT, ...change }), hash);
  assert.equal(payoutHash({ ...PAYOUT, state: 'approved', lastNews: 'x' }), hash);
});
