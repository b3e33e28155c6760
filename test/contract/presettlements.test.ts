/** A pre-settlement with the insurance, from the question to the centre until it is taken or taken back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { abandonPresettlement } from '@hospay/server/insurance/abandon-presettlement.js';
import { findInsured } from '@hospay/server/insurance/find-insured.js';
import { ask, cases, centre, hospital, later, newStandForEachTest, now, owner, pay, ports, presettled, run, setTime, stateOf, store, TOTAL, voucher } from './insured-orders-stand.js';
import { sampleDetails, type ScriptedCentre } from './scripted-guests.js';

newStandForEachTest();

/** The centre is at work on a pre-settlement until the test lets it answer. */
async function askedAndUnanswered() {
  const waiting = Promise.withResolvers<Awaited<ReturnType<ScriptedCentre['presettle']>>>();
  const begun = Promise.withResolvers<string>();
  centre.presettle = ({ presettlementNo }) => {
    begun.resolve(presettlementNo);
    return waiting.promise;
  };
  const asked = ask();
  return { number: await begun.promise, asked, answer: waiting.resolve };
}

test('fees come from the HIS, the number is ours and written down before the centre is called; the voucher is passed on and not kept', async () => {
  let rowsWhenCalled: unknown[] = [];
  const { presettle: answer } = centre;
  centre.presettle = (request) => {
    rowsWhenCalled = store.database.prepare('SELECT state FROM presettlement WHERE presettlement_no = ?').all(request.presettlementNo).map((row) => row['state']);
    return answer.call(centre, request);
  };
  const { presettlementNo, split, state } = await presettled();
  assert.deepEqual(rowsWhenCalled, ['requested']);
  assert.deepEqual([state, split], ['presettled', { fundFen: 6_000, accountFen: 1_500, cashFen: 2_500, insuredFen: 7_500 }]);
  assert.deepEqual(centre.presettled[0]?.fees, hospital.details.fees);
  assert.equal(centre.presettled[0].presettlementNo, presettlementNo);
  const everything = ['presettlement', 'fact', 'state_event'].flatMap((table) => store.database.prepare(`SELECT * FROM ${table}`).all()).map((row) => JSON.stringify(row)).join();
  assert.ok(!everything.includes(voucher.number));
});

test('the insured person comes masked; the centre that does not know him declines', async () => {
  const found = await findInsured(ports, { hospitalId: 'demo', owner, voucher });
  assert.ok(found.kind === 'ok' && found.value.name === '张*三' && found.value.personNo === '4400', JSON.stringify(found));
  centre.findAnswers = [{ kind: 'declined', code: '-1', message: '未查询到参保人' }, { kind: 'unknown', reason: 'timeout' }];
  assert.deepEqual(await findInsured(ports, { hospitalId: 'demo', owner, voucher }), { kind: 'refused', code: 'INSURANCE_DECLINED', detail: '-1 未查询到参保人' });
  assert.deepEqual(await findInsured(ports, { hospitalId: 'demo', owner, voucher }), { kind: 'refused', code: 'INSURANCE_UNAVAILABLE', detail: 'timeout' });
});

test('a pre-settlement without an answer is asked again under the same number, with the voucher shown last; once answered it answers the same for ever', async () => {
  centre.presettleAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const first = await ask();
  assert.ok(first.kind === 'ok' && first.value.state === 'unknown' && first.value.split === undefined, JSON.stringify(first));
  const again = await presettled({ voucher: { ...voucher, number: 'EC-2' } });
  assert.equal(again.presettlementNo, first.value.presettlementNo);
  assert.equal(centre.presettled[1]?.voucher.number, 'EC-2');
  assert.equal((await presettled()).presettlementNo, again.presettlementNo);
  assert.equal(centre.calls.filter((call) => call.startsWith('presettle')).length, 2);
  assert.deepEqual(await ask({ idempotency: { tenant: 'terminal/kiosk-1', key: 'k-pre', requestHash: 'other' } }), { kind: 'refused', code: 'IDEMPOTENCY_KEY_REUSED' });
});

test('while a call is under way the same key asks nobody, and a core that died under it asks when the call must have ended', async () => {
  const waiting = Promise.withResolvers<Awaited<ReturnType<ScriptedCentre['presettle']>>>();
  const { presettle: answer } = centre;
  centre.presettle = () => waiting.promise;
  const first = ask();
  await new Promise((wake) => { setTimeout(wake, 20); });
  const second = await ask();
  assert.ok(second.kind === 'ok' && second.value.state === 'requested', JSON.stringify(second));
  later(126);
  centre.presettle = (request) => answer.call(centre, request);
  assert.equal((await presettled()).presettlementNo, second.value.presettlementNo);
  waiting.resolve({ kind: 'unknown', reason: 'late' });
  assert.equal((await first).kind, 'refused', 'the late answer of the first call changes nothing');
  assert.equal(await stateOf(second.value.presettlementNo), 'presettled');
});

