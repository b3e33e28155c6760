import type { RandomSource } from '@hospay/server/domain/time.js';

/** Repeatable randomness (sfc32): one seed and one stream name give one sequence, on every machine. */
export class SeededRandom implements RandomSource {
  #a: number;
  #b: number;
  #c: number;
  #count = 1;

  constructor(seed: number, stream: string) {
    this.#a = mix(`${String(seed)}/${stream}/a`);
    this.#b = mix(`${String(seed)}/${stream}/b`);
    this.#c = mix(`${String(seed)}/${stream}/c`);
    for (let round = 0; round < 12; round += 1) this.next();
  }

  /** An integer of 32 bits. */
  next(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#count) | 0;
    this.#count = (this.#count + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (this.#c << 21) | (this.#c >>> 11);
    this.#c = (this.#c + sum) | 0;
    return sum >>> 0;
  }
  nextInt(limitExclusive: number): number {
    return Math.floor((this.next() / 4294967296) * limitExclusive);
  }
  /** An integer from `least` to `most`, both included. */
  between(least: number, most: number): number {
    return least + this.nextInt(most - least + 1);
  }
  chance(probability: number): boolean {
    return this.next() / 4294967296 < probability;
  }
  pick<Item>(first: Item, ...others: readonly Item[]): Item {
    return others[this.nextInt(others.length + 1) - 1] ?? first;
  }
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.next() & 255);
  }
}

function mix(text: string): number {
  let hash = 2166136261;
  for (let index = 0; index < text.length; index += 1) hash = Math.imul(hash ^ text.charCodeAt(index), 16777619);
  return hash | 0;
}
