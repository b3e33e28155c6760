/**
 * Money: an integer number of fen in a branded type. This is the only module in the product that touches yuan text.
 *
 * `money-math` turns validated non-negative text into cents; its results for negative operands and for malformed input are wrong
 * (measured), so this module validates first and works on sign and magnitude apart.
 */
import money from 'money-math';

declare const fenBrand: unique symbol;

/** A whole number of fen (分, 1/100 yuan). Never a float, never a string. Made by `fen`, `fenFromYuan` or arithmetic here. */
export type Fen = number & { readonly [fenBrand]: 'fen' };

export const ZERO_FEN = 0 as Fen;

/** The largest amount one payment may have: ¥10,000,000.00. A larger figure is a unit mistake, not a bill. */
export const LARGEST_PAYMENT_FEN = 1_000_000_000 as Fen;

/**
 * Brands a number as fen.
 * @throws RangeError when the value is not a safe integer.
 */
export function fen(value: number): Fen {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number of fen: ${String(value)}`);
  return value as Fen;
}

/**
 * Parses yuan text with at most two decimals ("12", "12.3", "12.34", "-0.05") into fen, exactly.
 * Thousands separators, exponents, blanks and more than two decimals are refused: what a file or a HIS sends in another shape
 * must be normalised by its own reader first.
 * @throws RangeError naming the text when it is not such a number.
 */
export function fenFromYuan(text: string): Fen {
  const match = /^(-?)(\d{1,13})(?:\.(\d{1,2}))?$/.exec(text);
  if (match === null) throw new RangeError(`not an amount in yuan: "${text.slice(0, 40)}"`);
  const [, sign, whole = '0', decimals = ''] = match;
  const value = Number(money.amountToCents(`${whole}.${decimals.padEnd(2, '0')}`));
  return fen(sign === '-' && value !== 0 ? -value : value);
}

/** Formats fen as yuan text with exactly two decimals, no thousands separator: `1234` → `"12.34"`, `-5` → `"-0.05"`. */
export function yuanFromFen(amountFen: Fen): string {
  const magnitude = Math.abs(amountFen).toString().padStart(3, '0');
  return `${amountFen < 0 ? '-' : ''}${magnitude.slice(0, -2)}.${magnitude.slice(-2)}`;
}

export function addFen(...amounts: readonly Fen[]): Fen {
  return fen(amounts.reduce<number>((sum, amount) => sum + amount, 0));
}

export function subtractFen(from: Fen, amount: Fen): Fen {
  return fen(from - amount);
}

/**
 * Splits an amount by integer weights so that the parts sum to the whole; the fen left over by rounding down go one each to the
 * largest remainders, first listed first (largest-remainder rule).
 * @throws RangeError when a weight is negative or all are zero, or the amount is negative.
 */
export function splitFen(amountFen: Fen, weights: readonly number[]): Fen[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (amountFen < 0 || total <= 0 || weights.some((weight) => !Number.isSafeInteger(weight) || weight < 0)) {
    throw new RangeError('splitFen needs a non-negative amount and non-negative integer weights, not all zero');
  }
  const parts = weights.map((weight) => Number((BigInt(amountFen) * BigInt(weight)) / BigInt(total)));
  const remainders = weights.map((weight, index) => ({
    index,
    remainder: (BigInt(amountFen) * BigInt(weight)) % BigInt(total),
  }));
  remainders.sort((left, right) => (left.remainder === right.remainder ? left.index - right.index : left.remainder < right.remainder ? 1 : -1));
  let left = amountFen - parts.reduce((sum, part) => sum + part, 0);
  for (const { index } of remainders) {
    if (left === 0) break;
    parts[index] = (parts[index] ?? 0) + 1;
    left -= 1;
  }
  return parts.map(fen);
}
