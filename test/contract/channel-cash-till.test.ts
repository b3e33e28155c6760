import assert from 'node:assert/strict';
import { test } from 'node:test';

import { CashSettingsSchema, type CashSettings } from '@hospay/channel-cash';
import type { CallContext, ChargeRequest, PaymentNews, PluginStore, RefundRequest } from '@hospay/plugin-sdk';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { Value } from 'typebox/value';

import { activateCash, type ActivatedCash } from './channel-cash-subject.js';

const NOON = new Date('2026-03-02T04:00:00Z');
const call: CallContext = { deadline: '2026-03-02T04:00:10Z', signal: new AbortController().signal, attempt: 1 };

const orderOf = (given: Partial<ChargeRequest> = {}): ChargeRequest => ({
  tradeNo: 'T000001', amountFen: 1_234, tenderedFen: 2_000, description: '门诊缴费', method: 'cash', submittedAt: NOON.toISOString(),
  expiresAt: '2026-03-02T04:05:00Z', operatorId: 'cashier-1', ...given,
});
const refundOf = (order: ChargeRequest, refundFen: number, given: Partial<RefundRequest> = {}): RefundRequest => ({
  refundNo: `R-${order.tradeNo}`, submittedAt: NOON.toISOString(), refundFen, reason: '退费',
  payment: { tradeNo: order.tradeNo, submittedAt: order.submittedAt, amountFen: order.amountFen, method: 'cash' }, ...given,
});
const made = async (given: { store?: PluginStore; settings?: CashSettings; time?: () => Date } = {}): Promise<Required<Pick<ActivatedCash['channel'], 'refund' | 'queryRefund' | 'downloadStatement'>> & ActivatedCash['channel'] & { tills: ActivatedCash['tills'] }> => {
  const { channel, tills } = await activateCash({
    now: given.time ?? (() => NOON),
    ...(given.store === undefined ? {} : { store: given.store }),
    ...(given.settings === undefined ? {} : { settings: given.settings }),
  });
  const { refund, queryRefund, downloadStatement } = channel;
  assert.ok(refund !== undefined && queryRefund !== undefined && downloadStatement !== undefined);
  return { ...channel, refund, queryRefund, downloadStatement, tills };
};
const noteOf = (news: { kind: string } | PaymentNews): unknown => ('channelNote' in news && news.channelNote !== undefined ? JSON.parse(news.channelNote) : undefined);

test('the change is the difference between what was counted in and what was due', async () => {
  const cash = await made();
  const outcome = await cash.charge(orderOf(), call);
  assert.equal(outcome.kind, 'succeeded');
  assert.deepEqual(noteOf(outcome), { till: 'operator:cashier-1', tenderedFen: 2_000, changeFen: 766 });
});

test('too little counted in is declined and leaves no line; the same number can then be counted rightly', async () => {
  const cash = await made();
  const short = await cash.charge(orderOf({ tenderedFen: 1_233 }), call);
  assert.equal(short.kind, 'declined');
  assert.equal((await cash.query(orderOf(), call)).kind, 'notFound');
  assert.equal((await cash.charge(orderOf({ tenderedFen: 1_234 }), call)).kind, 'succeeded');
});

test('money nobody counted, or counted into no till, is not taken', async () => {
  const cash = await made();
  const { tenderedFen: _counted, ...uncounted } = orderOf();
  const { operatorId: _operator, ...nobody } = orderOf();
  for (const request of [uncounted, nobody, orderOf({ method: 'nativeQr' })]) assert.equal((await cash.charge(request, call)).kind, 'notSent');
  assert.deepEqual(await cash.tills.tillDays({ day: '2026-03-02' }), []);
});

test('a kiosk counts into the till of its terminal', async () => {
  const cash = await made();
  const { operatorId: _operator, ...atKiosk } = orderOf({ terminalId: 'kiosk-7', tenderedFen: 1_234 });
  await cash.charge(atKiosk, call);
  assert.deepEqual((await cash.tills.tillDays({ day: '2026-03-02' })).map(({ tillNo }) => tillNo), ['terminal:kiosk-7']);
});

/** A store whose power goes at a chosen write: before it reaches the disk, or after. */
function failingStore(store: PluginStore): { store: PluginStore; failAt: (key: RegExp, when: 'beforeWrite' | 'afterWrite') => void } {
  let trap: { key: RegExp; when: 'beforeWrite' | 'afterWrite' } | undefined;
  const guarded = async <Result>(key: string, write: () => Promise<Result>): Promise<Result> => {
    const struck = trap?.key.test(key) === true ? trap : undefined;
    if (struck === undefined) return write();
    trap = undefined;
    if (struck.when === 'afterWrite') await write();
    throw new Error('power cut');
  };
  return {
    store: { ...store, put: (key, value) => guarded(key, () => store.put(key, value)), claim: (key, value) => guarded(key, () => store.claim(key, value)) },
    failAt: (key, when) => { trap = { key, when }; },
  };
}

