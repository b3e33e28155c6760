import type { StatementLine } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '../domain/guests.js';
import { billDaySpan } from '../domain/bill-day.js';
import type { AccountName } from '../domain/ledger.js';
import type { ReconciliationRow } from '../domain/reconciliation.js';
import type { CompletedRun, DayOf, RunBooks, RunRecord, StatementSource } from '../domain/reconciliation-store.js';
import { compareFees, contractOf, type FeeComparison } from '../domain/fee-contract.js';
import { comparingChannelDay } from './compare-channel-day.js';
import { wholeFen } from './compare-settlement.js';
import { judgeDifferences } from './judge-differences.js';
import { inSlices, SLICE_ROWS } from './in-slices.js';
import type { ReconciliationPorts } from './ports.js';
import { isOwnPaymentNo, refundStateOf, rowOfStatement } from './read-rows.js';

/** One day of one merchant number beside its statement. Undefined: the channel is not active, or gives no statements. */
export async function runChannelDay(ports: ReconciliationPorts, source: StatementSource, day: string): Promise<{ readonly lines: readonly StatementLine[] | undefined } | undefined> {
  const channel = ports.channels.find(source.source);
  if (channel === undefined || channel.givesStatements === false) return undefined;
  const of: DayOf = { comparison: 'channel', source: source.source, day };
  const statement = await channel.downloadStatement({ day });
  switch (statement.kind) {
    case 'notReady':
      await withoutResult(ports, { ...of, outcome: 'postponed', reason: `bill_not_ready: ${statement.message}` });
      return { lines: undefined };
    case 'unknown':
      await withoutResult(ports, { ...of, outcome: 'postponed', reason: statement.reason });
      return { lines: undefined };
    case 'malformed':
      await withoutResult(ports, { ...of, outcome: 'stopped', reason: statement.message });
      return { lines: undefined };
    case 'empty':
      await compare(ports, source, of, [], undefined, channel);
      return { lines: [] };
    case 'ok': {
      const fileSha256 = await ports.archive.keep({ day, name: `${source.source}-statement`, bytes: statement.raw });
      const contradiction = fileSha256 !== statement.sha256 ? 'the file does not have the SHA-256 that was told with it' : controlTotals(statement.lines, statement.totals);
      if (contradiction !== undefined) {
        await withoutResult(ports, { ...of, outcome: 'stopped', reason: contradiction, fileSha256 });
        return { lines: undefined };
      }
      await compare(ports, source, of, statement.lines, fileSha256, channel);
      return { lines: statement.lines };
    }
  }
}

/** The file's own totals must be the sums of its rows: never half-used. */
function controlTotals(lines: readonly StatementLine[], totals: { readonly paymentFen: number; readonly refundFen: number; readonly lines: number }): string | undefined {
  const sum = (kind: StatementLine['kind']): number => lines.reduce((total, line) => (line.kind === kind ? total + line.amountFen : total), 0);
  const figures = [['rows', lines.length, totals.lines], ['payments', sum('payment'), totals.paymentFen], ['refunds', sum('refund'), totals.refundFen]] as const;
  const wrong = figures.find(([, ofRows, told]) => ofRows !== told);
  return wrong === undefined ? undefined : `control totals: the ${wrong[0]} give ${String(wrong[1])}, the file says ${String(wrong[2])}`;
}

async function compare(ports: ReconciliationPorts, source: StatementSource, of: DayOf, lines: readonly StatementLine[], fileSha256: string | undefined, channel: Pick<ChannelGuest, 'merchantNo' | 'methods'>): Promise<void> {
  const { store, clock, breathe } = ports;
  const theirs = await mapInSlices(lines, rowOfStatement, breathe);
  const ours = await candidatesOf(ports, source, of, theirs);
  const request = { day: of.day, cutOff: source.cutOff, ours, theirs, judgedElsewhere: store.keysJudgedElsewhere(of), earlierLongs: store.earlierLongs(of), isOwnNumber: isOwnPaymentNo };
  const comparison = await inSlices(comparingChannelDay(request), breathe);
  const { classes, ours: ourTotals, theirs: theirTotals } = comparison;
  const contract = contractOf(ports.contracts, source.source, of.day);
  const fees = contract === undefined ? undefined : compareFees(contract, lines.filter(({ kind, status }) => kind === 'payment' || refundStateOf(status) !== 'failed').map(({ kind, amountFen, feeMilliFen }) => ({ kind, amountFen, feeFen: wholeFen(feeMilliFen) })));
  const run: RunRecord = { ...of, outcome: 'compared', reason: '', fileSha256, totals: { classes, ours: ourTotals, theirs: theirTotals, ...(fees === undefined ? {} : { fees }) }, at: clock.now() };
  const judged = judgeDifferences(of, comparison, clock.now());
  await store.complete({ run, ...judged, cases: [...judged.cases, ...feeCase(of, fees)], found: judged.found.filter(({ difference }) => difference.class !== 'notThisDay'), books: booksOf(source.source, channel, lines) });
}

