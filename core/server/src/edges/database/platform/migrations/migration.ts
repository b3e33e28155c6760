import type { QueryInterface, Transaction } from 'sequelize';

export type MigrationStep = {
  readonly queryInterface: QueryInterface;
  readonly transaction: Transaction;
  /** For what the query interface cannot say (triggers). */
  readonly sql: (text: string) => Promise<void>;
};

/** One step forward. There is no way back: a step that went wrong is followed by another. */
export type Migration = {
  readonly name: string;
  /** The version before goes on reading and writing rightly after it. Kept in the database, where that version finds it: a machine whose update goes back must find its data usable. */
  readonly expands?: true;
  up(step: MigrationStep): Promise<void>;
};
