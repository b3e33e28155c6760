import { beijingStamp } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

import type { Original } from './card-terminal.js';
import type { Slip } from './slip.js';

/** What the platform keeps of a payment for us: the facts of the slip that an undo or refund must name, perhaps months later. */
const NoteSchema = Type.Object({ terminalId: Type.String(), date: Type.String(), reference: Type.String(), voucher: Type.String(), batch: Type.String() });
const noteCheck = Compile(NoteSchema);

export function noteOf(terminalId: string, slip: Slip): string {
  const note: Static<typeof NoteSchema> = { terminalId, date: beijingStamp(slip.at).slice(0, 8), reference: slip.referenceNo, voucher: slip.voucherNo, batch: slip.batchNo };
  return JSON.stringify(note);
}

export function originalOf(note: string | undefined): Original | undefined {
  if (note === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(note);
    return noteCheck.Check(value) ? { terminalId: value.terminalId, date: value.date, referenceNo: value.reference, voucherNo: value.voucher, batchNo: value.batch } : undefined;
  } catch {
    return undefined;
  }
}
