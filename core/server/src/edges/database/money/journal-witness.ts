import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import type { JournalHead } from '../../../domain/money-store.js';

/**
 * The journal's head, kept outside the database file. A flipped byte in the write-ahead log can silently drop acknowledged payments while the
 * database still looks perfectly consistent: only something outside the file can tell.
 */
export class JournalWitness {
  readonly #file: string;
  #last: JournalHead | undefined;

  constructor(file: string) {
    this.#file = file;
  }

  read(): JournalHead | undefined {
    try {
      const [seq, hash] = readFileSync(this.#file, 'utf8').trim().split(' ');
      return seq !== undefined && hash !== undefined && /^\d+$/.test(seq) && /^[0-9a-f]{64}$/.test(hash) ? { seq: Number(seq), hash } : undefined;
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Replaces the witness atomically and durably. Writing the same head again costs nothing. */
  write(head: JournalHead): void {
    if (this.#last?.seq === head.seq) return;
    const draft = `${this.#file}.new`;
    const descriptor = openSync(draft, 'w', 0o600);
    try {
      writeSync(descriptor, `${String(head.seq)} ${head.hash}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    renameSync(draft, this.#file);
    this.#last = head;
  }
}
