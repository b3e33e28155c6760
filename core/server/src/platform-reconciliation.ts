/** Days compared in a thread of their own, joined to the rest. Called by the composition root, of which it is a part. */
import type { StatementReading } from '@hospay/plugin-sdk';
import type { Comparison } from './domain/reconciliation.js';
import type { Log } from './domain/log.js';
import { breathe } from './edges/machine/breathe.js';
import { openThread } from './edges/machine/thread.js';
import type { ChannelDayQuestion, HospitalDayQuestion, HospitalNowQuestion, RowsQuestion, SettlementDayQuestion } from './platform-reconciliation-thread.js';
import type { ChannelDayFound, ReconciliationEngine, SettlementDayFound } from './reconciliation/ports.js';

const THREAD = new URL('./platform-reconciliation-thread.js', import.meta.url);
const ROWS_AT_ONCE = 2_000;
/** A day of a million rows fits; a file that does not is no day of a hospital, and fails alone. */
const MOST_MEGABYTES = 1_024;

/** The thread starts with the first day and goes on; one that dies fails the day it was at, which is run again. Its answers have the shapes their questions name. */
export function openReconciliationThread({ moneyFile, log }: { readonly moneyFile: string; readonly log: Log }): { readonly engine: ReconciliationEngine; close(): Promise<void> } {
  const thread = openThread({ module: THREAD, data: { moneyFile }, called: 'reconciliation', log, starts: 'whenAsked', mostMegabytes: MOST_MEGABYTES });
  let last = 0;
  const tell = async (rows: readonly unknown[]): Promise<number> => {
    last += 1;
    const told = last;
    for (let at = 0; at < rows.length; at += ROWS_AT_ONCE) {
      await thread.ask('rows', { told, rows: rows.slice(at, at + ROWS_AT_ONCE) } satisfies RowsQuestion);
      await breathe();
    }
    return told;
  };
  const engine: ReconciliationEngine = {
    async channelDay({ statement, ...request }) {
      if (statement.kind === 'file') {
        const raw = ownMemory(statement.raw);
        return (await thread.ask('channelDay', { ...request, statement: { ...statement, raw } } satisfies ChannelDayQuestion, [raw.buffer])) as ChannelDayFound;
      }
      const { lines, totals } = statement;
      return (await thread.ask('channelDay', { ...request, statement: { kind: 'lines', totals, told: await tell(lines) } } satisfies ChannelDayQuestion)) as ChannelDayFound;
    },
    async settlementDay({ statement, ...request }) {
      if (statement.kind === 'file') {
        const raw = ownMemory(statement.raw);
        return (await thread.ask('settlementDay', { ...request, statement: { ...statement, raw } } satisfies SettlementDayQuestion, [raw.buffer])) as SettlementDayFound;
      }
      return (await thread.ask('settlementDay', { ...request, statement: { kind: 'lines', told: await tell(statement.lines) } } satisfies SettlementDayQuestion)) as SettlementDayFound;
    },
    hospitalDay: async ({ lines, ...request }) => (await thread.ask('hospitalDay', { ...request, told: await tell(lines) } satisfies HospitalDayQuestion)) as Comparison,
    async openHospitalDay(request) {
      const opened = (await thread.ask('openHospitalDay', request)) as number;
      return { compare: async ({ lines, now, marginMs }) => (await thread.ask('hospitalNow', { opened, now, marginMs, told: await tell(lines) } satisfies HospitalNowQuestion)) as Comparison };
    },
    async readStatement({ raw, ...file }) {
      // Whoever brought the file still needs it.
      const copy = new Uint8Array(raw);
      return (await thread.ask('readStatement', { ...file, raw: copy }, [copy.buffer])) as StatementReading;
    },
  };
  return { engine, close: () => thread.close() };
}

/** Bytes that can change hands: alone in their memory, else copied out of it. */
function ownMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
