/** "12.34" of 1234. */
export function yuanText(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0');
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** 0.01 to 100000000.00 with at most two decimals; `undefined` for anything else. */
export function fenOfYuan(text: unknown): number | undefined {
  if (typeof text !== 'string') return undefined;
  const match = /^(\d{1,9})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) return undefined;
  const fen = Number(`${match[1] ?? ''}${(match[2] ?? '').padEnd(2, '0')}`);
  return fen >= 1 && fen <= 10_000_000_000 ? fen : undefined;
}
