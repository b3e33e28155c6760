/** Examines the connection to a HIS before it goes live: read-only, whatever the adapter speaks. */
import { createGuestHttp, createGuestKeys, createMemoryStore } from '@hospay/plugin-sdk/host';
import { loadBuilt } from '../demo/built-artefacts.js';
import { examineReads, type Samples } from './examine-reads.js';
import { examineProcedures, examineServer, mappedCalls, member } from './examine-sql-server.js';
import type { DoctorReport, Finding, ReadTimes } from './finding.js';
import { openSqlServerLine } from './sql-server-line.js';

export type Examination = { readonly adapter: string; readonly settings: Readonly<Record<string, unknown>>; readonly mapping: unknown; readonly samples: Samples; readonly calls: number };

export async function examineHis({ adapter, settings, mapping, samples, calls }: Examination): Promise<DoctorReport> {
  const facts: Record<string, string> = { 'operations mapped': String(mappedCalls(mapping).length) };
  const findings: Finding[] = [];
  const reads: ReadTimes[] = [];
  if (adapter === 'sqlserver') await asFinding(findings, 'SQL Server', async () => {
    const line = await openSqlServerLine(settings);
    try {
      const server = await examineServer(line, member(mapping, 'codePage'));
      Object.assign(facts, server.facts);
      findings.push(...server.findings, ...(await examineProcedures(line, mappedCalls(mapping))));
    } finally {
      line.close();
    }
  });
  await asFinding(findings, 'adapter', async () => {
    const guest = await startAdapter(adapter, { ...settings, mapping });
    try {
      const examined = await examineReads(guest.adapter, samples, calls);
      reads.push(...examined.reads);
      findings.push(...examined.findings);
    } finally {
      await guest.stop();
    }
  });
  const hospital = member(mapping, 'hospital');
  return { hospital: typeof hospital === 'string' ? hospital : '', adapter, examinedAt: new Date().toISOString(), facts, findings, reads };
}

/** What stops an examination is itself the finding. */
async function asFinding(findings: Finding[], about: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    findings.push({ level: 'missing', about, text: error instanceof Error ? error.message.slice(0, 1_000) : 'failed' });
  }
}

/** The adapter as the core would start it, from its built package. */
async function startAdapter(name: string, settings: Readonly<Record<string, unknown>>): Promise<{ readonly adapter: object; readonly stop: () => Promise<void> }> {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`"${name}" is no name of an adapter`);
  const plugin = Reflect.get(Object(await loadBuilt(`hospital-adapters/${name}/dist/index.js`)), 'default');
  const activate = member(plugin, 'activate');
  if (typeof activate !== 'function') throw new Error(`hospital-adapters/${name} is no plugin`);
  const secretOf = (secret: string): string | undefined => (typeof settings[secret] === 'string' ? settings[secret] : undefined);
  const quiet = (): void => undefined;
  const contributions: unknown = await Reflect.apply(activate, plugin, [{
    settings, now: () => new Date(), log: { info: quiet, warn: quiet }, store: createMemoryStore(), http: createGuestHttp({ isAllowed: () => true, secretOf }), keys: createGuestKeys(secretOf),
    after: (milliseconds: number, run: () => void) => { const timer = setTimeout(run, milliseconds); timer.unref(); return { cancel: () => { clearTimeout(timer); } }; },
  }]);
  const [adapter] = Object.values(Object(member(contributions, 'hospitalAdapters'))).filter((each: unknown) => typeof each === 'object' && each !== null);
  const stop = member(contributions, 'stop');
  if (adapter === undefined) throw new Error(`hospital-adapters/${name} contributes no hospital adapter`);
  return { adapter: Object(adapter), stop: async () => { if (typeof stop === 'function') await Reflect.apply(stop, contributions, []); } };
}
