import { beijingDay, daysBefore, type PluginStore } from '@hospay/plugin-sdk';

import { isOpen, type Attempt, type Attempts, type KeptAttempt } from './attempts.js';
import type { DetailRow } from './detail-file.js';
import type { Settlement } from './settlement.js';

/** What we know of a day: a settlement or its undoing, with the numbers the platform knows it by. */
export type DayRow = { readonly attempt: Attempt; readonly settlement: Settlement; readonly tradeNo: string; readonly isRefund: boolean };

const PAGE = 500;

/** Everything that was settled or undone on a Beijing day by the centre's time. What was sent before midnight may be settled after it. */
export async function rowsOfDay(day: string, { attempts, store }: { readonly attempts: Attempts; readonly store: PluginStore }): Promise<readonly DayRow[]> {
  const rows: DayRow[] = [];
  for (const sentOn of [daysBefore(day), day]) {
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

/** Keeps what a settlement can be undone with, before its attempt is forgotten. */
export type KeepRefundable = (payment: { readonly day: string; readonly tradeNo: string }, attempt: Attempt) => Promise<void>;

/** Removes the attempts of days before one, keeping what a refund needs of them. What nobody knows the end of is kept until somebody does. */
export async function forgetDaysBefore(day: string, { attempts, store, keep }: { readonly attempts: Attempts; readonly store: PluginStore; readonly keep: KeepRefundable }): Promise<number> {
  const payments = new Map<string, KeptAttempt[]>();
  for (const kept of await attempts.all('pay/')) {
    const payment = kept.key.slice(0, kept.key.lastIndexOf('/'));
    if (payment < `pay/${day}/`) payments.set(payment, [...(payments.get(payment) ?? []), kept]);
  }
  for (const [payment, made] of payments) {
    const [, paidOn = '', tradeNo = ''] = payment.split('/');
    const last = made.at(-1)?.attempt;
    const undone = (await attempts.of(`undo/${tradeNo}`)).at(-1)?.attempt;
    if (last?.state === 'done' && undone?.state !== 'done') await keep({ day: paidOn, tradeNo }, last);
  }
  let removed = await forgetEnded([...payments.values()], attempts);
  for (const key of await keysBefore('undo-day/', day, store)) {
    const made = (await attempts.of(`undo/${key.split('/')[2] ?? ''}`)).filter(({ attempt }) => beijingDay(attempt.sentAt) < day);
    const gone = await forgetEnded([made], attempts);
    if (gone < made.length) continue;
    removed += gone;
    await store.delete(key);
  }
  return removed;
}

async function forgetEnded(groups: readonly (readonly KeptAttempt[])[], attempts: Attempts): Promise<number> {
  // The last attempt decides: a repeat stands for those before it.
  const ended = groups.filter((group) => !group.slice(-1).some(({ attempt }) => isOpen(attempt))).flat();
  for (const { key } of ended) await attempts.forget(key);
  return ended.length;
}

function add(rows: DayRow[], day: string, { attempt, tradeNo, isRefund }: Omit<DayRow, 'settlement'>): void {
  const { settlement, state } = attempt;
  // `refused` with a settlement: it was settled for another amount, and 2208 undid it.
  if ((state === 'done' || state === 'refused') && settlement !== undefined && beijingDay(settlement.settledAt) === day) rows.push({ attempt, settlement, tradeNo, isRefund });
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
