import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * What the platform keeps of a mobile settlement for us, so that it can be asked about and refunded when our own records are gone. The voucher is spent: 6203 wants
 * to see it again, and it is good for nothing else. No ID or card number.
 */
const MobileNoteSchema = Type.Object({
  order: Type.Object({ id: Type.String(), token: Type.String() }),
  voucher: Type.Object({ kind: Type.Union([Type.Literal('payAuthNo'), Type.Literal('ecToken')]), number: Type.String() }),
  total: Type.Integer(),
  fund: Type.Integer(),
  account: Type.Integer(),
});
export type MobileNote = Static<typeof MobileNoteSchema>;
const noteCheck = Compile(MobileNoteSchema);

export function readMobileNote(text: string | undefined): MobileNote | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return noteCheck.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
