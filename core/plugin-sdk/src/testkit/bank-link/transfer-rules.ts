import type { TransferOutcome } from '../../bank-link.js';
import { must } from '../channel/channel-bench.js';
import { BankLinkBench, SHORT_TIMEOUT_MS } from './bank-link-bench.js';
import type { BankLinkFault, BankLinkRule } from './bank-link-subject.js';

/** After these the bank has the transfer, whatever it said. */
const DONE_WITHOUT_ANSWER: readonly BankLinkFault[] = ['timeoutAfterExecution', 'brokenConnectionAfterExecution', 'serverErrorAfterExecution', 'unlistedErrorAfterExecution', 'saysUnknownAfterExecution'];

const WHAT_HAPPENED: Readonly<Partial<Record<BankLinkFault, string>>> = {
  timeoutAfterExecution: 'silence after the bank accepted it',
  brokenConnectionAfterExecution: 'a connection that breaks after sending',
  serverErrorAfterExecution: 'an error page after the bank accepted it',
  unlistedErrorAfterExecution: 'an error outside of the manual’s final list',
  saysUnknownAfterExecution: 'the bank’s own "unknown"',
};

export const TRANSFER_RULES: readonly BankLinkRule[] = [
  {
    id: 'contract.shape',
    title: 'a link names its accounts, each once, and can pay, be asked and be read',
    needs: [],
    run: async ({ link, control }) => {
      must(link.accountNos.includes(control.accountNo) && new Set(link.accountNos).size === link.accountNos.length, 'accountNos names the account that is paid from, each once', link.accountNos);
      must([link.pay, link.query, link.statement].every((operation) => typeof operation === 'function'), 'pay, query and statement are functions');
      return Promise.resolve();
    },
  },
  {
    id: 'pay.paid',
    title: 'a transfer is paid once, and the question says so',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(123_456);
      await paidOnce(bench, request.instructionNo);
    },
  },
  {
    id: 'pay.sameNumberOnce',
    title: 'the same instruction number sent twice pays once, and is not called refused',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(5_000);
      const again = await bench.pay(request);
      must(again.kind !== 'refused' && again.kind !== 'notSent', 'the repeat of a number the bank has is `unknown` or what became of it: it was paid', again);
      await paidOnce(bench, request.instructionNo);
      const news = await bench.query(request);
      must(news.kind === 'succeeded', 'it is still `succeeded`', news);
    },
  },
  {
    id: 'pay.otherAmountUnderNumber',
    title: 'a used number with another amount moves nothing more and is not called refused',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(5_000);
      const other = await bench.pay({ ...request, amountFen: 5_001 });
      must(other.kind !== 'refused', 'under this number something was paid: not `refused`', other);
      await paidOnce(bench, request.instructionNo);
    },
  },
  {
    id: 'pay.timeoutBefore',
    title: 'silence before the bank had it is unknown, then absent, never failed',
    needs: ['fault.timeoutBeforeExecution'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.failNext('pay', 'timeoutBeforeExecution');
      const request = bench.newTransfer(7_000);
      const outcome = await bench.pay(request, { timeoutMs: SHORT_TIMEOUT_MS });
      must(outcome.kind === 'unknown', 'a transfer without an answer is `unknown`', outcome);
      const news = await bench.query(request);
      must(news.kind === 'absent', 'the bank never had it: `absent`', news);
    },
  },
  ...DONE_WITHOUT_ANSWER.map((fault): BankLinkRule => ({
    id: `pay.${fault}`,
    title: `${WHAT_HAPPENED[fault] ?? fault} is unknown, and the question tells what became of it`,
    needs: [`fault.${fault}`],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.failNext('pay', fault);
      const request = bench.newTransfer(7_000);
      unknownOrTaken(await bench.pay(request, { timeoutMs: SHORT_TIMEOUT_MS }), fault);
      await paidOnce(bench, request.instructionNo);
      const news = await bench.query(request);
      must(news.kind === 'succeeded', 'it was paid: the question says `succeeded`', news);
    },
  })),
  {
    id: 'pay.garbage',
    title: 'an answer of the wrong shape is unknown',
    needs: ['fault.garbage'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.failNext('pay', 'garbage');
      const outcome = await bench.pay(bench.newTransfer(7_000));
      must(outcome.kind === 'unknown', 'what cannot be read is `unknown`', outcome);
    },
  },
  {
    id: 'pay.refused',
    title: 'a refusal the manual lists as final is refused, and no money moves',
    needs: ['control.refuseNext'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.refuseNext();
      const request = bench.newTransfer(7_000);
      const outcome = await bench.pay(request);
      must(outcome.kind === 'refused', 'a final refusal is `refused`', outcome);
      must((await bench.far.paidUnder(request.instructionNo)) === 0, 'nothing was paid');
      const news = await bench.query(request);
      must(news.kind === 'failed' || news.kind === 'absent', 'the question agrees with the refusal', news);
    },
  },
  {
    id: 'pay.unreachable',
    title: 'when no connection comes about a transfer was not sent, and a question is unknown',
    needs: ['control.unreachableLink'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject, await new BankLinkBench(subject).far.unreachableLink());
      const request = bench.newTransfer(7_000);
      const outcome = await bench.pay(request);
      must(outcome.kind === 'notSent', 'no byte can have arrived: `notSent`', outcome);
      const news = await bench.query(request);
      must(news.kind === 'unknown', 'nobody was asked: `unknown`', news);
      const statement = await bench.statement(bench.today());
      must(statement.kind !== 'statement', 'nobody was asked: no statement', { kind: statement.kind });
    },
  },
  {
    id: 'deadline.passedBefore',
    title: 'a transfer whose deadline has passed is not sent',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = bench.newTransfer(7_000);
      const outcome = await bench.pay(request, { abortedBefore: true });
      must(outcome.kind === 'notSent' || outcome.kind === 'unknown', 'nothing is sent after the deadline', outcome);
      must((await bench.far.paidUnder(request.instructionNo)) === 0, 'nothing was paid');
    },
  },
  {
    id: 'privacy.neverTold',
    title: 'no secret of the settings, and no payee, appears in a log line',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.paidTransfer(7_000);
      for (const fault of bench.far.faults.filter((each) => !each.startsWith('timeout'))) {
        await bench.far.failNext('pay', fault);
        await bench.pay(bench.newTransfer(1_000));
      }
      const { accountName, accountNo } = bench.far.payee;
      const lines = subject.logLines();
      for (const secret of [...subject.secrets, accountName, accountNo]) must(!lines.some((line) => line.includes(secret)), 'secrets and payees are not logged');
      for (const secret of subject.secrets) must(!bench.outcomeTexts.some((text) => text.includes(secret)), 'secrets are in no outcome');
    },
  },
];

/** Some banks say what became of it in the answer itself: that is not a mistake, a refusal would be. */
function unknownOrTaken(outcome: TransferOutcome, fault: BankLinkFault): void {
  const mayBeTaken = fault === 'saysUnknownAfterExecution' && outcome.kind === 'accepted';
  must(outcome.kind === 'unknown' || mayBeTaken, 'a transfer the bank may have is `unknown`, never refused', outcome);
}

async function paidOnce(bench: BankLinkBench, instructionNo: string): Promise<void> {
  const times = await bench.far.paidUnder(instructionNo);
  must(times === 1, `one instruction number pays once, not ${String(times)} times`);
}
