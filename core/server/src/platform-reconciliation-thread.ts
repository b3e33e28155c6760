/** The thread in which days are compared: reading and joining a day of a large hospital holds up no payment. Started by `openReconciliationThread`; it composes its own parts, with a connection that cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import type { StatementFile } from '@hospay/plugin-sdk';
import type { StatementReaderOf } from './domain/guests.js';
import { STOP_THREAD, type ThreadQuestion, type ThreadReply } from './domain/thread.js';
import { reconciliationReads } from './edges/database/money/sqlite-reconciliation-store.js';
import { Statements } from './edges/database/money/statements.js';
import { openMoneyForReports } from './edges/database/reports/sum-tables.js';
import { yieldProcessor } from './edges/machine/yield-processor.js';
import { readFundStatementFile, readStatementFile } from './plugin-host/read-statement-file.js';
import { createReconciliationEngine } from './reconciliation/engine.js';
import type { ChannelDayRequest, OfHospitalDay, OpenedDay, ReconciliationEngine, SettlementDayRequest } from './reconciliation/ports.js';

/** What the other side tells of a day comes in slices under the number of the day: one message with all of a large day would hold up the thread that sends it. */
export type OpenedAs = { readonly as: 'channelDay'; readonly request: Parameters<ReconciliationEngine['openChannelDay']>[0] } | { readonly as: 'hospitalDay' | 'hospitalDayNow'; readonly request: OfHospitalDay };
export type OpenQuestion = { readonly number: number; readonly day: OpenedAs };
export type TellQuestion = { readonly number: number; readonly lines: readonly unknown[] };
export type CompareQuestion = { readonly number: number; readonly ask: unknown };
export type CloseQuestion = { readonly number: number };
export type ChannelFileQuestion = ChannelDayRequest & { readonly statement: { readonly kind: 'file' } };
export type SettlementFileQuestion = SettlementDayRequest & { readonly statement: { readonly kind: 'file' } };

if (parentPort !== null) serve(parentPort, workerData as { readonly moneyFile: string });

function serve(port: NonNullable<typeof parentPort>, { moneyFile }: { readonly moneyFile: string }): void {
  yieldProcessor();
  const database = openMoneyForReports(moneyFile);
  const engine = createReconciliationEngine({
    reads: reconciliationReads(new Statements(database)), readFile: lettingGo(readStatementFile), readFundFile: lettingGo(readFundStatementFile),
    atOneTime(work) {
      database.exec('BEGIN');
      try {
        return work();
      } finally {
        database.exec('COMMIT');
      }
    },
  });
  const opened = new Map<number, OpenedDay<never, never, unknown>>();
  const dayOf = (number: number): OpenedDay<never, never, unknown> => {
    const day = opened.get(number);
    if (day === undefined) throw new Error('the day was closed, or the thread started anew, since it was opened');
    return day;
  };
  const open = (day: OpenedAs): Promise<OpenedDay<never, never, unknown>> => {
    if (day.as === 'channelDay') return engine.openChannelDay(day.request);
    return day.as === 'hospitalDay' ? engine.openHospitalDay(day.request) : engine.openHospitalDayNow(day.request);
  };
  // Sender and thread are of one version: what is told and asked has the shape that the day was opened for.
  const answers: Readonly<Record<string, (of: never) => unknown>> = {
    async open({ number, day }: OpenQuestion) {
      opened.set(number, await open(day));
    },
    tell: ({ number, lines }: TellQuestion) => dayOf(number).tell(lines as never[]),
    compare: ({ number, ask }: CompareQuestion) => dayOf(number).compare(ask as never),
    close({ number }: CloseQuestion) {
      opened.delete(number);
    },
    channelFile: (question: ChannelFileQuestion) => engine.channelDay(question),
    settlementFile: (question: SettlementFileQuestion) => engine.settlementDay(question),
    readStatement: (file: Parameters<ReconciliationEngine['readStatement']>[0]) => engine.readStatement(file),
  };
  const answer = async ({ id, name, of }: ThreadQuestion): Promise<void> => {
    try {
      const value = await answers[name]?.(of as never);
      port.postMessage({ id, value } satisfies ThreadReply);
    } catch (error) {
      port.postMessage({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) } satisfies ThreadReply);
    }
  };
  port.on('message', (question: ThreadQuestion) => {
    if (question.name !== STOP_THREAD) return void answer(question);
    database.close();
    port.close();
  });
}

/** The bytes of a file are this thread's own, hundreds of megabytes perhaps, and nothing needs them once they are read. */
function lettingGo<Line, End>(read: (reader: StatementReaderOf, file: StatementFile, take: (line: Line) => void) => Promise<End>): typeof read {
  return async (reader, file, take) => {
    try {
      return await read(reader, file, take);
    } finally {
      if (file.raw.buffer instanceof ArrayBuffer) file.raw.buffer.transfer(0);
    }
  };
}
