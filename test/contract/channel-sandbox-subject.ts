import { createSandbox, newsOfOrder, newsOfRefund, REPLAY_WINDOW_MS, signNotice, type Sandbox } from '@hospay/channel-sandbox';
import type { ChannelSubject } from '@hospay/plugin-sdk/testkit';

const NOTIFICATION_KEY = 'canary-sandbox-notification-key';

/** The sandbox channel with a clock that stands still, so that nobody pays unless the suite says so. */
export function makeSandboxSubject(): ChannelSubject & { readonly sandbox: Sandbox } {
  const time = new Date('2026-03-02T02:00:00Z');
  const now = (): Date => time;
  const sandbox = createSandbox({ settings: { merchantNo: 'SANDBOX-1', notificationKey: NOTIFICATION_KEY, payAfterSeconds: 60 }, now });
  const { books, channel } = sandbox;
  return {
    sandbox,
    channel,
    now,
    secrets: [NOTIFICATION_KEY],
    logLines: () => [],
    control: {
      pay: (tradeNo) => {
        books.pay(tradeNo);
      },
      ordersUnder: (tradeNo) => books.orders().filter(({ request }) => request.tradeNo === tradeNo).length,
      faults: ['timeoutBeforeExecution', 'timeoutAfterExecution'],
      failNext: (operation, fault) => {
        if (fault === 'timeoutBeforeExecution' || fault === 'timeoutAfterExecution') sandbox.failNext(operation, fault);
      },
      unreachableChannel: () => {
        for (const operation of ['charge', 'query', 'close', 'refund'] as const) sandbox.failNext(operation, 'noConnection');
        return channel;
      },
      holdRefunds: () => {
        sandbox.holdRefunds();
      },
      settleRefund: (refundNo, as) => {
        books.settleRefund(refundNo, as);
      },
      notification: ({ tradeNo, refundNo }, variation) => {
        const merchantNo = variation === 'otherMerchant' ? 'SANDBOX-2' : channel.merchantNo;
        const key = variation === 'forged' ? 'another-key-altogether' : NOTIFICATION_KEY;
        if (refundNo !== undefined) {
          const refund = newsOfRefund(books.refund(refundNo));
          return signNotice({ eventId: `refund-${refundNo}`, merchantNo, tradeNo, refundNo, refund }, key, now());
        }
        const news = newsOfOrder(books.order(tradeNo), channel.merchantNo);
        const payment = variation === 'otherAmount' && news.kind === 'succeeded' ? { ...news, amountFen: news.amountFen + 1 } : news;
        return signNotice({ eventId: `payment-${tradeNo}`, merchantNo, tradeNo, payment }, key, now());
      },
      replayWindowMs: REPLAY_WINDOW_MS,
      statementDay: () => '2026-03-02',
      spoilStatement: () => {
        sandbox.spoilNextStatement((raw) => Buffer.from(Buffer.from(raw).toString('utf8').replace(/"paymentFen":(\d+)/, '"paymentFen":9$1')));
      },
    },
  };
}
