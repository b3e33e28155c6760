import { netFenOf } from '../domain/settlement-batch.js';
import type { MerchantPorts, MerchantSettlement } from './ports.js';

const SHOWN_BATCHES = 50;

/**
 * Arrivals and batches name a source and a bill day, not a merchant. A day is this merchant's when its channels charge for it now and everything those channels took on that day was its: a channel that was moved to another
 * merchant number takes no older day along.
 */
export async function readSettlement(ports: Pick<MerchantPorts, 'arrivals' | 'settlements' | 'sums' | 'sources' | 'channelsOf' | 'campusName'>, { merchantNo }: { readonly merchantNo: string }): Promise<MerchantSettlement> {
  const channels = new Set(ports.channelsOf(merchantNo));
  const own = new Map(ports.sources().filter((source) => source.channels.every((channel) => channels.has(channel))).map((source) => [source.source, source.channels]));
  const [arrived, batches] = await Promise.all([ports.arrivals.listArrivals(), ports.settlements.listBatches({ limit: SHOWN_BATCHES })]);
  const expected = arrived.expected.filter(({ source }) => own.has(source));
  const arrivals = arrived.arrivals.filter(({ source, days }) => own.has(source) && days.length > 0);
  const lines = batches.flatMap((batch) => batch.lines.filter(({ source }) => own.has(source)));
  const isOwn = await ownDays(ports, merchantNo, own, [...expected.map(({ day }) => day), ...arrivals.flatMap(({ days }) => days.map(({ key }) => key)), ...lines.map(({ day }) => day)]);
  return {
    expected: expected.filter(({ source, day }) => isOwn(source, day)).map(({ source, day, amountFen, dueOn, state }) => ({ channel: source, day, amountFen, dueOn, state })),
    arrivals: arrivals.filter(({ source, days }) => days.every(({ key }) => isOwn(source, key))).map(({ arrivalNo, at, kind, source, days, expectedFen, arrivedFen }) => ({ arrivalNo, at, kind, channel: source, days: days.map(({ key }) => key), expectedFen, arrivedFen })),
    batches: batches.flatMap(({ batchNo, state, proposedAt, decidedAt, lines: all }) => {
      const mine = all.filter(({ source, day }) => own.has(source) && isOwn(source, day)).map((line) => ({ channel: line.source, day: line.day, campus: ports.campusName(line.campus), grossFen: line.grossFen, refundFen: line.refundFen, feeFen: line.feeFen, netFen: netFenOf(line) }));
      return mine.length === 0 ? [] : [{ batchNo, state, proposedAt, ...(decidedAt === undefined ? {} : { decidedAt }), lines: mine }];
    }),
  };
}

async function ownDays({ sums }: Pick<MerchantPorts, 'sums'>, merchantNo: string, own: ReadonlyMap<string, readonly string[]>, days: readonly string[]): Promise<(source: string, day: string) => boolean> {
  const [from] = days.toSorted();
  const to = days.toSorted().at(-1);
  if (from === undefined || to === undefined) return () => false;
  const takers = Map.groupBy(await sums.sums({ from, to, by: ['day', 'channel', 'merchantNo'] }), ({ of: { day = '', channel = '' } }) => `${channel} ${day}`);
  return (source, day) => {
    const of = (own.get(source) ?? []).flatMap((channel) => takers.get(`${channel} ${day}`) ?? []);
    return of.length > 0 && of.every((row) => row.of.merchantNo === merchantNo);
  };
}
