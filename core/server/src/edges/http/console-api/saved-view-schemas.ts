/** The shapes of saved views (保存的视图). */
import { Type } from 'typebox';
import { LONGEST_NAME, LONGEST_VALUE, MOST_FILTERS, SAVED_VIEW_LISTS } from '../../../saved-views/ports.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const closed = { additionalProperties: false } as const;
const Maybe = Type.Optional;
const List = Type.Enum(SAVED_VIEW_LISTS);
/** As it is read in a list: no blank at either end, no line breaks. */
const Name = Type.String({ minLength: 1, maxLength: LONGEST_NAME, pattern: '^[^\\s\\u0000-\\u001f\\u007f]([^\\u0000-\\u001f\\u007f]*[^\\s\\u0000-\\u001f\\u007f])?$' });
const Filters = Type.Array(
  Type.Object({ field: Type.String({ pattern: '^[a-z][A-Za-z]{0,31}$' }), value: Type.String({ minLength: 1, maxLength: LONGEST_VALUE }) }, named('SavedFilter')),
  { maxItems: MOST_FILTERS, description: '筛选条件；含义由页面解释 / Their meaning is the page’s' },
);
const IsDefault = Type.Boolean({ description: '打开列表时自动采用 / Taken when the list is opened' });

const SavedViewSchema = Type.Object({ id: Type.Integer({ minimum: 1 }), list: List, name: Type.String(), filters: Filters, isDefault: IsDefault }, named('SavedView'));
export const SavedViewListSchema = Type.Object({ views: Type.Array(SavedViewSchema) }, named('SavedViewList'));
export const SavedViewAnswerSchema = Type.Object({ view: SavedViewSchema }, named('SavedViewAnswer'));
export const NewSavedViewSchema = Type.Object({ list: List, name: Name, filters: Filters, isDefault: IsDefault }, named('NewSavedView'));
export const SavedViewChangeSchema = Type.Object({ name: Maybe(Name), filters: Maybe(Filters), isDefault: Maybe(IsDefault) }, { ...named('SavedViewChange'), minProperties: 1 });
export const SavedViewPath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, closed);
