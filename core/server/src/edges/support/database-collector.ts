/** Asks the process that reads one database, within its time, and tells the others' answers when one does not come back. */
import type { Collected, Collector, SupportFacts } from '../../support/ports.js';
import { SUPPORT_DATABASES, type DatabaseReport } from './database-facts.js';
import { runProgram } from './run-program.js';

const DEADLINE_MS = 60_000;
const PARTS: Readonly<Record<string, readonly string[]>> = {
  'plugins.json': ['plugins'], 'alarms.json': ['alarmsOpen'], 'backups.json': ['backups'], 'audit.json': ['auditHead', 'auditSpan', 'auditKinds'], 'tasks.json': ['tasks'],
};

export type DatabaseCollectorParts = { readonly program: string; readonly dataFolder: string; readonly deadlineMs?: number; readonly certificates: () => NonNullable<SupportFacts['certificates']> };

export function databaseCollector({ program, dataFolder, deadlineMs = DEADLINE_MS, certificates }: DatabaseCollectorParts): Collector {
  return {
    id: 'databases', deadlineMs: deadlineMs + 5_000,
    async collect() {
      const reports = await Promise.all(SUPPORT_DATABASES.map((file) => ask({ program, dataFolder, file, deadlineMs })));
      return tell(reports, certificates());
    },
  };
}

async function ask({ program, dataFolder, file, deadlineMs }: { readonly program: string; readonly dataFolder: string; readonly file: string; readonly deadlineMs: number }): Promise<DatabaseReport> {
  const ran = await runProgram({ program: process.execPath, words: [program, 'database-facts', file, '--data-folder', dataFolder], deadlineMs });
  const nothing = { file, bytes: 0, tables: {}, facts: {} } as const;
  if (ran.kind !== 'ended') return { ...nothing, state: 'unchecked', problem: `no answer within ${String(deadlineMs / 1_000)} s` };
  // A reader that a damaged file ended has said nothing.
  return ran.status === 0 ? (JSON.parse(ran.output) as DatabaseReport) : { ...nothing, state: 'unreadable', problem: ran.output.slice(-500) };
}

function tell(reports: readonly DatabaseReport[], fromFiles: NonNullable<SupportFacts['certificates']>): Collected {
  const json = (path: string, value: unknown) => ({ path, text: `${JSON.stringify(value, undefined, 2)}\n` });
  const platform = reports.find(({ file }) => file === 'platform.sqlite')?.tables ?? {};
  const apart = new Set([...Object.values(PARTS).flat(), 'certificates']);
  const certificates = [...fromFiles, ...reports.flatMap(({ facts }) => facts.certificates ?? [])];
  const isKnown = reports.some(({ facts }) => facts.certificates !== undefined) || fromFiles.length > 0;
  return {
    files: [
      json('databases.json', reports.map(({ file, bytes, state, problem, tables }) => ({ file, bytes, state, problem, ...Object.fromEntries(Object.entries(tables).filter(([name]) => !apart.has(name))) }))),
      ...Object.entries(PARTS).flatMap(([path, names]) => { const own = names.flatMap((name) => (name in platform ? [[name, platform[name]] as const] : [])); return own.length === 0 ? [] : [json(path, Object.fromEntries(own))]; }),
      json('certificates.json', certificates),
    ],
    facts: { ...Object.assign({}, ...reports.map(({ facts }) => facts)) as SupportFacts, databases: reports.map(({ file, state }) => ({ file, state })), witnesses: reports.flatMap(({ facts }) => facts.witnesses ?? []), ...(isKnown ? { certificates } : {}) },
  };
}
