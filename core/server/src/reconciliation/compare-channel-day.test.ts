import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Comparison, ReconciliationRow } from '../domain/reconciliation.js';
import { compareChannelDay, type ChannelDay } from './compare-channel-day.js';
import { holdRows } from './held-rows.js';
import { isOwnPaymentNo } from './read-rows.js';

const DAY = '2026-11-20';
const paymentNo = (n: number): string => `H20261120100000ABCDEF${String(n).padStart(3, '0')}P01`;
const paid = (n: number, fen: number, set: Partial<ReconciliationRow> = {}): ReconciliationRow => ({ key: paymentNo(n), paymentKey: paymentNo(n), kind: 'payment', fen, state: 'done', at: `${DAY}T10:00:00+08:00`, ...set });
const refunded = (n: number, fen: number, set: Partial<ReconciliationRow> = {}): ReconciliationRow => ({ ...paid(n, fen), key: `R${String(n)}`, kind: 'refund', ...set });
type Given = Partial<Omit<ChannelDay, 'theirs'>> & { readonly theirs?: readonly ReconciliationRow[] };
const compare = ({ theirs = [], ...set }: Given): Comparison => compareChannelDay({ day: DAY, ours: [], judgedElsewhere: new Set(), earlierLongs: new Map(), isOwnNumber: isOwnPaymentNo, ...set, theirs: holdRows(theirs) });
const classesOf = ({ differences }: Comparison): string[] => differences.map((difference) => difference.class);

test('rows that are equal are only counted, payments and refunds apart', () => {
  const both = [paid(1, 500), paid(2, 700), refunded(2, 200)];
  const comparison = compare({ ours: both, theirs: both });
  assert.deepEqual(comparison.differences, []);
  const side = { payments: 2, paymentFen: 1_200, refunds: 1, refundFen: 200 };
  assert.deepEqual(comparison.classes, [{ class: 'ok', ours: side, theirs: side }]);
});

test('the channel has money for a payment we hold open or closed, or for no order at all: 长款 of two kinds', () => {
  const comparison = compare({ ours: [paid(1, 500, { state: 'open' }), paid(2, 500, { state: 'failed' })], theirs: [paid(1, 500), paid(2, 500), paid(3, 900)] });
  assert.deepEqual(classesOf(comparison), ['longUnknown', 'longUnknown', 'longNoOrder']);
});

test('ours alone waits to T+2 and is then 短款; what another day found is no business of this one', () => {
  const alone = paid(1, 500);
  assert.deepEqual(classesOf(compare({ ours: [alone] })), ['crossDayOurs']);
  assert.deepEqual(classesOf(compare({ day: '2026-11-21', ours: [alone] })), ['notThisDay']);
  assert.deepEqual(classesOf(compare({ day: '2026-11-22', ours: [alone] })), ['short']);
  assert.deepEqual(classesOf(compare({ day: '2026-11-22', ours: [refunded(1, 500)] })), ['refundOursOnly']);
  assert.deepEqual(classesOf(compare({ ours: [alone], judgedElsewhere: new Set([alone.key]) })), ['notThisDay']);
});

test('around midnight the day of the channel decides: ours of the next day that it lists today is matched across days', () => {
  const late = paid(1, 500, { at: '2026-11-21T00:05:00+08:00' });
  assert.deepEqual(classesOf(compare({ ours: [late], theirs: [paid(1, 500, { at: `${DAY}T23:59:58+08:00` })] })), ['matchedAcrossDays']);
  assert.deepEqual(classesOf(compare({ ours: [late] })), ['notThisDay']);
});

test('a day that is cut at 23:00 is judged by its own bill day: the last hour of the date before is of it, its own last hour is not', () => {
  const cut = { cutOff: '23:00' };
  const [early, late] = [paid(1, 500, { at: '2026-11-19T23:30:00+08:00' }), paid(2, 500, { at: `${DAY}T23:30:00+08:00` })];
  assert.deepEqual(classesOf(compare({ ...cut, ours: [early], theirs: [early] })), []);
  assert.deepEqual(classesOf(compare({ ...cut, ours: [early] })), ['crossDayOurs']);
  assert.deepEqual(classesOf(compare({ ...cut, ours: [late] })), ['notThisDay']);
  assert.deepEqual(classesOf(compare({ ...cut, ours: [late], theirs: [late] })), ['matchedAcrossDays']);
  assert.deepEqual(classesOf(compare({ ...cut, day: '2026-11-23', ours: [late] })), ['short'], 'T+2 of its bill day');
  assert.deepEqual(classesOf(compare({ ...cut, day: '2026-11-22', ours: [late] })), ['notThisDay']);
});

