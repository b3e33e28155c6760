import { SET_STATES, type BackupRows, type BackupSet, type CopyOfSet } from '../../../backups/ports.js';
import { readBilingual, writeBilingual, type Bilingual } from '../../../domain/bilingual.js';
import type { BackupSetRow, Models } from './models.js';

export function backupStore({ backupSets }: Models, hospital: string): BackupRows {
  return {
    async begin({ name, by, at }) {
      await backupSets.create({ hospital, name, by, begunAt: at, state: 'running', endedAt: null, bytes: null, files: null, journalSeq: null, sha256: null, copies: '[]', problem: null, provedAt: null, proof: null, proofFailedAt: null });
    },
    async change(name, change) {
      await backupSets.update(columnsOf(change), { where: { hospital, name } });
    },
    list: async (limit) => (await backupSets.findAll({ where: { hospital }, order: [['begunAt', 'DESC'], ['name', 'DESC']], limit })).map((row) => view(row.get())),
    async find(name) {
      const row = await backupSets.findOne({ where: { hospital, name } });
      return row === null ? undefined : view(row.get());
    },
  };
}

/** What is named in the change is written, also when it becomes nothing. */
function columnsOf(change: Parameters<BackupRows['change']>[1]): Partial<BackupSetRow> {
  const { copies, problem, proof, state, ...rest } = change;
  const plain = Object.fromEntries(Object.entries(rest).map(([column, value]) => [column, value ?? null])) as Partial<BackupSetRow>;
  return {
    ...plain, ...(state === undefined ? {} : { state }), ...(copies === undefined ? {} : { copies: JSON.stringify(copies) }), ...('problem' in change ? { problem: written(problem) } : {}), ...('proof' in change ? { proof: written(proof) } : {}),
  };
}

function view({ name, by, begunAt, state, endedAt, bytes, files, journalSeq, sha256, copies, problem, provedAt, proof, proofFailedAt }: BackupSetRow): BackupSet {
  const known = SET_STATES.find((one) => one === state);
  if (known === undefined) throw new Error(`no such state of a backup: ${state}`);
  return {
    name, by, begunAt, state: known, endedAt: endedAt ?? undefined, bytes: bytes ?? undefined, files: files ?? undefined, journalSeq: journalSeq ?? undefined, sha256: sha256 ?? undefined, copies: JSON.parse(copies) as readonly CopyOfSet[], problem: read(problem),
    provedAt: provedAt ?? undefined, proof: read(proof), proofFailedAt: proofFailedAt ?? undefined,
  };
}

const written = (said: Bilingual | undefined): string | null => (said === undefined ? null : writeBilingual(said));
const read = (text: string | null): Bilingual | undefined => (text === null ? undefined : readBilingual(text));
