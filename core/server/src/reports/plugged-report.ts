import type { ReportCell, ReportColumn, ReportColumnKind } from '@hospay/plugin-sdk';
import { BilingualError } from '../domain/bilingual.js';
import type { ReportGuest } from '../domain/guests.js';
import { heard } from '../domain/own-words.js';
import { figureReader } from './figure-reader.js';
import type { Cell, ColumnKind, ReportNames, Words } from './ports.js';
import { isNumber, type Report } from './report.js';
import { NOBODY, NO_CAMPUS } from './report-words.js';

/** A report of a plugin that has no rows to show, and why. The others go on. */
export class ReportUnreadable extends BilingualError {}

/** Ids are written out here, as things are called now: the plugin has seen no name. */
const WRITTEN_OUT: Readonly<Partial<Record<ReportColumnKind, { readonly words: Words; readonly write: (id: string, names: ReportNames) => string }>>> = {
  terminal: { words: {}, write: (id, names) => (names.terminal(id) === undefined ? id : `${id} ${names.terminal(id)?.title ?? ''}`) },
  campus: { words: { elsewhere: NO_CAMPUS }, write: (id, names) => (id === '' ? 'elsewhere' : names.campus(id)) },
  operator: { words: { nobody: NOBODY }, write: (id, names) => (id === '' ? 'nobody' : [id, names.operator(id)].filter((part) => part !== undefined).join(' ')) },
};

/** A report of a plugin beside the platform's own: the same page, the same exports, the same totals. */
export function pluggedReport({ id, declaration: { title, note, parameters, mostDays, columns }, read }: ReportGuest, hospital: { readonly id: string }): Report {
  const isSummed = columns.some(({ isTotalled }) => isTotalled === true);
  return {
    id, group: 'management', title, ...(note === undefined ? {} : { note }), parameters, mostDays: { screen: mostDays, export: mostDays },
    columns: columns.map(({ zh, en, kind, words }) => ({ zh, en, kind: kindShown(kind), ...wordsOf(words ?? WRITTEN_OUT[kind]?.words) })),
    totalled: columns.map(({ isTotalled }) => isTotalled === true),
    async read(reader, { from, to, by, unit, channel, method }, names) {
      const outcome = await read({ from, to, ...(by === undefined ? {} : { by }), ...(unit === undefined ? {} : { unit }), ...(channel === undefined ? {} : { channel }), ...(method === undefined ? {} : { method }), hospital: { id: hospital.id, name: names.hospital } }, figureReader(reader, names));
      if (outcome.kind === 'unknown') throw new ReportUnreadable({ zh: `${id}：${heard(outcome.reason).zh}`, en: `${id}: ${outcome.reason}` });
      return { rows: outcome.rows.map((row) => columns.map(({ kind }, place) => cellShown(kind, row[place] ?? null, names))), next: undefined, totals: isSummed ? totalsOf(columns, outcome.rows) : undefined };
    },
  };
}

function kindShown(kind: ReportColumnKind): ColumnKind {
  return kind === 'terminal' || kind === 'campus' || kind === 'operator' ? 'word' : kind;
}

function wordsOf(words: Words | undefined): { readonly words?: Words } {
  return words === undefined || Object.keys(words).length === 0 ? {} : { words };
}

function cellShown(kind: ReportColumnKind, cell: ReportCell, names: ReportNames): Cell {
  const written = WRITTEN_OUT[kind];
  if (written !== undefined) return written.write(String(cell ?? ''), names);
  return cell === null && !isNumber(kindShown(kind)) ? '' : cell;
}

function totalsOf(columns: readonly ReportColumn[], rows: readonly (readonly ReportCell[])[]): readonly Cell[] {
  return columns.map(({ kind, isTotalled }, place): Cell => {
    if (!isNumber(kindShown(kind))) return '';
    if (isTotalled !== true) return null;
    const known = rows.map((row) => row[place]).filter((cell) => typeof cell === 'number');
    return known.length === 0 ? null : known.reduce((sum, cell) => sum + cell, 0);
  });
}
