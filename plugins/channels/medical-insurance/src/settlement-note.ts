import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

/** What the platform keeps of a settlement for us, so that it can be undone when our own records are gone. The numbers are the centre's, no ID or card number. */
const NoteSchema = Type.Object({
  visit: Type.String(),
  person: Type.String(),
  settlement: Type.String(),
  place: Type.Optional(Type.String()),
  total: Type.Integer(),
  fund: Type.Integer(),
  account: Type.Integer(),
  cash: Type.Integer(),
});
export type SettlementNote = Static<typeof NoteSchema>;
const noteCheck = Compile(NoteSchema);

export function readNote(text: string | undefined): SettlementNote | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return noteCheck.Check(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
