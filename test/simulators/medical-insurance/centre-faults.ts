import { FaultList } from '../machinery/fault-list.js';
import type { Fields } from './wire-values.js';

/**
 * What can happen to one message. `executeThen…`: the work is done, then nothing, a broken connection, a system error, nonsense, an answer about another
 * visit, amounts that do not add up, a gateway's own time-out told as a refusal, a refusal in earnest (sm4: its signed output is the empty one of any other refusal), an empty output, a wrong or missing signature (sm4), one fee less than was uploaded. The others do nothing at the centre.
 * `executeThenOtherFields`: some fields of `setlinfo`, in mobile payment of the order, are not what was settled.
 */
export type CentreFault =
  | 'neverExecute' | 'dropBeforeExecuting' | 'throttle' | 'unlistedCode' | 'refuse' | 'refuseInGbk' | 'refuseForged' | 'executeThenNeverAnswer' | 'executeThenDrop' | 'executeThenServerError' | 'executeThenGarbage'
  | 'executeThenOtherVisit' | 'executeThenWrongSplit' | 'executeThenGatewayTimeout' | 'executeThenRefusal' | 'executeThenEmpty' | 'executeThenOtherKey' | 'executeThenUnsigned' | 'executeThenLessFees'
  | { readonly kind: 'executeThenOtherFields'; readonly fields: Fields };

/** Each strikes once. */
export class CentreFaults extends FaultList<Readonly<Record<string, CentreFault>>> {}
