/** The thread in which days are compared: reading and joining a day of a large hospital holds up no payment. Started by `openReconciliationThread`; it composes its own parts, with a connection that cannot write. */
import { parentPort, workerData } from 'node:worker_threads';
import { STOP_THREAD, type ThreadQuestion, type ThreadReply } from './domain/thread.js';
import { reconciliationReads } from './edges/database/money/sqlite-reconciliation-store.js';
import { Statements } from './edges/database/money/statements.js';
import { openMoneyForReports } from './edges/database/reports/sum-tables.js';
import { yieldProcessor } from './edges/machine/yield-processor.js';
import { readFundStatementFile, readStatementFile } from './plugin-host/read-statement-file.js';
import { createReconciliationEngine } from './reconciliation/engine.js';
import type { ChannelDayRequest, HospitalDayRequest, ReconciliationEngine, SettlementDayRequest } from './reconciliation/ports.js';

/** Rows of the other side are told in slices: one message with all of a large day would hold up the thread that sends it. */
export type ToldRows = { readonly told: number };
export type ChannelDayQuestion = Omit<ChannelDayRequest, 'statement'> & { readonly statement: Extract<ChannelDayRequest['statement'], { kind: 'file' }> | (Omit<Extract<ChannelDayRequest['statement'], { kind: 'lines' }>, 'lines'> & ToldRows) };
export type SettlementDayQuestion = Omit<SettlementDayRequest, 'statement'> & { readonly statement: Extract<SettlementDayRequest['statement'], { kind: 'file' }> | ({ readonly kind: 'lines' } & ToldRows) };
export type HospitalDayQuestion = Omit<HospitalDayRequest, 'lines'> & ToldRows;
export type HospitalNowQuestion = ToldRows & { readonly opened: number; readonly now: Date; readonly marginMs: number };
export type RowsQuestion = ToldRows & { readonly rows: readonly unknown[] };

if (parentPort !== null) serve(parentPort, workerData as { readonly moneyFile: string });

function serve(port: NonNullable<typeof parentPort>, { moneyFile }: { readonly moneyFile: string }): void {
  yieldProcessor();
  const database = openMoneyForReports(moneyFile);
  const engine = createReconciliationEngine({
    reads: reconciliationReads(new Statements(database)), readFile: readStatementFile, readFundFile: readFundStatementFile,
    atOneTime(work) {
      database.exec('BEGIN');
      try {
        return work();
      } finally {
        database.exec('COMMIT');
      }
    },
  });
  const told = new Map<number, unknown[]>();
  const take = <Row>({ told: number }: ToldRows): readonly Row[] => {
    const rows = told.get(number) ?? [];
    told.delete(number);
    // Sender and thread are of one version: the rows are what the question's name says.
    return rows as Row[];
  };
  /** The day of each hospital that is looked at before it is over. */
  const opened = new Map<string, { readonly number: number; readonly day: Awaited<ReturnType<ReconciliationEngine['openHospitalDay']>> }>();
  let openings = 0;
  const answers: Readonly<Record<string, (of: never) => unknown>> = {
    rows({ told: number, rows }: RowsQuestion) {
      const before = told.get(number);
      if (before === undefined) told.set(number, [...rows]);
      else for (const row of rows) before.push(row);
      return undefined;
    },
    channelDay: ({ statement, ...request }: ChannelDayQuestion) => engine.channelDay({ ...request, statement: statement.kind === 'file' ? statement : { kind: 'lines', totals: statement.totals, lines: take(statement) } }),
    settlementDay: ({ statement, ...request }: SettlementDayQuestion) => engine.settlementDay({ ...request, statement: statement.kind === 'file' ? statement : { kind: 'lines', lines: take(statement) } }),
    hospitalDay: (question: HospitalDayQuestion) => engine.hospitalDay({ hospitalId: question.hospitalId, day: question.day, lines: take(question) }),
    async openHospitalDay(request: Parameters<ReconciliationEngine['openHospitalDay']>[0]) {
      openings += 1;
      opened.set(request.hospitalId, { number: openings, day: await engine.openHospitalDay(request) });
      return openings;
    },
    hospitalNow({ opened: number, now, marginMs, ...rows }: HospitalNowQuestion) {
      const found = [...opened.values()].find((one) => one.number === number);
      if (found === undefined) throw new Error('the day was opened anew, or the thread started anew, since');
      return found.day.compare({ lines: take(rows), now, marginMs });
    },
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