test('parts that do not make the quoted total are refused and taken back; so is a visit of which the insurance pays nothing, and one it declines', async () => {
  const answers = [
    ['INSURANCE_TOTAL_DIFFERS', (presettlementNo: string) => ({ kind: 'presettled' as const, presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 1_500, cashFen: 2_499 })],
    ['INSURANCE_TOTAL_DIFFERS', (presettlementNo: string) => ({ kind: 'presettled' as const, presettlementNo, visitNo: 'MD1', totalFen: TOTAL - 1, fundFen: 6_000, accountFen: 1_500, cashFen: 2_499 })],
    ['NOTHING_INSURED', (presettlementNo: string) => ({ kind: 'presettled' as const, presettlementNo, visitNo: 'MD1', totalFen: TOTAL, fundFen: 0, accountFen: 0, cashFen: TOTAL })],
    ['INSURANCE_DECLINED', () => ({ kind: 'declined' as const, code: '-1', message: '险种类型不符' })],
  ] as const;
  for (const [index, [code, answer]] of answers.entries()) {
    centre.presettle = (request) => Promise.resolve(answer(request.presettlementNo));
    const asked = await ask({ key: `k-${String(index)}` });
    assert.ok(asked.kind === 'refused' && asked.code === code, JSON.stringify(asked));
    await run('advancePresettlement');
  }
  assert.equal(centre.calls.filter((call) => call.startsWith('abandon')).length, 4);
  assert.equal(Number(store.database.prepare('SELECT count(*) AS n FROM presettlement_bill').get()?.['n']), 0, 'nothing holds the bills any more');
});

test('fees that are not the quoted total are not sent to the insurance at all', async () => {
  hospital.details = sampleDetails(TOTAL - 1);
  const asked = await ask();
  assert.ok(asked.kind === 'refused' && asked.code === 'INSURANCE_TOTAL_DIFFERS', JSON.stringify(asked));
  assert.deepEqual(centre.calls, []);
});

test('fees that changed between two asks under one key give the pre-settlement up', async () => {
  centre.presettleAnswers = [{ kind: 'unknown', reason: 'timeout' }];
  const first = await ask();
  assert.equal(first.kind, 'ok');
  hospital.details = { ...hospital.details, visit: { ...hospital.details.visit, complaint: '咳嗽' } };
  assert.deepEqual(await ask(), { kind: 'refused', code: 'BILL_NOT_FOUND', detail: 'the bills have changed' });
  assert.equal(await stateOf(first.value.presettlementNo), 'abandoning');
});

test('a bill is pre-settled once at a time: a second key waits until the first is taken back', async () => {
  const { presettlementNo } = await presettled();
  assert.deepEqual(await ask({ key: 'k-other' }), { kind: 'refused', code: 'BILL_PRESETTLED', detail: presettlementNo });
  assert.equal(await store.countOpenMoney('insurance'), 1, 'its channel is not removed meanwhile');
  const given = await abandonPresettlement(ports, { owner, presettlementNo, by: 'kiosk-1' });
  assert.ok(given.kind === 'ok' && given.value.state === 'abandoned', JSON.stringify(given));
  assert.equal(await store.countOpenMoney('insurance'), 0);
  assert.notEqual((await presettled({ key: 'k-other' })).presettlementNo, presettlementNo);
});

test('one that nobody settles is taken back after its time, again and again until the centre answers, and calls a person when it takes too long', async () => {
  const { presettlementNo, expiresAt } = await presettled();
  centre.abandonAnswers = [{ kind: 'unknown', reason: 'timeout' }, { kind: 'notSent', reason: 'down' }];
  // A restart wakes all work early.
  await store.wakeJobs(now, 1);
  later(1);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'presettled', 'not before its time');
  setTime(expiresAt);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoning');
  assert.deepEqual(await pay(presettlementNo), { kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN', detail: 'abandoning' });
  await run('advancePresettlement');
  later(25 * 3_600);
  await run('advancePresettlement');
  assert.deepEqual(cases(), ['presettlementOpen']);
  later(3_600);
  await run('advancePresettlement');
  assert.equal(await stateOf(presettlementNo), 'abandoned');
  assert.deepEqual(cases(), []);
  assert.equal(await store.nextJobAt(['advancePresettlement']), undefined);
});

test('a clock that jumps past its time while the centre is being asked: what that call leaves behind is taken back, too', async () => {
  const { number, asked, answer } = await askedAndUnanswered();
  later(24 * 3_600);
  await run('advancePresettlement');
  await run('advancePresettlement');
  assert.equal(await stateOf(number), 'abandoned');
  answer({ kind: 'unknown', reason: 'timeout' });
  assert.deepEqual(await asked, { kind: 'refused', code: 'PRESETTLEMENT_NOT_OPEN', detail: 'abandoned' });
  assert.equal(await stateOf(number), 'abandoning');
  await run('advancePresettlement');
  assert.equal(await stateOf(number), 'abandoned');
  assert.equal(centre.calls.filter((call) => call.startsWith('abandon')).length, 2);
});

test('given up while the centre is being asked: it is taken back only when that call has ended, and its answer opens nothing', async () => {
  const { number, asked, answer } = await askedAndUnanswered();
  await abandonPresettlement(ports, { owner, presettlementNo: number, by: 'kiosk-1' });
  assert.deepEqual(centre.calls, [], 'the centre may still be at work on the pre-settlement');
  answer({ kind: 'presettled', presettlementNo: number, visitNo: 'MD1', totalFen: TOTAL, fundFen: 6_000, accountFen: 1_500, cashFen: 2_500 });
  assert.equal((await asked).kind, 'refused');
  await run('advancePresettlement');
  assert.equal(await stateOf(number), 'abandoned');
});
