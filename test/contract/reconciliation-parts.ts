import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { StatementFilesGuest, StatementReaderOf } from '@hospay/server/domain/guests.js';
import type { ReconciliationStore } from '@hospay/server/domain/reconciliation-store.js';
import { readFundStatementFile, readStatementFile } from '@hospay/server/plugin-host/read-statement-file.js';
import { createReconciliationEngine } from '@hospay/server/reconciliation/engine.js';
import type { FileArchive, ReconciliationPorts } from '@hospay/server/reconciliation/ports.js';
import { ROOT } from '../architecture/source-files.js';

/** Reconciliation over a store in this thread, its files in memory. */
export function reconciliationOver(store: ReconciliationStore): Pick<ReconciliationPorts, 'store' | 'engine' | 'archive'> {
  return { store, engine: createReconciliationEngine({ reads: store, readFile: readStatementFile, readFundFile: readFundStatementFile }), archive: memoryArchive() };
}

function memoryArchive(): FileArchive {
  const files = new Map<string, Uint8Array>();
  const placeOf = (day: string, name: string, sha256: string): string => `${day}/${name}-${sha256}`;
  return {
    keep({ day, name, bytes }) {
      const whole = bytes instanceof Uint8Array ? bytes : Buffer.concat(bytes);
      const sha256 = createHash('sha256').update(whole).digest('hex');
      files.set(placeOf(day, name, sha256), whole);
      return Promise.resolve(sha256);
    },
    read: ({ day, name, sha256 }) => Promise.resolve(files.get(placeOf(day, name, sha256))),
  };
}

/** The reader of the sandbox's statements, as JSON: `{ lines, totals }`. */
export const SANDBOX_READER: StatementReaderOf = { entryPath: join(ROOT, 'plugins/channels/sandbox/dist/index.js'), fingerprint: 'test', channel: 'sandbox', settings: {} };

/** A channel whose files only come by a person's hand, or, without `reader`, are read by itself. */
export function filesByHand({ reader = SANDBOX_READER, ...given }: Partial<StatementFilesGuest> = {}): StatementFilesGuest {
  const never = () => Promise.resolve({ kind: 'unknown' as const, reason: 'not here' });
  return { reader, canFetch: false, fetchStatement: never, readStatement: never, ...given };
}
