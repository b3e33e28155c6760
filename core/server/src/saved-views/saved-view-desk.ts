import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import { MOST_VIEWS_OF_A_LIST, type Filter, type SavedView, type SavedViewDesk, type SavedViewPorts } from './ports.js';

/** Views are private and decide nothing, so none is audited. */
export function createSavedViewDesk({ rows, clock }: SavedViewPorts): SavedViewDesk {
  return {
    list: (userId) => rows.list(userId),
    async add(userId, view) {
      return refuseTwice(view.filters) ?? outcomeOf(await rows.add(userId, view, { most: MOST_VIEWS_OF_A_LIST, at: clock.now() }));
    },
    async change(userId, id, change) {
      return refuseTwice(change.filters ?? []) ?? outcomeOf(await rows.change(userId, id, change, clock.now()));
    },
    remove: async (userId, id) => ((await rows.remove(userId, id)) ? ok({ id }) : refused('NO_SUCH_ITEM')),
  };
}

function refuseTwice(filters: readonly Filter[]): Refused | undefined {
  return new Set(filters.map(({ field }) => field)).size === filters.length ? undefined : refused('MALFORMED_REQUEST', 'filters: a field is named twice');
}

function outcomeOf(answer: SavedView | 'nameTaken' | 'full' | 'none'): Outcome<SavedView> {
  switch (answer) {
    case 'nameTaken': return refused('CONFLICT', 'a view of this list has this name');
    case 'full': return refused('TOO_MANY_SAVED_VIEWS');
    case 'none': return refused('NO_SUCH_ITEM');
    default: return ok(answer);
  }
}
