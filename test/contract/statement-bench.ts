/** Statement files over a real store and a real folder: what the composition root joins, for a test. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Application, ApplicationRegistry } from '@hospay/server/applications/ports.js';
import type { AuditAct, AuditTrail } from '@hospay/server/domain/audit.js';
import type { ClaimedJob } from '@hospay/server/domain/money-store.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import { dayFacts } from '@hospay/server/edges/database/statement-files/read-day-facts.js';
import { statementFolder } from '@hospay/server/edges/files/statement-folder.js';
import { statementCarrier } from '@hospay/server/edges/http/statement-carrier.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import type { StatementFileDesk, StatementPolicy } from '@hospay/server/statement-files/ports.js';
import { sendStatementFile } from '@hospay/server/statement-files/send-statement-file.js';
import { createStatementFileDesk } from '@hospay/server/statement-files/statement-file-desk.js';

export type StatementBench = { readonly desk: StatementFileDesk; readonly folder: string; readonly acts: readonly AuditAct[]; send(job: ClaimedJob): Promise<void> };

type Set = { readonly store: SqliteMoneyStore; readonly registry: ApplicationRegistry; readonly applications: readonly Pick<Application, 'appId' | 'permissions'>[]; readonly clock: { now(): Date }; readonly audit?: AuditTrail; readonly push?: StatementPolicy['push']; readonly merchants?: readonly string[] };

export function startStatementBench(context: { after(leave: () => void): void }, { store, registry, applications, clock, audit, push = [], merchants = [] }: Set): StatementBench {
  const path = mkdtempSync(join(tmpdir(), 'hospay-statement-files-'));
  context.after(() => { rmSync(path, { recursive: true, force: true }); });
  const folder = statementFolder(path);
  const files = store.statementFilesOf('demo');
  const acts: AuditAct[] = [];
  const desk = createStatementFileDesk({
    hospital: { id: 'demo' }, facts: dayFacts(store.database, 'demo'), files, folder, policy: { keepDays: 60, lookBackDays: 35, push }, clock, audit: audit ?? { record: (act) => { acts.push(act); return Promise.resolve(); } },
    breathe: () => new Promise((go) => { setImmediate(go); }), merchants, receivers: () => Promise.resolve(applications.filter(({ permissions }) => permissions.includes('statement')).map(({ appId }) => appId)),
  });
  const carrier = statementCarrier({ registry, folder, clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM });
  return { desk, folder: path, acts, send: (job) => sendStatementFile({ files, carrier, rhythmMs: DEFAULT_PAYMENT_POLICY.tellOwnerRhythmMs, cases: store, clock }, job) };
}
