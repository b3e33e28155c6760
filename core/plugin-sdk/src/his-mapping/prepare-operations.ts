/** The operations of a mapping as a whole: known names, the mandatory ones, the groups that come together. */
import { isOperationName, MANDATORY_OPERATIONS, OPERATION_GROUPS, type MandatoryOperation, type OperationName } from './canonical-operations.js';

export type PreparedOperations<Operation> = Readonly<Record<MandatoryOperation, Operation>> & Readonly<Partial<Record<OperationName, Operation>>>;

/** Prepares each operation; undefined when one the platform cannot do without is missing. Complaints are added to `complaints`. */
export function prepareOperations<Mapping, Operation>(
  mappings: Readonly<Record<string, Mapping>>,
  prepare: (name: OperationName, path: string, mapping: Mapping) => Operation,
  complaints: string[],
): PreparedOperations<Operation> | undefined {
  const prepared: Partial<Record<OperationName, Operation>> = {};
  for (const [name, mapping] of Object.entries(mappings)) {
    if (isOperationName(name) && name !== 'dictionary') prepared[name] = prepare(name, `operations.${name}`, mapping);
    else complaints.push(`operations.${name}: unknown key`);
  }
  for (const { names, why } of OPERATION_GROUPS) {
    const missing = names.filter((name) => prepared[name] === undefined);
    if (missing.length > 0 && missing.length < names.length) complaints.push(`operations: ${names.join(', ')} come together: ${why}; missing ${missing.join(', ')}`);
  }
  const missing = MANDATORY_OPERATIONS.filter((name) => prepared[name] === undefined);
  if (missing.length > 0) complaints.push(`operations: missing ${missing.join(', ')}`);
  return isComplete(prepared) ? prepared : undefined;
}

function isComplete<Operation>(prepared: Partial<Record<OperationName, Operation>>): prepared is PreparedOperations<Operation> {
  return MANDATORY_OPERATIONS.every((name) => prepared[name] !== undefined);
}
