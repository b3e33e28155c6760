import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';

import type { CallContext, Notification, FullPaymentChannel, PaymentReference, RawNotification } from '@hospay/plugin-sdk';
import { CHANNEL_FAULTS, CHANNEL_RULES, REPORT_RULES, missingNeeds, RuleBroken, type Mortality, type ChannelFault, type ChannelSubject, type FaultableOperation } from '@hospay/plugin-sdk/testkit';

import { makeSandboxSubject } from './channel-sandbox-subject.js';

type Subject = ReturnType<typeof makeSandboxSubject>;

/** What a channel does with an answer that must not be believed. `believed` is what the answer says. */
type OnFault = (operation: FaultableOperation | 'probe', fault: ChannelFault, believed: () => Promise<{ readonly kind: string }>) => Promise<{ readonly kind: string }>;

/** One bad habit: what replaces the good channel's methods, and what it does with faults. */
type BadHabit = {
  readonly rule: string;
  readonly habit: string;
  readonly spoil?: (good: FullPaymentChannel, subject: Subject, clock: { wrongMs: number }) => Partial<Record<keyof FullPaymentChannel, unknown>>;
  readonly onFault?: OnFault;
};

const UNKNOWN = { kind: 'unknown', reason: 'not believed' } as const;
const DECLINED = { kind: 'declined', code: 'FAILED', message: 'failed' } as const;

const believeIt: OnFault = (_operation, _fault, believed) => believed();

/** Renames one outcome of a method. */
function turn(method: (request: never, context: CallContext) => Promise<{ readonly kind: string }>, from: string, to: object): unknown {
  return async (request: never, context: CallContext) => {
    const outcome = await method(request, context);
    return outcome.kind === from ? to : outcome;
  };
}

