import { Type } from 'typebox';

/** What the platform says to people: the console shows the text of the chosen language. */
export const BilingualSchema = Type.Object({ zh: Type.String(), en: Type.String() }, { additionalProperties: false, title: 'Bilingual', description: '平台的说明，中英文各一 / What the platform says, in either language' });
