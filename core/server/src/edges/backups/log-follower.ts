/**
 * What changed in an embedded database since the last look, read out of its write-ahead log while others write it: no copy of the whole, no lock a payment would wait for.
 *
 * SQLite begins its log anew, over the old one, once everything of it is in the database and nobody reads a part of it. So one of two connections always holds a read transaction, and lets go only when the other
 * has one that began later: the log may then begin anew at most once between two looks, and only when everything in it had been seen. Both facts are checked by the sequence number in its header.
 * The form of the log: https://www.sqlite.org/fileformat2.html#the_write_ahead_log. The file of the log is opened beside SQLite, whose locks are on other files; the database itself never is (closing it would drop its locks).
 */
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { BilingualError } from '../../domain/bilingual.js';

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
const MAGIC = 0x37_7f_06_82;
/** Read at once. */
const FRAMES_AT_ONCE = 64;
/** A log longer than this is worked off, so that it can begin anew. */
const SHORTEN_ABOVE_BYTES = 4 * 1_048_576;
const MOST_PASSES = 12;
/** Nobody writes meanwhile: the first brings in what was left, the second sees that all is in. */
const PASSES_ALONE = 3;
/** What those passes see is kept in memory until the next look. */
const MOST_CARRIED_BYTES = 32 * 1_048_576;
/** A log nobody can shorten, because somebody else reads an old part of it, fills the disk: the payments' disk. */
export const MOST_LOG_BYTES = 512 * 1_048_576;
/** `HOSPAYP1`, the size of a page, how many pages the database has; then number and content of each that changed, in the order of their numbers. */
export const PAGES_MAGIC = 'HOSPAYP1';

/** The log no longer tells everything since the last look: what is to follow needs a new beginning. */
export class LogLost extends BilingualError {}

type Position = { readonly salt1: number; readonly salt2: number; readonly sequence: number; readonly pageBytes: number; readonly isBigEndian: boolean; /** Seen to the end of a transaction. */ readonly frames: number; readonly sum1: number; readonly sum2: number };
/** A page lies in the log at this place, or was taken into memory before the log began anew. */
type Place = number | Uint8Array;
type Seen = { readonly position: Position | undefined; readonly pages: ReadonlyMap<number, Place>; readonly pageCount: number; readonly pageBytes: number };

/** Of one look, while the log still holds it. */
export type LoggedChange = {
  readonly pages: number;
  /** In the state of this look, or a moment older. */
  readonly database: DatabaseSync;
  /** Writes the pages in the form of `applyPages`. */
  writeTo(file: string): void;
  /** They are kept elsewhere: the next look begins behind them. */
  accept(): void;
  /** The next look sees them again. @throws LogLost when the log has become too long to wait any longer */
  giveBack(): void;
};

export class LogFollower {
  readonly #file: string;
  readonly #holdWritersAboveBytes: number;
  /** Holds a read transaction. */
  #holding: DatabaseSync;
  #free: DatabaseSync;
  #position: Position | undefined;
  /** Seen and not yet handed out, because the log was shortened meanwhile. */
  #carried: { pages: Map<number, Uint8Array>; pageCount: number; pageBytes: number } | undefined;
  #isLooking = false;

