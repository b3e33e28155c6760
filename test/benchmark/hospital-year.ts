/**
 * Orders as a hospital has them over a year: the queue of the morning and a smaller one after noon, weekdays before weekends, Monday the fullest, fewer over the Spring Festival; many small bills and few large ones; wallets before
 * cards; more at kiosks than at windows; some refunds, most within days. The same number of orders gives the same year.
 */
export type YearOrder = { readonly at: Date; readonly day: string; readonly terminal: string; readonly channel: string; readonly method: string; readonly feeType: number; readonly amountFen: number; /** Days until it goes back whole; undefined: it does not. */ readonly refundedAfterDays: number | undefined };

export const [TERMINALS, FEE_TYPES] = [60, 12];
const DAY_MS = 24 * 60 * 60 * 1000;
/** Share of a day's orders by hour, Beijing. */
const HOURS = [1, 1, 1, 1, 1, 2, 8, 60, 130, 140, 110, 60, 20, 40, 90, 80, 50, 20, 10, 6, 5, 3, 2, 1];
/** Sunday first. */
const WEEKDAYS = [45, 130, 115, 110, 108, 105, 60];
const CHANNELS = [['wechat-main', 55], ['alipay-main', 25], ['unionpay-main', 8], ['insurance', 12]] as const;
const METHODS = [['nativeQr', 45], ['paymentCode', 30], ['miniProgram', 25]] as const;
const REFUNDED_PERCENT = 3;

export function* hospitalYear({ orders, year }: { readonly orders: number; readonly year: number }): Generator<YearOrder> {
  const next = numbersOf(orders);
  const days = daysOf(year);
  const weight = days.reduce((sum, day) => sum + day.weight, 0);
  let made = 0;
  let due = 0;
  for (const { startMs, day, weight: share } of days) {
    due += (orders * share) / weight;
    const count = Math.min(orders, Math.round(due)) - made;
    made += count;
    const times = Array.from({ length: count }, () => startMs + (pick(HOURS, next()) + next()) * 3_600_000).toSorted((one, other) => one - other);
    for (const atMs of times) yield orderAt(new Date(atMs), day, next);
  }
}

function orderAt(at: Date, day: string, next: () => number): YearOrder {
  const [channel] = CHANNELS[pick(CHANNELS.map(([, share]) => share), next())] ?? CHANNELS[0];
  const [method] = METHODS[pick(METHODS.map(([, share]) => share), next())] ?? METHODS[0];
  // Kiosks near the entrance are used most.
  const terminal = `kiosk-${String(Math.floor(TERMINALS * next() ** 1.6))}`;
  // From a registration of ten yuan to a scan of some thousand.
  const amountFen = Math.min(2_000_000, Math.max(100, Math.round(Math.exp(Math.log(8_000) + gaussian(next) * 1.1))));
  const refundedAfterDays = next() * 100 < REFUNDED_PERCENT ? Math.floor(next() ** 3 * 30) : undefined;
  return { at, day, terminal, channel, method, feeType: Math.floor(FEE_TYPES * next() ** 1.4), amountFen, refundedAfterDays };
}

function daysOf(year: number): { readonly startMs: number; readonly day: string; readonly weight: number }[] {
  const days = [];
  for (let startMs = Date.parse(`${String(year)}-01-01T00:00:00+08:00`); startMs < Date.parse(`${String(year + 1)}-01-01T00:00:00+08:00`); startMs += DAY_MS) {
    const local = new Date(startMs + 8 * 3_600_000);
    const day = local.toISOString().slice(0, 10);
    // About where the festival falls; it moves with the moon, and only its being there matters.
    const isFestival = day >= `${String(year)}-02-15` && day <= `${String(year)}-02-22`;
    days.push({ startMs, day, weight: (WEEKDAYS[local.getUTCDay()] ?? 100) * (isFestival ? 0.3 : 1) });
  }
  return days;
}

/** The index whose share of the weights a number from 0 to 1 falls into. */
function pick(weights: readonly number[], at: number): number {
  let left = at * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => {
    left -= weight;
    return left < 0;
  });
  return found === -1 ? weights.length - 1 : found;
}

function gaussian(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** Mulberry32: the same seed gives the same numbers from 0 to 1. */
function numbersOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
