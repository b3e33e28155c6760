/** A form is drawn from a JSON schema, as plugins bring it. What is read here is what the SDK's schemas are made of; anything else is typed as JSON. */
export type Schema = Readonly<Record<string, unknown>>;
export type FieldKind = 'choice' | 'text' | 'number' | 'boolean' | 'object' | 'choices' | 'texts' | 'list' | 'variants' | 'json';
export type Field = { readonly name: string; readonly schema: Schema; readonly isRequired: boolean };
/** `path`: where; `what`: which word of the list `schemaProblem`. */
export type Problem = { readonly path: string; readonly what: 'missing' | 'pattern' | 'tooShort' | 'tooLong' | 'number' | 'json' };

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const schemasOf = (value: unknown): readonly Schema[] => listOf(value).filter(isSchema);
const isScalar = (value: unknown): value is string | number | boolean => ['string', 'number', 'boolean'].includes(typeof value);

export function kindOf(schema: Schema): FieldKind {
  if (choicesOf(schema).length > 0) return 'choice';
  const variants = variantsOf(schema);
  if (variants.length > 0) return variants.every((variant) => kindOf(variant) === 'object') ? 'variants' : 'json';
  if (schema['type'] === 'object') return isSchema(schema['properties']) ? 'object' : 'json';
  if (schema['type'] === 'array' && isSchema(schema['items'])) return kindOfList(schema['items']);
  if (schema['type'] === 'string') return 'text';
  if (schema['type'] === 'integer' || schema['type'] === 'number') return 'number';
  return schema['type'] === 'boolean' ? 'boolean' : 'json';
}
function kindOfList(items: Schema): FieldKind {
  const kind = kindOf(items);
  return kind === 'choice' ? 'choices' : kind === 'text' ? 'texts' : kind === 'object' ? 'list' : 'json';
}

/** Of an enumeration, or of constants beside each other. */
export function choicesOf(schema: Schema): readonly (string | number | boolean)[] {
  if (isScalar(schema['const'])) return [schema['const']];
  const members = Array.isArray(schema['enum']) ? listOf(schema['enum']) : schemasOf(schema['anyOf']).map((one) => one['const']);
  return members.every(isScalar) ? members.filter(isScalar) : [];
}
export function variantsOf(schema: Schema): readonly Schema[] {
  return schemasOf(schema['anyOf']);
}
export function fieldsOf(schema: Schema): readonly Field[] {
  const required = listOf(schema['required']);
  const properties = isSchema(schema['properties']) ? schema['properties'] : {};
  return Object.entries(properties).flatMap(([name, field]) => (isSchema(field) ? [{ name, schema: field, isRequired: required.includes(name) }] : []));
}
export function itemsOf(schema: Schema): Schema {
  return isSchema(schema['items']) ? schema['items'] : {};
}

/** `商户号 / Merchant number`: both languages in one title. */
export function titleOf(schema: Schema, name: string): { readonly zh: string; readonly en: string } {
  return bothOf(typeof schema['title'] === 'string' ? schema['title'] : name);
}
/** The description, in both languages as the title. */
export function hintOf(schema: Schema): { readonly zh: string; readonly en: string } {
  return bothOf(typeof schema['description'] === 'string' ? schema['description'] : '');
}
function bothOf(text: string): { readonly zh: string; readonly en: string } {
  const [zh = text, ...en] = text.split(' / ');
  return { zh, en: en.length === 0 ? zh : en.join(' / ') };
}
/** A variant is called by its title, else by what is constant in it. */
export function variantName(schema: Schema, at: number): { readonly zh: string; readonly en: string } {
  const constants = fieldsOf(schema).flatMap(({ schema: field }) => (isScalar(field['const']) ? [String(field['const'])] : []));
  return titleOf(schema, constants.join(' · ') || String(at + 1));
}
/** The variant that a value is of, by what is constant. */
export function variantOf(schema: Schema, value: unknown): number {
  return variantsOf(schema).findIndex((variant) => fieldsOf(variant).every(({ name, schema: field }) => !('const' in field) || (isSchema(value) && value[name] === field['const'])));
}

/** What a field begins with: what must be there and leaves no choice. */
export function startOf(schema: Schema): unknown {
  if ('const' in schema) return schema['const'];
  if (kindOf(schema) !== 'object') return undefined;
  return Object.fromEntries(fieldsOf(schema).filter(({ isRequired }) => isRequired).map(({ name, schema: field }): [string, unknown] => [name, startOf(field)]).filter(([, value]) => value !== undefined));
}

/** Without what was left empty, so that defaults stay the plugin's. Undefined: nothing was given. */
export function complete(value: unknown): unknown {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value;
  if (Array.isArray(value)) {
    const members = value.map(complete).filter((member) => member !== undefined);
    return members.length === 0 ? undefined : members;
  }
  if (!isSchema(value)) return value ?? undefined;
  return Object.fromEntries(Object.entries(value).map(([name, member]): [string, unknown] => [name, complete(member)]).filter(([, member]) => member !== undefined));
}

/** What of a completed value cannot be right. The platform checks all of it once more. */
export function problemsOf(schema: Schema, value: unknown, path = ''): readonly Problem[] {
  const at = (name: string): string => (path === '' ? name : `${path}.${name}`);
  const kind = kindOf(schema);
  if (kind === 'object') {
    const members = isSchema(value) ? value : {};
    return fieldsOf(schema).flatMap(({ name, schema: field, isRequired }) => {
      const member = members[name];
      if (member === undefined) return isRequired ? [{ path: at(name), what: 'missing' as const }] : [];
      return problemsOf(field, member, at(name));
    });
  }
  if (kind === 'variants') {
    const variant = variantsOf(schema)[variantOf(schema, value)];
    return variant === undefined ? [{ path, what: 'missing' }] : problemsOf(variant, value, path);
  }
  if (kind === 'list') return listOf(value).flatMap((member, index) => problemsOf(itemsOf(schema), member, at(String(index + 1))));
  if (kind === 'texts') return listOf(value).flatMap((member) => problemsOf(itemsOf(schema), member, path));
  if (kind === 'text' && typeof value === 'string') return textProblems(schema, value, path);
  if (kind === 'number') return isNumber(schema, value) ? [] : [{ path, what: 'number' }];
  return kind === 'json' && typeof value === 'string' ? [{ path, what: 'json' }] : [];
}
function textProblems(schema: Schema, value: string, path: string): readonly Problem[] {
  const { pattern, minLength, maxLength } = schema;
  if (typeof minLength === 'number' && value.length < minLength) return [{ path, what: 'tooShort' }];
  if (typeof maxLength === 'number' && value.length > maxLength) return [{ path, what: 'tooLong' }];
  return typeof pattern === 'string' && !new RegExp(pattern, 'u').test(value) ? [{ path, what: 'pattern' }] : [];
}
function isNumber({ type, minimum, maximum }: Schema, value: unknown): boolean {
  if (typeof value !== 'number' || !Number.isFinite(value) || (type === 'integer' && !Number.isInteger(value))) return false;
  return (typeof minimum !== 'number' || value >= minimum) && (typeof maximum !== 'number' || value <= maximum);
}
