/** The rules of the report contract. Each is run over figures that the suite holds itself, so that it knows what must come out. */
import { isDeepStrictEqual } from 'node:util';
import { Check } from 'typebox/value';
import {
  MOST_FIGURE_QUESTIONS, misfitOf, problemsOfReport, ReportOutcomeSchema, type FigureReader, type Figures, type OperatingReport, type ReportCell, type ReportRequest,
} from '../../report.js';
import { RuleBroken } from '../channel/channel-subject.js';
import { sampleFigures } from './sample-figures.js';

export type ReportSubject = {
  readonly report: OperatingReport;
  /** Columns, by their English heads, that add up to a figure of the reader over the same time and parameters. */
  readonly sumsTo?: Readonly<Record<string, (figures: Figures) => number>>;
  /** Texts among the settings that may appear in no log line and no cell. */
  readonly secrets: readonly string[];
  readonly logLines: () => readonly string[];
};
export type ReportRule = {
  readonly id: string;
  readonly title: string;
  readonly needs: readonly 'sumsTo'[];
  /** Resolves when the subject keeps the rule; rejects with `RuleBroken` when not. */
  run(subject: ReportSubject): Promise<void>;
};

const TIME = { from: '2026-01-02', to: '2026-01-09' } as const;
/** A time in which nothing happened. */
const QUIET = { from: '2025-03-01', to: '2025-03-05' } as const;
const HOSPITAL = { id: 'sample', name: '示范医院' } as const;
/** A read that is called off has this long to end. */
const END_MS = 500;

/** Every choice the declaration offers, one at a time, and none. */
function requestsOf({ parameters, mostDays }: OperatingReport): ReportRequest[] {
  const time = mostDays >= 8 ? TIME : { from: TIME.from, to: TIME.from };
  const plain: ReportRequest = { ...time, hospital: HOSPITAL };
  return [plain, ...parameters.flatMap((parameter): ReportRequest[] => {
    if (parameter.name === 'by') return parameter.of.map((by) => ({ ...plain, by }));
    if (parameter.name === 'unit') return parameter.of.map((unit) => ({ ...plain, unit }));
    return [{ ...plain, [parameter.name]: parameter.name === 'channel' ? 'wechat' : 'cash' }];
  })];
}

async function outcomeOf(report: OperatingReport, request: ReportRequest, reader: FigureReader, signal = new AbortController().signal): Promise<unknown> {
  try {
    return structuredClone(await report.read(structuredClone(request), reader, { deadline: new Date(Date.now() + 10_000).toISOString(), signal }));
  } catch (error) {
    throw new RuleBroken(`read threw: ${error instanceof Error ? error.message : 'something'}; it must answer rows or unknown`);
  }
}
async function rowsOf(report: OperatingReport, request: ReportRequest, reader: FigureReader = sampleFigures()): Promise<readonly (readonly ReportCell[])[]> {
  const outcome = await outcomeOf(report, request, reader);
  if (!Check(ReportOutcomeSchema, outcome)) throw new RuleBroken('read answered in another shape than the contract has; it must answer rows or unknown');
  if (outcome.kind === 'unknown') throw new RuleBroken(`read answered unknown (${outcome.reason}) though the reader answered everything`);
  return outcome.rows;
}
function must(isKept: boolean, otherwise: string): void {
  if (!isKept) throw new RuleBroken(otherwise);
}
const asked = (request: ReportRequest): string => JSON.stringify({ by: request.by, unit: request.unit, channel: request.channel, method: request.method, from: request.from, to: request.to });
const rule = (id: string, title: string, run: ReportRule['run'], needs: ReportRule['needs'] = []): ReportRule => ({ id, title, needs, run });

