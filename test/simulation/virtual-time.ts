import type { History } from './history.js';
import type { SeededRandom } from './random.js';

export type Scheduled = { cancel(): void };

type Event = { readonly at: number; readonly tie: number; readonly label: string; readonly run: () => void; isCancelled: boolean };

/**
 * The only clock of the simulation: a heap of events ordered by virtual time, ties broken by the seed. One event runs, every promise it
 * settled is followed to its end, then the next event runs.
 */
export class VirtualTime {
  /** Milliseconds since 1970, virtual. */
  now: number;
  readonly #heap: Event[] = [];
  readonly #random: SeededRandom;
  readonly #history: History;

  constructor(startAt: number, random: SeededRandom, history: History) {
    this.now = startAt;
    this.#random = random;
    this.#history = history;
  }

  after(delayMs: number, label: string, run: () => void): Scheduled {
    const event: Event = { at: this.now + Math.max(0, Math.round(delayMs)), tie: this.#random.next(), label, run, isCancelled: false };
    this.#push(event);
    return { cancel: () => { event.isCancelled = true; } };
  }

  sleep(delayMs: number, label: string): Promise<void> {
    return new Promise((resolve) => { this.after(delayMs, label, resolve); });
  }

  get nextAt(): number | undefined {
    while (this.#heap[0]?.isCancelled === true) this.#pop();
    return this.#heap[0]?.at;
  }

  /** Runs the next event and drains what it set in motion. False when nothing is left. */
  async step(): Promise<boolean> {
    if (this.nextAt === undefined) return false;
    const event = this.#pop();
    if (event === undefined) return false;
    this.now = event.at;
    this.#history.record(event.at, event.label);
    event.run();
    // Every microtask runs before the event loop's next phase: nothing real is waited for.
    await new Promise<void>((resolve) => { setImmediate(resolve); });
    return true;
  }

  #push(event: Event): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(event);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (parent === undefined || !isBefore(event, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || first === last) return first;
    let index = 0;
    for (;;) {
      let childIndex = index * 2 + 1;
      let child = heap[childIndex];
      const right = heap[childIndex + 1];
      if (child === undefined) break;
      if (right !== undefined && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(left: Event, right: Event): boolean {
  return left.at < right.at || (left.at === right.at && left.tie < right.tie);
}
