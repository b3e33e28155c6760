import { daysBefore, type PluginStore } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';


const Fen = Type.Integer({ minimum: 0 });
const Shared = { number: Type.String(), tillNo: Type.String(), amountFen: Fen, at: Type.String() };

/** One line of the till book. It is written once, in one step, and never changed: writing it is what counts the money. */
export const EntrySchema = Type.Union([
  Type.Object({ kind: Type.Literal('opening'), ...Shared }),
  Type.Object({ kind: Type.Literal('charge'), ...Shared, tenderedFen: Fen }),
  Type.Object({ kind: Type.Literal('refund'), ...Shared, tradeNo: Type.String() }),
]);
export type Entry = Static<typeof EntrySchema>;
export type EntryOf<Kind extends Entry['kind']> = Extract<Entry, { kind: Kind }>;

const PAGE = 1000;
const entryCheck = Compile(EntrySchema);

/**
 * The append-only book of all tills, day by day, in the plugin's durable store. The key of a line holds the day and the number, so one claim is both the
 * line and the guard against a second one; there is no second write that a power cut could separate from it.
 */
export class TillBook {
  readonly #store: PluginStore;

  constructor(store: PluginStore) {
    this.#store = store;
  }

  /** False, and nothing written, when the day has a line under this number already. */
  write(day: string, entry: Entry): Promise<boolean> {
    return this.#store.claim(keyOf(day, entry.kind, entry.number), entry);
  }

  async find<Kind extends Entry['kind']>(day: string, kind: Kind, number: string): Promise<EntryOf<Kind> | undefined> {
    const entry = read(await this.#store.get(keyOf(day, kind, number)));
    return entry !== undefined && isOf(entry, kind) ? entry : undefined;
  }

  /** All lines of a day, charges first, each kind in the order of the numbers. */
  async entriesOf(day: string): Promise<Entry[]> {
    const prefix = `entry/${day}/`;
    const entries: Entry[] = [];
    let after: string | undefined;
    for (;;) {
      const page = await this.#store.list(prefix, after === undefined ? { limit: PAGE } : { after, limit: PAGE });
      for (const { value } of page) {
        const entry = read(value);
        if (entry !== undefined) entries.push(entry);
      }
      after = page.at(-1)?.key;
      if (page.length === 0 || after === undefined) return entries;
    }
  }

  /** Removes whole days older than this many days; gives how many lines went. */
  async forget(today: string, keepDays: number): Promise<number> {
    const firstKept = `entry/${daysBefore(today, keepDays)}`;
    let removed = 0;
    for (;;) {
      const old = (await this.#store.list('entry/', { limit: PAGE })).filter(({ key }) => key < firstKept);
      if (old.length === 0) return removed;
      for (const { key } of old) await this.#store.delete(key);
      removed += old.length;
    }
  }
}

function keyOf(day: string, kind: Entry['kind'], number: string): string {
  return `entry/${day}/${kind}/${number}`;
}

/** @throws when the store holds something else under a key of the book: money that cannot be read is not passed over. */
function read(value: unknown): Entry | undefined {
  if (value === undefined) return undefined;
  if (!entryCheck.Check(value)) throw new Error('a line of the till book cannot be read');
  return value;
}

function isOf<Kind extends Entry['kind']>(entry: Entry, kind: Kind): entry is EntryOf<Kind> {
  return entry.kind === kind;
}
