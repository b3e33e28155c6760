/** 保存的视图: what a person narrows a list of the console by, under a name of his own. Nobody else changes it, and nobody else reads it unless he shares it. */
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';
import { ROLES, type Right, type Role, type SignedIn, type UserRows } from '../users/ports.js';

/** Lists of the console that have filters, with the right that opens each. */
export const RIGHT_OF_LIST = {
  orders: 'read', cases: 'read', refundApprovals: 'read', transactions: 'read', hisNotices: 'read', queue: 'readMachine', merchantFlows: 'merchant', terminalMap: 'readMachine',
} as const satisfies Readonly<Record<string, Right>>;
export type SavedViewList = keyof typeof RIGHT_OF_LIST;
export const SAVED_VIEW_LISTS = ['orders', 'cases', 'refundApprovals', 'transactions', 'hisNotices', 'queue', 'merchantFlows', 'terminalMap'] as const satisfies readonly SavedViewList[];

/** 共享: with a role of one's own, or with everybody who may open the list. */
export const SHARED_WITH = [...ROLES, 'everybody'] as const;
export type SharedWith = Role | 'everybody';

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
  /** Undefined: with nobody. */
  readonly sharedWith?: SharedWith | undefined;
};
export type NewSavedView = Omit<SavedView, 'id' | 'sharedWith'>;
export type SavedViewChange = Partial<Pick<SavedView, 'name' | 'filters' | 'isDefault'>>;
/** A view as others see it: whose it is, and nothing of what it is to its owner. */
export type SharedView = Omit<SavedView, 'isDefault' | 'sharedWith'> & { readonly sharedWith: SharedWith; readonly owner: { readonly login: string; readonly displayName: string } };

/** Rows behind the views; the platform database implements it. Each is changed under its user only, and a default takes the place of the one before in the same transaction. */
export type SavedViewRows = {
  /** By list and name. */
  list(userId: string): Promise<readonly SavedView[]>;
  find(userId: string, id: number): Promise<SavedView | undefined>;
  add(userId: string, view: NewSavedView, limit: { readonly most: number; readonly at: Date }): Promise<SavedView | 'nameTaken' | 'full'>;
  change(userId: string, id: number, change: SavedViewChange, at: Date): Promise<SavedView | 'nameTaken' | 'none'>;
  /** False: he has none of this number. */
  remove(userId: string, id: number): Promise<boolean>;
  /** Of everybody, by list and name. */
  listShared(): Promise<readonly { readonly view: SavedView & { readonly sharedWith: SharedWith }; readonly userId: string }[]>;
  /** False: he has none of this number. */
  share(userId: string, id: number, sharedWith: SharedWith | undefined, at: Date): Promise<boolean>;
};

export type SavedViewPorts = { readonly rows: SavedViewRows; readonly users: Pick<UserRows, 'list'>; readonly clock: Clock; readonly audit: AuditTrail };
/** Whoever asks. */
export type Viewer = Pick<SignedIn, 'userId' | 'login' | 'roles' | 'rights' | 'merchantNo'>;
/** A view of somebody else that is not shared with the one who asks is as if it were not there; one that is he uses and does not change. */
export type SavedViewDesk = {
  list(userId: string): Promise<readonly SavedView[]>;
  /** Errors: CONFLICT for a name he has in this list already, TOO_MANY_SAVED_VIEWS, MALFORMED_REQUEST for a field named twice and for one of an order or a patient. */
  add(userId: string, view: NewSavedView): Promise<Outcome<SavedView>>;
  /** Errors: NO_SUCH_ITEM, NOT_PERMITTED, CONFLICT, MALFORMED_REQUEST. */
  change(who: Viewer, id: number, change: SavedViewChange): Promise<Outcome<SavedView>>;
  /** Errors: NO_SUCH_ITEM, NOT_PERMITTED. */
  remove(who: Viewer, id: number): Promise<Outcome<{ readonly id: number }>>;
  /** What others share with him, by list and name. */
  listSharedWith(who: Viewer): Promise<readonly SharedView[]>;
  /** What anybody shares with anybody, for whoever keeps the accounts. */
  listShared(): Promise<readonly SharedView[]>;
  /** Only one's own, with a role one has or everybody. Errors: NO_SUCH_ITEM, NOT_PERMITTED, MALFORMED_REQUEST. */
  share(who: Viewer, id: number, sharedWith: SharedWith): Promise<Outcome<SavedView>>;
  /** By its owner, or by whoever keeps the accounts: it is the owner's alone again. Errors: NO_SUCH_ITEM, NOT_PERMITTED. */
  withdraw(who: Viewer, id: number): Promise<Outcome<{ readonly id: number }>>;
};
