import { createHash } from 'node:crypto';

/** Of a resident identity number, as 医保混合收款 names persons: lower-case MD5 of its eighteen characters, upper case; a number of fifteen is written out first (GB 11643). */
export function identityDigest(idNo: string): string {
  return createHash('md5').update((idNo.length === 15 ? withCentury(idNo) : idNo).toUpperCase()).digest('hex');
}

const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK_CHARACTERS = '10X98765432';

/** Numbers of fifteen digits were given out until 1999: the year gains its century, the end its check character. */
function withCentury(idNo: string): string {
  const digits = `${idNo.slice(0, 6)}19${idNo.slice(6)}`;
  const sum = WEIGHTS.reduce((before, weight, index) => before + weight * Number(digits[index]), 0);
  return `${digits}${CHECK_CHARACTERS.charAt(sum % 11)}`;
}
