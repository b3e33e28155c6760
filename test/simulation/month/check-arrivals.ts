import { daysBefore } from '@hospay/plugin-sdk';
import type { MonthWorld } from './month-world.js';
import { workingDayAfter } from '@hospay/server/domain/working-days.js';
import { ACCOUNT, AFTER_WORKING_DAYS, CALENDAR, LATE_WORKING_DAYS, payerOf, type BankLine } from './month-bank.js';

/** What of the bank hangs in the end: 长款 above zero. */
export function hangsOfBank({ bank, channels }: MonthWorld): { readonly caseKey: string; readonly fen: number }[] {
  return bank.lines.flatMap((line) => {
    const channel = channels.find((one) => payerOf(one) === line.payer);
    if (channel === undefined) return [];
    if (line.of.length === 0) return [{ caseKey: `arrivalLong/${ACCOUNT}/${line.bankLineNo}`, fen: line.amountFen }];
    const short = shortOf(bank, channel.id, line);
    return short === 0 ? [] : [{ caseKey: `arrivalShort/${channel.id}/${line.of.at(-1) ?? ''}`, fen: -short }];
  });
}

/** Settlement equals bank: every line of a channel is on the account under its day and nothing else is, no money is on its way any more, and who was called was called for a reason. */
export function checkArrivals({ bank, channels, store }: MonthWorld): string[] {
  const rows = (query: string) => store.database.prepare(query).all();
  const ofChannels = bank.lines.filter(({ payer }) => channels.some((channel) => payerOf(channel) === payer));
  const wanted = new Map<string, number>();
  for (const { day, amountFen } of ofChannels) wanted.set(day, (wanted.get(day) ?? 0) + amountFen);
  const booked = new Map(rows("SELECT c.clear_key AS day, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code = '1002'").map((row) => [String(row['day']), Number(row['fen'])]));
  const days = [...new Set([...wanted.keys(), ...booked.keys()])].flatMap((day) => (wanted.get(day) === booked.get(day) ? [] : [`${day}: the bank has ${String(wanted.get(day))} fen of the channels, the ledger ${String(booked.get(day))}`]));
  const onTheWay = rows("SELECT a.name, c.clear_key AS day, c.net_fen AS fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE a.code = '1121'").map((row) => `${String(row['name'])} ${String(row['day'])} is still on its way: ${String(row['fen'])} fen`);
  const called = new Set(rows("SELECT kind, subject FROM discrepancy_case WHERE kind IN ('arrivalShort', 'arrivalLong')").map((row) => `${String(row['kind'])} ${String(row['subject'])}`));
  const reasons = new Set(ofChannels.flatMap((line) => reasonsOf(bank, channels.find((channel) => payerOf(channel) === line.payer)?.id ?? '', line)));
  return [...days, ...onTheWay, ...[...reasons].filter((one) => !called.has(one)).map((one) => `nobody was called: ${one}`), ...[...called].filter((one) => !reasons.has(one)).map((one) => `called for nothing: ${one}`)];
}

function reasonsOf(bank: MonthWorld['bank'], source: string, line: BankLine): string[] {
  if (line.of.length === 0) return [`arrivalLong ${ACCOUNT}/${line.bankLineNo}`];
  const isShort = shortOf(bank, source, line) !== 0;
  // Whoever looks at noon sees a line of that morning first; one that is short fits nothing until a person has looked.
  const seenOn = isShort ? line.day : daysBefore(line.day);
  const late = line.of.filter((day) => seenOn > workingDayAfter(workingDayAfter(day, AFTER_WORKING_DAYS, CALENDAR), LATE_WORKING_DAYS, CALENDAR));
  const short = isShort ? [line.of.at(-1) ?? ''] : [];
  return [...late, ...short].map((day) => `arrivalShort ${source}/${day}`);
}
function shortOf(bank: MonthWorld['bank'], source: string, line: BankLine): number {
  return line.of.reduce((sum, day) => {
    const lie = bank.lies.get(`${source} ${day}`);
    return sum + (lie?.kind === 'short' ? lie.fen : 0);
  }, 0);
}