  /** Follows from now on. `holdWritersAboveBytes`: see `#shorten`; absent, nobody ever waits. @throws when it is no database in WAL mode */
  constructor(file: string, { holdWritersAboveBytes = Number.POSITIVE_INFINITY }: { readonly holdWritersAboveBytes?: number } = {}) {
    this.#file = file;
    this.#holdWritersAboveBytes = holdWritersAboveBytes;
    this.#holding = connect(file);
    this.#free = connect(file);
    begin(this.#holding);
    this.#position = this.#read(undefined)?.position;
  }

  /** What was committed since the last accepted look. @throws LogLost; after it only `close` is of use */
  look(): LoggedChange {
    if (this.#isLooking) throw new Error('the last look was neither accepted nor given back');
    const [older, newer] = [this.#holding, this.#free];
    begin(newer);
    try {
      const seen = this.#read(this.#position);
      const carried = this.#carried;
      const pages = new Map<number, Place>([...(carried?.pages ?? []), ...(seen?.pages ?? [])]);
      const pageCount = seen !== undefined && seen.pageCount > 0 ? seen.pageCount : (carried?.pageCount ?? 0);
      const pageBytes = seen?.pageBytes ?? carried?.pageBytes ?? 0;
      for (const number of pages.keys()) if (number > pageCount) pages.delete(number);
      this.#isLooking = true;
      return {
        pages: pages.size, database: newer,
        writeTo: (file) => { this.#write(file, { position: undefined, pages, pageCount, pageBytes }); },
        accept: () => {
          this.#isLooking = false;
          end(older);
          [this.#holding, this.#free] = [newer, older];
          this.#position = seen?.position ?? this.#position;
          this.#carried = undefined;
          this.#shorten();
        },
        giveBack: () => {
          this.#isLooking = false;
          end(newer);
          if (bytesOf(seen?.position) > MOST_LOG_BYTES) throw this.#tooLong();
        },
      };
    } catch (error) {
      end(newer);
      throw error;
    }
  }

  /** Nothing is held any more. */
  close(): void {
    for (const database of [this.#holding, this.#free]) {
      end(database);
      database.close();
    }
  }

  /**
   * Brings what was seen from the log into the database, as SQLite would sooner or later, so that the log can begin anew. No writer waits: a pass brings in what the last left, and the log is worked off once nobody
   * wrote during one. Where that never happens, and the log has grown long, writers wait for the last, short pass: a few pages. @throws LogLost
   */
  #shorten(): void {
    let isWorkedOff = bytesOf(this.#position) <= SHORTEN_ABOVE_BYTES;
    for (let pass = 0; pass < MOST_PASSES && !isWorkedOff && this.#carriedBytes() <= MOST_CARRIED_BYTES; pass += 1) isWorkedOff = this.#pass();
    if (!isWorkedOff && bytesOf(this.#position) > this.#holdWritersAboveBytes) isWorkedOff = this.#shortenAlone();
    if (!isWorkedOff && bytesOf(this.#position) > MOST_LOG_BYTES) throw this.#tooLong();
  }
  #shortenAlone(): boolean {
    const writer = new DatabaseSync(this.#file, { timeout: 1_000 });
    try {
      writer.exec('PRAGMA wal_autocheckpoint = 0; BEGIN IMMEDIATE');
      for (let pass = 0; pass < PASSES_ALONE; pass += 1) if (this.#pass()) return true;
      return false;
    } catch {
      // Somebody writes for longer than that: the next look tries again.
      return false;
    } finally {
      end(writer);
      writer.close();
    }
  }
  /** Whether the log is worked off: the next writer begins it anew. */
  #pass(): boolean {
    const [older, newer] = [this.#holding, this.#free];
    const answer = newer.prepare('PRAGMA wal_checkpoint(PASSIVE)').get();
    begin(newer);
    // Seen before the older one lets go: what is not seen then may be gone.
    const seen = this.#read(this.#position);
    if (seen !== undefined && seen.pages.size > 0) this.#carry(seen);
    if (seen?.position !== undefined) this.#position = seen.position;
    end(older);
    [this.#holding, this.#free] = [newer, older];
    return answer !== undefined && answer['log'] === answer['checkpointed'] && (seen === undefined || seen.pages.size === 0);
  }

  #carry({ pages, pageCount, pageBytes }: Seen): void {
    const into = (this.#carried ??= { pages: new Map(), pageCount, pageBytes });
    const log = openSync(`${this.#file}-wal`, 'r');
    try {
      for (const [number, place] of pages) into.pages.set(number, typeof place === 'number' ? readExactly(log, place, pageBytes) : place);
    } finally {
      closeSync(log);
    }
    into.pageCount = pageCount;
  }
  #carriedBytes(): number {
    return (this.#carried?.pages.size ?? 0) * (this.#carried?.pageBytes ?? 0);
  }

  #open(): number | undefined {
    try {
      return openSync(`${this.#file}-wal`, 'r');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Everything committed behind `from`; undefined while there is no log. @throws LogLost */
  #read(from: Position | undefined): Seen | undefined {
    const log = this.#open();
    if (log === undefined) {
      if (from !== undefined && from.frames > 0) throw this.#lost();
      return undefined;
    }
    try {
      const begins = readHeader(log);
      if (begins === undefined) {
        // Emptied behind our back; or its first bytes are being written at this moment.
        if (from !== undefined && fstatSync(log).size < HEADER_BYTES) throw this.#lost();
        return from === undefined ? undefined : { position: from, pages: new Map(), pageCount: 0, pageBytes: from.pageBytes };
      }
      const isSame = from !== undefined && from.salt1 === begins.salt1 && from.salt2 === begins.salt2;
      if (from !== undefined && !isSame && begins.sequence !== ((from.sequence + 1) >>> 0)) throw this.#lost();
      return readFrames(log, isSame ? from : begins);
    } finally {
      closeSync(log);
    }
  }
  #tooLong(): LogLost {
    return new LogLost({ zh: `${this.#file} 的预写日志无法缩短`, en: `the log of ${this.#file} cannot be shortened` });
  }
  #lost(): LogLost {
    return new LogLost({ zh: `${this.#file} 的预写日志不连续`, en: `the log of ${this.#file} does not go on from the last look` });
  }

  #write(file: string, { pages, pageCount, pageBytes }: Seen): void {
    const log = this.#open();
    const into = openSync(file, 'wx', 0o600);
    try {
      const head = Buffer.alloc(PAGES_MAGIC.length + 8);
      head.write(PAGES_MAGIC, 'latin1');
      head.writeUInt32BE(pageBytes, PAGES_MAGIC.length);
      head.writeUInt32BE(pageCount, PAGES_MAGIC.length + 4);
      writeSync(into, head);
      const number = Buffer.alloc(4);
      for (const [page, place] of [...pages].toSorted(([left], [right]) => left - right)) {
        number.writeUInt32BE(page);
        if (typeof place === 'number' && log === undefined) throw this.#lost();
        writeSync(into, Buffer.concat([number, typeof place === 'number' ? readExactly(log ?? -1, place, pageBytes) : place]));
      }
    } finally {
      closeSync(into);
      if (log !== undefined) closeSync(log);
    }
  }
}

/** Neither writes anything nor brings the log in by itself. */
function connect(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: 5_000 });
  const mode = database.prepare('PRAGMA journal_mode').get();
  if (mode?.['journal_mode'] !== 'wal') {
    database.close();
    throw new Error(`${file} has no write-ahead log`);
  }
  database.exec('PRAGMA query_only = ON; PRAGMA wal_autocheckpoint = 0; PRAGMA trusted_schema = OFF');
  return database;
}
function begin(database: DatabaseSync): void {
  database.exec('BEGIN');
  // The transaction begins with its first question.
  database.prepare('SELECT count(*) FROM sqlite_schema').get();
}
function end(database: DatabaseSync): void {
  if (database.isTransaction) database.exec('ROLLBACK');
}

/** Of the log that is in use: its file stays as long as it ever was. */
function bytesOf(position: Position | undefined): number {
  return position === undefined ? 0 : position.frames * (FRAME_HEADER_BYTES + position.pageBytes);
}

/** Undefined: not whole, which it is not while it is written. */
function readHeader(log: number): Position | undefined {
  const head = Buffer.alloc(HEADER_BYTES);
  if (readSync(log, head, 0, HEADER_BYTES, 0) < HEADER_BYTES) return undefined;
  const magic = head.readUInt32BE(0);
  if (magic !== MAGIC && magic !== MAGIC + 1) return undefined;
  const isBigEndian = magic === MAGIC + 1;
  const [sum1, sum2] = sumOf(head.subarray(0, 24), 0, 0, isBigEndian);
  if (sum1 !== head.readUInt32BE(24) || sum2 !== head.readUInt32BE(28)) return undefined;
  const pageBytes = head.readUInt32BE(8);
  return { salt1: head.readUInt32BE(16), salt2: head.readUInt32BE(20), sequence: head.readUInt32BE(12), pageBytes: pageBytes === 1 ? 65_536 : pageBytes, isBigEndian, frames: 0, sum1, sum2 };
}

/** Up to the last frame that ends a transaction. Sums run through the whole log: what an earlier, longer one left behind does not fit. */
function readFrames(log: number, from: Position): Seen {
  const { pageBytes } = from;
  const frameBytes = FRAME_HEADER_BYTES + pageBytes;
  const piece = Buffer.alloc(frameBytes * FRAMES_AT_ONCE);
  const pages = new Map<number, Place>();
  let open: [page: number, place: number][] = [];
  let [position, pageCount, frames, sum1, sum2] = [from, 0, from.frames, from.sum1, from.sum2];
  for (;;) {
    const read = readSync(log, piece, 0, piece.length, HEADER_BYTES + frames * frameBytes);
    for (let offset = 0; offset + frameBytes <= read; offset += frameBytes) {
      const frame = piece.subarray(offset, offset + frameBytes);
      if (frame.readUInt32BE(8) !== from.salt1 || frame.readUInt32BE(12) !== from.salt2) return { position, pages, pageCount, pageBytes };
      [sum1, sum2] = sumOf(frame.subarray(0, 8), sum1, sum2, from.isBigEndian);
      [sum1, sum2] = sumOf(frame.subarray(FRAME_HEADER_BYTES), sum1, sum2, from.isBigEndian);
      if (sum1 !== frame.readUInt32BE(16) || sum2 !== frame.readUInt32BE(20)) return { position, pages, pageCount, pageBytes };
      open.push([frame.readUInt32BE(0), HEADER_BYTES + frames * frameBytes + FRAME_HEADER_BYTES]);
      frames += 1;
      const size = frame.readUInt32BE(4);
      if (size === 0) continue;
      for (const [page, place] of open) pages.set(page, place);
      open = [];
      pageCount = size;
      position = { ...from, frames, sum1, sum2 };
    }
    if (read < piece.length) return { position, pages, pageCount, pageBytes };
  }
}

/** The sum of SQLite's log, over words of the machine that writes it. */
function sumOf(bytes: Buffer, sum1: number, sum2: number, isBigEndian: boolean): [number, number] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.byteLength; at += 8) {
    sum1 = (sum1 + view.getUint32(at, !isBigEndian) + sum2) >>> 0;
    sum2 = (sum2 + view.getUint32(at + 4, !isBigEndian) + sum1) >>> 0;
  }
  return [sum1, sum2];
}

function readExactly(file: number, place: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  if (readSync(file, bytes, 0, length, place) !== length) throw new Error('a page of the log is cut short');
  return bytes;
}
