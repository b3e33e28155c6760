import { daysBefore, startOfBeijingDay } from '@hospay/plugin-sdk';
import type { DifferenceClass } from '@hospay/server/domain/reconciliation.js';
import { makeTradeNo } from '@hospay/server/domain/trade-number.js';
import type { MonthWorld, Taken } from './month-world.js';

/** What reconciliation has to write down because of one planted difference. */
export type Expected = { readonly comparison: 'channel' | 'hospital' | 'settlement'; readonly source: string; readonly day: string; readonly class: DifferenceClass; readonly key: string; readonly settledHow?: string; /** What hangs in the end: 长款 above zero. */ readonly hangs?: { readonly caseKey: string; readonly fen: number } };

type Planting = { readonly world: MonthWorld; readonly day: string; readonly channel: Taken['channel']; readonly amountFen: number };

const nextDay = (day: string): string => daysBefore(day, -1);
const at = (day: string, hours: number): Date => new Date(startOfBeijingDay(day).getTime() + hours * 3_600_000);
const instant = (day: string, hours: number): string => `${new Date(at(day, hours).getTime() + 8 * 3_600_000).toISOString().slice(0, 19)}+08:00`;
/** What a channel calls the day of an instant; the HIS goes by the calendar. */
const billDay = ({ channel }: Planting, now: string | Date): string => channel.billDayOf(new Date(now));
const orphan = ({ world }: Planting): string => makeTradeNo(world.clock.now(), world.random);

async function paid(planting: Planting, before: (taken: Taken) => void = () => undefined): Promise<Taken & { readonly billDay: string }> {
  const { world, channel, amountFen } = planting;
  const taken = await world.take(channel, amountFen);
  before(taken);
  world.advance(20);
  const paidOn = billDay(planting, world.clock.now());
  await world.pay(taken);
  await world.work();
  return { ...taken, billDay: paidOn };
}

async function refunded(planting: Planting): Promise<{ readonly refundNo: string; readonly billDay: string }> {
  const refundNo = await planting.world.refund(await paid(planting), planting.amountFen);
  return { refundNo, billDay: planting.channel.billDayOfRefund(refundNo) };
}

