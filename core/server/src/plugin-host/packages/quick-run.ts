/**
 * The rules of the channel contract that can be seen without the channel's far side: the package runs with no network, so nothing can have been paid, found or refunded. It takes a
 * second, needs nobody's test system and catches the plugin that calls silence a result.
 */
import { isDeepStrictEqual } from 'node:util';
import type { ChargeOutcome, CloseOutcome, FigureReader, FigureRow, PaymentNews, RefundOutcome } from '@hospay/plugin-sdk';
import type { ReportGuest } from '../../domain/guests.js';
import type { Clock, RandomSource } from '../../domain/time.js';
import { makePaymentNo, makeTradeNo } from '../../domain/trade-number.js';
import type { Trial } from '../plugin-host.js';

export type QuickRunFinding = { readonly rule: string; readonly kept: boolean; readonly found: string };

const NOT_CHARGED: readonly ChargeOutcome['kind'][] = ['notSent', 'unknown'];
const NO_NEWS: readonly PaymentNews['kind'][] = ['unknown', 'notFound'];
const NOT_REFUNDED: readonly RefundOutcome['kind'][] = ['notSent', 'unknown', 'declined'];
const NOT_PAID: readonly CloseOutcome['kind'][] = ['unknown', 'notFound', 'closed'];

export async function quickRun({ channel, reports, logged }: Trial, secrets: readonly string[], { clock, random }: { readonly clock: Clock; readonly random: RandomSource }): Promise<readonly QuickRunFinding[]> {
  if (reports.length > 0) return runReports(reports, secrets, logged);
  if (channel === undefined) return [];
  const findings: QuickRunFinding[] = [];
  const said: string[] = [];
  const note = (rule: string, kept: boolean, outcome: unknown): void => {
    const text = JSON.stringify(outcome) ?? '';
    said.push(text);
    findings.push({ rule, kept, found: text.slice(0, 300) });
  };
  const now = clock.now();
  const [method] = channel.methods;
  note('contract.shape', method !== undefined && channel.merchantNo !== '', { merchantNo: channel.merchantNo, methods: channel.methods });
  if (method === undefined) return findings;
  const tradeNo = makePaymentNo(makeTradeNo(now, random), 1);
  const payment = { tradeNo, submittedAt: now.toISOString(), amountFen: 100, method };
  const charged = await channel.charge({ ...payment, payerId: 'quick-run', authCode: '280000000000000000', description: 'quick run', expiresAt: new Date(now.getTime() + 300_000).toISOString() });
  note('answer.unreachable', NOT_CHARGED.includes(charged.kind), { charge: charged });
  const news = await channel.query(payment);
  note('answer.unreachable', NO_NEWS.includes(news.kind), { query: news });
  const closed = await channel.close(payment);
  note('answer.unreachable', NOT_PAID.includes(closed.kind), { close: closed });
  if (channel.canRefund) {
    const refunded = await channel.refund({ refundNo: `${tradeNo}R1`, payment, refundFen: 100, reason: 'quick run', submittedAt: now.toISOString() });
    note('answer.unreachable', NOT_REFUNDED.includes(refunded.kind), { refund: refunded });
  }
  for (const body of [new Uint8Array(), new Uint8Array([0xff, 0xfe, 0x00, 0x7b]), Buffer.from('{"paid":true}', 'utf8')]) {
    const read = await channel.readNotification({ headers: {}, query: '', body, receivedAt: now.toISOString() });
    note('notification.garbage', read.kind === 'refused', { readNotification: read });
  }
  const [stored, refused] = [channel.answerNotification('stored'), channel.answerNotification('refused')];
  note('notification.answers', !isDeepStrictEqual(stored, refused), { stored, refused });
  const told = secrets.some((secret) => [...said, ...logged()].some((text) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1))));
  findings.push({ rule: 'secrets.neverTold', kept: !told, found: told ? 'a secret of the settings appears in an outcome or a log line' : 'no secret in outcomes and log lines' });
  return findings;
}

/** Two days of two channels, nothing of this hospital: whether a report fits its own columns can be seen without a fen of it. */
async function runReports(reports: readonly ReportGuest[], secrets: readonly string[], logged: () => readonly string[]): Promise<readonly QuickRunFinding[]> {
  const findings: QuickRunFinding[] = [];
  const said: string[] = [];
  for (const { id, declaration, read } of reports) {
    const days = declaration.mostDays >= SAMPLE_DAYS.length ? SAMPLE_DAYS : SAMPLE_DAYS.slice(0, 1);
    const outcome = await read({ from: days[0] ?? '', to: days.at(-1) ?? '', hospital: { id: 'quick-run', name: 'quick run' } }, SAMPLE_FIGURES);
    said.push(JSON.stringify(outcome));
    findings.push({ rule: 'rows.fitColumns', kept: outcome.kind === 'rows', found: `${id}: ${outcome.kind === 'rows' ? `${String(outcome.rows.length)} rows` : outcome.reason}` });
  }
  const told = secrets.some((secret) => [...said, ...logged()].some((text) => text.includes(secret)));
  return [...findings, { rule: 'secrets.neverTold', kept: !told, found: told ? 'a secret of the settings appears in a cell or a log line' : 'no secret in cells and log lines' }];
}

const SAMPLE_DAYS = ['2026-01-01', '2026-01-02'] as const;
const SAMPLE_FIGURES: FigureReader = {
  sums: ({ from, to, by }) => Promise.resolve(SAMPLE_DAYS.filter((day) => day >= from && day <= to).map((day): FigureRow => ({
    of: Object.fromEntries(by.map((dimension) => [dimension, dimension === 'day' ? day : dimension === 'month' ? day.slice(0, 7) : 'sample'])), paidCount: 3, paidFen: 10_001, refundedCount: 1, refundedFen: 7, bookedCount: 3, bookedFen: 10_001, reversedCount: 0, reversedFen: 0,
    fundFen: 0, accountFen: 0,
  }))),
  hours: ({ from, to }) => Promise.resolve(SAMPLE_DAYS.filter((day) => day >= from && day <= to).map((day) => ({ day, hour: 9, paidCount: 3, paidFen: 10_001, refundedCount: 1, refundedFen: 7 }))),
  terminals: ({ from, to }) => Promise.resolve(SAMPLE_DAYS.filter((day) => day >= from && day <= to).map((day) => ({ day, terminal: 'sample', dueSeconds: 36_000, onlineSeconds: 36_000, availableSeconds: 36_000, outages: 0, longestSeconds: 0, platformDownSeconds: 0 }))),
  tills: () => Promise.resolve([{ operator: '0001', terminal: '', shifts: 1, expectedFen: 10_001, countedFen: 10_001, longCount: 0, longFen: 0, shortCount: 0, shortFen: 0 }]),
};
