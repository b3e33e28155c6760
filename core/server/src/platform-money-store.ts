/** The money store opened and closed, with the witness of its journal. Part of the composition root. */
import { join } from 'node:path';
import { numbersFrom } from './edges/backups/numbers-file.js';
import type { JournalWitness } from './edges/database/money/journal-witness.js';
import { openMoneyStore } from './edges/database/money/open-money-store.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { Running } from './platform-opened.js';
import type { PlatformOptions } from './platform-options.js';

const WITNESS_EVERY_MS = 1_000;

export async function openMoney({ configuration, log, clock, timers }: PlatformOptions, running: Running) {
  const { store, witness, report } = await openMoneyStore({
    file: join(configuration.dataFolder, 'money.sqlite'),
    witnessFile: join(configuration.dataFolder, 'journal-witness'),
    now: () => clock.now(),
    fenced: running.fence === undefined ? undefined : 'fenced: this box was made of a backup, and nobody has said yet that the old one is off',
    numbersFrom: numbersFrom(configuration.dataFolder),
    spreadMs: 5_000,
  });
  running.store = store;
  running.report = report;
  log.info('money store opened', { quickCheck: report.quickCheck, journals: report.head.seq, wokenJobs: report.wokenJobs });
  if (report.safeMode !== undefined) log.error('safe mode: the money store answers but writes nothing', { reason: report.safeMode });
  const beat: { timer?: { cancel(): void } } = {};
  const witnessAgain = (): void => {
    beat.timer = timers.after(WITNESS_EVERY_MS, () => {
      void store.journalHead().then((head) => { if (report.standsStill === undefined) witness.write(head); }).catch((error: unknown) => { log.error('the journal head was not witnessed', { error }); }).finally(witnessAgain);
    });
  };
  witnessAgain();
  return { store, witness: report.standsStill === undefined ? witness : undefined, beat };
}

export async function closeMoney(store: SqliteMoneyStore, witness: JournalWitness | undefined, beat: { timer?: { cancel(): void } }): Promise<void> {
  beat.timer?.cancel();
  witness?.write(await store.journalHead());
  await store.close();
}
