import { saidOf } from '../domain/bilingual.js';
import { ok, refused } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import { catalogueOf } from './catalogue.js';
import { exportReport } from './export-report.js';
import type { ExportOwner, ReportDesk, ReportExport, ReportPorts, ReportView } from './ports.js';
import { findReport, readReport } from './read-report.js';
import type { Report } from './report.js';

const KEPT_MS = 24 * 60 * 60 * 1000;
/** What waits is written one after the other, so that exports never read more than one report at once. */
const MOST_WAITING = 20;

/** Reports (报表): the catalogue, pages of a report, and exports as jobs of this run. A file is for the one who asked, and gone after a day; who took what away stands in the audit log. */
export function createReportDesk(ports: ReportPorts): ReportDesk {
  const { files, audit, clock, random, log, exportChanged } = ports;
  const exports = new Map<string, ReportExport>();
  let turn: Promise<void> = Promise.resolve();
  let isStopping = false;

  const change = (id: string, set: Partial<ReportExport>): ReportExport | undefined => {
    const known = exports.get(id);
    if (known === undefined) return undefined;
    const changed = { ...known, ...set };
    exports.set(id, changed);
    exportChanged(changed);
    return changed;
  };
  const isWanted = (id: string): boolean => !isStopping && exports.get(id)?.state !== 'cancelled';
  const write = async (report: Report, asked: ReportExport): Promise<void> => {
    if (!isWanted(asked.id)) return;
    change(asked.id, { state: 'running' });
    try {
      const written = await exportReport(ports, report, asked, { isCancelled: () => !isWanted(asked.id), progress: (now) => { change(asked.id, now); } });
      if (written === undefined) return;
      if (!isWanted(asked.id)) {
        await files.remove(asked.id);
        return;
      }
      await audit.record({ who: asked.by, what: 'report.export', object: `report ${asked.report}`, after: { ...asked.values, format: asked.format, rows: written.rows, sha256: written.sha256 } });
      const done = change(asked.id, { state: 'done', ...written });
      if (done !== undefined) await files.keep(done);
    } catch (error) {
      change(asked.id, { state: 'failed', problem: saidOf(error) });
      await files.remove(asked.id);
      log.error('a report was not exported', { report: asked.report, error });
    }
  };
  const isOf = (found: ReportExport, { by, merchantNo }: ExportOwner): boolean => found.by === by && found.values.merchantNo === merchantNo;
  const ownOf = ({ id, ...owner }: ExportOwner & { readonly id: string }): ReportExport | undefined => {
    const found = exports.get(id);
    return found !== undefined && isOf(found, owner) ? found : undefined;
  };

  const removeExpired = async (): Promise<number> => {
    const now = clock.now().toISOString();
    const over = [...exports.values()].filter(({ state, expiresAt }) => state !== 'waiting' && state !== 'running' && expiresAt <= now);
    for (const { id } of over) {
      exports.delete(id);
      await files.remove(id);
    }
    return over.length;
  };

  return {
    list: () => catalogueOf(ports).filter(({ isOfMerchant }) => isOfMerchant !== true).map(viewReport),
    read: (request) => readReport(ports, request),
    async startExport({ report: id, format, values, by }) {
      const found = findReport(ports, id, values, 'export');
      if (found.kind === 'refused') return found;
      await removeExpired();
      if ([...exports.values()].filter(({ state }) => state === 'waiting' || state === 'running').length >= MOST_WAITING) return refused('TOO_MANY_EXPORTS');
      const now = clock.now();
      const asked: ReportExport = {
        id: makeOpaqueId(random), report: id, title: found.value.title, format, values, by, at: now.toISOString(), state: 'waiting', rows: 0, share: 0, expiresAt: new Date(now.getTime() + KEPT_MS).toISOString(),
        fileName: `${id}-${values.from}-${values.to}.${format}`,
      };
      exports.set(asked.id, asked);
      exportChanged(asked);
      turn = turn.then(() => write(found.value, asked));
      return ok(asked);
    },
    listExports: (owner) => [...exports.values()].filter((found) => isOf(found, owner)).toReversed(),
    async cancelExport({ id, ...owner }) {
      const own = ownOf({ id, ...owner });
      if (own === undefined) return refused('NO_SUCH_ITEM');
      const cancelled = { ...own, state: 'cancelled' as const };
      if (own.state === 'waiting' || own.state === 'running') exports.set(id, cancelled);
      else {
        exports.delete(id);
        await files.remove(id);
      }
      exportChanged(cancelled);
      return ok(cancelled);
    },
    async openExport({ id, ...owner }) {
      const own = ownOf({ id, ...owner });
      if (own?.state !== 'done' || own.expiresAt <= clock.now().toISOString()) return refused('NO_SUCH_ITEM');
      const content = await files.open(id, own.format);
      if (content === undefined) return refused('NO_SUCH_ITEM');
      await audit.record({ who: owner.by, what: 'report.download', object: `report ${own.report}`, after: { ...own.values, rows: own.rows, sha256: own.sha256 } });
      return ok({ export: own, content });
    },
    async start() {
      for (const kept of await files.kept()) exports.set(kept.id, kept);
    },
    removeExpired,
    async stop() {
      isStopping = true;
      await turn;
    },
  };
}

function viewReport({ id, group, title, note, parameters, mostDays, mark, columns }: Report): ReportView {
  return { id, group, title, note, parameters, mostDays, isPaged: mark !== undefined, columns };
}
