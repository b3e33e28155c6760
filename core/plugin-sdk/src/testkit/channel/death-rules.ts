import type { ChargeRequest, PaymentNews } from '../../payment-channel.js';
import { ChannelBench, must } from './channel-bench.js';
import type { ChannelRule, ChannelSubject } from './channel-subject.js';
import { Mortality } from './mortality.js';

/** More steps than any call of a channel has. */
const MOST_STEPS = 40;

/** What a plugin that was killed may say after its restart. */
const HONEST_NEWS: readonly PaymentNews['kind'][] = ['notFound', 'pending', 'succeeded', 'unknown', 'closed'];

export const DEATH_RULES: readonly ChannelRule[] = [
  {
    id: 'death.charge',
    title: 'killed at any step of a charge, the channel finds after its restart what became of it, and the number still makes one order',
    needs: ['control.startMortal', 'control.ordersUnder'],
    run: (subject) =>
      atEachStep(subject, async (mortal, restart) => {
        const order = mortal.newOrder(1_234);
        return {
          call: () => mortal.charge(order),
          afterwards: async () => {
            const { far } = mortal;
            const bench = await restart();
            const news = await bench.query(order.tradeNo);
            must(HONEST_NEWS.includes(news.kind), 'a charge that was killed is never a refusal', news);
            const had = await far.ordersUnder(order.tradeNo);
            must(news.kind !== 'succeeded' || had === 1, 'a success needs an order at the channel', news);
            // Some channels have no order before the payer comes (a code nobody scanned): there a lost charge cannot be found, see `charge.timeoutAfter`.
            const isFindable = far.payer === 'later' && far.faults.includes('timeoutAfterExecution');
            must(news.kind !== 'notFound' || had === 0 || !isFindable, 'an order that exists is not `notFound`', news);
            if (news.kind !== 'closed' && news.kind !== 'succeeded') {
              const again = await bench.charge(order, { attempt: 2 });
              must(again.kind !== 'declined', 'the repeat of a charge that may have arrived is never `declined`', again);
            }
            const orders = await far.ordersUnder(order.tradeNo);
            must(orders <= 1, `one number makes one order, not ${String(orders)}`);
            if (far.payer === 'later') await paidInTheEnd(bench, order);
          },
        };
      }),
  },
  {
    id: 'death.close',
    title: 'killed at any step of a close, the order is closed in the end and cannot be charged again',
    needs: ['cancelling', 'control.startMortal'],
    run: (subject) =>
      atEachStep(subject, async (mortal, restart) => {
        const order = mortal.newOrder(1_234);
        await (await restart()).charge(order);
        return {
          call: () => mortal.close(order.tradeNo),
          afterwards: async () => {
            const bench = await restart();
            const closed = await bench.close(order.tradeNo);
            must(closed.kind === 'closed' || closed.kind === 'notFound', 'an unpaid order can still be closed', closed);
            const again = await bench.charge(order, { attempt: 2 });
            must(again.kind !== 'pending' && again.kind !== 'succeeded', 'a closed number stays closed', again);
          },
        };
      }),
  },
  {
    id: 'death.refund',
    title: 'killed at any step of a refund, the channel finds after its restart what became of it, and the money goes back once',
    needs: ['refunding', 'control.startMortal'],
    run: (subject) =>
      atEachStep(subject, async (mortal, restart) => {
        const before = await restart();
        const order = await before.paidOrder(1_000);
        const request = before.newRefund(order, before.part(order, 400));
        return {
          call: () => mortal.refund(request),
          afterwards: async () => {
            const bench = await restart();
            const news = await bench.queryRefund(request);
            must(news.kind !== 'closed', 'a refund that may have arrived is not given up', news);
            if (news.kind === 'notFound' || news.kind === 'unknown') {
              const again = await bench.refund(request, { attempt: 2 });
              must(again.kind !== 'declined', 'the repeat of a refund that may have arrived is never `declined`', again);
              // Still held up by what died, and honestly so: nothing was sent, the core comes again.
              if (again.kind === 'notSent') return;
            }
            const found = await bench.queryRefund(request);
            must(found.kind === 'succeeded' || found.kind === 'processing' || found.kind === 'unknown', 'the refund is found, or still to be asked about', found);
            // What is left is still there, and no more: the money went back once.
            const left = bench.part(order, 600) === 600 ? await bench.refund(bench.newRefund(order, 600)) : undefined;
            // A device that is busy with what died sends nothing, and honestly so.
            must(left?.kind !== 'declined', 'what is left of the payment can be refunded: the money went back once', left);
            const over = await bench.refund(bench.newRefund(order, bench.part(order, 1)));
            must(over.kind === 'declined' || over.kind === 'notSent' || over.kind === 'unknown', 'no more goes back than was paid', over);
          },
        };
      }),
  },
];

type Call = { readonly call: () => Promise<unknown>; readonly afterwards: () => Promise<void> };

/** Makes the call die at its first step, at its second … until it lives through. */
async function atEachStep(subject: ChannelSubject, prepare: (mortal: ChannelBench, restart: () => Promise<ChannelBench>) => Promise<Call>): Promise<void> {
  const first = new ChannelBench(subject);
  const restart = async (): Promise<ChannelBench> => first.knowingAs(await first.far.startMortal(new Mortality()));
  for (let step = 1; step <= MOST_STEPS; step += 1) {
    const mortality = new Mortality(step);
    const mortal = first.knowingAs(await first.far.startMortal(mortality));
    const { call, afterwards } = await prepare(mortal, restart);
    const end = await Promise.race([call().then(() => 'lived' as const, (error: unknown) => { throw error; }), mortality.death]);
    if (end === 'lived') {
      must(step > 1, 'the call went through without a step of the context it was given: nothing could be killed');
      return;
    }
    mortal.abandonCalls();
    await afterwards();
  }
  must(false, `the call has more than ${String(MOST_STEPS)} steps`);
}

async function paidInTheEnd(bench: ChannelBench, order: ChargeRequest): Promise<void> {
  await bench.far.pay(order.tradeNo);
  const news = await bench.query(order.tradeNo);
  must(news.kind === 'succeeded' && news.amountFen === order.amountFen, 'the order can be paid, once and whole', news);
}
