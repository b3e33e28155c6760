import { must } from '../channel/channel-bench.js';
import { BankLinkBench, SHORT_TIMEOUT_MS } from './bank-link-bench.js';
import type { BankLinkFault, BankLinkRule } from './bank-link-subject.js';

/** None of them is an answer to a question. */
const NO_ANSWER: readonly BankLinkFault[] = ['timeoutBeforeExecution', 'timeoutAfterExecution', 'brokenConnectionAfterExecution', 'serverErrorAfterExecution', 'garbage', 'unlistedErrorAfterExecution', 'saysUnknownAfterExecution'];

export const NEWS_RULES: readonly BankLinkRule[] = [
  {
    id: 'query.absent',
    title: 'a number the bank never saw is absent',
    needs: [],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const news = await bench.query(bench.newTransfer(100));
      must(news.kind === 'absent', 'a number nobody used is `absent`', news);
    },
  },
  {
    id: 'query.processing',
    title: 'a transfer the bank has only accepted is not paid',
    needs: ['control.holdProcessing', 'control.finish'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.holdProcessing();
      const request = bench.newTransfer(9_000);
      const outcome = await bench.pay(request);
      must(outcome.kind === 'accepted' && !outcome.awaitsBankApproval, 'a transfer the bank has taken is `accepted`', outcome);
      const news = await bench.query(request);
      must(news.kind === 'processing' && !news.awaitsBankApproval, 'accepted is not paid: `processing`', news);
      await bench.far.finish(request.instructionNo, 'paid');
      const end = await bench.query(request);
      must(end.kind === 'succeeded', 'now it is paid', end);
    },
  },
  {
    id: 'query.failed',
    title: 'a transfer the bank gave up is failed, and no money moved',
    needs: ['control.holdProcessing', 'control.finish'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.holdProcessing();
      const request = await bench.takenTransfer(9_000);
      await bench.far.finish(request.instructionNo, 'failed');
      const news = await bench.query(request);
      must(news.kind === 'failed', 'the bank says that it failed', news);
      must((await bench.far.paidUnder(request.instructionNo)) === 0, 'nothing was paid');
    },
  },
  {
    id: 'query.awaitsApproval',
    title: 'a transfer that waits for approval at the bank says so, and is paid after it',
    needs: ['control.holdForApproval', 'control.decideApproval'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.holdForApproval();
      const request = bench.newTransfer(9_000);
      const outcome = await bench.pay(request);
      must(outcome.kind === 'accepted' && outcome.awaitsBankApproval, 'somebody must approve it at the bank, and the link says so', outcome);
      const news = await bench.query(request);
      must(news.kind === 'processing' && news.awaitsBankApproval, 'it waits for approval', news);
      await bench.far.decideApproval(request.instructionNo, 'approved');
      const end = await bench.query(request);
      must(end.kind === 'succeeded', 'approved and paid', end);
    },
  },
  {
    id: 'query.approvalRefused',
    title: 'a transfer refused in approval is failed',
    needs: ['control.holdForApproval', 'control.decideApproval'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.far.holdForApproval();
      const request = await bench.takenTransfer(9_000);
      await bench.far.decideApproval(request.instructionNo, 'refused');
      const news = await bench.query(request);
      must(news.kind === 'failed', 'refused by the hospital’s own approver: `failed`', news);
    },
  },
  {
    id: 'query.returned',
    title: 'a transfer that came back days later is returned, and another of the same amount is not',
    needs: ['control.returnTransfer'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const [request, other] = [await bench.paidTransfer(8_800), await bench.paidTransfer(8_800)];
      await bench.far.passDays(3);
      await bench.far.returnTransfer(request.instructionNo);
      const news = await bench.query(request);
      must(news.kind === 'returned', 'it was paid and came back: `returned`', news);
      const kept = await bench.query(other);
      must(kept.kind === 'succeeded', 'another transfer of the same amount did not come back', kept);
    },
  },
  {
    id: 'query.noAnswer',
    title: 'a question without an answer that may be believed is unknown, whatever was answered',
    needs: ['control.failNext', 'control.faults'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(8_800);
      for (const fault of NO_ANSWER.filter((each) => bench.far.faults.includes(each))) {
        await bench.far.failNext('query', fault);
        const news = await bench.query(request, { timeoutMs: SHORT_TIMEOUT_MS });
        must(news.kind === 'unknown', `${fault}: nothing is known, neither absent nor failed`, news);
      }
      const news = await bench.query(request);
      must(news.kind === 'succeeded', 'and afterwards the bank is asked again', news);
    },
  },
  {
    id: 'pace.kept',
    title: 'questions that come together are asked at the bank’s pace',
    needs: ['control.hurried'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const requests = [await bench.takenTransfer(100), await bench.takenTransfer(200), await bench.takenTransfer(300)];
      const news = await Promise.all([...requests, ...requests].map((request) => bench.query(request)));
      must(news.every(({ kind }) => kind === 'succeeded' || kind === 'unknown'), 'a question that found no turn is `unknown`', news);
      const hurried = await bench.far.hurried();
      must(hurried === 0, `the bank was asked too soon ${String(hurried)} times`);
    },
  },
];
