/** One call of a mapping, checked. */
import type { CanonicalOperation, Complain, MappedOperation, ValueSource } from '@hospay/plugin-sdk/his-mapping';
import type { ParameterMapping } from './mapping-schema.js';
import type { SqlServerVersion } from './server-generations.js';
import type { SqlType } from './sql-type.js';

export type PreparedParameter = {
  readonly name: string;
  readonly sqlType: SqlType;
  readonly source: { readonly kind: 'out' } | ValueSource;
  readonly mapping: ParameterMapping;
};

export type Command =
  | { readonly kind: 'procedure'; readonly name: string }
  | { readonly kind: 'sql'; readonly text: string }
  /** `columns` are those of `object` that the text names. */
  | { readonly kind: 'view' | 'insert'; readonly text: string; readonly object: string; readonly columns: readonly string[] };

export type PreparedCall = {
  /** Where the mapping declares it. */
  readonly path: string;
  readonly command: Command;
  readonly parameters: readonly PreparedParameter[];
  /** Parameters of the procedure that keep their defaults, in lower case. */
  readonly leftOut?: readonly string[];
};

/** What a call is prepared for. `canonical.request` are the fields its parameters may come from. */
export type CallSite = {
  readonly name: MappedOperation['name'];
  readonly canonical: CanonicalOperation;
  readonly path: string;
  readonly version: SqlServerVersion;
  readonly complain: Complain;
};
