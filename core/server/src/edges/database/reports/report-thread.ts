/** The thread in which reports are reckoned: reading a year holds up no payment. Started by `openReportReader`. */
import { setTimeout as rest } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import type { ReportReader } from '../../../reports/ports.js';
import { checkDay } from './check-day.js';
import { sumFeeder } from './feed-sums.js';
import { ledgerRows } from './ledger-rows.js';
import { queryCurve, querySums } from './query-sums.js';
import { channelDays, differenceRows, tillRows } from './reconciled-rows.js';
import { openMoneyForReports, openSums } from './sum-tables.js';
import { transactionRows } from './transaction-rows.js';

/** Each method of the reader with its answer at hand. */
type Answers = { readonly [Name in keyof ReportReader]: (of: Parameters<ReportReader[Name]>[0]) => Awaited<ReturnType<ReportReader[Name]>> };
export type Question = { [Name in keyof ReportReader]: { readonly id: number; readonly name: Name; readonly of: Parameters<ReportReader[Name]>[0] } }[keyof ReportReader] | { readonly id: number; readonly name: 'stop' };
export type Reply = { readonly id: number; readonly value: unknown } | { readonly id: number; readonly error: string };
export type ReportFiles = { readonly moneyFile: string; readonly sumsFile: string };

/** What a page takes is done in some milliseconds, so that a question between two pages does not wait. */
const PAGE_JOURNALS = 1_000;
/** New journals are taken in this often; a question takes those that came since first. */
const FEED_EVERY_MS = 2_000;
/** More than this is not waited for: the answer says how much is missing. */
const FED_BEFORE_ANSWER = 5 * PAGE_JOURNALS;

if (parentPort !== null) serve(parentPort, workerData as ReportFiles);

function serve(port: NonNullable<typeof parentPort>, { moneyFile, sumsFile }: ReportFiles): void {
  const money = openMoneyForReports(moneyFile);
  const sums = openSums(sumsFile);
  const feeder = sumFeeder(money, sums);
  let isStopping = false;
  const feedAll = (most: number): void => {
    for (let fed = 0; fed < most; fed += PAGE_JOURNALS) if (feeder.feed(PAGE_JOURNALS) < PAGE_JOURNALS) return;
  };
  const fresh = <Of, Value>(answer: (of: Of) => Value) => (of: Of): Value => {
    feedAll(FED_BEFORE_ANSWER);
    return answer(of);
  };
  const answers: Answers = {
    state: fresh(() => feeder.state()),
    sums: fresh((of) => querySums(sums, of)),
    curve: fresh((of) => queryCurve(sums, of)),
    transactions: fresh((of) => transactionRows(money, sums, of)),
    differences: (of) => differenceRows(money, of),
    channelDays: (of) => channelDays(money, of),
    tills: (of) => tillRows(money, of),
    ledger: (of) => ledgerRows(money, of),
    checkDay: fresh(({ day }) => {
      const { behind } = feeder.state();
      return behind === 0 ? checkDay(money, sums, day) : { day, differences: [], behind };
    }),
    rebuild: () => {
      feeder.startAnew();
      return feeder.state();
    },
  };
  const answer = (question: Question): void => {
    if (question.name === 'stop') {
      isStopping = true;
      sums.close();
      money.close();
      port.close();
      return;
    }
    try {
      port.postMessage({ id: question.id, value: valueOf(answers, question) } satisfies Reply);
    } catch (error) {
      port.postMessage({ id: question.id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies Reply);
    }
  };
  port.on('message', answer);
  void keepFeeding(() => isStopping, () => feeder.feed(PAGE_JOURNALS), (error) => { port.postMessage({ id: 0, error: error instanceof Error ? error.message : String(error) } satisfies Reply); });
}

function valueOf(answers: Answers, question: Exclude<Question, { readonly name: 'stop' }>): unknown {
  // Name and argument of a question belong together; the compiler cannot follow that through the table.
  const { [question.name]: own } = answers;
  return (own as (of: unknown) => unknown)(question.of);
}

/**
 * Page by page, between questions, and after each as much rest as it took: a history of years that is taken in for the first time leaves half a processor to the
 * payments. A page that fails is tried again later: the sums say that they are behind.
 */
async function keepFeeding(isStopping: () => boolean, feed: () => number, failed: (error: unknown) => void): Promise<void> {
  while (!isStopping()) {
    let isDone = true;
    const since = performance.now();
    try {
      isDone = feed() < PAGE_JOURNALS;
    } catch (error) {
      failed(error);
    }
    await rest(isDone ? FEED_EVERY_MS : Math.ceil(performance.now() - since), undefined, { ref: false });
  }
}
