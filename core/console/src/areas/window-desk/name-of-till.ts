/** `operator:0101` → 收费员 0101. */
export function nameOfTill(tillNo: string, word: (group: string, key: string) => string): string {
  const [kind = '', ...id] = tillNo.split(':');
  return id.length === 0 ? tillNo : `${word('tillKind', kind)} ${id.join(':')}`;
}
