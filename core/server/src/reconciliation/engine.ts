import { compareSettlement } from './compare-settlement.js';
import { compareDayList } from './day-list-day.js';
import { compareDayListNow, readOursBefore } from './day-list-now.js';
import type { ChannelDayRequest, DayReads, ReadFundStatementFile, ReadStatementFile, ReconciliationEngine } from './ports.js';
import { compareStatementDay, statedDay } from './statement-day.js';

/**
 * Compares days in one go, however long that takes: in production in a thread of its own, with a connection of its own that cannot write; in simulations and tests where it is called.
 * `atOneTime`: what is read within it is what was there at one time.
 */
export function createReconciliationEngine({ reads, readFile, readFundFile, atOneTime = (work) => work() }: { readonly reads: DayReads; readonly readFile: ReadStatementFile; readonly readFundFile: ReadFundStatementFile; readonly atOneTime?: <Result>(work: () => Result) => Result }): ReconciliationEngine {
  const readStated = async (statement: ChannelDayRequest['statement'], { of, contract }: Pick<ChannelDayRequest, 'of' | 'contract'>): Promise<ReturnType<typeof statedDay>> => {
    const read = statement.kind === 'file' ? await readFile(statement.reader, { day: of.day, raw: statement.raw }) : { ...statement, kind: 'ok' as const };
    if (read.kind === 'malformed') return { kind: 'unusable', message: read.message };
    return statedDay(read.kind === 'empty' ? { lines: [], totals: { paymentFen: 0, refundFen: 0, lines: 0 } } : read, contract);
  };
  return {
    async channelDay({ statement, ...request }) {
      const stated = await readStated(statement, request);
      return stated.kind === 'unusable' ? stated : atOneTime(() => compareStatementDay(reads, request, stated));
    },
    async settlementDay({ day, stated, statement }) {
      const read = statement.kind === 'file' ? await readFundFile(statement.reader, { day, raw: statement.raw }) : { kind: 'ok' as const, lines: statement.lines };
      if (read.kind === 'malformed') return { kind: 'unusable', message: read.message };
      return { kind: 'compared', settlement: compareSettlement({ stated, movements: read.kind === 'empty' ? [] : read.lines }) };
    },
    hospitalDay: (request) => Promise.resolve(atOneTime(() => compareDayList(reads, request))),
    openHospitalDay(request) {
      const before = atOneTime(() => readOursBefore(reads, request));
      return Promise.resolve({ compare: ({ lines, now, marginMs }) => Promise.resolve(atOneTime(() => compareDayListNow(reads, before, { lines, nowMs: now.getTime(), marginMs }))) });
    },
    readStatement: ({ reader, day, raw }) => readFile(reader, { day, raw }),
  };
}
