/**
 * Amounts on screens: the only place where fen become text and typed yuan become fen. Digits are moved, never divided: a float cannot hold 4.35.
 */

/** `123456` → `1,234.56`. @throws RangeError when the amount is not a whole number of fen. */
export function formatFen(amountFen: number): string {
  if (!Number.isSafeInteger(amountFen)) throw new RangeError('an amount is a whole number of fen');
  const digits = String(Math.abs(amountFen)).padStart(3, '0');
  const whole = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',');
  return `${amountFen < 0 ? '-' : ''}${whole}.${digits.slice(-2)}`;
}

/** `¥1,234.56` */
export function showFen(amountFen: number): string {
  const text = formatFen(amountFen);
  return text.startsWith('-') ? `-¥${text.slice(1)}` : `¥${text}`;
}

/** Yuan as a person types them, with at most two decimals and thousands commas where they belong; undefined for everything else. */
export function parseYuan(text: string): number | undefined {
  const match = /^(\d{1,8}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$/.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = '', decimals = ''] = match;
  return Number(`${whole.replaceAll(',', '')}${decimals.padEnd(2, '0')}`);
}