const BAD_HABITS: readonly BadHabit[] = [
  { rule: 'contract.shape', habit: 'offers no method', spoil: () => ({ methods: [] }) },
  { rule: 'contract.shape', habit: 'refunds without being able to ask about refunds', spoil: () => ({ queryRefund: undefined }) },
  {
    rule: 'charge.paid',
    habit: 'reports yuan as fen',
    spoil: (good) => ({
      query: async (request: PaymentReference, context: CallContext) => {
        const news = await good.query(request, context);
        return news.kind === 'succeeded' ? { ...news, amountFen: news.amountFen / 100 } : news;
      },
    }),
  },
  {
    rule: 'charge.paid',
    habit: 'reports another merchant',
    spoil: (good) => ({
      query: async (request: PaymentReference, context: CallContext) => {
        const news = await good.query(request, context);
        return news.kind === 'succeeded' ? { ...news, merchantNo: 'SOMEBODY' } : news;
      },
    }),
  },
  {
    rule: 'charge.sameNumberOnce',
    habit: 'makes a new number for each attempt',
    spoil: (good) => ({
      charge: (request: Parameters<FullPaymentChannel['charge']>[0], context: CallContext) =>
        good.charge(context.attempt === 1 ? request : { ...request, tradeNo: `${request.tradeNo}-${String(context.attempt)}` }, context),
    }),
  },
  { rule: 'charge.sameNumberOnce', habit: 'declines a repeat', spoil: (good) => ({ charge: turn(good.charge, 'unknown', DECLINED) }) },
  {
    rule: 'charge.otherAmountRefused',
    habit: 'shows a code for any repeat',
    spoil: (good) => ({ charge: turn(good.charge, 'unknown', { kind: 'pending', present: { kind: 'qr', content: 'again' } }) }),
  },
  { rule: 'charge.timeoutBefore', habit: 'declines what timed out', spoil: (good) => ({ charge: turn(good.charge, 'unknown', DECLINED) }) },
  { rule: 'charge.timeoutAfter', habit: 'declines what timed out', spoil: (good) => ({ charge: turn(good.charge, 'unknown', DECLINED) }) },
  {
    rule: 'charge.timeoutAfter',
    habit: 'ignores its deadline',
    spoil: (good) => ({
      charge: (request: Parameters<FullPaymentChannel['charge']>[0], context: CallContext) => good.charge(request, { ...context, signal: new AbortController().signal }),
    }),
  },
  { rule: 'query.notFound', habit: 'calls an unknown number closed', spoil: (good) => ({ query: turn(good.query, 'notFound', { kind: 'closed' }) }) },
  { rule: 'query.notFound', habit: 'throws', spoil: () => ({ query: () => Promise.reject(new Error('ECONNRESET')) }) },
  { rule: 'close.unpaid', habit: 'says closed and does nothing', spoil: () => ({ close: () => Promise.resolve({ kind: 'closed' }) }) },
  { rule: 'close.paid', habit: 'calls a paid order closed', spoil: (good) => ({ close: turn(good.close, 'alreadyPaid', { kind: 'closed' }) }) },
  { rule: 'close.unknownNumber', habit: 'calls any refusal already paid', spoil: (good) => ({ close: turn(good.close, 'notFound', { kind: 'alreadyPaid' }) }) },
  {
    rule: 'close.final',
    habit: 'opens a closed number again',
    spoil: (good) => ({ charge: turn(good.charge, 'unknown', { kind: 'pending', present: { kind: 'qr', content: 'again' } }) }),
  },
  { rule: 'refund.partialSums', habit: 'accepts more than was paid', spoil: (good) => ({ refund: turn(good.refund, 'declined', { kind: 'processing' }) }) },
  {
    rule: 'refund.sameNumberOnce',
    habit: 'makes a new refund number for each attempt',
    spoil: (good) => ({
      refund: (request: Parameters<FullPaymentChannel['refund']>[0], context: CallContext) =>
        good.refund(context.attempt === 1 ? request : { ...request, refundNo: `${request.refundNo}-${String(context.attempt)}` }, context),
    }),
  },
  { rule: 'refund.otherAmountRefused', habit: 'declines a used number', spoil: (good) => ({ refund: turn(good.refund, 'unknown', DECLINED) }) },
  { rule: 'refund.timeoutBefore', habit: 'declines what timed out', spoil: (good) => ({ refund: turn(good.refund, 'unknown', DECLINED) }) },
  { rule: 'refund.timeoutAfter', habit: 'declines what timed out', spoil: (good) => ({ refund: turn(good.refund, 'unknown', DECLINED) }) },
  { rule: 'refund.unpaidOrder', habit: 'refunds what was never paid', spoil: (good) => ({ refund: turn(good.refund, 'declined', { kind: 'processing' }) }) },
  { rule: 'refund.notFound', habit: 'calls an unknown refund closed', spoil: (good) => ({ queryRefund: turn(good.queryRefund, 'notFound', { kind: 'closed' }) }) },
  {
    rule: 'refund.processing',
    habit: 'takes accepted for returned',
    spoil: (good) => ({
      queryRefund: turn(good.queryRefund, 'processing', {
        kind: 'succeeded',
        refundNo: 'R',
        tradeNo: 'T',
        refundFen: 400,
        channelRefundNo: 'C',
        refundedAt: '2026-03-02T02:00:00Z',
      }),
    }),
  },
  { rule: 'refund.closed', habit: 'calls a given-up refund abnormal', spoil: (good) => ({ queryRefund: turn(good.queryRefund, 'closed', { kind: 'abnormal', message: '' }) }) },
  { rule: 'refund.abnormal', habit: 'calls a blocked refund closed', spoil: (good) => ({ queryRefund: turn(good.queryRefund, 'abnormal', { kind: 'closed' }) }) },
  ...CHANNEL_FAULTS.map((fault): BadHabit => {
    const silent = fault === 'timeoutBeforeExecution' || fault === 'timeoutAfterExecution';
    return silent
      ? { rule: `answer.${fault}`, habit: 'calls silence not found', spoil: (good) => ({ query: turn(good.query, 'unknown', { kind: 'notFound' }) }) }
      : { rule: `answer.${fault}`, habit: 'believes whatever comes', onFault: believeIt };
  }),
  {
    rule: 'answer.forgedRefusal',
    habit: 'believes refusals unverified',
    onFault: (operation) => Promise.resolve(operation === 'query' ? { kind: 'notFound' } : DECLINED),
  },
  { rule: 'answer.unreachable', habit: 'declines when the network is down', spoil: (good) => ({ charge: turn(good.charge, 'notSent', DECLINED) }) },
  { rule: 'probe.reachesFarSide', habit: 'answers the probe from its own book', spoil: () => ({ probe: () => Promise.resolve({ kind: 'answered' }) }) },
  { rule: 'probe.reachesFarSide', habit: 'believes whatever answers the probe', onFault: believeIt, spoil: (good) => ({ probe: probeByQuery(good) }) },
  {
    rule: 'probe.reachesFarSide',
    habit: 'never takes an answer to the probe for one',
    spoil: () => ({ probe: () => Promise.resolve(UNKNOWN) }),
  },
  {
    rule: 'deadline.passedBefore',
    habit: 'sends after its deadline',
    spoil: (good) => ({
      charge: (request: Parameters<FullPaymentChannel['charge']>[0], context: CallContext) => good.charge(request, { ...context, signal: new AbortController().signal }),
    }),
  },
  {
    rule: 'secrets.neverTold',
    habit: 'explains itself with its settings',
    spoil: (good, subject) => ({ query: turn(good.query, 'notFound', { kind: 'unknown', reason: `key was ${subject.secrets.join()}` }) }),
  },
  {
    rule: 'notification.payment',
    habit: 'makes up an event id for each delivery',
    spoil: (good) => {
      let deliveries = 0;
      return {
        readNotification: async (raw: RawNotification) => {
          deliveries += 1;
          const notification = await good.readNotification(raw);
          return notification.kind === 'refused' ? notification : { ...notification, eventId: `event-${String(deliveries)}` };
        },
      };
    },
  },
  { rule: 'notification.agreesWithQuery', habit: 'gives its own numbers', spoil: (good) => ({ readNotification: alterNews(good, { channelTradeNo: 'OTHER' }) }) },
  { rule: 'notification.amountPassedOn', habit: 'fills in the amount it expects', spoil: (good) => ({ readNotification: alterNews(good, { amountFen: 1_234 }) }) },
  ...['notification.forged', 'notification.otherMerchant', 'notification.tampered', 'notification.unsigned'].map(
    (rule): BadHabit => ({ rule, habit: 'verifies nothing', spoil: () => ({ readNotification: credulous }) }),
  ),
  {
    rule: 'notification.replayed',
    habit: 'never looks at the time',
    spoil: (good) => ({ readNotification: (raw: RawNotification) => good.readNotification({ ...raw, receivedAt: raw.headers['sandbox-sent-at'] ?? '' }) }),
  },
  { rule: 'notification.garbage', habit: 'throws at garbage', spoil: () => ({ readNotification: (raw: RawNotification) => Promise.resolve(JSON.parse(Buffer.from(raw.body).toString('utf8'))) }) },
  {
    rule: 'notification.refund',
    habit: 'reports the whole payment as refunded',
    spoil: (good) => ({
      readNotification: async (raw: RawNotification) => {
        const notification = await good.readNotification(raw);
        if (notification.kind !== 'refund' || notification.news.kind !== 'succeeded') return notification;
        return { ...notification, news: { ...notification.news, refundFen: 1_000 } };
      },
    }),
  },
  { rule: 'notification.answers', habit: 'acknowledges what it could not store', spoil: (good) => ({ answerNotification: () => good.answerNotification('stored') }) },
  {
    rule: 'statement.complete',
    habit: 'loses the last row',
    spoil: (good) => ({
      downloadStatement: async (request: { day: string }, context: CallContext) => {
        const statement = await good.downloadStatement(request, context);
        return statement.kind === 'ok' ? { ...statement, lines: statement.lines.slice(0, -1) } : statement;
      },
    }),
  },
  { rule: 'death.charge', habit: 'calls refused what it does not find after a restart', spoil: (good) => ({ query: turn(good.query, 'notFound', DECLINED) }) },
  {
    rule: 'death.charge',
    habit: 'charges under a new number after a restart',
    spoil: (good) => ({
      charge: (request: Parameters<FullPaymentChannel['charge']>[0], context: CallContext) => good.charge(context.attempt === 1 ? request : { ...request, tradeNo: `${request.tradeNo}-again` }, context),
    }),
  },
  { rule: 'death.close', habit: 'believes its close was done', spoil: () => ({ close: () => Promise.resolve({ kind: 'closed' }) }) },
  {
    rule: 'death.refund',
    habit: 'makes sure after a restart, under a number of its own, that the money goes back',
    spoil: (good) => ({
      refund: async (request: Parameters<FullPaymentChannel['refund']>[0], context: CallContext) => {
        if (context.attempt > 1) await good.refund({ ...request, refundNo: `${request.refundNo}-again` }, context);
        return good.refund(request, context);
      },
    }),
  },
  { rule: 'death.refund', habit: 'gives up a refund it does not find after a restart', spoil: (good) => ({ queryRefund: turn(good.queryRefund, 'notFound', { kind: 'closed' }) }) },
  {
    rule: 'clock.wrong',
    habit: 'declines when the channel refuses the time of a signature',
    spoil: (good, _subject, clock) => ({
      charge: (request: Parameters<FullPaymentChannel['charge']>[0], context: CallContext) => (clock.wrongMs === 0 ? good.charge(request, context) : Promise.resolve(DECLINED)),
    }),
  },
  { rule: 'certificate.expired', habit: 'never looks at the validity', onFault: believeIt },
  { rule: 'statement.contradiction', habit: 'takes a contradictory bill for an empty one', spoil: (good) => ({ downloadStatement: turn(good.downloadStatement, 'malformed', { kind: 'empty' }) }) },
];

