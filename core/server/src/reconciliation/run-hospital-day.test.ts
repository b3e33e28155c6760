import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DayListLine } from '@hospay/plugin-sdk';
import type { HospitalGuest } from '../domain/guests.js';
import { SILENT_LOG } from '../domain/log.js';
import type { Comparison } from '../domain/reconciliation.js';
import type { CompletedRun } from '../domain/reconciliation-store.js';
import type { ReconciliationPorts } from './ports.js';
import { runHospitalDay } from './run-hospital-day.js';

const DAY = '2026-11-20';
const lineOf = (index: number): DayListLine => ({ kind: 'payment', tradeNo: `H${String(index)}`, settlementNo: 'S', amountFen: 100, paidAt: `${DAY}T10:00:00+08:00` });
const rowsOf = (first: number, count: number): DayListLine[] => Array.from({ length: count }, (_, index) => lineOf(first + index));
const none = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };
const BALANCED: Comparison = { differences: [], classes: [], ours: none, theirs: none };
const MISSING: Comparison = { ...BALANCED, differences: [{ class: 'hisMissing', ours: { key: 'H9', paymentKey: 'H9', kind: 'payment', fen: 1, state: 'done', at: `${DAY}T10:00:00+08:00` } }] };

/** What happens, in its order; the other side lists `lists` by day and page, and what is not there cannot be read. */
function standOf(lists: Readonly<Record<string, readonly (readonly DayListLine[])[]>>, compared: readonly Comparison[] = [BALANCED]) {
  const happened: string[] = [];
  const written: { file: string; runs: CompletedRun[] } = { file: '', runs: [] };
  let comparisons = 0;
  const listDay: NonNullable<HospitalGuest['listDay']> = ({ day, page }) => {
    happened.push(`asked ${day} ${String(page)}`);
    const value = lists[day]?.[page - 1];
    return Promise.resolve(value === undefined ? { kind: 'unknown', reason: 'silent' } : { kind: 'ok', value: [...value] });
  };
  const ports = {
    hospitalId: 'demo', hospitals: { find: () => ({ listDay }) }, log: SILENT_LOG, clock: { now: () => new Date(`${DAY}T23:00:00+08:00`) },
    engine: {
      openHospitalDay: () => Promise.resolve({
        tell: (lines: readonly DayListLine[]) => { happened.push(`told ${String(lines.length)}`); return Promise.resolve(); },
        compare: () => {
          happened.push('compared');
          comparisons += 1;
          const found = compared[comparisons - 1];
          return found === undefined ? Promise.reject(new Error('the thread ended')) : Promise.resolve(found);
        },
        close: () => { happened.push('closed'); return Promise.resolve(); },
      }),
    },
    archive: { keep: ({ bytes }: { readonly bytes: readonly Uint8Array[] }) => { written.file = Buffer.concat(bytes).toString(); return Promise.resolve('sha'); } },
    store: { complete: (run: CompletedRun) => { written.runs.push(run); return Promise.resolve(); } },
  } as unknown as ReconciliationPorts;
  return { happened, written, run: () => runHospitalDay(ports, DAY) };
}

test('a page of the list is told before the next is asked for, and the file has them all', async () => {
  const { happened, written, run } = standOf({ [DAY]: [rowsOf(0, 500), rowsOf(500, 500), rowsOf(1_000, 2)] });
  await run();
  assert.deepEqual(happened, [`asked ${DAY} 1`, 'told 500', `asked ${DAY} 2`, 'told 500', `asked ${DAY} 3`, 'told 2', 'compared', 'closed']);
  assert.equal(written.file, rowsOf(0, 1_002).map((line) => `${JSON.stringify(line)}\n`).join(''));
  assert.equal(written.runs[0]?.run.outcome, 'compared');
});

test('of a list that breaks off nothing is compared or kept', async () => {
  const { happened, written, run } = standOf({ [DAY]: [rowsOf(0, 500)] });
  await run();
  assert.deepEqual(happened, [`asked ${DAY} 1`, 'told 500', `asked ${DAY} 2`, 'closed']);
  assert.deepEqual([written.runs.map(({ run: { outcome, reason } }) => [outcome, reason]), written.file], [[['postponed', 'silent']], '']);
});

test('what is missing is looked for in the days around; one of them that breaks off finds nothing, and what the others say is compared with the rest', async () => {
  const { happened, written, run } = standOf({ [DAY]: [rowsOf(0, 1)], '2026-11-19': [rowsOf(10, 500)], '2026-11-21': [rowsOf(1_000, 3)] }, [MISSING, BALANCED]);
  await run();
  assert.deepEqual(happened, [`asked ${DAY} 1`, 'told 1', 'compared', 'asked 2026-11-19 1', 'asked 2026-11-19 2', 'asked 2026-11-21 1', 'told 3', 'compared', 'closed']);
  assert.equal(written.file, [lineOf(0), ...rowsOf(1_000, 3)].map((line) => `${JSON.stringify(line)}\n`).join(''));
  assert.deepEqual(written.runs[0]?.found, [], 'the second comparison counts');
});

test('a day is closed also when its comparison fails', async () => {
  const { happened, run } = standOf({ [DAY]: [rowsOf(0, 1)] }, []);
  await assert.rejects(run(), /the thread ended/);
  assert.equal(happened.at(-1), 'closed');
});
