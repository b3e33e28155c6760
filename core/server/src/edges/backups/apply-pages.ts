/** Pages of an increment put into a copy of the database they belong to. */
import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BilingualError } from '../../domain/bilingual.js';
import { PAGES_MAGIC } from './log-follower.js';

const HEAD_BYTES = PAGES_MAGIC.length + 8;
const SMALLEST_PAGE = 512;
const LARGEST_PAGE = 65_536;

/** `database` is a file nobody has open. @throws BilingualError when the pages are no pages, or not of this database */
export function applyPages(pages: string, database: string): void {
  const wrong = (): BilingualError => new BilingualError({ zh: '增量中的数据页读不懂', en: 'the pages of the increment cannot be read' });
  const from = openSync(pages, 'r');
  const into = openSync(database, 'r+');
  try {
    const head = Buffer.alloc(HEAD_BYTES);
    if (readSync(from, head, 0, HEAD_BYTES, 0) !== HEAD_BYTES || head.toString('latin1', 0, PAGES_MAGIC.length) !== PAGES_MAGIC) throw wrong();
    const [pageBytes, pageCount] = [head.readUInt32BE(PAGES_MAGIC.length), head.readUInt32BE(PAGES_MAGIC.length + 4)];
    const ofDatabase = Buffer.alloc(2);
    readSync(into, ofDatabase, 0, 2, 16);
    if (pageBytes < SMALLEST_PAGE || pageBytes > LARGEST_PAGE || pageBytes !== (ofDatabase.readUInt16BE(0) === 1 ? LARGEST_PAGE : ofDatabase.readUInt16BE(0)) || pageCount === 0) throw wrong();
    const bytes = fstatSync(from).size - HEAD_BYTES;
    if (bytes % (4 + pageBytes) !== 0) throw wrong();
    const page = Buffer.alloc(4 + pageBytes);
    for (let place = HEAD_BYTES; place < HEAD_BYTES + bytes; place += page.length) {
      if (readSync(from, page, 0, page.length, place) !== page.length) throw wrong();
      const number = page.readUInt32BE(0);
      if (number < 1 || number > pageCount) throw wrong();
      writeSync(into, page, 4, pageBytes, (number - 1) * pageBytes);
    }
    ftruncateSync(into, pageCount * pageBytes);
    fsyncSync(into);
  } finally {
    closeSync(from);
    closeSync(into);
  }
}

/** Pages say that the database has a log beside it: a copy is one file. */
export function withoutLog(file: string): void {
  const database = new DatabaseSync(file);
  try {
    database.exec('PRAGMA journal_mode = DELETE');
  } finally {
    database.close();
  }
}