/** Every way a day can differ, each with what must be found: that and nothing else. */
export const PLANTINGS: Readonly<Record<string, (planting: Planting) => Promise<readonly Expected[]>>> = {
  async longNoOrder(planting) {
    const { channel, day, amountFen } = planting;
    const key = `${orphan(planting)}P01`;
    const writtenAt = instant(day, 20.5);
    channel.writeStrange({ kind: 'payment', tradeNo: key, amountFen, at: writtenAt });
    return [{ comparison: 'channel', source: channel.id, day: billDay(planting, writtenAt), class: 'longNoOrder', key, hangs: { caseKey: `statementLong/${key}`, fen: amountFen } }];
  },
  async longGoesBack(planting) {
    const { channel, day, amountFen } = planting;
    const key = `${orphan(planting)}P01`;
    channel.writeStrange({ kind: 'payment', tradeNo: key, amountFen, at: instant(day, 15) });
    channel.writeStrange({ kind: 'refund', tradeNo: key, refundNo: `CONSOLE${key}`, amountFen, at: instant(nextDay(day), 9) });
    return [
      { comparison: 'channel', source: channel.id, day, class: 'longNoOrder', key, settledHow: 'refunded' },
      { comparison: 'channel', source: channel.id, day: nextDay(day), class: 'settledByRefund', key: `CONSOLE${key}` },
    ];
  },
  async cameAndWent(planting) {
    const { channel, day, amountFen } = planting;
    const key = `${orphan(planting)}P01`;
    channel.writeStrange({ kind: 'payment', tradeNo: key, amountFen, at: instant(day, 15) });
    channel.writeStrange({ kind: 'refund', tradeNo: key, refundNo: `CONSOLE${key}`, amountFen, at: instant(day, 16) });
    return [key, `CONSOLE${key}`].map((of): Expected => ({ comparison: 'channel', source: channel.id, day, class: 'netZero', key: of }));
  },
  async foreign({ channel, day, amountFen, world }) {
    const key = `CANTEEN${String(world.random.next())}`;
    channel.writeStrange({ kind: 'payment', tradeNo: key, amountFen, at: instant(day, 12) });
    return [{ comparison: 'channel', source: channel.id, day, class: 'foreign', key }];
  },
  async duplicate(planting) {
    const { channel, amountFen } = planting;
    const { paymentNo, billDay: day } = await paid(planting);
    channel.lies.set(paymentNo, { twice: true });
    return [{ comparison: 'channel', source: channel.id, day, class: 'duplicateTheirs', key: paymentNo, hangs: { caseKey: `statementLong/${paymentNo}`, fen: amountFen } }];
  },
  async amount(planting) {
    const { channel, amountFen, world } = planting;
    const { paymentNo, billDay: day } = await paid(planting);
    const off = world.random.chance(0.5) ? 100 : -100;
    channel.lies.set(paymentNo, { amountFen: amountFen + off });
    return [{ comparison: 'channel', source: channel.id, day, class: 'amount', key: paymentNo, hangs: { caseKey: `statementAmount/${paymentNo}`, fen: off } }];
  },
  async short(planting) {
    const { channel, amountFen } = planting;
    const { paymentNo, billDay: day } = await paid(planting);
    channel.lies.set(paymentNo, { omit: true });
    return [
      { comparison: 'channel', source: channel.id, day, class: 'crossDayOurs', key: paymentNo, settledHow: 'short' },
      { comparison: 'channel', source: channel.id, day: nextDay(nextDay(day)), class: 'short', key: paymentNo, hangs: { caseKey: `statementShort/${paymentNo}`, fen: -amountFen } },
    ];
  },
  async nextDaysStatement(planting) {
    const { channel } = planting;
    const { paymentNo, billDay: day } = await paid(planting);
    channel.lies.set(paymentNo, { day: nextDay(day) });
    return [
      { comparison: 'channel', source: channel.id, day, class: 'crossDayOurs', key: paymentNo, settledHow: 'matched' },
      { comparison: 'channel', source: channel.id, day: nextDay(day), class: 'matchedAcrossDays', key: paymentNo },
    ];
  },
  /** The wallet took the money and told nobody; asked again in the morning it says so. The code had expired; its bills are still free, so it is booked. */
  async longUnknown(planting) {
    const { channel, world } = planting;
    const { paymentNo, billDay: paidOn } = await paid(planting, (taken) => { channel.silentUntil.set(taken.paymentNo, at(nextDay(billDay(planting, world.clock.now())), 10)); });
    for (let minutes = 0; minutes < 30; minutes += 5) {
      world.advance(300);
      await world.work();
    }
    return [{ comparison: 'channel', source: channel.id, day: paidOn, class: 'longUnknown', key: paymentNo, settledHow: 'rerun' }];
  },
  async refundFailedThere(planting) {
    const { channel, amountFen } = planting;
    const { refundNo, billDay: day } = await refunded(planting);
    channel.lies.set(refundNo, { status: 'FAIL' });
    return [{ comparison: 'channel', source: channel.id, day, class: 'status', key: refundNo, hangs: { caseKey: `statementStatus/${refundNo}`, fen: amountFen } }];
  },
  async refundAtTheirConsole(planting) {
    const { channel, day, amountFen } = planting;
    const { paymentNo } = await paid(planting);
    const key = `CONSOLE${paymentNo}`;
    const writtenAt = instant(day, 21.5);
    channel.writeStrange({ kind: 'refund', tradeNo: paymentNo, refundNo: key, amountFen, at: writtenAt });
    return [{ comparison: 'channel', source: channel.id, day: billDay(planting, writtenAt), class: 'refundTheirsOnly', key, hangs: { caseKey: `statementStatus/${key}`, fen: -amountFen } }];
  },
  async refundOursOnly(planting) {
    const { channel, amountFen } = planting;
    const { refundNo, billDay: day } = await refunded(planting);
    channel.lies.set(refundNo, { omit: true });
    return [
      { comparison: 'channel', source: channel.id, day, class: 'crossDayOurs', key: refundNo, settledHow: 'short' },
      { comparison: 'channel', source: channel.id, day: nextDay(nextDay(day)), class: 'refundOursOnly', key: refundNo, hangs: { caseKey: `statementShort/${refundNo}`, fen: amountFen } },
    ];
  },
  async hisMissing(planting) {
    const { tradeNo } = await paid(planting);
    planting.world.hospital.lies.set(tradeNo, { omit: true });
    return [{ comparison: 'hospital', source: 'demo', day: planting.day, class: 'hisMissing', key: tradeNo }];
  },
  async hisExtra(planting) {
    const key = orphan(planting);
    planting.world.hospital.book(key, planting.amountFen, instant(planting.day, 15));
    return [{ comparison: 'hospital', source: 'demo', day: planting.day, class: 'hisExtra', key }];
  },
  async hisAmount(planting) {
    const { tradeNo } = await paid(planting);
    planting.world.hospital.lies.set(tradeNo, { amountFen: planting.amountFen + 1 });
    return [{ comparison: 'hospital', source: 'demo', day: planting.day, class: 'hisAmount', key: tradeNo }];
  },
  /** Booked, and the answer lost until the morning. */
  async hisAhead(planting) {
    const { world, day } = planting;
    const { tradeNo } = await paid(planting, (taken) => { world.hospital.silentUntil.set(taken.tradeNo, { until: at(nextDay(day), 10), isBooked: true }); });
    return [{ comparison: 'hospital', source: 'demo', day, class: 'hisAhead', key: tradeNo, settledHow: 'rerun' }];
  },
  /** Down for this order until the morning, and not booked. */
  async hisPending(planting) {
    const { world, day } = planting;
    const { tradeNo } = await paid(planting, (taken) => { world.hospital.silentUntil.set(taken.tradeNo, { until: at(nextDay(day), 11), isBooked: false }); });
    return [{ comparison: 'hospital', source: 'demo', day, class: 'hisPending', key: tradeNo, settledHow: 'rerun' }];
  },
  fee: (planting) => Promise.resolve(lieAboutAccount(planting, { fee: 5 }, 'fee', 'fee')),
  bankShort: (planting) => Promise.resolve(lieAboutAccount(planting, { payments: -100 }, 'bankShort', 'payments')),
  bankLong: (planting) => Promise.resolve(lieAboutAccount(planting, { payments: 100 }, 'bankLong', 'payments')),
};

/** On the first channel whose account does not yet show something else than that day's statement. */
function lieAboutAccount({ world, day }: Planting, lie: { readonly fee?: number; readonly payments?: number }, found: 'fee' | 'bankShort' | 'bankLong', key: 'fee' | 'payments'): readonly Expected[] {
  const channel = world.channels.find(({ accountLies }) => accountLies.get(day)?.[key] === undefined);
  if (channel === undefined) return [];
  channel.accountLies.set(day, { ...channel.accountLies.get(day), ...lie });
  return [{ comparison: 'settlement', source: channel.id, day, class: found, key }];
}
