import { isRecord } from '../domain/is-record.js';
/** One value of a plugin's settings that is no object or list, as its JSON Schema describes it. Paths are dotted; places in lists are left out of them. */
export type SettingLeaf = {
  readonly path: string;
  readonly title: { readonly zh: string; readonly en: string };
  readonly isSecret: boolean;
  /** Marked `x-secret` or `x-credential`, or inside something marked so: a rotation may change it. */
  readonly isCredential: boolean;
  /** Somewhere below a list: its path does not say where. */
  readonly isInList: boolean;
  /** The values it may have, when the schema lists them. */
  readonly choices: readonly string[];
  readonly maxLength: number | undefined;
};

/** The leaves of a settings schema in its order. A plugin gave the schema, so anything may be in it. */
export function settingsLeaves(schema: unknown): readonly SettingLeaf[] {
  const leaves = new Map<string, SettingLeaf>();
  const visit = (node: unknown, path: string, inherited: { readonly isSecret: boolean; readonly isCredential: boolean; readonly isInList: boolean }, depth: number): void => {
    if (!isRecord(node) || depth > DEEPEST) return;
    const isSecret = inherited.isSecret || node['x-secret'] === true;
    const isCredential = inherited.isCredential || isSecret || node['x-credential'] === true;
    const { isInList } = inherited;
    const marks = { isSecret, isCredential, isInList };
    const { properties, items, title, maxLength } = node;
    const variants = ['anyOf', 'oneOf', 'allOf'].flatMap((key) => (Array.isArray(node[key]) ? node[key] : []));
    const hasParts = isRecord(properties) || items !== undefined || variants.some((variant) => isRecord(variant) && ('properties' in variant || 'items' in variant));
    if (isRecord(properties)) for (const [name, member] of Object.entries(properties)) visit(member, path === '' ? name : `${path}.${name}`, marks, depth + 1);
    if (items !== undefined) visit(items, path, { ...marks, isInList: true }, depth + 1);
    for (const variant of variants) if (hasParts) visit(variant, path, marks, depth + 1);
    if (hasParts || path === '') return;
    const known = leaves.get(path);
    const choices = [node, ...variants].flatMap((choice) => (isRecord(choice) ? [choice['const'], ...(Array.isArray(choice['enum']) ? choice['enum'] : [])] : [])).filter((choice) => typeof choice === 'string');
    leaves.set(path, {
      path,
      title: known?.title ?? titleOf(title, path),
      isSecret: isSecret || known?.isSecret === true,
      isCredential: isCredential || known?.isCredential === true,
      isInList: isInList || known?.isInList === true,
      choices: [...new Set([...(known?.choices ?? []), ...choices])],
      maxLength: typeof maxLength === 'number' ? maxLength : known?.maxLength,
    });
  };
  visit(plain(schema), '', { isSecret: false, isCredential: false, isInList: false }, 0);
  return [...leaves.values()];
}

/** The same settings with the name of each secret as its value. What a list marked secret holds is left out. */
export function withoutSecretValues(settings: Readonly<Record<string, unknown>>, schema: unknown): Record<string, unknown> {
  const secret = new Set(settingsLeaves(schema).flatMap(({ path, isSecret }) => (isSecret ? [path] : [])));
  const visit = (value: unknown, path: string): unknown => {
    if (secret.has(path)) return path;
    if (Array.isArray(value)) return value.map((member) => visit(member, path));
    return isRecord(value) ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, visit(member, path === '' ? name : `${path}.${name}`)])) : value;
  };
  return Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, visit(value, name)]));
}

const DEEPEST = 12;
const LONGEST_TITLE = 80;

/** Titles are written `中文 / English`. */
function titleOf(title: unknown, path: string): SettingLeaf['title'] {
  const [zh = '', en] = (typeof title === 'string' ? title : path).split(' / ').map((part) => part.slice(0, LONGEST_TITLE));
  return { zh, en: en ?? zh };
}

function plain(schema: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(schema));
  } catch {
    return undefined;
  }
}
