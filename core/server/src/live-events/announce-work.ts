import type { Work } from '../running-work/ports.js';
import type { EventHub } from './ports.js';

/** Tells whose work it is of each step and end; of a day that is compared everybody who may see days. */
export function announceWork(hub: Pick<EventHub, 'publish'>): (work: Pick<Work, 'by' | 'kind' | 'subject'>) => void {
  return ({ by, kind, subject }) => {
    hub.publish('work', [], by);
    if (kind === 'reconciliation') hub.publish('reconciliation', [subject]);
  };
}
