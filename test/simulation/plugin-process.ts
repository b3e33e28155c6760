/** What a call hears when the process it was in died. */
export const PLUGIN_DIED = 'the process of the plugin ended';

/** The process a channel plugin runs in: it may die under its calls, and is started again a little later. */
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
}
