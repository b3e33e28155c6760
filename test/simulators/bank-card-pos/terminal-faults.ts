import type { Operation } from './simulated-records.js';

/**
 * What goes wrong with one exchange.
 * `neverAnswer`: the terminal works as always (a person still acts), its answer does not arrive. `executeThen…`: approved without a person, then: the
 * connection drops, nonsense comes, another number's check digits come, the terminal reports a fault. `dropBeforeExecuting`, `unlistedCode`,
 * `throttle`, `shortAnswer`: nothing is executed. `otherAmount`: executed, and the answer names one fen more. `holdAnswer`: executed, and the answer is kept back until `releaseAnswers`.
 */
export type TerminalFault = 'neverAnswer' | 'executeThenDrop' | 'executeThenGarbage' | 'executeThenOtherEcho' | 'executeThenSystemError' | 'executeThenUnlistedCode' | 'dropBeforeExecuting' | 'unlistedCode' | 'throttle' | 'shortAnswer' | 'otherAmount' | 'holdAnswer';

export type FaultableOperation = Operation | 'query';

/** Faults waiting for their exchange: the first that fits strikes, once. */
export class TerminalFaults {
  readonly #waiting: { readonly on: readonly FaultableOperation[]; readonly fault: TerminalFault; readonly terminalNo: string | undefined }[] = [];

  inject(given: { readonly on: FaultableOperation | readonly FaultableOperation[]; readonly fault: TerminalFault; readonly terminalNo?: string }): void {
    this.#waiting.push({ on: typeof given.on === 'string' ? [given.on] : given.on, fault: given.fault, terminalNo: given.terminalNo });
  }

  strike(operation: FaultableOperation, terminalNo: string): TerminalFault | undefined {
    const index = this.#waiting.findIndex(({ on, terminalNo: only }) => on.includes(operation) && (only === undefined || only === terminalNo));
    return index < 0 ? undefined : this.#waiting.splice(index, 1)[0]?.fault;
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
