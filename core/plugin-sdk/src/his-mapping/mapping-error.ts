/** A mapping that cannot be used. `complaints` are sentences of the form `path: what was expected`. */
export class MappingError extends Error {
  readonly complaints: readonly string[];

  constructor(complaints: readonly string[]) {
    super(`the mapping cannot be used:\n  ${complaints.join('\n  ')}`);
    this.name = 'MappingError';
    this.complaints = complaints;
  }
}

type SchemaError = { readonly keyword: string; readonly instancePath: string; readonly params: object; readonly message: string };

/** Turns schema errors into `path: what was expected`, one line a path. */
export function describeSchemaErrors(errors: readonly SchemaError[]): string[] {
  const byPath = new Map<string, Set<string>>();
  for (const { keyword, instancePath, params, message } of errors) {
    if (keyword === 'additionalProperties' || keyword === 'anyOf') continue;
    const path = instancePath.slice(1).replaceAll(/\/(\d+)(?=\/|$)/g, '[$1]').replaceAll('/', '.') || '(the whole)';
    const texts = byPath.get(path) ?? new Set<string>();
    byPath.set(path, texts);
    texts.add(wordSchemaError(keyword, params, message));
  }
  return [...byPath].map(([path, texts]) => `${path}: ${[...texts].join(' or ')}`);
}

function wordSchemaError(keyword: string, params: object, message: string): string {
  if (keyword === 'boolean') return 'unknown key';
  if (keyword === 'const' && 'allowedValue' in params) return `expected ${JSON.stringify(params.allowedValue)}`;
  if (keyword === 'enum' && 'allowedValues' in params && Array.isArray(params.allowedValues)) return `expected one of ${params.allowedValues.join(', ')}`;
  if (keyword === 'required' && 'requiredProperties' in params && Array.isArray(params.requiredProperties)) return `missing ${params.requiredProperties.join(', ')}`;
  if (keyword === 'pattern' && 'pattern' in params) return `expected text like ${String(params.pattern)}`;
  return message;
}