test('a call of a plugin that was killed holds no timer: the tests of a vendor end with their last rule', async () => {
  const timers = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
  const before = timers();
  for (const rule of CHANNEL_RULES.filter(({ id }) => id.startsWith('death.'))) await rule.run(makeSubject());
  assert.equal(timers(), before);
});

describe('the channel rules', { concurrency: 8 }, () => {
  for (const rule of CHANNEL_RULES) {
    test(`${rule.id} passes a good channel`, async () => {
      const subject = makeSubject();
      assert.deepEqual(missingNeeds(rule, subject), []);
      await rule.run(subject);
    });
  }

  for (const habit of BAD_HABITS) {
    test(`${habit.rule} catches a channel that ${habit.habit}`, async () => {
      const rule = CHANNEL_RULES.find(({ id }) => id === habit.rule);
      assert.ok(rule, `no rule ${habit.rule}`);
      await assert.rejects(rule.run(makeSubject(habit)), RuleBroken);
    });
  }

  test('probe.reachesFarSide passes a channel with a good probe', async () => {
    const rule = CHANNEL_RULES.find(({ id }) => id === 'probe.reachesFarSide') ?? assert.fail('no such rule');
    await rule.run(makeSubject({ rule: rule.id, habit: 'none', spoil: (good) => ({ probe: probeByQuery(good) }) }));
  });

  test('each rule is shown to catch at least one bad channel', () => {
    const shown = new Set(BAD_HABITS.map(({ rule }) => rule));
    assert.deepEqual(CHANNEL_RULES.map(({ id }) => id).filter((id) => !shown.has(id)), []);
  });

  test('the authoring guide lists exactly these rules, in these words', () => {
    const guide = readFileSync(new URL('../../../core/docs/plugin-authoring.md', import.meta.url), 'utf8');
    const sectionOf = (heading: string): string => guide.slice(guide.indexOf(`\n${heading}`) + 1).split(/\n##+ /)[0] ?? '';
    const listed = (heading: string): string[] => sectionOf(heading).split('\n').filter((line) => /^\| `[a-z]+\.[a-zA-Z0-9]+` \|/.test(line));
    const rows = (rules: readonly { readonly id: string; readonly title: string }[]): string[] => rules.map(({ id, title }) => `| \`${id}\` | ${title} |`);
    assert.deepEqual(listed('## 6. Pass the suite'), rows(CHANNEL_RULES));
    assert.deepEqual(listed('### Reports (运营报表)'), rows(REPORT_RULES));
  });

  test('rule ids are unique', () => {
    const ids = CHANNEL_RULES.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  });
});

/** The sandbox with every fault of the suite added; with a bad habit, if there is one. */
function makeSubject(habit?: BadHabit): ChannelSubject {
  const subject = makeSandboxSubject();
  const good = subject.sandbox.channel;
  const onFault: OnFault = habit?.onFault ?? (() => Promise.resolve(UNKNOWN));
  const waiting = new Map<FaultableOperation | 'probe', ChannelFault>();
  const clock = { wrongMs: 0 };
  let isExpired = false;
  const channel: FullPaymentChannel = { ...good };
  Object.assign(channel, habit?.spoil?.(good, subject, clock));
  for (const operation of ['charge', 'query', 'close', 'refund', 'queryRefund', 'probe'] as const) {
    const plain: unknown = channel[operation];
    if (!isCall(plain)) continue;
    const faulty = async (request: never, context: CallContext): Promise<unknown> => {
      const fault = isExpired ? 'forgedAnswer' : waiting.get(operation);
      waiting.delete(operation);
      if (fault === undefined) return plain(request, context);
      const believed = plain(request, context);
      await believed;
      return onFault(operation, fault, () => believed);
    };
    Object.assign(channel, { [operation]: faulty });
  }
  return {
    ...subject,
    channel,
    control: {
      ...subject.control,
      // Numbers that a bad channel derives from ours are orders too.
      ordersUnder: (tradeNo) => subject.sandbox.books.orders().filter(({ request }) => request.tradeNo.startsWith(tradeNo)).length,
      unreachableChannel: () => {
        for (const operation of ['charge', 'query', 'close', 'refund'] as const) subject.sandbox.failNext(operation, 'noConnection');
        return channel;
      },
      startMortal: (mortality) => Object.assign({ ...channel }, mortalCalls(channel, mortality)),
      skewClock: (wrongMs) => { clock.wrongMs = wrongMs; },
      expireCertificate: () => { isExpired = true; },
      notification: (about, variation) => subject.control.notification?.(about, isExpired ? 'forged' : variation) ?? assert.fail('the sandbox notifies'),
      faults: CHANNEL_FAULTS,
      failProbe: (fault) => { waiting.set('probe', fault); },
      failNext: (operation, fault) => {
        if (fault === 'timeoutBeforeExecution' || fault === 'timeoutAfterExecution') subject.sandbox.failNext(operation, fault);
        else waiting.set(operation, fault);
      },
    },
  };
}

/** An honest probe: a question about a number nobody used. */
function probeByQuery(good: FullPaymentChannel): unknown {
  return async (_request: never, context: CallContext) => {
    const news = await good.query({ tradeNo: 'PROBE00000001', submittedAt: '2026-03-02T02:00:00Z', amountFen: 1, method: 'nativeQr' }, context);
    return news.kind === 'unknown' ? UNKNOWN : { kind: 'answered' };
  };
}

/** The sandbox has no context to be killed in: it dies before a call has its effect, or after. */
function mortalCalls(channel: FullPaymentChannel, mortality: Mortality): Partial<Record<keyof FullPaymentChannel, unknown>> {
  return Object.fromEntries(
    (['charge', 'close', 'refund'] as const).map((operation) => {
      const call: unknown = channel[operation];
      if (!isCall(call)) return [operation, call] as const;
      return [operation, async (request: never, context: CallContext) => {
        await mortality.step();
        const outcome = await call(request, context);
        await mortality.step();
        return outcome;
      }] as const;
    }),
  );
}

function isCall(value: unknown): value is (request: never, context: CallContext) => Promise<{ readonly kind: string }> {
  return typeof value === 'function';
}

function alterNews(good: FullPaymentChannel, change: object): unknown {
  return async (raw: RawNotification) => {
    const notification = await good.readNotification(raw);
    return notification.kind === 'payment' && notification.news.kind === 'succeeded' ? { ...notification, news: { ...notification.news, ...change } } : notification;
  };
}

/** Takes every body for news. */
function credulous(): Promise<Notification> {
  return Promise.resolve({ kind: 'payment', eventId: 'any', tradeNo: 'any', news: { kind: 'pending' } });
}
