/**
 * How money comes from a channel to the hospital's account: what a day brought, less refunds and commission, in one sum on the next working day, in
 * the name of whoever settles for the channel. A real bank has holidays, too; this one has weekends.
 */
import { chinaDay } from '../machinery/china-time.js';
import type { SimulatedBank } from './simulated-bank.js';

const LOOKS_BACK_DAYS = 30;
const LOOKS_EVERY_MS = 60_000;
const DAY_MS = 86_400_000;

/** Money in is above zero: a payment less its commission, a refund with what came back of it. `at`: an ISO time. */
export type SettledMove = { readonly at: string; readonly netFen: number };
export type SettlingChannel = {
  /** Who the bank's statement names as the payer. */
  readonly payer: string;
  readonly moves: () => readonly SettledMove[];
};

/** Pays in what is due, now and from time to time. What was paid in says of which day it is, so a restart pays nothing twice. */
export function settleToBank({ bank, accountNo, channels }: { readonly bank: SimulatedBank; readonly accountNo: string; readonly channels: readonly SettlingChannel[] }): { stop(): void } {
  const run = (): void => {
    const today = chinaDay(bank.now());
    if (!isWorked(today)) return;
    for (const channel of channels) {
      for (let back = LOOKS_BACK_DAYS; back >= 1; back -= 1) settleDay(bank, { accountNo, channel, day: dayBefore(today, back) });
    }
  };
  run();
  const timer = setInterval(run, LOOKS_EVERY_MS).unref();
  return { stop: () => { clearInterval(timer); } };
}

function settleDay(bank: SimulatedBank, { accountNo, channel: { payer, moves }, day }: { readonly accountNo: string; readonly channel: SettlingChannel; readonly day: string }): void {
  const summary = `${day.replaceAll('-', '')}结算款`;
  const isPaidIn = bank.books.find(accountNo)?.movements.some((line) => line.counterparty.name === payer && line.summary === summary) ?? false;
  const netFen = moves().filter(({ at }) => chinaDay(new Date(at)) === day).reduce((sum, move) => sum + move.netFen, 0);
  // A day on which more was given back than taken is kept from another day by real channels; nobody does that in a demo.
  if (!isPaidIn && netFen > 0) bank.payIn(accountNo, netFen, { name: payer, summary });
}

function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10);
}
function isWorked(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday !== 0 && weekday !== 6;
}
