import { Type } from 'typebox';
import { Parse } from 'typebox/value';
import { Op, UniqueConstraintError, type Sequelize, type Transaction } from 'sequelize';
import { SAVED_VIEW_LISTS, SHARED_WITH, type SavedView, type SavedViewRows } from '../../../saved-views/ports.js';
import type { Models, SavedViewRow } from './models.js';

const FiltersSchema = Type.Array(Type.Object({ field: Type.String(), value: Type.String() }));
const ListSchema = Type.Enum(SAVED_VIEW_LISTS);
const SharedWithSchema = Type.Enum(SHARED_WITH);

/** Every question but the one for what is shared names the user: a view of another is not there. */
export function savedViewStore(sequelize: Sequelize, { savedViews }: Models, hospital: string): SavedViewRows {
  /** Before another becomes the default, so that there are never two. */
  const noDefault = (userId: string, list: string, transaction: Transaction) => savedViews.update({ isDefault: false }, { where: { hospital, userId, list, isDefault: true }, transaction });
  return {
    // A list that a later version has and this one does not is left alone.
    list: async (userId) => (await savedViews.findAll({ where: { hospital, userId, list: { [Op.in]: [...SAVED_VIEW_LISTS] } }, order: ['list', 'name'] })).map((row) => view(row.get())),
    async find(userId, id) {
      const row = await savedViews.findOne({ where: { hospital, userId, id, list: { [Op.in]: [...SAVED_VIEW_LISTS] } } });
      return row === null ? undefined : view(row.get());
    },
    add: (userId, { list, name, filters, isDefault }, { most, at }) => taken(() =>
      sequelize.transaction(async (transaction) => {
        if ((await savedViews.count({ where: { hospital, userId, list }, transaction })) >= most) return 'full';
        if (isDefault) await noDefault(userId, list, transaction);
        return view((await savedViews.create({ hospital, userId, list, name, filters: JSON.stringify(filters), isDefault, sharedWith: null, createdAt: at, changedAt: at }, { transaction })).get());
      })),
    change: (userId, id, { name, filters, isDefault }, at) => taken(() =>
      sequelize.transaction(async (transaction) => {
        const row = await savedViews.findOne({ where: { hospital, userId, id }, transaction });
        if (row === null) return 'none';
        if (isDefault === true) await noDefault(userId, row.get().list, transaction);
        const values = { ...(name === undefined ? {} : { name }), ...(filters === undefined ? {} : { filters: JSON.stringify(filters) }), ...(isDefault === undefined ? {} : { isDefault }), changedAt: at };
        await savedViews.update(values, { where: { hospital, userId, id }, transaction });
        return view({ ...row.get(), ...values });
      })),
    remove: async (userId, id) => (await savedViews.destroy({ where: { hospital, userId, id } })) === 1,
    // Nor is a role that a later version has.
    listShared: async () => (await savedViews.findAll({ where: { hospital, list: { [Op.in]: [...SAVED_VIEW_LISTS] }, sharedWith: { [Op.in]: [...SHARED_WITH] } }, order: ['list', 'name', 'id'] })).map((row) => {
      const { userId, sharedWith } = row.get();
      return { view: { ...view(row.get()), sharedWith: Parse(SharedWithSchema, sharedWith) }, userId };
    }),
    async share(userId, id, sharedWith, at) {
      const [changed] = await savedViews.update({ sharedWith: sharedWith ?? null, changedAt: at }, { where: { hospital, userId, id } });
      return changed === 1;
    },
  };
}

async function taken<Answer>(work: () => Promise<Answer>): Promise<Answer | 'nameTaken'> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UniqueConstraintError) return 'nameTaken';
    throw error;
  }
}

function view({ id, list, name, filters, isDefault, sharedWith }: SavedViewRow): SavedView {
  const known = SHARED_WITH.find((one) => one === sharedWith);
  return { id, list: Parse(ListSchema, list), name, filters: Parse(FiltersSchema, JSON.parse(filters)), isDefault, ...(known === undefined ? {} : { sharedWith: known }) };
}
