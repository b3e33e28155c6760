import { createHash } from 'node:crypto';

/** How many of the newest lines are kept for the report of a failing seed. */
const KEPT_LINES = 200;

/** What happened, in order: a hash over every line (same seed, same hash), the newest lines, and counts of what was met. */
export class History {
  readonly #hash = createHash('sha256');
  readonly #lines: string[] = [];
  /** Things a good simulation must meet sometimes; a mark that never appears says the world lacks something. */
  readonly marks = new Map<string, number>();
  events = 0;

  record(at: number, line: string): void {
    const full = `${new Date(at).toISOString()} ${line}`;
    this.#hash.update(full).update('\n');
    this.events += 1;
    // The job runner looking around: in the hash, but nothing to read.
    if (line === 'timer') return;
    this.#lines.push(full);
    if (this.#lines.length > KEPT_LINES * 2) this.#lines.splice(0, KEPT_LINES);
  }

  mark(name: string): void {
    this.marks.set(name, (this.marks.get(name) ?? 0) + 1);
  }

  get lastLines(): readonly string[] {
    return this.#lines.slice(-KEPT_LINES);
  }
  digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
