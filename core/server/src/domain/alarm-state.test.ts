import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MEASURES } from './alarm-measures.js';
import { ALARM_RULES, rulesInForce, whyContradictory } from './alarm-rules.js';
import { CLEAR, judgeSample, RAISED, type AlarmPhase } from './alarm-state.js';

const RULE = { wrong: 'above', raise: 90, clear: 70, raiseAfterSeconds: 10, clearAfterSeconds: 20 } as const;

/** Samples every five seconds of a virtual clock; what turned, with its second. */
function play(values: readonly (number | undefined)[], { from = CLEAR, rule = RULE, stepSeconds = 5 }: { readonly from?: AlarmPhase; readonly rule?: Parameters<typeof judgeSample>[1]; readonly stepSeconds?: number } = {}) {
  const turns: string[] = [];
  let phase = from;
  values.forEach((value, index) => {
    const judged = judgeSample(phase, rule, { value, at: index * stepSeconds * 1000, longestGapMs: 10_000 });
    phase = judged.phase;
    if (judged.turned !== undefined) turns.push(`${judged.turned} at ${String(index * stepSeconds)}`);
  });
  return { turns, phase };
}

test('a value that is wrong for its whole time raises once, and one that is well for its whole time clears once', () => {
  assert.deepEqual(play([95, 95, 95, 95, 60, 60, 60, 60, 60, 60]).turns, ['raised at 10', 'cleared at 40']);
});

test('flapping around the threshold raises one alarm and clears none', () => {
  const flapping = [95, 95, 95, ...Array.from({ length: 40 }, (_unused, index) => (index % 2 === 0 ? 89 : 91))];
  assert.deepEqual(play(flapping).turns, ['raised at 10']);
});

test('a value that falls back before its time is over raises nothing', () => {
  assert.deepEqual(play([95, 95, 89, 95, 95, 89, 95, 95, 60]).turns, []);
});

test('well for a moment only clears nothing', () => {
  assert.deepEqual(play([60, 60, 60, 80, 60, 60, 60, 95], { from: RAISED }).turns, []);
});

test('a missing sample is not "clear": it keeps a raised alarm and begins the time of clearing anew', () => {
  assert.deepEqual(play(Array.from({ length: 100 }, () => undefined), { from: RAISED }).turns, []);
  assert.deepEqual(play([60, 60, 60, undefined, 60, 60, 60, 60, 60], { from: RAISED }).turns, ['cleared at 40']);
});

test('time without samples does not count towards raising', () => {
  assert.deepEqual(play([95, undefined, undefined, undefined, undefined, undefined, 95, 95, 95]).turns, ['raised at 35']);
});

test('a clock that jumps or a machine that slept counts as one sample, not as hours', () => {
  const { phase } = judgeSample({ kind: 'rising', heldMs: 0, at: 0 }, { ...RULE, raiseAfterSeconds: 300 }, { value: 95, at: 7_200_000, longestGapMs: 10_000 });
  assert.deepEqual(phase, { kind: 'rising', heldMs: 10_000, at: 7_200_000 });
  const back = judgeSample({ kind: 'rising', heldMs: 5_000, at: 7_200_000 }, { ...RULE, raiseAfterSeconds: 300 }, { value: 95, at: 0, longestGapMs: 10_000 });
  assert.deepEqual(back.phase, { kind: 'rising', heldMs: 5_000, at: 0 });
});

test('a rule without waiting turns with its first sample, and one that is wrong below works the other way round', () => {
  assert.deepEqual(play([2_000, 500, 700, 1_100], { rule: { wrong: 'below', raise: 512, clear: 1_024, raiseAfterSeconds: 0, clearAfterSeconds: 0 } }).turns, ['raised at 5', 'cleared at 15']);
});

test('every shipped rule agrees with itself, names a measure that exists, and says what to do in both languages', () => {
  const measures = new Set<string>(MEASURES.map(({ id }) => id));
  for (const rule of ALARM_RULES) {
    assert.equal(whyContradictory(rule), undefined, rule.id);
    assert.ok(measures.has(rule.measure), rule.id);
    for (const words of [rule.zh, rule.en, rule.repairZh, rule.repairEn]) assert.ok(words.length > 3, rule.id);
  }
  assert.equal(new Set(ALARM_RULES.map(({ id }) => id)).size, ALARM_RULES.length);
  const judged = new Set<string>(ALARM_RULES.map(({ measure }) => measure));
  assert.deepEqual([...measures].filter((id) => !judged.has(id)), [], 'what is measured is judged');
});

test('a hospital changes a threshold, switches a rule off, and contradictory thresholds are named', () => {
  const rules = rulesInForce({ 'cpu-busy': { raise: 80 }, 'print-faults': { enabled: false } });
  assert.equal(rules.find(({ id }) => id === 'cpu-busy')?.raise, 80);
  assert.equal(rules.some(({ id }) => id === 'print-faults'), false);
  assert.equal(rules.length, ALARM_RULES.length - 1);
  assert.match(whyContradictory({ wrong: 'above', raise: 80, clear: 85 }) ?? '', /must be below/);
});
