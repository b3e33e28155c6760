import type { OrderView } from '@hospay/server/payments/order-view.js';
import type { Faults } from './faults.js';
import type { VirtualTime } from './virtual-time.js';

/** A hospital's own APP: told by signed notifications, keeps the newest version of each order it heard. */
export class Application {
  readonly heard = new Map<string, OrderView>();
  downUntil = 0;
  readonly #time: VirtualTime;
  readonly #faults: Faults;

  constructor(time: VirtualTime, faults: Faults) {
    this.#time = time;
    this.#faults = faults;
  }

  /** True when it acknowledges. */
  hear(view: OrderView): boolean {
    if (this.#time.now < this.downUntil) return false;
    const before = this.heard.get(view.tradeNo);
    if (before === undefined || view.version > before.version) this.heard.set(view.tradeNo, view);
    return !this.#faults.strikes('application acknowledgement lost');
  }
}