for (const [when, found, moneyIn] of [['beforeWrite', 'notFound', 0], ['afterWrite', 'succeeded', 1_234]] as const) {
  test(`a power cut ${when} of the line leaves a charge the query resolves as ${found}, and a repeat counts once`, async () => {
    const disk = createMemoryStore();
    const { store, failAt } = failingStore(disk);
    const cash = await made({ store });
    failAt(/^entry\//, when);
    assert.equal((await cash.charge(orderOf(), call)).kind, 'unknown');
    const restarted = await made({ store: disk });
    assert.equal((await restarted.query(orderOf(), call)).kind, found);
    assert.equal((await restarted.tills.tillDays({ day: '2026-03-02' }))[0]?.takenIn.amountFen ?? 0, moneyIn);
    assert.equal((await restarted.charge(orderOf(), { ...call, attempt: 2 })).kind, 'succeeded');
    assert.deepEqual((await restarted.tills.tillDays({ day: '2026-03-02' }))[0]?.takenIn, { count: 1, amountFen: 1_234 });
  });

  for (const key of [/^refund\//, /^entry\//]) {
    test(`a power cut ${when} of ${key.source} leaves a refund the query resolves, and a repeat pays once`, async () => {
      const disk = createMemoryStore();
      const { store, failAt } = failingStore(disk);
      const cash = await made({ store });
      await cash.charge(orderOf(), call);
      failAt(key, when);
      assert.equal((await cash.refund(refundOf(orderOf(), 1_000), call)).kind, 'unknown');
      const restarted = await made({ store: disk });
      const expected = when === 'afterWrite' && key.source.includes('entry') ? 'succeeded' : 'notFound';
      assert.equal((await restarted.queryRefund(refundOf(orderOf(), 1_000), call)).kind, expected);
      assert.equal((await restarted.refund(refundOf(orderOf(), 1_000), { ...call, attempt: 2 })).kind, 'succeeded');
      assert.deepEqual((await restarted.tills.tillDays({ day: '2026-03-02' }))[0]?.paidOut, { count: 1, amountFen: 1_000 });
    });
  }
}

test('a full till book takes no money: nothing was written, so nothing was sent', async () => {
  const cash = await made({ store: createMemoryStore({ quotaBytes: 50 }) });
  assert.equal((await cash.charge(orderOf(), call)).kind, 'notSent');
});

test('a till that holds too little refuses a refund for now, and pays it from the next day under the same number', async () => {
  let time = NOON;
  const cash = await made({ time: () => time });
  await cash.charge(orderOf(), call);
  time = new Date('2026-03-03T04:00:00Z');
  const refund = refundOf(orderOf(), 1_000, { operatorId: 'cashier-2' });
  const short = await cash.refund(refund, call);
  assert.equal(short.kind === 'declined' && short.code, 'TILL_SHORT');
  assert.equal((await cash.queryRefund(refund, call)).kind, 'notFound');
  await cash.tills.openTill({ openingNo: 'O-1', tillNo: 'operator:cashier-2', amountFen: 1_000, openedAt: time.toISOString() });
  const paid = await cash.refund(refund, { ...call, attempt: 2 });
  assert.equal(paid.kind === 'succeeded' && paid.refundedAt, time.toISOString());
  assert.equal((await cash.tills.tillDays({ day: '2026-03-03' }))[0]?.balanceFen, 0);
});

test('where the hospital allows it, a refund may take a till below what it holds', async () => {
  const cash = await made({ settings: { refundBeyondTill: 'allow' } });
  await cash.charge(orderOf(), call);
  assert.equal((await cash.refund(refundOf(orderOf(), 1_000, { operatorId: 'cashier-2' }), call)).kind, 'succeeded');
  assert.equal((await cash.tills.tillDays({ day: '2026-03-02' })).find(({ tillNo }) => tillNo === 'operator:cashier-2')?.balanceFen, -1_000);
});

test('two refunds that arrive together cannot return more than was paid', async () => {
  const cash = await made();
  await cash.charge(orderOf(), call);
  const kinds = (await Promise.all([1, 2].map((n) => cash.refund(refundOf(orderOf(), 700, { refundNo: `R00000${String(n)}` }), call)))).map(({ kind }) => kind);
  assert.deepEqual(kinds, ['succeeded', 'declined']);
});

test('the totals of a till are its openings, what came in and what went out, to the fen', async () => {
  const cash = await made();
  for (let repeat = 0; repeat < 2; repeat += 1) {
    assert.deepEqual(await cash.tills.openTill({ openingNo: 'O-1', tillNo: 'operator:cashier-1', amountFen: 50_000, openedAt: NOON.toISOString() }), { kind: 'opened' });
  }
  assert.equal((await cash.tills.openTill({ openingNo: 'O-1', tillNo: 'operator:cashier-1', amountFen: 60_000, openedAt: NOON.toISOString() })).kind, 'contradicts');
  await cash.charge(orderOf(), call);
  await cash.charge(orderOf({ tradeNo: 'T000002', amountFen: 500, tenderedFen: 500 }), call);
  await cash.charge(orderOf({ tradeNo: 'T000003', operatorId: 'cashier-2' }), call);
  await cash.refund(refundOf(orderOf(), 234), call);
  const [first, second] = await cash.tills.tillDays({ day: '2026-03-02' });
  assert.deepEqual(first, { tillNo: 'operator:cashier-1', day: '2026-03-02', openings: { count: 1, amountFen: 50_000 }, takenIn: { count: 2, amountFen: 1_734 }, paidOut: { count: 1, amountFen: 234 }, balanceFen: 51_500 });
  assert.equal(second?.balanceFen, 1_234);
});

test('a line of the till book is written once and never changed', async () => {
  const disk = createMemoryStore();
  const changed: string[] = [];
  const watched: PluginStore = { ...disk, put: (key, value) => { changed.push(key); return disk.put(key, value); }, delete: (key) => { changed.push(key); return disk.delete(key); } };
  const cash = await made({ store: watched });
  await cash.charge(orderOf(), call);
  await cash.charge(orderOf(), { ...call, attempt: 2 });
  await cash.refund(refundOf(orderOf(), 234), call);
  assert.deepEqual(changed.filter((key) => key.startsWith('entry/')), []);
});

test('a day belongs to Beijing, begins at its midnight, and has no bill before it is over', async () => {
  let time = new Date('2026-03-02T15:59:59Z');
  const cash = await made({ time: () => time });
  await cash.charge(orderOf({ submittedAt: '2026-03-02T15:59:59Z' }), call);
  assert.equal((await cash.downloadStatement({ day: '2026-03-02' }, call)).kind, 'notReady');
  time = new Date('2026-03-02T16:00:00Z');
  await cash.charge(orderOf({ tradeNo: 'T000002', submittedAt: '2026-03-02T16:00:00Z' }), call);
  const statement = await cash.downloadStatement({ day: '2026-03-02' }, call);
  assert.deepEqual(statement.kind === 'ok' && statement.lines.map(({ tradeNo }) => tradeNo), ['T000001']);
  assert.equal((await cash.downloadStatement({ day: '2026-03-01' }, call)).kind, 'empty');
});

test('days older than they are kept for leave the book, others stay', async () => {
  const disk = createMemoryStore();
  const cash = await made({ store: disk });
  await cash.charge(orderOf(), call);
  const soon = await made({ store: disk, settings: { keepDays: 8 }, time: () => new Date('2026-03-10T04:00:00Z') });
  assert.equal((await soon.query(orderOf(), call)).kind, 'succeeded');
  const late = await made({ store: disk, settings: { keepDays: 8 }, time: () => new Date('2026-03-11T04:00:00Z') });
  assert.equal((await late.query(orderOf(), call)).kind, 'notFound');
});

test('a payment whose day has left the book is refunded by what the platform kept of it, and never beyond', async () => {
  const disk = createMemoryStore();
  const first = await made({ store: disk });
  const charged = await first.charge(orderOf(), call);
  await first.refund(refundOf(orderOf(), 234), call);
  const cash = await made({ store: disk, settings: { keepDays: 8, refundBeyondTill: 'allow' }, time: () => new Date('2026-05-02T04:00:00Z') });
  assert.ok(charged.kind === 'succeeded' && charged.channelNote !== undefined);
  const payment = { ...refundOf(orderOf(), 1).payment, paidAt: charged.paidAt, channelNote: charged.channelNote };
  assert.equal((await cash.refund(refundOf(orderOf(), 1_001, { refundNo: 'R-LATE1', payment }), call)).kind, 'declined');
  assert.equal((await cash.refund(refundOf(orderOf(), 1_000, { refundNo: 'R-LATE2', payment }), call)).kind, 'succeeded');
  assert.equal((await cash.tills.tillDays({ day: '2026-05-02' }))[0]?.tillNo, 'operator:cashier-1');
});

test('settings with a key nobody knows are refused', () => {
  assert.equal(Value.Check(CashSettingsSchema, { merchantNo: 'CASH-1' }), true);
  assert.equal(Value.Check(CashSettingsSchema, { merchantNo: 'CASH-1', till: 1 }), false);
});
