import type { PluginStore } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import { SplitSchema } from './settlement.js';

/** How far a pre-settlement has come at the centre. Written before each message and after each answer. */
const PresettlementSchema = Type.Object({
  presettlementNo: Type.String(),
  /** Of person and visit: the same number with others is another pre-settlement. */
  digest: Type.String(),
  /** Of the fees and whether the account is used, which may change until it is settled. */
  feesDigest: Type.String(),
  begunAt: Type.String(),
  personNo: Type.String(),
  insuredPlace: Type.Optional(Type.String()),
  /** Sent again with 2207, forgotten after it. */
  voucherType: Type.String(),
  voucherNumber: Type.String(),
  /** Mobile payment asks by the person. */
  person: Type.Optional(Type.Object({ name: Type.String(), idType: Type.String(), idNo: Type.String() })),
  insuranceType: Type.String(),
  medicalType: Type.String(),
  usesAccount: Type.Boolean(),
  totalFen: Type.Integer(),
  hospitalVisitNo: Type.String(),
  /** From 2201 (or the pay order of mobile payment). */
  visitNo: Type.Optional(Type.String()),
  hasDiagnoses: Type.Boolean(),
  feesUploaded: Type.Integer(),
  split: Type.Optional(SplitSchema),
  /** The sums of 2206 that 2207 repeats, as the wire had them. */
  costs: Type.Optional(Type.Record(Type.String(), Type.Union([Type.String(), Type.Number()]))),
  /** A message that changes the centre's state and has no answer yet. */
  open: Type.Optional(Type.Object({ infno: Type.String(), msgid: Type.String() })),
  /** Mobile payment: the pay order and its token. */
  payOrder: Type.Optional(Type.Object({ id: Type.String(), token: Type.String() })),
  abandoned: Type.Optional(Type.Boolean()),
});
export type Presettlement = Static<typeof PresettlementSchema>;
const check = Compile(PresettlementSchema);

/** The answer to its number from then on: another visit to the centre needs another number. */
export const ABANDONED = { kind: 'refused', code: 'ABANDONED', message: '该预结算已撤销，请重新预结算 / this pre-settlement was taken back: pre-settle under a new number' } as const;

const PAGE = 500;

export class PresettlementBook {
  readonly #store: PluginStore;

  constructor(store: PluginStore) {
    this.#store = store;
  }

  async find(presettlementNo: string): Promise<Presettlement | undefined> {
    const value: unknown = await this.#store.get(`presettlement/${presettlementNo}`);
    if (value === undefined) return undefined;
    if (!check.Check(value)) throw new Error('a pre-settlement in the store cannot be read');
    return value;
  }

  begin(presettlement: Presettlement): Promise<boolean> {
    return this.#store.claim(`presettlement/${presettlement.presettlementNo}`, presettlement);
  }

  async change(presettlement: Presettlement, change: Partial<Presettlement>): Promise<Presettlement> {
    const changed = { ...presettlement, ...change };
    await this.#store.put(`presettlement/${changed.presettlementNo}`, changed);
    return changed;
  }

  /** As it was: a message that did nothing leaves no trace. */
  async keep(presettlement: Presettlement): Promise<Presettlement> {
    await this.#store.put(`presettlement/${presettlement.presettlementNo}`, presettlement);
    return presettlement;
  }

  /** Its split holds no longer. */
  async withoutSplit(presettlementNo: string): Promise<void> {
    const known = await this.find(presettlementNo);
    if (known === undefined) return;
    const { split: _split, costs: _costs, ...rest } = known;
    await this.keep(rest);
  }

  /** The answer to the open message has come. */
  async answered(presettlement: Presettlement, change: Partial<Presettlement> = {}): Promise<Presettlement> {
    const { open, ...rest } = presettlement;
    return open === undefined ? this.change(presettlement, change) : this.change(rest, change);
  }

  /** The key of the payment that settles it. */
  async settledBy(presettlementNo: string): Promise<string | undefined> {
    const value: unknown = await this.#store.get(`settles/${presettlementNo}`);
    return typeof value === 'string' ? value : undefined;
  }

  claim(presettlementNo: string, paymentKey: string): Promise<boolean> {
    return this.#store.claim(`settles/${presettlementNo}`, paymentKey);
  }

  async handOver(presettlementNo: string, paymentKey: string): Promise<void> {
    await this.#store.put(`settles/${presettlementNo}`, paymentKey);
  }

  /** Removes pre-settlements begun before an instant, but for those a payment is still open on. */
  async forget(before: Date, isAtStake: (presettlementNo: string) => Promise<boolean>): Promise<number> {
    let removed = 0;
    for (let after = ''; ; ) {
      const page = await this.#store.list('presettlement/', { after, limit: PAGE });
      for (const { key, value } of page) {
        if (!check.Check(value) || Date.parse(value.begunAt) >= before.getTime() || (await isAtStake(value.presettlementNo))) continue;
        await this.#store.delete(`settles/${value.presettlementNo}`);
        await this.#store.delete(key);
        removed += 1;
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return removed;
      after = last.key;
    }
  }
}