test('failure mode 18: yesterday’s 长款 and today’s refund of all of it make even; a refund of a part does not', () => {
  const earlierLongs = new Map([[paymentNo(1), 500]]);
  assert.deepEqual(classesOf(compare({ theirs: [refunded(1, 500)], earlierLongs })), ['settledByRefund']);
  assert.deepEqual(classesOf(compare({ theirs: [refunded(1, 300), refunded(1, 200, { key: 'R2' })], earlierLongs })), ['settledByRefund', 'settledByRefund']);
  assert.deepEqual(classesOf(compare({ theirs: [refunded(1, 300)], earlierLongs })), ['refundTheirsOnly']);
});

test('failure mode 19: a payment and its whole refund that our books do not have are net zero, whether we know the number as closed or not at all', () => {
  assert.deepEqual(classesOf(compare({ theirs: [paid(1, 500), refunded(1, 500)] })), ['netZero', 'netZero']);
  assert.deepEqual(classesOf(compare({ ours: [paid(1, 500, { state: 'failed' })], theirs: [paid(1, 500), refunded(1, 500)] })), ['netZero', 'netZero']);
  assert.deepEqual(classesOf(compare({ theirs: [paid(1, 500), refunded(1, 499)] })), ['longNoOrder', 'refundTheirsOnly']);
});

test('failure mode 20: rows of another system on the merchant number are listed and are no difference', () => {
  const foreign = paid(1, 500, { key: 'SHOP-1', paymentKey: 'SHOP-1' });
  assert.deepEqual(classesOf(compare({ theirs: [foreign, { ...foreign, kind: 'refund', key: 'SHOP-R1', fen: 100 }] })), ['foreign', 'foreign']);
});

test('money that bears nobody’s number, such as a card paid past the platform, is 长款 and never foreign', () => {
  const nameless = paid(1, 500, { key: 'POS-1-2-3', paymentKey: 'POS-1-2-3', isUnnamed: true });
  assert.deepEqual(classesOf(compare({ theirs: [nameless] })), ['longNoOrder']);
  assert.deepEqual(classesOf(compare({ theirs: [{ ...nameless, kind: 'refund' }] })), ['refundTheirsOnly']);
});

test('amounts, states, doubles and refunds that one side does not know are told apart', () => {
  assert.deepEqual(classesOf(compare({ ours: [paid(1, 500)], theirs: [paid(1, 501)] })), ['amount']);
  assert.deepEqual(classesOf(compare({ ours: [paid(1, 500)], theirs: [paid(1, 500), paid(1, 500)] })), ['duplicateTheirs']);
  assert.deepEqual(classesOf(compare({ ours: [paid(1, 500)], theirs: [paid(1, 500), refunded(1, 500)] })), ['refundTheirsOnly'], 'made at the channel’s own console');
  assert.deepEqual(classesOf(compare({ ours: [refunded(1, 500)], theirs: [refunded(1, 500, { state: 'failed' })] })), ['status']);
  assert.deepEqual(classesOf(compare({ ours: [refunded(1, 500, { state: 'open' })], theirs: [refunded(1, 500)] })), ['status']);
  assert.deepEqual(classesOf(compare({ ours: [refunded(1, 500, { state: 'open' })], theirs: [refunded(1, 500, { state: 'open' })] })), ['refundUnderway']);
  assert.deepEqual(classesOf(compare({ ours: [refunded(1, 500)], theirs: [refunded(1, 500, { state: 'open' })] })), [], 'a statement is never updated: we learned since that it is done');
});

test('our own side naming a number twice is a fault of the platform and nothing is compared', () => {
  assert.throws(() => compare({ ours: [paid(1, 500), paid(1, 500)] }), /twice/);
  assert.throws(() => compare({ ours: [paid(1, 500), paid(1, 500)], theirs: [paid(1, 500)] }), /twice/);
});
