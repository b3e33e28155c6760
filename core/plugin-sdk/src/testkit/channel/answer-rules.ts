import { ChannelBench, must, SHORT_TIMEOUT_MS } from './channel-bench.js';
import { CHANNEL_FAULTS, type ChannelFault, type ChannelRule, type ChannelSubject, type FaultableOperation } from './channel-subject.js';

const TITLES: Readonly<Record<ChannelFault, string>> = {
  timeoutBeforeExecution: 'a call without an answer is unknown, whatever the operation',
  timeoutAfterExecution: 'a call that was executed and never answered is unknown, whatever the operation',
  brokenConnectionAfterExecution: 'a connection that breaks after sending is unknown',
  serverErrorAfterExecution: 'a system error of the channel is unknown: it may have done the work',
  throttled: 'being told to slow down is unknown, never a refusal',
  garbage: 'an authentic answer of the wrong shape is unknown',
  forgedAnswer: 'an answer signed with another key is unknown',
  unsignedAnswer: 'an answer without a signature is unknown',
  staleAnswer: 'an old answer played again is unknown',
  unlistedRefusal: 'a refusal whose code is not documented is unknown',
};

const SILENT: readonly ChannelFault[] = ['timeoutBeforeExecution', 'timeoutAfterExecution'];

export const ANSWER_RULES: readonly ChannelRule[] = [
  ...CHANNEL_FAULTS.map(
    (fault): ChannelRule => ({
      id: `answer.${fault}`,
      title: TITLES[fault],
      needs: [`fault.${fault}`],
      run: (subject) => unknownEverywhere(subject, fault),
    }),
  ),
  {
    id: 'answer.forgedRefusal',
    title: 'a refusal that cannot be verified is unknown: neither not found nor declined',
    needs: ['fault.forgedAnswer'],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const asksNobody = bench.far.askNobody.includes('query');
      const order = asksNobody ? await bench.paidOrder(1_000) : bench.newOrder(1_000);
      if (!asksNobody) {
        await bench.failNext('query', 'forgedAnswer');
        const news = await bench.query(order.tradeNo);
        must(news.kind === 'unknown', 'anybody can write "no such order"', news);
      }
      if (subject.channel.refund === undefined) return;
      await bench.failNext('refund', 'forgedAnswer');
      const outcome = await bench.refund(bench.newRefund(order, bench.part(order, 400)));
      must(outcome.kind === 'unknown', 'anybody can write "refund refused"', outcome);
    },
  },
  {
    id: 'answer.unreachable',
    title: 'when no connection comes about, a charge or refund was not sent and a question is unknown',
    needs: ['control.unreachableChannel'],
    run: async (subject) => {
      const channel = await new ChannelBench(subject).far.unreachableChannel();
      const bench = new ChannelBench(subject, channel);
      const order = bench.newOrder(1_234);
      const charged = await bench.charge(order);
      must(charged.kind === 'notSent', 'nothing can have left the machine', charged);
      const news = await bench.query(order.tradeNo);
      // A channel that keeps its own book of what it sent knows without asking that this number never left.
      const isNoNews = news.kind === 'unknown' || (news.kind === 'notFound' && bench.far.askNobody.includes('query'));
      must(isNoNews, 'no connection is no news', news);
      if (channel.refund !== undefined) {
        const refunded = await bench.refund(bench.newRefund(order, bench.part(order, 400)));
        const isRefused = refunded.kind === 'declined' && bench.far.askNobody.includes('query');
        must(refunded.kind === 'notSent' || isRefused, 'nothing can have left the machine', refunded);
      }
      if (channel.close !== undefined) {
        const closed = await bench.close(order.tradeNo);
        must(closed.kind === 'unknown', 'no connection closes nothing', closed);
      }
    },
  },
  {
    id: 'deadline.passedBefore',
    title: 'a call whose deadline has passed sends nothing',
    needs: [],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = bench.newOrder(1_234);
      const outcome = await bench.charge(order, { abortedBefore: true });
      must(outcome.kind === 'notSent' || outcome.kind === 'unknown', 'an aborted call is `notSent` or `unknown`', outcome);
      const news = await bench.query(order.tradeNo);
      must(news.kind === 'notFound', 'no order came of it', news);
    },
  },
  {
    id: 'secrets.neverTold',
    title: 'no secret of the settings appears in a log line or an outcome, faults included',
    needs: [],
    run: async (subject) => {
      const bench = new ChannelBench(subject);
      const order = await bench.paidOrder(1_234);
      await bench.query(order.tradeNo);
      await bench.query(bench.newOrder(100).tradeNo);
      for (const fault of subject.control.faults ?? []) {
        if (SILENT.includes(fault)) continue;
        await bench.failNext('query', fault);
        await bench.query(order.tradeNo);
      }
      const texts = [...subject.logLines(), ...bench.outcomeTexts];
      for (const secret of subject.secrets) {
        const teller = texts.find((text) => text.includes(secret) || text.includes(JSON.stringify(secret).slice(1, -1)));
        must(teller === undefined, 'a secret of the settings appears in a log line or an outcome');
      }
    },
  },
];

/** Sends each operation the subject has into the fault: each must come back as `unknown`. */
async function unknownEverywhere(subject: ChannelSubject, fault: ChannelFault): Promise<void> {
  const bench = new ChannelBench(subject);
  const { channel } = subject;
  const timeoutMs = SILENT.includes(fault) ? SHORT_TIMEOUT_MS : undefined;
  const options = timeoutMs === undefined ? {} : { timeoutMs };
  const paid = await bench.paidOrder(1_000);
  const calls: [FaultableOperation, () => Promise<{ readonly kind: string }>][] = [
    ['charge', () => bench.charge(bench.newOrder(1_234), options)],
    ['query', () => bench.query(paid.tradeNo, options)],
  ];
  // An empty answer (WeChat Pay's 204 to a close) has no shape to get wrong.
  if (channel.close !== undefined && fault !== 'garbage') {
    const open = bench.newOrder(1_234);
    await bench.charge(open);
    calls.push(['close', () => bench.close(open.tradeNo, options)]);
  }
  if (channel.refund !== undefined && channel.queryRefund !== undefined) {
    const refund = bench.newRefund(paid, bench.part(paid, 400));
    await bench.refund(refund);
    const other = bench.far.refunds === 'wholeOnly' ? await bench.paidOrder(1_000) : paid;
    calls.push(['refund', () => bench.refund(bench.newRefund(other, bench.part(other, 100)), options)], ['queryRefund', () => bench.queryRefund(refund, options)]);
  }
  const asked = calls.filter(([operation]) => !bench.far.askNobody.includes(operation));
  const check = async ([operation, call]: (typeof calls)[number]): Promise<void> => {
    await bench.failNext(operation, fault);
    const outcome = await call();
    must(outcome.kind === 'unknown', `${operation} after ${fault} must be \`unknown\``, outcome);
  };
  // Silent calls wait side by side for their deadlines.
  const alone = asked.filter(([operation]) => !SILENT.includes(fault) || bench.far.asksFirst.includes(operation));
  await Promise.all(asked.filter((call) => !alone.includes(call)).map(check));
  for (const call of alone) await check(call);
}
