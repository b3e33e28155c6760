import type { ChannelGuest } from '../domain/guests.js';
import type { AccountName } from '../domain/ledger.js';
import type { CompletedRun, DayOf, RunBooks, RunRecord, StatementSource, StatementUpload } from '../domain/reconciliation-store.js';
import { contractOf, type FeeComparison } from '../domain/fee-contract.js';
import type { StatedSums } from './compare-settlement.js';
import { findDayStatement } from './day-statement.js';
import { judgeDifferences } from './judge-differences.js';
import type { ChannelDayFound, ReconciliationPorts } from './ports.js';

type Compared = Extract<ChannelDayFound, { kind: 'compared' }>;

/** One day of one merchant number beside its statement. Undefined: the channel is not active, or gives no statements. `stated`: undefined where nothing was compared. */
export async function runChannelDay(ports: ReconciliationPorts, source: StatementSource, day: string): Promise<{ readonly stated: StatedSums | undefined } | undefined> {
  const channel = ports.channels.find(source.source);
  if (channel === undefined || channel.givesStatements === false) return undefined;
  const of: DayOf = { comparison: 'channel', source: source.source, day };
  const found = await findDayStatement(ports, channel, of);
  if (found.kind !== 'usable') {
    await withoutResult(ports, { ...of, outcome: found.kind === 'none' ? 'postponed' : 'stopped', reason: found.reason, ...(found.fileSha256 === undefined ? {} : { fileSha256: found.fileSha256 }) });
    return { stated: undefined };
  }
  const { statement, fileSha256, upload } = found;
  const compared = await ports.engine.channelDay({ of, source, contract: contractOf(ports.contracts, of.source, day), statement });
  if (compared.kind === 'unusable') {
    await withoutResult(ports, { ...of, outcome: 'stopped', reason: compared.message, ...(fileSha256 === undefined ? {} : { fileSha256 }) });
    return { stated: undefined };
  }
  await complete(ports, of, compared, { channel, fileSha256, upload });
  return { stated: compared.stated };
}

type From = { readonly channel: Pick<ChannelGuest, 'merchantNo' | 'methods'>; readonly fileSha256: string | undefined; readonly upload: StatementUpload | undefined };

async function complete({ store, clock }: ReconciliationPorts, of: DayOf, { comparison, fees, stated }: Compared, { channel, fileSha256, upload }: From): Promise<void> {
  const { classes, ours, theirs } = comparison;
  const totals = { classes, ours, theirs, ...(fees === undefined ? {} : { fees }), ...(upload === undefined ? {} : { upload: { fileName: upload.fileName, by: upload.by, at: upload.at.toISOString() } }) };
  const now = clock.now();
  const run: RunRecord = { ...of, outcome: 'compared', reason: '', fileSha256, totals, at: now };
  const judged = judgeDifferences(of, comparison, now);
  await store.complete({ run, ...judged, cases: [...judged.cases, ...feeCase(of, fees)], books: booksOf(of.source, channel, stated) });
}

/** The channel's fee is posted as it is; that it is not the contract's is a matter of the hospital with the channel. */
function feeCase({ source, day }: DayOf, fees: FeeComparison | undefined): CompletedRun['cases'] {
  if (fees?.isNotable !== true) return [];
  const { expectedFen, statedFen, differing, worstFen } = fees;
  return [{ kind: 'feeDiffers', subject: `channel/${source}/${day}`, severity: 3, detail: `the statement of ${day} takes ${String(statedFen)} fen, the contract ${String(expectedFen)}: ${String(differing)} rows differ, one by ${String(worstFen)} fen. Ask ${source}, or correct settlement.contracts` }];
}

/** Money without an order of ours is with the channel, or owed by the insurance's fund. Notes hang nowhere but under the shift that counts them. */
function booksOf(source: string, { merchantNo, methods }: Pick<ChannelGuest, 'merchantNo' | 'methods'>, { feeFen }: StatedSums): RunBooks | undefined {
  if (methods.includes('cash')) return undefined;
  const account: AccountName = methods.includes('medicalInsurance') ? `1131/${source}/${merchantNo}/fund` : `1121/${source}/${merchantNo}`;
  return { kind: 'channel', account, feeFen };
}

/** Postponed until the file is there, or stopped because it cannot be used; what earlier runs of the day found stands. */
export async function withoutResult({ store, clock, log }: ReconciliationPorts, run: Pick<RunRecord, 'comparison' | 'source' | 'day' | 'outcome' | 'reason'> & { readonly fileSha256?: string }): Promise<void> {
  const { comparison, source, day, outcome, reason } = run;
  const cases: CompletedRun['cases'] = outcome === 'stopped' ? [{ kind: 'statementUnusable', subject: `${comparison}/${source}/${day}`, severity: 2, detail: `${comparison}: nothing of the file of ${day} is used: ${reason}. Fetch it again; if it stays so, ask ${source}` }] : [];
  log.warn('reconciliation without a result', { comparison, source, day, outcome, reason });
  await store.complete({ run: { ...run, fileSha256: run.fileSha256, totals: {}, at: clock.now() }, found: [], cases, wake: [] });
}
