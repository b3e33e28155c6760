import type { PluginStore } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import { SettlementSchema } from './settlement.js';

const AttemptStateSchema = Type.Union([
  /** Left, or may have left: nobody knows what became of it. */
  Type.Literal('sent'),
  Type.Literal('done'),
  Type.Literal('refused'),
  /** No byte left. */
  Type.Literal('notSent'),
  /** Undone by 2601: it has no effect and never will. */
  Type.Literal('reversed'),
]);

/** One message that moves money (2207 or 2208), written before its first byte goes out. */
const AttemptSchema = Type.Object({
  number: Type.String(),
  amountFen: Type.Integer(),
  msgid: Type.String(),
  sentAt: Type.String(),
  state: AttemptStateSchema,
  personNo: Type.String(),
  visitNo: Type.String(),
  insuredPlace: Type.Optional(Type.String()),
  presettlementNo: Type.Optional(Type.String()),
  /** 2208: the settlement it undoes. */
  undoes: Type.Optional(Type.String()),
  refusal: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  settlement: Type.Optional(SettlementSchema),
});
export type Attempt = Static<typeof AttemptSchema>;
const attemptCheck = Compile(AttemptSchema);

export type KeptAttempt = { readonly key: string; readonly attempt: Attempt };

const PAGE = 500;

/** Attempts under one prefix, numbered: the next can only be claimed once, and only by whoever saw the one before. */
export class Attempts {
  readonly #store: PluginStore;

  constructor(store: PluginStore) {
    this.#store = store;
  }

  /** In the order they were made. */
  async of(prefix: string): Promise<readonly KeptAttempt[]> {
    return (await this.#store.list(`${prefix}/`, { limit: PAGE })).map(({ key, value }) => ({ key, attempt: read(value) }));
  }

  /** Undefined when somebody else has made this attempt. */
  async begin(prefix: string, after: number, attempt: Attempt): Promise<KeptAttempt | undefined> {
    const key = `${prefix}/${String(after + 1).padStart(4, '0')}`;
    return (await this.#store.claim(key, attempt)) ? { key, attempt } : undefined;
  }

  async end({ key, attempt }: KeptAttempt, change: Partial<Attempt>): Promise<Attempt> {
    const ended = { ...attempt, ...change };
    await this.#store.put(key, ended);
    return ended;
  }

  /** Every attempt whose key begins so, page by page. */
  async all(prefix: string): Promise<readonly KeptAttempt[]> {
    const found: KeptAttempt[] = [];
    for (let after = ''; ; ) {
      const page = await this.#store.list(prefix, { after, limit: PAGE });
      for (const { key, value } of page) found.push({ key, attempt: read(value) });
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return found;
      after = last.key;
    }
  }
}

function read(value: unknown): Attempt {
  if (!attemptCheck.Check(value)) throw new Error('an attempt in the store cannot be read');
  return value;
}
