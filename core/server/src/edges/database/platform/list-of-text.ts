/** Lists of short words in one column, as JSON: roles, permissions. A damaged column is an empty list: no right is invented. */
export function readTextList(text: string): string[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return [];
  }
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

export function writeTextList(list: readonly string[]): string {
  return JSON.stringify(list);
}
