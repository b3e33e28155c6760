import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RunningPorts } from './ports.js';
import { runRunningCheck } from './run-running-check.js';

const DAY = '2026-11-20';
const none = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };

/** A HIS that lists so many rows a page; after the last page given here it is silent. */
async function happensWith(pages: readonly number[]): Promise<{ readonly happened: readonly string[]; readonly told: string }> {
  const happened: string[] = [];
  const listDay = ({ page }: { readonly page: number }) => {
    happened.push(`asked ${String(page)}`);
    const rows = pages[page - 1];
    return Promise.resolve(rows === undefined ? { kind: 'unknown', reason: 'silent' } : { kind: 'ok', value: Array.from({ length: rows }, (_, index) => ({ kind: 'payment', tradeNo: `H${String(index)}`, settlementNo: 'S', amountFen: 1, paidAt: `${DAY}T10:00:00+08:00` })) });
  };
  const told = await runRunningCheck({
    sources: () => [], hospitalId: 'demo', hospitals: { find: () => ({ listDay }) }, reasonToSpareHis: () => undefined, marginMs: 0, clock: { now: () => new Date(`${DAY}T12:00:00+08:00`) },
    running: { saveCheck: () => { happened.push('saved'); return Promise.resolve(); } },
    engine: {
      openHospitalDayNow: () => {
        happened.push('opened');
        return Promise.resolve({
          tell: (lines: readonly unknown[]) => { happened.push(`told ${String(lines.length)}`); return Promise.resolve(); },
          compare: () => { happened.push('compared'); return Promise.resolve({ differences: [], classes: [], ours: none, theirs: none }); },
          close: () => { happened.push('closed'); return Promise.resolve(); },
        });
      },
    },
  } as unknown as RunningPorts);
  return { happened, told: told.en };
}

test('ours is read before the HIS is asked, and a page is told before the next is asked for', async () => {
  const { happened, told } = await happensWith([500, 3]);
  assert.deepEqual(happened, ['opened', 'asked 1', 'told 500', 'asked 2', 'told 3', 'compared', 'saved', 'closed']);
  assert.equal(told, 'demo 503 rows, 0 differ');
});

test('of a list that breaks off nothing is compared, and the day is held no more', async () => {
  assert.deepEqual(await happensWith([500]), { happened: ['opened', 'asked 1', 'told 500', 'asked 2', 'closed'], told: 'demo: no day list: silent' });
});
