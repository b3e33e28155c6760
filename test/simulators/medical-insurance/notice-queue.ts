import { isFields } from './wire-values.js';

/** How often a notice is sent, and how long after the one before. */
const WAITS_MS = [0, 40, 80, 160];

/** 6302: sends a notice until it is answered with success. */
export class NoticeQueue {
  /** Settlements whose notices get lost on the way. */
  loses = 0;
  readonly sent: { readonly body: string; readonly status: number }[] = [];
  readonly #url: string;
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor(url: string) {
    this.#url = url;
  }

  /** `write` makes the notice anew for each try: its time is that of sending. */
  send(write: () => string, tried = 0): void {
    const waitMs = WAITS_MS[tried];
    if (waitMs === undefined) return;
    if (tried === 0 && this.loses > 0) {
      this.loses -= 1;
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#post(write()).then((isTaken) => { if (!isTaken) this.send(write, tried + 1); });
    }, waitMs);
    this.#timers.add(timer);
  }

  stop(): void {
    for (const timer of this.#timers) clearTimeout(timer);
  }

  async #post(body: string): Promise<boolean> {
    try {
      const answer = await fetch(this.#url, { method: 'POST', headers: { 'content-type': 'application/json; charset=utf-8' }, body });
      this.sent.push({ body, status: answer.status });
      const told: unknown = await answer.json();
      return answer.ok && isFields(told) && told['success'] === true;
    } catch {
      return false;
    }
  }
}
