import { beijingDay, E_CNY, startOfBeijingDay } from '@hospay/plugin-sdk';
import { QueryTypes } from 'sequelize';
import { firstSeqAt } from './list-ledger.js';
import type { MoneySource } from './money-source.js';

/** Digital yuan (数字人民币) is a method of its own, whichever channel carried it: its money is counted apart. */
type ChannelFigures = { readonly channel: string; readonly isECny: boolean; paidCount: number; paidFen: number; refundedCount: number; refundedFen: number };
export type DayFigures = { readonly channels: ReadonlyMap<string, Readonly<ChannelFigures>>; readonly hours: readonly { readonly paidCount: number; readonly paidFen: number }[] };

/** Between two pages payments go on: a page takes a few milliseconds. */
const PAGE_JOURNALS = 400;
const HOURS = 24;

const NEXT_JOURNALS = `
  SELECT j.seq, j.at, j.biz_type AS "bizType", j.step, j.total_fen AS fen, o.hospital_id AS "hospitalId", coalesce(p.channel, back.channel) AS channel,
         coalesce(p.funding_source, back.funding_source) AS "fundingSource"
    FROM journal j JOIN orders o ON o.trade_no = j.trade_no
    LEFT JOIN payment p ON j.biz_type = 'payment' AND p.payment_no = j.biz_id
    LEFT JOIN refund r ON j.biz_type = 'refund' AND r.refund_no = j.biz_id
    LEFT JOIN payment back ON back.payment_no = r.payment_no
   WHERE j.seq >= $1 ORDER BY j.seq LIMIT ${String(PAGE_JOURNALS)}`;
type JournalFigure = { seq: number; at: string; bizType: string; step: string; fen: number; hospitalId: string; channel: string | null; fundingSource: string | null };

/**
 * What was paid and sent back today, counted from the ledger: journals are never changed and their numbers grow with time, so each is counted
 * once, and asking again costs only what came since.
 */
export function dayFigures(source: MoneySource): (now: Date) => Promise<DayFigures> {
  let today: { readonly day: string; nextSeq: number; readonly channels: Map<string, ChannelFigures>; readonly hours: { paidCount: number; paidFen: number }[] } | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  const count = async (now: Date): Promise<DayFigures> => {
    const day = beijingDay(now);
    if (today?.day !== day) {
      const nextSeq = await firstSeqAt(source, startOfBeijingDay(day).toISOString());
      today = { day, nextSeq, channels: new Map(), hours: Array.from({ length: HOURS }, () => ({ paidCount: 0, paidFen: 0 })) };
    }
    const figures = today;
    for (;;) {
      const page = await source.sequelize.query<JournalFigure>(NEXT_JOURNALS, { bind: [figures.nextSeq], type: QueryTypes.SELECT });
      for (const journal of page) if (journal.hospitalId === source.hospitalId && journal.step === 'succeeded') add(figures, journal);
      const last = page.at(-1);
      if (last !== undefined) figures.nextSeq = last.seq + 1;
      if (page.length < PAGE_JOURNALS) return figures;
      await new Promise((resolve) => { setImmediate(resolve); });
    }
  };

  return (now) => {
    const counted = turn.then(() => count(now));
    turn = counted.catch(() => undefined);
    return counted;
  };
}

function add({ channels, hours }: { readonly channels: Map<string, ChannelFigures>; readonly hours: { paidCount: number; paidFen: number }[] }, { bizType, fen, channel, fundingSource, at }: JournalFigure): void {
  const isECny = fundingSource === E_CNY;
  const key = `${channel ?? ''}/${isECny ? E_CNY : ''}`;
  const figures = channels.get(key) ?? { channel: channel ?? '', isECny, paidCount: 0, paidFen: 0, refundedCount: 0, refundedFen: 0 };
  channels.set(key, figures);
  if (bizType === 'refund') {
    figures.refundedCount += 1;
    figures.refundedFen += fen;
    return;
  }
  figures.paidCount += 1;
  figures.paidFen += fen;
  const hour = hours[beijingHour(at)];
  if (hour === undefined) return;
  hour.paidCount += 1;
  hour.paidFen += fen;
}

function beijingHour(at: string): number {
  return (new Date(at).getUTCHours() + 8) % HOURS;
}
