import { createHash } from 'node:crypto';

import type { StatementLine, StatementOutcome } from '../../payment-channel.js';
import { ChannelBench, must } from './channel-bench.js';
import type { ChannelRule } from './channel-subject.js';

type Whole = Extract<StatementOutcome, { kind: 'ok' }>;

/** What is fetched and read by itself is what is downloaded whole; half a file is none. */
async function fetchesTheSame(bench: ChannelBench, whole: Whole): Promise<void> {
  if (!bench.canFetchStatement) return;
  const day = await bench.far.statementDay();
  const file = await bench.fetchStatement(day);
  must(file.kind === 'file', 'the file of a day with payments is a `file`', { kind: file.kind });
  must(createHash('sha256').update(file.raw).digest('hex') === file.sha256, 'sha256 is that of the file');
  const lines: StatementLine[] = [];
  const read = await bench.far.readStatementFile({ day, raw: file.raw }, (line) => { lines.push(line); });
  must(read.kind === 'ok' && JSON.stringify(lines) === JSON.stringify(whole.lines) && JSON.stringify(read.totals) === JSON.stringify(whole.totals), 'the reader reads from the file what `downloadStatement` tells', { kind: read.kind });
  const half = await bench.far.readStatementFile({ day, raw: file.raw.slice(0, Math.floor(file.raw.length / 2)) }, () => undefined);
  must(half.kind === 'malformed', 'half a file is `malformed`', { kind: half.kind });
}

export const STATEMENT_RULES: readonly ChannelRule[] = [
  {
    id: 'statement.complete',
    title: 'the bill of a day holds each payment and refund once, and its totals are the sums of its rows',
    needs: ['statement', 'control.statementDay'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const orders = [await bench.paidOrder(1_234), await bench.paidOrder(1_000)];
      const refunds = [];
      const [, second] = orders;
      if (subject.channel.refund !== undefined && second !== undefined) {
        const request = bench.newRefund(second, bench.part(second, 400));
        await bench.refund(request);
        await bench.queryRefund(request);
        refunds.push(request);
      }
      const statement = await bench.downloadStatement(await bench.far.statementDay());
      must(statement.kind === 'ok', 'the bill of a day with payments is `ok`', statement);
      for (const order of orders) {
        const rows = statement.lines.filter((line) => line.kind === 'payment' && line.tradeNo === order.tradeNo);
        must(rows.length === 1 && rows[0]?.amountFen === order.amountFen, 'each payment stands in the bill once, with its amount in fen', rows);
      }
      for (const refund of refunds) {
        const rows = statement.lines.filter((line) => line.kind === 'refund' && line.refundNo === refund.refundNo);
        must(rows.length === 1 && rows[0]?.amountFen === refund.refundFen && rows[0].tradeNo === refund.payment.tradeNo, 'each refund stands in the bill once, positive, in fen', rows);
      }
      const sum = (kind: 'payment' | 'refund'): number => statement.lines.filter((line) => line.kind === kind).reduce((total, line) => total + line.amountFen, 0);
      const { totals } = statement;
      must(totals.lines === statement.lines.length && totals.paymentFen === sum('payment') && totals.refundFen === sum('refund'), 'the totals are the sums of the rows', totals);
      must(createHash('sha256').update(statement.raw).digest('hex') === statement.sha256, 'sha256 is that of the raw bytes');
      await fetchesTheSame(bench, statement);
    },
  },
  {
    id: 'statement.contradiction',
    title: 'a bill whose totals contradict its rows is malformed, never half-used',
    needs: ['statement', 'control.statementDay', 'control.spoilStatement'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      await bench.paidOrder(1_234);
      const day = await bench.far.statementDay();
      await bench.far.spoilStatement();
      const statement = await bench.downloadStatement(day);
      must(statement.kind === 'malformed', 'a bill that contradicts itself is `malformed`', { kind: statement.kind });
    },
  },
];
