import { beijingStamp } from '@hospay/plugin-sdk';
import type { RandomSource } from './time.js';

/** Crockford's alphabet: no I, L, O, U, so a number read over the phone survives. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/**
 * The platform order number (平台订单号): `H` + Beijing time to the second + 9 random characters = 24 of at most 32 characters that every HIS
 * and channel in the fact sheets accepts. It is the idempotency key towards the HIS, for ever.
 */
export function makeTradeNo(at: Date, random: RandomSource): string {
  return `H${beijingStamp(at)}${randomText(random, 9)}`;
}

/** The number of one payment (channel out_trade_no): the order's number and the leg, so that several tenders of one order stay distinct. */
export function makePaymentNo(tradeNo: string, leg: number): string {
  return `${tradeNo}P${leg.toString().padStart(2, '0')}`;
}

/** The number of one refund (channel out_refund_no), fixed when the refund is made and sent unchanged for ever. */
export function makeRefundNo(tradeNo: string, index: number): string {
  return `${tradeNo}R${index.toString().padStart(2, '0')}`;
}

/**
 * The number of a pre-settlement with the insurance: `M` + Beijing time to the second without its century + 7 random characters = 20, the most that WeChat Pay
 * takes of an order's own number when it settles it together with a payment (`serial_no`).
 */
export function makePresettlementNo(at: Date, random: RandomSource): string {
  return `M${beijingStamp(at).slice(2)}${randomText(random, 7)}`;
}

/** An opaque random name (quote, session, event). 26 characters carry 130 bits. */
export function makeOpaqueId(random: RandomSource, length = 26): string {
  return randomText(random, length);
}

function randomText(random: RandomSource, length: number): string {
  let text = '';
  for (const byte of random.bytes(length)) text += ALPHABET[byte & 31] ?? '0';
  return text;
}
