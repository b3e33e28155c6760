/** Resident identity numbers (GB 11643): region, birthday, sequence, check character (ISO/IEC 7064, MOD 11-2). */

/** Eighteen characters whose last is the check character of the seventeen before. */
export function isIdNumber(text: string): boolean {
  if (!/^[1-9]\d{5}(18|19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/.test(text)) return false;
  const sum = Array.from(text.slice(0, 17)).reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
  return '10X98765432'[sum % 11] === text.at(-1)?.toUpperCase();
}

/** What the number says of its person: the sequence is odd for men. */
export function personOfIdNumber(idNo: string): { readonly birthday: string; readonly sex: 'male' | 'female' } {
  return { birthday: `${idNo.slice(6, 10)}-${idNo.slice(10, 12)}-${idNo.slice(12, 14)}`, sex: Number(idNo[16]) % 2 === 1 ? 'male' : 'female' };
}
