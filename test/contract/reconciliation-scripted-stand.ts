/** Days whose statement and day list say what the test wants, over the real money store and use cases. */
import { createHash } from 'node:crypto';
import type { TestContext } from 'node:test';
import type { DayListLine, HisResult, PaymentMethod, StatementLine, StatementOutcome } from '@hospay/plugin-sdk';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import type { FeeContract } from '@hospay/server/domain/fee-contract.js';
import type { StatementFilesGuest } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { createReconciliationDesk } from '@hospay/server/reconciliation/reconciliation-desk.js';
import { startStand, type Stand } from './payment-api-stand.js';
import { reconciliationOver } from './reconciliation-parts.js';

/** What the stand's clock says when it starts. */
export const DAY = '2026-11-20';
export const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export function statementOf(lines: StatementLine[], set: Partial<Extract<StatementOutcome, { kind: 'ok' }>> = {}): StatementOutcome {
  const raw = Buffer.from(JSON.stringify(lines));
  const sum = (kind: StatementLine['kind']): number => lines.reduce((total, line) => (line.kind === kind ? total + line.amountFen : total), 0);
  return { kind: 'ok', raw, sha256: sha256(raw), lines, totals: { lines: lines.length, paymentFen: sum('payment'), refundFen: sum('refund') }, ...set };
}
export const lineOf = (tradeNo: string, amountFen: number, set: Partial<StatementLine> = {}): StatementLine => ({ kind: 'payment', tradeNo, channelTradeNo: `4200${tradeNo.slice(-8)}`, amountFen, feeMilliFen: 0, status: 'SUCCESS', at: `${DAY}T10:00:00+08:00`, ...set });
export const booked = (tradeNo: string, amountFen: number, set: Partial<DayListLine> = {}): DayListLine => ({ kind: 'payment', tradeNo, settlementNo: `S${tradeNo.slice(-6)}`, amountFen, paidAt: `${DAY}T10:00:00+08:00`, ...set });

/** @param contracts what the channel may keep, and `cutOff` when its day ends, where a test is about it */
export async function startScripted(context: TestContext, contracts: readonly FeeContract[] = [], cutOff?: string) {
  const stand: Stand = await startStand(context, cutOff === undefined ? {} : { policy: { cutOffs: { working: cutOff } } });
  const sources = [{ source: 'working', channels: ['working'], ...(cutOff === undefined ? {} : { cutOff }) }];
  const said = { statement: statementOf([]), dayLists: new Map<string, DayListLine[]>(), listDayAnswers: [] as HisResult<DayListLine[]>[], pages: [] as number[], files: undefined as StatementFilesGuest | undefined };
  const channel = { merchantNo: '1900000009', methods: [] as PaymentMethod[], downloadStatement: () => Promise.resolve(said.statement), get statementFiles() { return said.files; } };
  const hospital = Object.assign(stand.hospital, {
    listDay: ({ day, page, pageSize }: { readonly day: string; readonly page: number; readonly pageSize: number }): Promise<HisResult<DayListLine[]>> => {
      said.pages.push(page);
      return Promise.resolve(said.listDayAnswers.shift() ?? { kind: 'ok', value: (said.dayLists.get(day) ?? []).slice((page - 1) * pageSize, page * pageSize) });
    },
  });
  const parts = reconciliationOver(stand.store.reconciliation);
  const audited: AuditAct[] = [];
  const desk = createReconciliationDesk({
    contracts,
    ...parts, channels: { find: (id) => (id === 'working' ? channel : undefined) }, hospitals: { find: () => hospital }, hospitalId: 'demo', sources: () => sources,
    clock: stand.clock, log: SILENT_LOG, audit: { record: (act) => { audited.push(act); return Promise.resolve(); } },
  });
  const run = async (day = DAY) => Object.fromEntries((await desk.runDay({ day, by: 'user/test' })).map(({ comparison, state }) => [comparison, state]));
  const found = (comparison: 'channel' | 'hospital', day = DAY) => desk.listDifferences({ comparison, source: comparison === 'channel' ? 'working' : 'demo', day }).filter(({ settledAt }) => settledAt === undefined).map(({ class: of, key }) => [of, key]);
  const cases = () => stand.store.database.prepare('SELECT kind, subject FROM discrepancy_case WHERE resolved_at IS NULL ORDER BY id').all().map((row) => [row['kind'], row['subject']]);
  return { stand, sources, said, channel, desk, run, found, cases, archive: parts.archive, audited };
}
