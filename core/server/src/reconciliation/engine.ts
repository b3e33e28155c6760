import type { DayListLine } from '@hospay/plugin-sdk';
import { own } from '../domain/own-words.js';
import type { Comparison } from '../domain/reconciliation.js';
import { addMovement, compareSettlement, type Moved } from './compare-settlement.js';
import { countRowsOfDays } from './count-rows-of-days.js';
import { compareDayList } from './day-list-day.js';
import { compareDayListNow, readOursBefore } from './day-list-now.js';
import { holdRows, type HeldRows } from './held-rows.js';
import type { ChannelDayFound, DayReads, OpenedDay, ReadFundStatementFile, ReadStatementFile, ReconciliationEngine, StatementTotals } from './ports.js';
import { rowOfDayList } from './read-rows.js';
import { compareStatementDay, openStatedDay, type StatedDay } from './statement-day.js';

/** What of a fund statement is summed, in the words of the refusal. */
const FUND_FIGURES = { lines: 'fundRows', inLines: 'fundInRows', inFen: 'fundInFen', outLines: 'fundOutRows', outFen: 'fundOutFen' } as const;

const NO_ROWS: StatementTotals = { paymentFen: 0, refundFen: 0, lines: 0 };

/**
 * Compares days in one go, however long that takes: in production in a thread of its own, with a connection of its own that cannot write; in simulations and tests where it is called.
 * `atOneTime`: what is read within it is what was there at one time.
 */
export function createReconciliationEngine({ reads, readFile, readFundFile, atOneTime = (work) => work() }: { readonly reads: DayReads; readonly readFile: ReadStatementFile; readonly readFundFile: ReadFundStatementFile; readonly atOneTime?: <Result>(work: () => Result) => Result }): ReconciliationEngine {
  const compareStated = (request: Parameters<typeof compareStatementDay>[1], stated: StatedDay | Extract<ChannelDayFound, { kind: 'unusable' }>): ChannelDayFound =>
    stated.kind === 'unusable' ? stated : atOneTime(() => compareStatementDay(reads, request, stated));
  return {
    async channelDay({ statement, ...request }) {
      const day = openStatedDay(request.contract);
      if (statement.kind === 'lines') {
        for (const line of statement.lines) day.take(line);
        return compareStated(request, day.close(statement.totals));
      }
      const end = await readFile(statement.reader, { day: request.of.day, raw: statement.raw }, day.take);
      return end.kind === 'malformed' ? { kind: 'unusable', message: end.message } : compareStated(request, day.close(end.kind === 'empty' ? NO_ROWS : end.totals));
    },
    openChannelDay(request) {
      const day = openStatedDay(request.contract);
      return Promise.resolve({
        tell(lines) {
          for (const line of lines) day.take(line);
          return Promise.resolve();
        },
        compare: (totals) => Promise.resolve().then(() => compareStated(request, day.close(totals))),
        close: () => Promise.resolve(),
      });
    },
    async settlementDay({ day, stated, statement }) {
      const moved: Moved = {};
      if (statement.kind === 'lines') {
        for (const line of statement.lines) addMovement(moved, line);
      } else {
        const sums = { lines: 0, inLines: 0, inFen: 0, outLines: 0, outFen: 0 };
        const end = await readFundFile(statement.reader, { day, raw: statement.raw }, (line) => {
          addMovement(moved, line);
          sums.lines += 1;
          sums[`${line.direction}Lines`] += 1;
          sums[`${line.direction}Fen`] += line.amountFen;
        });
        if (end.kind === 'malformed') return { kind: 'unusable', message: end.message };
        const wrong = end.kind === 'empty' ? undefined : (['lines', 'inLines', 'inFen', 'outLines', 'outFen'] as const).find((name) => sums[name] !== end.totals[name]);
        if (wrong !== undefined) return { kind: 'unusable', message: own('controlFunds', own(FUND_FIGURES[wrong])) };
      }
      return { kind: 'compared', settlement: compareSettlement({ stated, moved }) };
    },
    openHospitalDay: (request) => Promise.resolve(openDayList((theirs) => atOneTime(() => compareDayList(reads, request, theirs)))),
    openHospitalDayNow(request) {
      const before = atOneTime(() => readOursBefore(reads, request));
      return Promise.resolve(openDayList((theirs, { now, marginMs }) => atOneTime(() => compareDayListNow(reads, before, theirs, { nowMs: now.getTime(), marginMs }))));
    },
    async readStatement({ reader, day, raw, cutOff }) {
      const rowsOfDay = countRowsOfDays(cutOff);
      const end = await readFile(reader, { day, raw }, rowsOfDay.take);
      return end.kind === 'ok' ? { ...end, rowsOfDay: rowsOfDay.counted } : end;
    },
  };
}

function openDayList<Ask>(compare: (theirs: HeldRows, ask: Ask) => Comparison): OpenedDay<DayListLine, Ask, Comparison> {
  const theirs = holdRows();
  return {
    tell(lines) {
      for (const line of lines) theirs.add(rowOfDayList(line));
      return Promise.resolve();
    },
    compare: (ask) => Promise.resolve().then(() => compare(theirs, ask)),
    close: () => Promise.resolve(),
  };
}
