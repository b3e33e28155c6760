/** Personal data leaves the core masked; the HIS keeps the full text. */

/** 张三 → 张*; 张小三 → 张*三; Anna → A**a. Works on code points, so rare characters outside the BMP survive whole. */
export function maskName(name: string): string {
  const characters = [...name.trim()];
  if (characters.length <= 1) return '*';
  if (characters.length === 2) return `${characters[0] ?? ''}*`;
  return `${characters[0] ?? ''}${'*'.repeat(characters.length - 2)}${characters.at(-1) ?? ''}`;
}

/** Keeps the last four characters. */
export function maskNumber(text: string): string {
  const characters = [...text];
  return characters.length <= 4 ? '*'.repeat(characters.length) : `${'*'.repeat(Math.min(characters.length - 4, 14))}${characters.slice(-4).join('')}`;
}
