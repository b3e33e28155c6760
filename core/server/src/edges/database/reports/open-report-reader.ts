import type { Log } from '../../../domain/log.js';
import type { OpenThread } from '../../../domain/thread.js';
import type { ReportReader } from '../../../reports/ports.js';
import type { ReportFiles } from './report-thread.js';

const THREAD = new URL('./report-thread.js', import.meta.url);

/**
 * Reports reckoned in a thread of their own beside the payments: it reads the money database, which it cannot write, and keeps its sums in `sumsFile`. Open it after
 * the money store and close it before. A thread that dies fails what was asked of it; the next question starts another.
 */
export function openReportReader({ log, openThread, ...files }: ReportFiles & { readonly log: Log; readonly openThread: OpenThread }): { readonly reader: ReportReader; close(): Promise<void> } {
  const thread = openThread({ module: THREAD, data: files, called: 'reports', log, starts: 'now', told: (error) => { log.error('the sums of the reports were not fed; it is tried again', { reason: error }); } });
  // The thread answers in the shape its question names.
  const ask = <Name extends keyof ReportReader>(name: Name) => ((of: unknown) => thread.ask(name, of)) as ReportReader[Name];
  return {
    reader: {
      state: ask('state'), sums: ask('sums'), curve: ask('curve'), transactions: ask('transactions'), differences: ask('differences'), channelDays: ask('channelDays'), tills: ask('tills'), ledger: ask('ledger'),
      checkDay: ask('checkDay'), rebuild: ask('rebuild'),
    },
    close: () => thread.close(),
  };
}
