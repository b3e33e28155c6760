import type { Sequelize } from 'sequelize';
import type { ReadModels } from './read-models.js';

/** What every query of the reader is given. */
export type MoneySource = { readonly sequelize: Sequelize; readonly models: ReadModels; readonly hospitalId: string };

/** `{}` for a column without a value, so that the answer has no empty field. */
export function given<Key extends string, Value>(key: Key, value: Value | null | undefined): { readonly [Name in Key]?: Value } {
  return (value === null || value === undefined ? {} : { [key]: value }) as { readonly [Name in Key]?: Value };
}
