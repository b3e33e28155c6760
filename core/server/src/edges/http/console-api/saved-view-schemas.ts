/** The shapes of saved views (保存的视图). */
import { Type } from 'typebox';
import { LONGEST_NAME, LONGEST_VALUE, MOST_FILTERS, SAVED_VIEW_LISTS, SHARED_WITH } from '../../../saved-views/ports.js';

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

const With = Type.Enum(SHARED_WITH, { description: '共享给：本人的一个角色，或可打开该列表的所有人 / A role of one’s own, or everybody who may open the list' });
const Id = Type.Integer({ minimum: 1 });

const SavedViewSchema = Type.Object({ id: Id, list: List, name: Type.String(), filters: Filters, isDefault: IsDefault, sharedWith: Maybe(With) }, named('SavedView'));
const SharedViewSchema = Type.Object({ id: Id, list: List, name: Type.String(), filters: Filters, sharedWith: With, owner: Type.Object({ login: Type.String(), displayName: Type.String() }, named('SavedViewOwner')) }, named('SharedView'));
export const SavedViewListSchema = Type.Object({ views: Type.Array(SavedViewSchema), shared: Type.Array(SharedViewSchema, { description: '他人共享的，只能使用 / Of others, shared with the caller: to use, not to change' }) }, named('SavedViewList'));
export const SharedViewListSchema = Type.Object({ shared: Type.Array(SharedViewSchema) }, named('SharedViewList'));
export const ShareSchema = Type.Object({ with: With }, named('SavedViewShare'));
export const SavedViewAnswerSchema = Type.Object({ view: SavedViewSchema }, named('SavedViewAnswer'));
export const NewSavedViewSchema = Type.Object({ list: List, name: Name, filters: Filters, isDefault: IsDefault }, named('NewSavedView'));
export const SavedViewChangeSchema = Type.Object({ name: Maybe(Name), filters: Maybe(Filters), isDefault: Maybe(IsDefault) }, { ...named('SavedViewChange'), minProperties: 1 });
export const SavedViewPath = Type.Object({ id: Type.String({ pattern: '^[1-9]\\d{0,8}$' }) }, closed);
