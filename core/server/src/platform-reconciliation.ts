/** Days compared in a thread of their own, joined to the rest. Called by the composition root, of which it is a part. */
import type { Log } from './domain/log.js';
import { breathe } from './edges/machine/breathe.js';
import { openThread } from './edges/machine/thread.js';
import type { ChannelFileQuestion, CloseQuestion, CompareQuestion, OpenedAs, OpenQuestion, SettlementFileQuestion, TellQuestion } from './platform-reconciliation-thread.js';
import { addMovement, compareSettlement, type Moved } from './reconciliation/compare-settlement.js';
import type { ChannelDayFound, OpenedDay, ReconciliationEngine, SettlementDayFound, StatementGist } from './reconciliation/ports.js';

const THREAD = new URL('./platform-reconciliation-thread.js', import.meta.url);
const ROWS_AT_ONCE = 2_000;
/** What is compared lies outside the heap; in it are rows that pass by, and differences. A day that has more of those than this holds is no day of a hospital, and fails alone. */
const MOST_MEGABYTES = 1_024;
/** Rows that pass by are soon let go: with a third of what it takes by itself the thread does no more collecting. */
const MOST_YOUNG_MEGABYTES = 32;

/** The thread starts with the first day and goes on; one that dies fails the day it was at, which is run again. Its answers have the shapes their questions name. */
export function openReconciliationThread({ moneyFile, log }: { readonly moneyFile: string; readonly log: Log }): { readonly engine: ReconciliationEngine; close(): Promise<void> } {
  const thread = openThread({ module: THREAD, data: { moneyFile }, called: 'reconciliation', log, starts: 'whenAsked', mostMegabytes: MOST_MEGABYTES, mostYoungMegabytes: MOST_YOUNG_MEGABYTES });
  /** Counted here, so that a thread that started anew has no other day under the number of an old one. */
  let last = 0;
  const open = async <Line, Ask, Found>(day: OpenedAs): Promise<OpenedDay<Line, Ask, Found>> => {
    last += 1;
    const number = last;
    await thread.ask('open', { number, day } satisfies OpenQuestion);
    return {
      tell: (lines) => inSlices(lines, async (slice) => { await thread.ask('tell', { number, lines: slice } satisfies TellQuestion); }),
      compare: async (ask) => (await thread.ask('compare', { number, ask } satisfies CompareQuestion)) as Found,
      close: async () => { await thread.ask('close', { number } satisfies CloseQuestion); },
    };
  };
  const engine: ReconciliationEngine = {
    async channelDay({ statement, ...request }) {
      if (statement.kind === 'file') {
        const raw = ownMemory(statement.raw);
        return (await thread.ask('channelFile', { ...request, statement: { ...statement, raw } } satisfies ChannelFileQuestion, [raw.buffer])) as ChannelDayFound;
      }
      const day = await engine.openChannelDay(request);
      try {
        await day.tell(statement.lines);
        return await day.compare(statement.totals);
      } finally {
        await day.close();
      }
    },
    openChannelDay: (request) => open({ as: 'channelDay', request }),
    async settlementDay({ statement, ...request }) {
      if (statement.kind === 'file') {
        const raw = ownMemory(statement.raw);
        return (await thread.ask('settlementFile', { ...request, statement: { ...statement, raw } } satisfies SettlementFileQuestion, [raw.buffer])) as SettlementDayFound;
      }
      const moved: Moved = {};
      // A handful of sums: adding them up here takes less than telling them.
      await inSlices(statement.lines, (slice) => { for (const line of slice) addMovement(moved, line); });
      return { kind: 'compared', settlement: compareSettlement({ stated: request.stated, moved }) };
    },
    openHospitalDay: (request) => open({ as: 'hospitalDay', request }),
    openHospitalDayNow: (request) => open({ as: 'hospitalDayNow', request }),
    async readStatement({ raw, ...file }) {
      // Whoever brought the file still needs it.
      const copy = new Uint8Array(raw);
      return (await thread.ask('readStatement', { ...file, raw: copy }, [copy.buffer])) as StatementGist;
    },
  };
  return { engine, close: () => thread.close() };
}

async function inSlices<Line>(lines: readonly Line[], give: (slice: readonly Line[]) => Promise<void> | void): Promise<void> {
  for (let at = 0; at < lines.length; at += ROWS_AT_ONCE) {
    await give(lines.slice(at, at + ROWS_AT_ONCE));
    await breathe();
  }
}

/** Bytes that can change hands: alone in their memory, else copied out of it. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
