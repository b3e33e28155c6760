import { beijingDay, type PaymentReference, type PluginStore } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import { textAt, type Fields } from './answer-fields.js';
import { SettlementSchema } from './settlement.js';

const AttemptStateSchema = Type.Union([
  /** Left, or may have left: nobody knows what became of it. */
  Type.Literal('sent'),
  Type.Literal('done'),
  Type.Literal('refused'),
  /** No byte left. */
  Type.Literal('notSent'),
  /** 2601 may have left: whatever its own answer says now is no longer true. */
  Type.Literal('reversing'),
  /** Settled otherwise than it was sent for, and not to be reversed: 2208 undoes it. */
  Type.Literal('undoing'),
  /** Undone by 2601: it has no effect and never will. */
  Type.Literal('reversed'),
]);

/** One message that moves money (2207 or 2208), written before its first byte goes out. */
const AttemptSchema = Type.Object({
  number: Type.String(),
  amountFen: Type.Integer(),
  /** What the far side knows the message by: its number, in mobile payment that of the order or the refund. */
  msgid: Type.String(),
  sentAt: Type.String(),
  state: AttemptStateSchema,
  personNo: Type.String(),
  visitNo: Type.String(),
  insuredPlace: Type.Optional(Type.String()),
  presettlementNo: Type.Optional(Type.String()),
  /** Mobile payment: a wallet has the centre settle the order. Nothing is ever sent for it. */
  isSettledByWallet: Type.Optional(Type.Literal(true)),
  /** 2208: the settlement it undoes. */
  undoes: Type.Optional(Type.String()),
  refusal: Type.Optional(Type.Object({ code: Type.String(), message: Type.String() })),
  settlement: Type.Optional(SettlementSchema),
});
export type Attempt = Static<typeof AttemptSchema>;
const attemptCheck = Compile(AttemptSchema);

const EndSchema = Type.Partial(Type.Pick(AttemptSchema, ['state', 'refusal', 'settlement']));
export type AttemptEnd = Static<typeof EndSchema> & { readonly state: Exclude<Attempt['state'], 'sent'> };
const endCheck = Compile(EndSchema);

export type KeptAttempt = { readonly key: string; readonly attempt: Attempt };

/** Where the attempts of a payment lie: by day, so that a day's statement finds them. */
export function paymentKey({ tradeNo, submittedAt }: Pick<PaymentReference, 'tradeNo' | 'submittedAt'>): string {
  return `pay/${beijingDay(submittedAt)}/${tradeNo}`;
}

/** Nobody knows yet what became of it. */
export function isOpen({ state }: Attempt): boolean {
  return state === 'sent' || state === 'reversing' || state === 'undoing';
}

/** An answer speaks of the visit and person of the attempt. */
export function isOf(setlinfo: Fields | undefined, { visitNo, personNo }: Pick<Attempt, 'visitNo' | 'personNo'>): boolean {
  return textAt(setlinfo, 'mdtrt_id') === visitNo && textAt(setlinfo, 'psn_no') === personNo;
}

const PAGE = 500;
const END = '.end';

/**
 * Attempts under one prefix, numbered: the next can only be claimed once, and only by whoever saw the one before. So can its end: of a late answer and a reversal
 * that cross, the first to be written stands, and the other is told.
 */
export class Attempts {
  readonly #store: PluginStore;

  constructor(store: PluginStore) {
    this.#store = store;
  }

  /** In the order they were made. */
  async of(prefix: string): Promise<readonly KeptAttempt[]> {
    return this.all(`${prefix}/`);
  }

  /** Undefined when somebody else has made this attempt. */
  async begin(prefix: string, after: number, attempt: Attempt): Promise<KeptAttempt | undefined> {
    const key = `${prefix}/${String(after + 1).padStart(4, '0')}`;
    return (await this.#store.claim(key, attempt)) ? { key, attempt } : undefined;
  }

  /** The attempt as it ended, which may be otherwise than this end says. */
  async end({ key, attempt }: KeptAttempt, end: AttemptEnd): Promise<Attempt> {
    if (await this.#store.claim(`${key}${END}`, end)) return { ...attempt, ...end };
    return { ...attempt, ...readEnd(await this.#store.get(`${key}${END}`)) };
  }

  /** How a reversal or an undoing ended, which nothing else ends; or what the centre says of an attempt against its end. */
  async endReversal({ key, attempt }: KeptAttempt, end: AttemptEnd): Promise<Attempt> {
    await this.#store.put(`${key}${END}`, end);
    return { ...attempt, ...end };
  }

  async forget(key: string): Promise<void> {
    await this.#store.delete(key);
    await this.#store.delete(`${key}${END}`);
  }

  /** Every attempt whose key begins so, page by page. */
  async all(prefix: string): Promise<readonly KeptAttempt[]> {
    const found: KeptAttempt[] = [];
    for (let after = ''; ; ) {
      const page = await this.#store.list(prefix, { after, limit: PAGE });
      for (const { key, value } of page) {
        if (!key.endsWith(END)) {
          found.push({ key, attempt: read(value) });
          continue;
        }
        // An end follows its attempt in the order of the keys; one whose attempt is forgotten is about to be.
        const open = found.at(-1);
        if (open !== undefined && key === `${open.key}${END}`) found.splice(-1, 1, { key: open.key, attempt: { ...open.attempt, ...readEnd(value) } });
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return found;
      after = last.key;
    }
  }
}

function readEnd(value: unknown): Static<typeof EndSchema> {
  if (!endCheck.Check(value)) throw new Error('the end of an attempt in the store cannot be read');
  return value;
}

function read(value: unknown): Attempt {
  if (!attemptCheck.Check(value)) throw new Error('an attempt in the store cannot be read');
  return value;
}
