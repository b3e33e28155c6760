import { FaultList } from '../machinery/fault-list.js';
import type { Operation } from './simulated-records.js';

/**
 * What goes wrong with one exchange.
 * `neverAnswer`: the terminal works as always (a person still acts), its answer does not arrive. `executeThen…`: approved without a person, then: the
 * connection drops, nonsense comes, another number's check digits come, the terminal reports a fault. `dropBeforeExecuting`, `unlistedCode`,
 * `throttle`, `shortAnswer`: nothing is executed. `otherAmount`: executed, and the answer names one fen more. `holdAnswer`: executed, and the answer is kept back until `releaseAnswers`.
 */
export type TerminalFault = 'neverAnswer' | 'executeThenDrop' | 'executeThenGarbage' | 'executeThenOtherEcho' | 'executeThenSystemError' | 'executeThenUnlistedCode' | 'dropBeforeExecuting' | 'unlistedCode' | 'throttle' | 'shortAnswer' | 'otherAmount' | 'holdAnswer';

export type FaultableOperation = Operation | 'query';

/** Of one terminal, or of any. */
export class TerminalFaults extends FaultList<Readonly<Record<FaultableOperation, TerminalFault>>, 'terminalNo'> {
  constructor() {
    super('terminalNo');
  }
}
