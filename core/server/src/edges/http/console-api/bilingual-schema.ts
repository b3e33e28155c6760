import { Type } from 'typebox';

/** What the platform says, in both languages; the console shows the one that is chosen. */
export const BilingualSchema = Type.Object({ zh: Type.String(), en: Type.String() }, { additionalProperties: false, title: 'Bilingual' });
