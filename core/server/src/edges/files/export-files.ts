import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORT_FORMATS, type Cell, type ExportFiles, type ReportExport, type SheetWriter } from '../../reports/ports.js';
import { csvHead, csvRows } from './sheets/csv-sheet.js';
import { pieceQueue } from './sheets/piece-queue.js';
import { SHEET_END, SHEET_NAME, sheetHead, sheetRows, workbookParts } from './sheets/xlsx-sheet.js';
import { zipWriter } from './sheets/zip-writer.js';

type Sheet = Parameters<ExportFiles['begin']>[0];

/** Files of exports in one folder: `<id>.csv`, `<id>.xlsx`, and `<id>.json` beside a finished one. What has no such note was broken off and is removed at the next start. */
export function exportFiles(folder: string): ExportFiles {
  const pathOf = (id: string, end: string): string => {
    if (!/^[0-9A-Z]{10,40}$/.test(id)) throw new Error(`not the id of an export: ${id}`);
    return join(folder, `${id}.${end}`);
  };
  const remove = async (id: string): Promise<void> => {
    for (const end of [...EXPORT_FORMATS, 'json']) await rm(pathOf(id, end), { force: true });
  };
  return {
    async begin(sheet) {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const file = await openFile(pathOf(sheet.id, sheet.format));
      return sheet.format === 'csv' ? csvWriter(file, sheet) : xlsxWriter(file, sheet);
    },
    async keep(done) {
      const unfinished = `${pathOf(done.id, 'json')}.new`;
      await writeFile(unfinished, JSON.stringify(done), { mode: 0o600 });
      await rename(unfinished, pathOf(done.id, 'json'));
    },
    async kept() {
      const names = await readdir(folder).catch(() => []);
      const notes = await Promise.all(names.filter((name) => name.endsWith('.json')).map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as ReportExport));
      const known = new Set(notes.map(({ id }) => id));
      for (const name of names) if (!known.has(name.slice(0, name.indexOf('.')))) await rm(join(folder, name), { force: true });
      return notes.toSorted((left, right) => (left.at < right.at ? -1 : 1));
    },
    async open(id, format) {
      const path = pathOf(id, format);
      return (await stat(path).catch(() => undefined)) === undefined ? undefined : createReadStream(path);
    },
    remove,
  };
}

type OpenFile = { write(bytes: Buffer): Promise<void>; end(): Promise<{ readonly bytes: number; readonly sha256: string }>; discard(): Promise<void> };

async function openFile(path: string): Promise<OpenFile> {
  const handle = await open(path, 'w', 0o600);
  const hash = createHash('sha256');
  let bytes = 0;
  return {
    async write(more) {
      hash.update(more);
      bytes += more.byteLength;
      await handle.writeFile(more);
    },
    async end() {
      await handle.sync();
      await handle.close();
      return { bytes, sha256: hash.digest('hex') };
    },
    async discard() {
      await handle.close();
      await rm(path, { force: true });
    },
  };
}

async function csvWriter(file: OpenFile, { columns, heading }: Sheet): Promise<SheetWriter> {
  await file.write(Buffer.from(csvHead(columns, heading), 'utf8'));
  return { rows: (rows: readonly (readonly Cell[])[]) => file.write(Buffer.from(csvRows(columns, rows), 'utf8')), end: () => file.end(), discard: () => file.discard() };
}

/** The sheet's pieces go through a queue of one: rows are asked for no faster than they are packed and written. */
async function xlsxWriter(file: OpenFile, { columns, heading, title }: Sheet): Promise<SheetWriter> {
  const zip = zipWriter((bytes) => file.write(bytes));
  for (const { name, text } of workbookParts(title)) await zip.entry(name, once(text));
  const pieces = pieceQueue();
  const sheet = zip.entry(SHEET_NAME, pieces);
  // Heard where it is waited for.
  sheet.catch(() => undefined);
  const put = (text: string): Promise<void> => Promise.race([pieces.put(text), sheet]);
  await put(sheetHead(columns, heading));
  return {
    rows: (rows: readonly (readonly Cell[])[]) => put(sheetRows(columns, rows)),
    async end() {
      await put(SHEET_END);
      pieces.end();
      await sheet;
      await zip.end();
      return file.end();
    },
    async discard() {
      pieces.end();
      await sheet.catch(() => undefined);
      await file.discard();
    },
  };
}

async function* once(text: string): AsyncGenerator<string> {
  yield Promise.resolve(text);
}
