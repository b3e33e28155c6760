import type { BankStatementOutcome } from '../../bank-link.js';
import { daysBefore } from '../../beijing-time.js';
import { must } from '../channel/channel-bench.js';
import { BankLinkBench, SHORT_TIMEOUT_MS } from './bank-link-bench.js';
import type { BankLinkRule } from './bank-link-subject.js';

type Statement = Extract<BankStatementOutcome, { kind: 'statement' }>;

export const BANK_STATEMENT_RULES: readonly BankLinkRule[] = [
  {
    id: 'statement.sums',
    title: 'the statement of a day holds each movement once, names our transfers, and adds up',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const requests = [await bench.paidTransfer(1_234), await bench.paidTransfer(56_700)];
      await bench.far.payIn(99_999);
      const statement = await yesterdays(bench);
      for (const { instructionNo, amountFen } of requests) {
        const lines = statement.lines.filter((line) => line.instructionNo === instructionNo);
        must(lines.length === 1 && lines[0]?.direction === 'out' && lines[0].amountFen === amountFen && !lines[0].isReturn, 'each transfer of ours stands in it once, going out, in fen', lines);
      }
      must(statement.lines.some((line) => line.direction === 'in' && line.amountFen === 99_999 && line.instructionNo === undefined && !line.isReturn), 'what others paid in is no transfer of ours', statement.lines);
    },
  },
  {
    id: 'statement.pages',
    title: 'a statement of several pages is read whole',
    needs: ['control.pageSize'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const count = bench.far.pageSize * 2 + 1;
      for (let amountFen = 1; amountFen <= count; amountFen += 1) await bench.far.payIn(amountFen);
      const statement = await yesterdays(bench);
      must(statement.lines.length === count, `all ${String(count)} movements are in it`, { lines: statement.lines.length });
    },
  },
  {
    id: 'statement.emptyDay',
    title: 'a day without a movement has a statement: opening is closing',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.payIn(1_000);
      const before = await yesterdays(bench);
      const empty = await yesterdays(bench);
      must(empty.lines.length === 0 && empty.openingFen === before.closingFen && empty.closingFen === before.closingFen, 'nothing moved: it begins and ends with what the day before ended with', empty);
    },
  },
  {
    id: 'statement.dayNotOver',
    title: 'the statement of a day that is not over is not ready',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.payIn(1_000);
      const statement = await bench.statement(bench.today());
      must(statement.kind === 'notReady', 'what may still grow is no statement: `notReady`', { kind: statement.kind });
    },
  },
  {
    id: 'statement.return',
    title: 'a transfer that came back stands in the statement of that day as a return of ours',
    needs: ['control.returnTransfer'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const { instructionNo, amountFen } = await bench.paidTransfer(8_800);
      await bench.far.passDays(2);
      await bench.far.returnTransfer(instructionNo);
      const statement = await yesterdays(bench);
      const lines = statement.lines.filter((line) => line.isReturn);
      must(lines.length === 1 && lines[0]?.direction === 'in' && lines[0].amountFen === amountFen && lines[0].instructionNo === instructionNo, 'it comes in, marked as a return, under our number', lines);
    },
  },
  ...(['sums', 'lineTwice'] as const).map((how): BankLinkRule => ({
    id: `statement.${how}Unusable`,
    title: how === 'sums' ? 'a statement whose figures do not add up is unusable, and kept' : 'a statement with a movement twice is unusable, and kept',
    needs: ['control.spoilStatement'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.paidTransfer(1_234);
      await bench.far.payIn(500);
      await bench.far.passDays(1);
      await bench.far.spoilStatement(how);
      const statement = await bench.statement(daysBefore(bench.today()));
      must(statement.kind === 'unusable', 'a statement that contradicts itself is `unusable`', { kind: statement.kind });
      must(statement.bytes.byteLength > 0, 'it is kept as it came');
    },
  })),
  {
    id: 'statement.late',
    title: 'a statement the bank has not made yet is not ready, never an empty day',
    needs: ['control.spoilStatement'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.payIn(500);
      await bench.far.passDays(1);
      await bench.far.spoilStatement('late');
      const statement = await bench.statement(daysBefore(bench.today()));
      must(statement.kind === 'notReady' || statement.kind === 'unknown', 'it is not there yet', { kind: statement.kind });
    },
  },
  {
    id: 'statement.noAnswer',
    title: 'a statement without an answer that may be believed is unknown, never an empty day',
    needs: ['control.failNext', 'control.faults'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.payIn(500);
      await bench.far.passDays(1);
      for (const fault of bench.far.faults) {
        await bench.far.failNext('statement', fault);
        const statement = await bench.statement(daysBefore(bench.today()), { timeoutMs: SHORT_TIMEOUT_MS });
        must(statement.kind === 'unknown' || statement.kind === 'unusable', `${fault}: no statement`, { kind: statement.kind });
      }
    },
  },
];

/** A day passes, and its statement is read and held against itself. */
async function yesterdays(bench: BankLinkBench): Promise<Statement> {
  await bench.far.passDays(1);
  const day = daysBefore(bench.today());
  const statement = await bench.statement(day);
  must(statement.kind === 'statement', 'the statement of a day that is over can be read', statement.kind === 'unknown' || statement.kind === 'notReady' || statement.kind === 'unusable' ? { kind: statement.kind, reason: statement.reason } : statement);
  must(statement.accountNo === bench.far.accountNo && statement.day === day, 'it is of the account and day asked for', { accountNo: statement.accountNo, day: statement.day });
  const moved = statement.lines.reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), 0);
  must(statement.openingFen + moved === statement.closingFen, 'opening + in - out is closing', { opening: statement.openingFen, moved, closing: statement.closingFen });
  must(new Set(statement.lines.map(({ bankLineNo }) => bankLineNo)).size === statement.lines.length, 'each movement has a number of its own');
  must(statement.bytes.byteLength > 0, 'the file is kept');
  return statement;
}
