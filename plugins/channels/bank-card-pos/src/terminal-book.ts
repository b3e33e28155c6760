import type { PluginStore } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import { intentKey, IntentSchema, VoucherSchema, type Intent } from './intent.js';
import type { Slip } from './slip.js';

const TerminalSchema = Type.Object({
  /** How many exchanges were started. */
  turn: Type.Integer({ minimum: 0 }),
  last: Type.Optional(VoucherSchema),
  /** The intent whose end is not proven, if there is one. */
  open: Type.Optional(Type.String()),
});
export type Terminal = Static<typeof TerminalSchema>;

const BusySchema = Type.Object({ by: Type.String(), since: Type.String() });
export type Busy = Static<typeof BusySchema>;

const checks = { intent: Compile(IntentSchema), terminal: Compile(TerminalSchema), busy: Compile(BusySchema) };
const isIntent = (value: unknown): value is Intent => checks.intent.Check(value);
const isTerminal = (value: unknown): value is Terminal => checks.terminal.Check(value);
const isBusy = (value: unknown): value is Busy => checks.busy.Check(value);
const isOwner = (value: unknown): value is string => typeof value === 'string';
const PAGE = 1000;
const PROVEN: readonly Intent['state'][] = ['done', 'refused', 'notSent'];

/** What the plugin knows for certain, in the durable store: intents, terminals, who uses a terminal, and whose a slip is. */
export class TerminalBook {
  readonly #store: PluginStore;

  constructor(store: PluginStore) {
    this.#store = store;
  }

  async intent(key: string): Promise<Intent | undefined> {
    return read(isIntent, await this.#store.get(key));
  }

  payOf(tradeNo: string): Promise<Intent | undefined> {
    return this.intent(`pay/${tradeNo}`);
  }

  /** False when the key is in use: somebody else writes the same number down at this moment. */
  claimIntent(intent: Intent): Promise<boolean> {
    return this.#store.claim(intentKey(intent), intent);
  }

  async putIntent(intent: Intent): Promise<Intent> {
    await this.#store.put(intentKey(intent), intent);
    return intent;
  }

  /** Every undo and refund of a payment, whatever became of it. */
  async refundsOf(tradeNo: string): Promise<Intent[]> {
    const rows = await this.#store.list(`refund/${tradeNo}/`, { limit: PAGE });
    return rows.flatMap(({ value }) => read(isIntent, value) ?? []);
  }

  async terminal(terminalId: string): Promise<Terminal> {
    return read(isTerminal, await this.#store.get(`terminal/${terminalId}`)) ?? { turn: 0 };
  }

  async putTerminal(terminalId: string, terminal: Terminal): Promise<void> {
    await this.#store.put(`terminal/${terminalId}`, terminal);
  }

  claimBusy(terminalId: string, busy: Busy): Promise<boolean> {
    return this.#store.claim(`busy/${terminalId}`, busy);
  }

  async busy(terminalId: string): Promise<Busy | undefined> {
    return read(isBusy, await this.#store.get(`busy/${terminalId}`));
  }

  async release(terminalId: string): Promise<void> {
    await this.#store.delete(`busy/${terminalId}`);
  }

  /** A slip pays one number: true when it is this one's, now or before. */
  async claimSlip(intent: Intent, slip: Slip): Promise<boolean> {
    const key = slipKey(slip);
    if (await this.#store.claim(key, intentKey(intent))) return true;
    return (await this.#store.get(key)) === intentKey(intent);
  }

  /** Our intent behind a slip that a daily file names. */
  async intentOfSlip(slip: { readonly date: string; readonly terminalNo: string; readonly batchNo: string | undefined; readonly voucherNo: string }): Promise<Intent | undefined> {
    const prefix = `slip/${slip.date}/${slip.terminalNo}/`;
    const rows = slip.batchNo === undefined ? await this.#store.list(prefix, { limit: PAGE }) : [{ key: `${prefix}${slip.batchNo}/${slip.voucherNo}`, value: await this.#store.get(`${prefix}${slip.batchNo}/${slip.voucherNo}`) }];
    const owners = rows.filter(({ key, value }) => value !== undefined && key.endsWith(`/${slip.voucherNo}`));
    const [only] = owners;
    const owner = owners.length === 1 && only !== undefined ? read(isOwner, only.value) : undefined;
    return owner === undefined ? undefined : this.intent(owner);
  }

  async keepSettlement(day: string, terminalId: string, batch: string, file: Uint8Array): Promise<void> {
    await this.#store.put(`settlement/${day}/${terminalId}/${batch}`, Buffer.from(file).toString('base64'));
  }

  async settlementsOf(day: string): Promise<Uint8Array[]> {
    const rows = await this.#store.list(`settlement/${day}/`, { limit: PAGE });
    return rows.flatMap(({ value }) => (typeof value === 'string' ? [Buffer.from(value, 'base64')] : []));
  }

  /** Removes payments proven before this time, with their slips and settlements. What is not proven stays, and so do refunds: a repeat must still meet them. */
  async forget(before: Date): Promise<void> {
    const day = before.toISOString();
    for (const prefix of ['pay/', 'slip/', 'settlement/']) {
      let after = '';
      for (;;) {
        const page = await this.#store.list(prefix, { after, limit: PAGE });
        for (const { key, value } of page) if (isOld(key, value, day)) await this.#store.delete(key);
        const last = page.at(-1)?.key;
        if (last === undefined) break;
        after = last;
      }
    }
  }
}

function isOld(key: string, value: unknown, before: string): boolean {
  const [kind, day = ''] = key.split('/');
  if (kind !== 'pay') return day.replaceAll('-', '') < before.slice(0, 10).replaceAll('-', '');
  const intent = read(isIntent, value);
  return intent !== undefined && PROVEN.includes(intent.state) && intent.startedAt < before;
}

function slipKey({ at, terminalNo, batchNo, voucherNo }: Slip): string {
  return `slip/${at.slice(0, 10).replaceAll('-', '')}/${terminalNo}/${batchNo}/${voucherNo}`;
}

/** @throws when the store holds something else: a record that cannot be read is not taken for one that is not there. */
function read<Value>(isRight: (value: unknown) => value is Value, value: unknown): Value | undefined {
  if (value === undefined) return undefined;
  if (!isRight(value)) throw new Error('a record of the card terminals cannot be read');
  return value;
}
