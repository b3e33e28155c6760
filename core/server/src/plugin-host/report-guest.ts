import { misfitOf, MOST_FIGURE_QUESTIONS, ReportOutcomeSchema, type FigureReader, type OperatingReport, type ReportDeclaration } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { ReportGuest } from '../domain/guests.js';
import type { Log } from '../domain/log.js';
import { asUnknown } from './as-unknown.js';
import type { Boundary } from './boundary.js';

const ANSWER = Compile(ReportOutcomeSchema);

/** A report with its declaration as it was checked: a guest that changes it later changes nothing here. */
export type CheckedReport = { readonly declaration: ReportDeclaration; readonly report: OperatingReport };

/**
 * A report of a plugin as use cases see it: each read through the boundary, with a reader that is lent for that read alone, and its rows held against its columns before anybody sees them. Never throws.
 */
export function reportGuest(id: string, { declaration, report }: CheckedReport, boundary: Boundary, log: Log): ReportGuest {
  return {
    id,
    declaration,
    async read(request, reader) {
      const lent = lend(reader);
      const answer = asUnknown(await boundary.call({ operation: 'read', request, answer: ANSWER, hand: (copy, context) => report.read(copy, lent.reader, context) }));
      lent.takeBack();
      if (answer.kind === 'unknown') return answer;
      const misfit = misfitOf(declaration.columns, answer.rows);
      if (misfit === undefined) return answer;
      log.error('a report of a plugin does not fit its columns and was not shown', { report: id, misfit });
      return { kind: 'unknown', reason: misfit };
    },
  };
}

/** Ends with its read, whatever the guest goes on doing, and answers so many questions. */
function lend(reader: FigureReader): { readonly reader: FigureReader; takeBack(): void } {
  let isLent = true;
  let questions = 0;
  const counted = <Question, Answer>(ask: (question: Question) => Promise<Answer>) => async (question: Question): Promise<Answer> => {
    if (!isLent) throw new Error('the read has ended');
    questions += 1;
    if (questions > MOST_FIGURE_QUESTIONS) throw new Error(`a read asks at most ${String(MOST_FIGURE_QUESTIONS)} questions: split the sums instead of asking one by one`);
    return ask(question);
  };
  return {
    reader: { sums: counted((question) => reader.sums(question)), hours: counted((question) => reader.hours(question)), tills: counted((question) => reader.tills(question)), terminals: counted((question) => reader.terminals(question)) },
    takeBack: () => { isLent = false; },
  };
}
