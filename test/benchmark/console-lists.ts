/** The console's lists over a year of orders: every page and every filter a person has, through the reader that serves them. */
import { openMoneyReader } from '@hospay/server/edges/database/money-reader/open-money-reader.js';
import { percentile } from './machine.js';

export type ConsoleLists = { readonly slowest: string; readonly p50Ms: number; readonly worstMs: number; readonly each: readonly { readonly name: string; readonly p50Ms: number; readonly worstMs: number; readonly firstMs: number }[] };

const REPEATS = 7;

/** In server time, as the aim is: from the question to its rows. The first of each is not counted: it opens what later ones find open. */
export async function measureConsoleLists({ moneyFile, year, orders }: { readonly moneyFile: string; readonly year: number; readonly orders: number }): Promise<ConsoleLists> {
  const { reader, close } = openMoneyReader({ file: moneyFile, hospitalId: 'main' });
  const now = new Date(`${String(year)}-12-31T03:00:00.000Z`);
  const [first, middle] = [`${String(year)}-01-02`, `${String(year)}-07-01`];
  const tradeNo = `H${String(Math.floor(orders / 2)).padStart(12, '0')}`;
  const page = async (filter: Parameters<typeof reader.listOrders>[0]) => reader.listOrders(filter);
  const newest = await page({});
  const mark = newest?.next;
  try {
    const questions: readonly (readonly [string, () => Promise<unknown>])[] = [
      ['the newest orders', () => page({})],
      ['the next page', () => page(mark === undefined ? {} : { after: mark })],
      ['orders of a day long ago', () => page({ fromDay: first, toDay: first })],
      ['orders of half a year by channel', () => page({ fromDay: middle, channel: 'wechat-main' })],
      ['orders that failed', () => page({ fromDay: middle, paymentState: 'failed' })],
      ['unknown payments of a month', () => page({ paymentState: 'unknown', fromDay: `${String(year)}-12-01` })],
      ['orders with a refund', () => page({ refund: 'any' })],
      ['refunds under way', () => page({ refund: 'inFlight' })],
      ['an order by its number', () => page({ tradeNo })],
      ['an order by its payment', () => page({ paymentNo: `${tradeNo}P01` })],
      ['an order by the channel’s number', () => page({ channelTradeNo: 'none' })],
      ['the orders of a patient', () => page({ patientId: 'P1' })],
      ['orders that wait for the HIS', () => page({ confirmation: 'unknown', fromDay: `${String(year)}-12-01` })],
      ['one order with its timeline', () => reader.findOrder(tradeNo)],
      ['the overview', () => reader.overview(new Date(now.getTime() + Math.random() * 1e9))],
      ['the channels of the wallboard', () => reader.outcomesSince(new Date(now.getTime() - 900_000))],
      ['open cases', () => reader.listCases({ state: 'open' })],
      ['the accounts', () => reader.listAccounts()],
      ['what an account has open', () => reader.listOpenItems(2)],
      ['journals of a day', () => reader.listJournals({ day: middle })],
      ['the queue', () => reader.listQueue(now)],
    ];
    const each: { readonly name: string; readonly firstMs: number; readonly times: number[] }[] = [];
    for (const [name, ask] of questions) {
      const [firstMs, ...times] = await timesOf(ask);
      each.push({ name, firstMs, times });
    }
    const medians = each.map(({ name, firstMs, times }) => ({ name, p50Ms: percentile(times, 0.5), worstMs: Math.max(...times), firstMs })).toSorted((left, right) => right.p50Ms - left.p50Ms);
    return { slowest: medians[0]?.name ?? '', p50Ms: medians[0]?.p50Ms ?? 0, worstMs: Math.max(...medians.map(({ worstMs }) => worstMs)), each: medians };
  } finally {
    await close();
  }
}

async function timesOf(ask: () => Promise<unknown>): Promise<[first: number, ...rest: number[]]> {
  const since = performance.now();
  await ask();
  const times: [number, ...number[]] = [performance.now() - since];
  for (let repeat = 0; repeat < REPEATS; repeat += 1) {
    const again = performance.now();
    await ask();
    times.push(performance.now() - again);
  }
  return times;
}
