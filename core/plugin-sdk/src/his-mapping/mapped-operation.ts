import type { CanonicalOperation, OperationName } from './canonical-operations.js';
import type { FieldMapping, ReadingMapping } from './value-mapping.js';

/** One operation of a mapping, checked: what it is to the platform, and how its answer is read. What is sent is the adapter's own. */
export type MappedOperation = {
  readonly name: OperationName;
  readonly canonical: CanonicalOperation;
  readonly fields: ReadonlyMap<string, FieldMapping>;
  readonly reading: Omit<ReadingMapping, 'fields'>;
};
