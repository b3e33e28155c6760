/** What a call hears when the process it was in died. */
export const PLUGIN_DIED = 'the process of the plugin ended';

/** The calls that are in the process a channel plugin runs in: it may die under them. */
export class PluginProcess {
  readonly #calls = new Map<number, () => void>();
  readonly #onDeath: () => void;
  #serial = 0;

  constructor(onDeath: () => void) {
    this.#onDeath = onDeath;
  }

  begin(lost: () => void): number {
    this.#calls.set((this.#serial += 1), lost);
    return this.#serial;
  }
  end(call: number): void {
    this.#calls.delete(call);
  }
  die(): void {
    const lost = [...this.#calls.values()];
    this.#calls.clear();
    this.#onDeath();
    for (const tell of lost) tell();
  }
  /** Nobody waits any more. */
  forget(): void {
    this.#calls.clear();
  }
}
