import type { FundStatementGuest } from '../domain/guests.js';
import { own } from '../domain/own-words.js';
import type { Difference, ReconciliationRow } from '../domain/reconciliation.js';
import type { DayOf, RunOutcome } from '../domain/reconciliation-store.js';
import type { StatedSums } from './compare-settlement.js';
import { judgeDifferences } from './judge-differences.js';
import type { ReconciliationPorts, SettlementDayRequest } from './ports.js';
import { withoutResult } from './run-channel-day.js';

type Told = { readonly kind: 'told'; readonly statement: SettlementDayRequest['statement']; readonly fileSha256: string | undefined };
type Nothing = { readonly kind: 'nothing'; readonly outcome: Exclude<RunOutcome, 'compared'>; readonly reason: string; readonly fileSha256?: string };

/** The statement of a day beside the movements of the merchant's account, where the channel tells them. */
export async function runSettlementDay(ports: ReconciliationPorts, source: string, day: string, stated: StatedSums): Promise<void> {
  const funds = ports.channels.find(source)?.fundStatement;
  if (funds === undefined) return;
  const of: DayOf = { comparison: 'settlement', source, day };
  const told = await askChannel(ports, funds, of);
  if (told.kind === 'nothing') {
    const { kind: _kind, ...why } = told;
    return withoutResult(ports, { ...of, ...why });
  }
  const { statement, fileSha256 } = told;
  const compared = await ports.engine.settlementDay({ day, stated, statement });
  if (compared.kind === 'unusable') return withoutResult(ports, { ...of, outcome: 'stopped', reason: compared.message, ...(fileSha256 === undefined ? {} : { fileSha256 }) });
  const { settlement } = compared;
  const row = (key: string, fen: number): ReconciliationRow => ({ key, paymentKey: key, kind: 'payment', fen, state: 'done', at: `${day}T00:00:00+08:00` });
  const differences = settlement.differences.map(({ class: found, what, expectedFen, actualFen }): Difference => ({ class: found, ours: row(what, expectedFen), theirs: row(what, actualFen) }));
  const none = { payments: 0, paymentFen: 0, refunds: 0, refundFen: 0 };
  const now = ports.clock.now();
  await ports.store.complete({ run: { ...of, outcome: 'compared', reason: '', fileSha256, totals: settlement, at: now }, ...judgeDifferences(of, { differences, classes: [], ours: none, theirs: none }, now) });
}

/** The file is kept before anything of it is used. */
async function askChannel({ archive }: Pick<ReconciliationPorts, 'archive'>, funds: FundStatementGuest, { source, day }: DayOf): Promise<Told | Nothing> {
  const request = { day, account: 'basic' } as const;
  const { reader } = funds;
  const told = reader === undefined || funds.fetchFundStatement === undefined ? await funds.downloadFundStatement(request) : await funds.fetchFundStatement(request);
  switch (told.kind) {
    case 'notReady':
      return { kind: 'nothing', outcome: 'postponed', reason: own('billNotReady', told.message) };
    case 'unknown':
      return { kind: 'nothing', outcome: 'postponed', reason: told.reason };
    case 'malformed':
      return { kind: 'nothing', outcome: 'stopped', reason: told.message };
    case 'empty':
      return { kind: 'told', statement: { kind: 'lines', lines: [] }, fileSha256: undefined };
    default: {
      const fileSha256 = await archive.keep({ day, name: `${source}-fund-statement`, bytes: told.raw });
      if (fileSha256 !== told.sha256) return { kind: 'nothing', outcome: 'stopped', reason: own('otherHash'), fileSha256 };
      if (told.kind === 'ok') return { kind: 'told', statement: { kind: 'lines', lines: told.lines }, fileSha256 };
      return reader === undefined ? { kind: 'nothing', outcome: 'postponed', reason: own('channelStoppedMeanwhile'), fileSha256 } : { kind: 'told', statement: { kind: 'file', reader, raw: told.raw }, fileSha256 };
    }
  }
}
