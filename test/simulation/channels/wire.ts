import type { FaultKind, Faults } from '../faults.js';
import type { SeededRandom } from '../random.js';
import type { VirtualTime } from '../virtual-time.js';
import type { GuestLife } from './guest-life.js';

const SECOND = 1000;

export type WireAnswer<Reply> = { readonly kind: 'answer'; readonly reply: Reply } | { readonly kind: 'notSent'; readonly reason: string } | { readonly kind: 'noAnswer'; readonly reason: string };

export type WireTrip<Reply> = {
  readonly label: string;
  readonly life: GuestLife;
  /** The plugin stops listening when it is aborted; what was sent goes on. */
  readonly signal: AbortSignal;
  /** What the other side does and answers. */
  readonly remote: () => Reply | Promise<Reply>;
  /** The connection may be refused, so that nothing left. */
  readonly mayBeRefused?: true;
  /** A request of this kind may arrive long after the plugin stopped listening, at most so much later. */
  readonly late?: { readonly kind: FaultKind; readonly mostSeconds: number };
};

/** The network between a plugin and its channel: it loses, delays and refuses. */
export class Wire {
  readonly #time: VirtualTime;
  readonly #random: SeededRandom;
  readonly #faults: Faults;

  constructor(time: VirtualTime, random: SeededRandom, faults: Faults) {
    this.#time = time;
    this.#random = random;
    this.#faults = faults;
  }

  exchange<Reply>({ label, life, signal, remote, mayBeRefused, late }: WireTrip<Reply>): Promise<WireAnswer<Reply>> {
    if (signal.aborted) return Promise.resolve({ kind: 'notSent', reason: 'the deadline had passed before sending' });
    if (mayBeRefused === true && this.#faults.strikes('channel refuses connections')) return Promise.resolve({ kind: 'notSent', reason: 'connection refused' });
    return life.mine(new Promise<WireAnswer<Reply>>((resolve) => {
      signal.addEventListener('abort', () => { resolve({ kind: 'noAnswer', reason: 'timeout' }); }, { once: true });
      if (this.#faults.strikes('request lost')) return;
      const isLate = late !== undefined && this.#faults.strikes(late.kind);
      const outMs = isLate ? this.#random.between(16, late.mostSeconds) * SECOND : this.#random.between(5, 400);
      this.#time.after(outMs, label, () => {
        void Promise.resolve(remote()).then((reply) => {
          if (this.#faults.strikes('answer lost')) return;
          const backMs = this.#faults.strikes('answer slow') ? this.#random.between(2, 18) * SECOND : this.#random.between(5, 300);
          this.#time.after(backMs, `${label} → ${describe(reply)}`, () => { resolve({ kind: 'answer', reply }); });
        });
      });
    }));
  }
}

export function describe(reply: unknown): string {
  return typeof reply === 'object' && reply !== null && 'kind' in reply ? String(reply.kind) : typeof reply === 'string' ? reply : 'answered';
}
