/** Answers that are to come on a connection the HIS opens (enhanced mode), by the number of the message they answer. */
import type { ReceivedMessage } from './read-message.js';

export class AwaitedAnswers {
  readonly #waiting = new Map<string, (message: ReceivedMessage) => void>();

  expect(controlId: string, take: (message: ReceivedMessage) => void): void {
    this.#waiting.set(controlId, take);
  }

  forget(controlId: string): void {
    this.#waiting.delete(controlId);
  }

  /** False when nobody waits for it, or not any more. */
  deliver(controlId: string, message: ReceivedMessage): boolean {
    const take = this.#waiting.get(controlId);
    take?.(message);
    return take !== undefined;
  }
}
