import { yuanOf } from '../domain/bilingual.js';
import type { ChannelGuest } from '../domain/guests.js';
import type { AccountName } from '../domain/ledger.js';
import { heard } from '../domain/own-words.js';
import type { CompletedRun, DayOf, RunBooks, RunRecord, StatementSource, StatementUpload } from '../domain/reconciliation-store.js';
import { contractOf, type FeeComparison } from '../domain/fee-contract.js';
import { COMPARISON_WORDS } from '../domain/reconciliation-words.js';
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
  const [expected, stated, worst] = [yuanOf(fees.expectedFen), yuanOf(fees.statedFen), yuanOf(fees.worstFen)];
  const detail = {
    zh: `${source} ${day} 的对账单收取手续费 ${stated} 元，按渠道费率合同为 ${expected} 元：${String(fees.differing)} 笔不符，单笔最多相差 ${worst} 元。请向渠道查询，或更正渠道费率合同（settlement.contracts）`,
    en: `the statement of ${day} takes ${stated} yuan, the contract ${expected} yuan: ${String(fees.differing)} rows differ, one by ${worst} yuan. Ask ${source}, or correct settlement.contracts`,
  };
  return [{ kind: 'feeDiffers', subject: `channel/${source}/${day}`, severity: 3, detail }];
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
  const [said, file] = [heard(reason), COMPARISON_WORDS[comparison]];
  const detail = {
    zh: `${source} ${day} 的${file.zh}不可用：${said.zh}。未采用其中任何内容；请重新获取，仍不可用时向 ${source} 查询`,
    en: `${file.en} of ${source} of ${day}: nothing of it is used: ${said.en}. Fetch it again; if it stays so, ask ${source}`,
  };
  const cases: CompletedRun['cases'] = outcome === 'stopped' ? [{ kind: 'statementUnusable', subject: `${comparison}/${source}/${day}`, severity: 2, detail }] : [];
  log.warn('reconciliation without a result', { comparison, source, day, outcome, reason });
  await store.complete({ run: { ...run, fileSha256: run.fileSha256, totals: {}, at: clock.now() }, found: [], cases, wake: [] });
}
