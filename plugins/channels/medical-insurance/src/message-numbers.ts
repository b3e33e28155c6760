import { randomInt } from 'node:crypto';

import { beijingStamp, type PluginStore } from '@hospay/plugin-sdk';


const SEQUENCES = 10_000;
const PAGE = 500;

/** What a message was for: its transaction and the payment, refund or pre-settlement it belongs to. */
export type MessagePurpose = { readonly infno: string; readonly of: string };

/** Message numbers (msgid): institution, second, sequence. Each is claimed in the store before its message goes out, so none is ever used twice, restarts included. */
export class MessageNumbers {
  readonly #store: PluginStore;
  readonly #institutionCode: string;
  readonly #now: () => Date;
  #sequence = randomInt(SEQUENCES);

  constructor(given: { readonly store: PluginStore; readonly institutionCode: string; readonly now: () => Date }) {
    this.#store = given.store;
    this.#institutionCode = given.institutionCode;
    this.#now = given.now;
  }

  async next({ infno, of }: MessagePurpose): Promise<string> {
    for (let tried = 0; tried < SEQUENCES; tried += 1) {
      this.#sequence = (this.#sequence + 1) % SEQUENCES;
      const msgid = `${this.#institutionCode}${beijingStamp(this.#now())}${String(this.#sequence).padStart(4, '0')}`;
      if (await this.#store.claim(`message/${msgid}`, { infno, of })) return msgid;
    }
    throw new Error('every message number of this second is used');
  }

  /** Removes the numbers of messages sent before an instant. */
  async forget(before: Date): Promise<number> {
    const end = `message/${this.#institutionCode}${beijingStamp(before)}`;
    let removed = 0;
    for (;;) {
      const old = (await this.#store.list('message/', { limit: PAGE })).filter(({ key }) => key < end);
      for (const { key } of old) await this.#store.delete(key);
      removed += old.length;
      if (old.length < PAGE) return removed;
    }
  }
}
