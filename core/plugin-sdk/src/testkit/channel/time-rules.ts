import { ChannelBench, must } from './channel-bench.js';
import type { ChannelRule } from './channel-subject.js';

/** Beyond what any channel tolerates of a signature's time, and less than an order lives. */
const WRONG_BY_MS = 9 * 60_000;

export const TIME_RULES: readonly ChannelRule[] = [
  {
    id: 'clock.wrong',
    title: 'with a clock nine minutes wrong nothing is declined, and all goes on under the same numbers when it is right again',
    needs: ['control.skewClock', 'control.ordersUnder'],
    run: async (subject) => {
      for (const wrongMs of [WRONG_BY_MS, -WRONG_BY_MS]) {
        const bench = new ChannelBench(subject);
        const [order, other] = [bench.newOrder(1_234), await bench.paidOrder(1_000)];
        await bench.far.skewClock(wrongMs);
        const early = await bench.charge(order);
        must(early.kind !== 'declined', 'a clock that is wrong says nothing about the order', early);
        const news = await bench.query(other.tradeNo);
        must(news.kind === 'succeeded' || news.kind === 'unknown', 'a paid order stays paid, or is unknown', news);
        await bench.far.skewClock(0);
        const again = await bench.charge(order, { attempt: 2 });
        must(again.kind !== 'declined', 'the clock is right again: the charge goes on', again);
        must((await bench.far.ordersUnder(order.tradeNo)) <= 1, 'one number makes one order');
        const paid = await bench.query(other.tradeNo);
        must(paid.kind === 'succeeded', 'and questions are answered again', paid);
      }
    },
  },
  {
    id: 'certificate.expired',
    title: 'what is signed under a certificate that has expired is not believed: answers are unknown, notifications refused',
    needs: ['control.expireCertificate'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_000);
      await bench.far.expireCertificate();
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'unknown', 'an expired certificate proves nothing', news);
      const charged = await bench.charge(bench.newOrder(1_234));
      must(charged.kind === 'unknown' || charged.kind === 'notSent', 'an expired certificate proves nothing', charged);
      if (subject.channel.readNotification === undefined || subject.control.notification === undefined) return;
      const read = await bench.readNotification(await bench.far.notification({ tradeNo: order.tradeNo }, 'genuine'));
      must(read.kind === 'refused', 'an expired certificate proves nothing', read);
    },
  },
];
