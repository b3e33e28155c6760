import type { CanonicalOperation, OperationName } from './canonical-operations.js';
import type { FieldMapping, ReadingMapping } from './value-mapping.js';

/** One operation of a mapping, checked: what it is to the platform, and how its answer is read. What is sent is the adapter's own. */
export type MappedOperation = {
  /** `notice`: what a HIS tells by itself, read like an answer. */
  readonly name: OperationName | 'notice';
  readonly canonical: CanonicalOperation;
  readonly fields: ReadonlyMap<string, FieldMapping>;
  readonly reading: Omit<ReadingMapping, 'fields'>;
};