/** The channel's fee is posted as it is; that it is not the contract's is a matter of the hospital with the channel. */
function feeCase({ source, day }: DayOf, fees: FeeComparison | undefined): CompletedRun['cases'] {
  if (fees?.isNotable !== true) return [];
  const { expectedFen, statedFen, differing, worstFen } = fees;
  return [{ kind: 'feeDiffers', subject: `channel/${source}/${day}`, severity: 3, detail: `the statement of ${day} takes ${String(statedFen)} fen, the contract ${String(expectedFen)}: ${String(differing)} rows differ, one by ${String(worstFen)} fen. Ask ${source}, or correct settlement.contracts` }];
}

/** Money without an order of ours is with the channel, or owed by the insurance's fund. Notes hang nowhere but under the shift that counts them. */
function booksOf(source: string, { merchantNo, methods }: Pick<ChannelGuest, 'merchantNo' | 'methods'>, lines: readonly StatementLine[]): RunBooks | undefined {
  if (methods.includes('cash')) return undefined;
  const account: AccountName = methods.includes('medicalInsurance') ? `1131/${source}/${merchantNo}/fund` : `1121/${source}/${merchantNo}`;
  return { kind: 'channel', account, feeFen: lines.reduce((sum, { feeMilliFen }) => sum + wholeFen(feeMilliFen), 0) };
}

/** Ours that may stand in this statement: done ones of the day, those that wait, and what is known under the numbers it names, whatever its day: midnight needs no margin. */
async function candidatesOf({ store, breathe }: ReconciliationPorts, source: StatementSource, of: DayOf, theirs: readonly ReconciliationRow[]): Promise<readonly ReconciliationRow[]> {
  const { from, to } = billDaySpan(source, of.day);
  const ours = new Map<string, ReconciliationRow>();
  const add = (rows: readonly ReconciliationRow[]): void => { for (const row of rows) ours.set(row.key, row); };
  for (const page of store.listChannelRows({ ...source, from, to })) {
    add(page);
    await breathe();
  }
  const unknown = [...new Set([...store.parkedKeys(of), ...theirs.map(({ key }) => key)])].filter((key) => !ours.has(key));
  for (let at = 0; at < unknown.length; at += KEYS_AT_ONCE) {
    add(store.findChannelRows({ ...source, keys: unknown.slice(at, at + KEYS_AT_ONCE) }));
    await breathe();
  }
  return [...ours.values()];
}
const KEYS_AT_ONCE = 200;

export async function mapInSlices<From, To>(rows: readonly From[], how: (row: From) => To, breathe: () => Promise<void>): Promise<readonly To[]> {
  const mapped: To[] = [];
  for (let at = 0; at < rows.length; at += SLICE_ROWS) {
    for (const row of rows.slice(at, at + SLICE_ROWS)) mapped.push(how(row));
    await breathe();
  }
  return mapped;
}

/** Postponed until the file is there, or stopped because it cannot be used; what earlier runs of the day found stands. */
export async function withoutResult({ store, clock, log }: ReconciliationPorts, run: Pick<RunRecord, 'comparison' | 'source' | 'day' | 'outcome' | 'reason'> & { readonly fileSha256?: string }): Promise<void> {
  const { comparison, source, day, outcome, reason } = run;
  const cases: CompletedRun['cases'] = outcome === 'stopped' ? [{ kind: 'statementUnusable', subject: `${comparison}/${source}/${day}`, severity: 2, detail: `${comparison}: nothing of the file of ${day} is used: ${reason}. Fetch it again; if it stays so, ask ${source}` }] : [];
  log.warn('reconciliation without a result', { comparison, source, day, outcome, reason });
  await store.complete({ run: { ...run, fileSha256: run.fileSha256, totals: {}, at: clock.now() }, found: [], cases, wake: [] });
}