export const REPORT_RULES: readonly ReportRule[] = [
  rule('contract.shape', 'a report says what it is called in both languages, what may be asked of it, and which columns it has', async ({ report }) => {
    const problems = problemsOfReport(report);
    must(problems.length === 0, problems.join('; '));
    await Promise.resolve();
  }),
  rule('rows.fitColumns', 'each row has a cell of the right kind for each column, for every choice of its parameters', async ({ report }) => {
    for (const request of requestsOf(report)) {
      const problem = misfitOf(report.columns, await rowsOf(report, request));
      must(problem === undefined || /whole number/.test(problem), `${asked(request)}: ${problem ?? ''}`);
    }
  }),
  rule('rows.wholeFen', 'amounts are integer fen and counts are integers: no mean, share or sum leaves a fraction', async ({ report }) => {
    for (const request of requestsOf(report)) {
      for (const row of await rowsOf(report, request)) {
        for (const [index, { zh, en, kind }] of report.columns.entries()) {
          const cell = row[index];
          if (typeof cell === 'number' && (kind === 'fen' || kind === 'count' || kind === 'percent')) must(Number.isSafeInteger(cell), `${asked(request)}: ${zh} (${en}) is ${String(cell)}`);
        }
      }
    }
  }),
  rule('rows.sumToFigures', 'columns that show a figure of the reader add up to it: no row is lost, none counts twice', async ({ report, sumsTo = {} }) => {
    for (const request of requestsOf(report)) {
      const rows = await rowsOf(report, request);
      const figures = await sampleFigures().sums({ from: request.from, to: request.to, by: [], ...(request.channel === undefined ? {} : { channel: request.channel }), ...(request.method === undefined ? {} : { method: request.method }) });
      for (const [head, figureOf] of Object.entries(sumsTo)) {
        const place = report.columns.findIndex(({ en }) => en === head);
        must(place >= 0, `there is no column ${head}`);
        const [shown, whole] = [rows.reduce((sum, row) => sum + (typeof row[place] === 'number' ? row[place] : 0), 0), figures.reduce((sum, row) => sum + figureOf(row), 0)];
        must(shown === whole, `${asked(request)}: ${head} adds up to ${String(shown)}, the figures are ${String(whole)}`);
      }
    }
  }, ['sumsTo']),
  rule('time.quiet', 'a time in which nothing happened is answered, and shows no money', async ({ report }) => {
    const rows = await rowsOf(report, { ...(report.mostDays >= 5 ? QUIET : { from: QUIET.from, to: QUIET.from }), hospital: HOSPITAL });
    const problem = misfitOf(report.columns, rows);
    must(problem === undefined, problem ?? '');
    for (const row of rows) for (const [index, { kind, en }] of report.columns.entries()) must(kind !== 'fen' || row[index] === null || row[index] === 0, `${en} shows ${String(row[index])} where there is nothing`);
  }),
  rule('time.onlyAsked', 'rows that stand under a day stand under one that was asked for', async ({ report }) => {
    const day = report.columns.findIndex(({ kind }) => kind === 'day');
    for (const request of requestsOf(report)) {
      for (const row of await rowsOf(report, request)) {
        const shown = row[day];
        must(day < 0 || typeof shown !== 'string' || shown === '' || (shown >= request.from && shown <= request.to), `${asked(request)}: shows ${String(shown)}`);
      }
    }
  }),
  rule('read.sameAgain', 'the same question over the same figures has the same answer, also after others were asked', async ({ report }) => {
    const [first] = requestsOf(report);
    if (first === undefined) return;
    const before = await rowsOf(report, first);
    for (const request of requestsOf(report)) await rowsOf(report, request);
    must(isDeepStrictEqual(await rowsOf(report, first), before), 'the second answer differs from the first');
  }),
  rule('read.fewQuestions', 'a long time is asked for in few questions, not day by day or row by row', async ({ report }) => {
    let questions = 0;
    const counted = counting(sampleFigures({ days: 400 }), () => { questions += 1; });
    await rowsOf(report, { from: '2026-01-01', to: new Date(Date.parse('2026-01-01T00:00:00Z') + (Math.min(report.mostDays, 400) - 1) * 86_400_000).toISOString().slice(0, 10), hospital: HOSPITAL }, counted);
    must(questions <= MOST_FIGURE_QUESTIONS, `it asked ${String(questions)} questions; ${String(MOST_FIGURE_QUESTIONS)} are answered`);
  }),
  rule('read.refusedQuestion', 'a question that is not answered makes the report unknown, never rows without it', async ({ report }) => {
    const [request] = requestsOf(report);
    if (request === undefined) return;
    const failing = counting(sampleFigures(), () => { throw new Error('the figures cannot be read'); });
    let outcome: unknown;
    try {
      outcome = await report.read(structuredClone(request), failing, { deadline: new Date(Date.now() + 10_000).toISOString(), signal: new AbortController().signal });
    } catch {
      return;
    }
    must(Check(ReportOutcomeSchema, outcome) && outcome.kind === 'unknown', 'it showed rows without having read the figures');
  }),
  rule('read.endsWithSignal', 'a read that is called off ends, also while it waits for figures', async ({ report }) => {
    const [request] = requestsOf(report);
    if (request === undefined) return;
    const abort = new AbortController();
    const silent = new Promise<never>((_resolve, reject) => { abort.signal.addEventListener('abort', () => { reject(new Error('the read has ended')); }, { once: true }); });
    silent.catch(() => undefined);
    const reader: FigureReader = { sums: () => silent, hours: () => silent, tills: () => silent, terminals: () => silent };
    const reading = report.read(request, reader, { deadline: new Date().toISOString(), signal: abort.signal }).then(() => 'ended', () => 'ended');
    abort.abort(new Error('the deadline passed'));
    const timer = Promise.withResolvers<'goes on'>();
    const late = setTimeout(() => { timer.resolve('goes on'); }, END_MS);
    const end = await Promise.race([reading, timer.promise]);
    clearTimeout(late);
    must(end === 'ended', 'it goes on after its signal');
  }),
  rule('secrets.neverTold', 'no secret of the settings appears in a log line or a cell', async ({ report, secrets, logLines }) => {
    const cells: string[] = [];
    for (const request of requestsOf(report)) cells.push(JSON.stringify(await rowsOf(report, request)));
    must(!secrets.some((secret) => [...cells, ...logLines()].some((text) => text.includes(secret))), 'a secret was told');
  }),
];

function counting(reader: FigureReader, note: () => void): FigureReader {
  const noted = <Question, Answer>(ask: (question: Question) => Promise<Answer>) => async (question: Question): Promise<Answer> => {
    note();
    return ask(question);
  };
  return { sums: noted((question) => reader.sums(question)), hours: noted((question) => reader.hours(question)), tills: noted((question) => reader.tills(question)), terminals: noted((question) => reader.terminals(question)) };
}
