import type { PluginStore } from '@hospay/plugin-sdk';

import type { Attempt, Attempts } from './attempts.js';
import { beijingDay, dayBefore } from './beijing-time.js';
import type { DetailRow } from './detail-file.js';
import type { Settlement } from './settlement.js';

/** What we know of a day: a settlement or its undoing, with the numbers the platform knows it by. */
export type DayRow = { readonly attempt: Attempt; readonly settlement: Settlement; readonly tradeNo: string; readonly isRefund: boolean };

const PAGE = 500;

/** Everything that was settled or undone on a Beijing day by the centre's time. What was sent before midnight may be settled after it. */
export async function rowsOfDay(day: string, { attempts, store }: { readonly attempts: Attempts; readonly store: PluginStore }): Promise<readonly DayRow[]> {
  const rows: DayRow[] = [];
  for (const sentOn of [dayBefore(day), day]) {
    for (const { key, attempt } of await attempts.all(`pay/${sentOn}/`)) add(rows, day, { attempt, tradeNo: key.split('/')[2] ?? '', isRefund: false });
    for (const tradeNo of await undoneOn(sentOn, store)) {
      for (const { attempt } of await attempts.of(`undo/${tradeNo}`)) add(rows, day, { attempt, tradeNo, isRefund: true });
    }
  }
  return [...new Map(rows.map((row) => [`${row.settlement.settlementId}/${String(row.isRefund)}`, row] as const)).values()];
}

export function detailOf({ attempt, settlement, isRefund }: DayRow): DetailRow {
  const { totalFen, fundFen, accountFen } = settlement.split;
  return { settlementId: settlement.settlementId, visitNo: attempt.visitNo, personNo: attempt.personNo, totalFen, fundFen, accountFen, isRefund };
}

/** Removes the attempts of days before one; what the platform keeps of them is enough to refund. */
export async function forgetDaysBefore(day: string, { attempts, store }: { readonly attempts: Attempts; readonly store: PluginStore }): Promise<number> {
  const paid = await keysBefore('pay/', day, store);
  const undoneDays = await keysBefore('undo-day/', day, store);
  for (const key of undoneDays) {
    for (const { key: attemptKey, attempt } of await attempts.of(`undo/${key.split('/')[2] ?? ''}`)) if (beijingDay(attempt.sentAt) < day) await attempts.forget(attemptKey);
  }
  for (const key of [...paid, ...undoneDays]) await store.delete(key);
  return paid.length + undoneDays.length;
}

function add(rows: DayRow[], day: string, { attempt, tradeNo, isRefund }: Omit<DayRow, 'settlement'>): void {
  const { settlement, state } = attempt;
  if (state === 'done' && settlement !== undefined && beijingDay(settlement.settledAt) === day) rows.push({ attempt, settlement, tradeNo, isRefund });
}

async function undoneOn(day: string, store: PluginStore): Promise<readonly string[]> {
  return (await keysFrom(`undo-day/${day}/`, store)).map((key) => key.split('/')[2] ?? '');
}

async function keysBefore(prefix: string, day: string, store: PluginStore): Promise<readonly string[]> {
  return (await keysFrom(prefix, store)).filter((key) => key < `${prefix}${day}/`);
}

async function keysFrom(prefix: string, store: PluginStore): Promise<readonly string[]> {
  const keys: string[] = [];
  for (let after = ''; ; ) {
    const page = await store.list(prefix, { after, limit: PAGE });
    keys.push(...page.map(({ key }) => key));
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return keys;
    after = last.key;
  }
}
