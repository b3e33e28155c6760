import type { Settlement } from './settlement.js';

/** What the platform keeps of a settlement: by these a person finds it at the centre. Who it is of, and what a refund needs beside, stays in the plugin's own store. */
export function settlementNote(visitNo: string, { settlementId }: Settlement): string {
  return JSON.stringify({ visit: visitNo, settlement: settlementId });
}
