/** 保存的视图: what a person narrows a list of the console by, under a name of his own. Nobody else reads or changes it. */
import type { Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';

/** Lists of the console that have filters. */
export const SAVED_VIEW_LISTS = ['orders', 'cases', 'refundApprovals', 'transactions', 'hisNotices', 'queue', 'merchantFlows', 'terminalMap'] as const;
export type SavedViewList = (typeof SAVED_VIEW_LISTS)[number];

/** More than fit under one another are not found any more. */
export const MOST_VIEWS_OF_A_LIST = 20;
export const MOST_FILTERS = 12;
export const LONGEST_NAME = 30;
export const LONGEST_VALUE = 64;

/** One field of a list's filters and what it is narrowed to. Its meaning is the page's: the platform keeps it and never acts by it. */
export type Filter = { readonly field: string; readonly value: string };
export type SavedView = {
  readonly id: number;
  readonly list: SavedViewList;
  readonly name: string;
  readonly filters: readonly Filter[];
  /** Taken when the list is opened without filters. At most one of each list. */
  readonly isDefault: boolean;
};
export type NewSavedView = Omit<SavedView, 'id'>;
export type SavedViewChange = Partial<Pick<SavedView, 'name' | 'filters' | 'isDefault'>>;

/** Rows behind the views; the platform database implements it. Each is found under its user only, and a default takes the place of the one before in the same transaction. */
export type SavedViewRows = {
  /** By list and name. */
  list(userId: string): Promise<readonly SavedView[]>;
  add(userId: string, view: NewSavedView, limit: { readonly most: number; readonly at: Date }): Promise<SavedView | 'nameTaken' | 'full'>;
  change(userId: string, id: number, change: SavedViewChange, at: Date): Promise<SavedView | 'nameTaken' | 'none'>;
  /** False: he has none of this number. */
  remove(userId: string, id: number): Promise<boolean>;
};

export type SavedViewPorts = { readonly rows: SavedViewRows; readonly clock: Clock };
/** `userId`: whoever asks. A view of somebody else is as if it were not there. */
export type SavedViewDesk = {
  list(userId: string): Promise<readonly SavedView[]>;
  /** Errors: CONFLICT for a name he has in this list already, TOO_MANY_SAVED_VIEWS, MALFORMED_REQUEST for a field named twice. */
  add(userId: string, view: NewSavedView): Promise<Outcome<SavedView>>;
  /** Errors: NO_SUCH_ITEM, CONFLICT, MALFORMED_REQUEST. */
  change(userId: string, id: number, change: SavedViewChange): Promise<Outcome<SavedView>>;
  /** Errors: NO_SUCH_ITEM. */
  remove(userId: string, id: number): Promise<Outcome<{ readonly id: number }>>;
};
