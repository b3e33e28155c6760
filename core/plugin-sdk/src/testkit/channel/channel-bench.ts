import { randomBytes } from 'node:crypto';

import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import {
  ChargeOutcomeSchema,
  CloseOutcomeSchema,
  FetchedStatementSchema,
  NotificationSchema,
  PaymentNewsSchema,
  ProbeOutcomeSchema,
  RefundNewsSchema,
  RefundOutcomeSchema,
  StatementOutcomeSchema,
  type CallContext,
  type ChargeOutcome,
  type ChargeRequest,
  type CloseOutcome,
  type FetchedStatement,
  type Notification,
  type NotificationAnswer,
  type PaymentChannel,
  type PaymentNews,
  type PaymentReference,
  type ProbeOutcome,
  type RawNotification,
  type RefundNews,
  type RefundOutcome,
  type RefundRequest,
  type StatementOutcome,
} from '../../payment-channel.js';
import { RuleBroken, type ChannelControl, type ChannelFault, type ChannelSubject, type FaultableOperation } from './channel-subject.js';

/** Long enough for a busy machine, since nothing waits for it unless a channel hangs. */
const ORDINARY_TIMEOUT_MS = 10_000;
/** For calls that are meant to run into their deadline; long enough for the request to reach the far side first. */
export const SHORT_TIMEOUT_MS = 700;
/** A channel may take this long after its signal to come back. */
const GRACE_MS = 3_000;
const ORDER_LIFE_MS = 10 * 60_000;

const checks = {
  charge: Compile(ChargeOutcomeSchema),
  query: Compile(PaymentNewsSchema),
  close: Compile(CloseOutcomeSchema),
  refund: Compile(RefundOutcomeSchema),
  queryRefund: Compile(RefundNewsSchema),
  probe: Compile(ProbeOutcomeSchema),
  readNotification: Compile(NotificationSchema),
  downloadStatement: Compile(StatementOutcomeSchema),
  fetchStatement: Compile(FetchedStatementSchema),
};

export type CallOptions = { readonly timeoutMs?: number; readonly attempt?: number; readonly abortedBefore?: true };

/**
 * The channel as the rules use it. Every outcome is compared with its schema, every call has a deadline, a throw or a call that does
 * not come back breaks the rule that made it, and every outcome is remembered for the secrets rule.
 */
export class ChannelBench {
  /** The far side; a hook the subject lacks breaks the rule that calls it. */
  readonly far: Required<ChannelControl>;
  readonly outcomeTexts: string[] = [];
  readonly #subject: ChannelSubject;
  readonly #channel: PaymentChannel;

  readonly #references: Map<string, PaymentReference>;
  /** Of calls that have not come back. */
  readonly #deadlines = new Set<NodeJS.Timeout>();

  constructor(subject: ChannelSubject, channel: PaymentChannel = subject.channel, references = new Map<string, PaymentReference>()) {
    this.#subject = subject;
    this.#channel = channel;
    this.#references = references;
    this.far = {
      payer: 'later',
      refunds: 'anyPart',
      askNobody: [],
      ordersUnder: lacks('ordersUnder'),
      faults: [],
      chargeDetails: () => ({}),
      failNext: lacks('failNext'),
      failProbe: lacks('failProbe'),
      unreachableChannel: lacks('unreachableChannel'),
      holdRefunds: lacks('holdRefunds'),
      settleRefund: lacks('settleRefund'),
      notification: lacks('notification'),
      notifiesRefunds: true,
      replayWindowMs: 0,
      statementDay: lacks('statementDay'),
      readStatementFile: lacks('readStatementFile'),
      spoilStatement: lacks('spoilStatement'),
      startMortal: lacks('startMortal'),
      skewClock: lacks('skewClock'),
      expireCertificate: lacks('expireCertificate'),
      ...subject.control,
    };
  }

  /** Another channel object over the same far side: what the core knows of its payments stays known. */
  knowingAs(channel: PaymentChannel): ChannelBench {
    return new ChannelBench(this.#subject, channel, this.#references);
  }

  get merchantNo(): string {
    return this.#channel.merchantNo;
  }

  newOrder(amountFen: number): ChargeRequest {
    const now = this.#subject.now().getTime();
    const order: ChargeRequest = {
      tradeNo: `T${randomBytes(10).toString('hex').toUpperCase()}`,
      amountFen,
      description: '门诊缴费 conformance',
      method: this.#channel.methods[0] ?? 'nativeQr',
      submittedAt: new Date(now).toISOString(),
      ...this.far.chargeDetails(amountFen),
      expiresAt: new Date(now + ORDER_LIFE_MS).toISOString(),
      notifyUrl: 'http://127.0.0.1:9/hospay/notification',
    };
    const { tradeNo, submittedAt, method } = order;
    this.#references.set(tradeNo, { tradeNo, submittedAt, amountFen, method });
    return order;
  }

  /** What the core would know of a payment by now: its fixed facts and whatever the channel has said of it. */
  #reference(tradeNo: string): PaymentReference {
    const reference = this.#references.get(tradeNo);
    must(reference !== undefined, `the suite made no order ${tradeNo}`);
    return reference;
  }

  #learn(tradeNo: string, outcome: ChargeOutcome | PaymentNews): void {
    const reference = this.#references.get(tradeNo);
    if (reference === undefined || !('channelNote' in outcome || outcome.kind === 'succeeded')) return;
    const note = outcome.channelNote === undefined ? {} : { channelNote: outcome.channelNote };
    const paid = outcome.kind === 'succeeded' ? { channelTradeNo: outcome.channelTradeNo, paidAt: outcome.paidAt } : {};
    this.#references.set(tradeNo, { ...reference, ...note, ...paid });
  }

  /** What a rule refunds of an order: a part, or the whole where the channel knows no parts. */
  part(order: ChargeRequest, partFen: number): number {
    return this.far.refunds === 'wholeOnly' ? order.amountFen : partFen;
  }

  newRefund(order: ChargeRequest, refundFen: number): RefundRequest {
    const refundNo = `R${randomBytes(10).toString('hex').toUpperCase()}`;
    const notifyUrl = 'http://127.0.0.1:9/hospay/notification';
    return { refundNo, submittedAt: this.#subject.now().toISOString(), refundFen, reason: '退费 conformance', notifyUrl, payment: this.#reference(order.tradeNo) };
  }

  /** A new order, charged and paid. */
  async paidOrder(amountFen: number): Promise<ChargeRequest> {
    const order = this.newOrder(amountFen);
    const outcome = await this.charge(order);
    must(outcome.kind === 'pending' || outcome.kind === 'succeeded', 'an ordinary charge must be `pending` or `succeeded`', outcome);
    if (outcome.kind === 'pending') {
      await this.far.pay(order.tradeNo);
      // The core refunds nothing it has not heard to be paid.
      await this.query(order.tradeNo);
    }
    return order;
  }

  async charge(request: ChargeRequest, options: CallOptions = {}): Promise<ChargeOutcome> {
    const outcome = await this.#call('charge', checks.charge, (context) => this.#channel.charge(request, context), options);
    this.#learn(request.tradeNo, outcome);
    return outcome;
  }

  async query(tradeNo: string, options: CallOptions = {}): Promise<PaymentNews> {
    const news = await this.#call('query', checks.query, (context) => this.#channel.query(this.#reference(tradeNo), context), options);
    this.#learn(tradeNo, news);
    return news;
  }

  probe(options: CallOptions = {}): Promise<ProbeOutcome> {
    const channel = this.#channel;
    return this.#call('probe', checks.probe, (context) => {
      must(channel.probe !== undefined, 'the channel lacks probe');
      return channel.probe({}, context);
    }, options);
  }

  close(tradeNo: string, options: CallOptions = {}): Promise<CloseOutcome> {
    const channel = this.#channel;
    return this.#call('close', checks.close, (context) => {
      must(channel.close !== undefined, 'the channel lacks close');
      return channel.close(this.#reference(tradeNo), context);
    }, options);
  }

  refund(request: RefundRequest, options: CallOptions = {}): Promise<RefundOutcome> {
    const channel = this.#channel;
    return this.#call('refund', checks.refund, (context) => {
      must(channel.refund !== undefined, 'the channel lacks refund');
      return channel.refund(request, context);
    }, options);
  }

  queryRefund({ refundNo, submittedAt, refundFen, payment }: RefundRequest, options: CallOptions = {}): Promise<RefundNews> {
    const channel = this.#channel;
    return this.#call('queryRefund', checks.queryRefund, (context) => {
      must(channel.queryRefund !== undefined, 'the channel lacks queryRefund');
      return channel.queryRefund({ refundNo, submittedAt, refundFen, payment }, context);
    }, options);
  }

  readNotification(raw: RawNotification): Promise<Notification> {
    const channel = this.#channel;
    return this.#call('readNotification', checks.readNotification, () => {
      must(channel.readNotification !== undefined, 'the channel lacks readNotification');
      return channel.readNotification(raw);
    }, {});
  }

  answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
    const channel = this.#channel;
    must(channel.answerNotification !== undefined, 'the channel lacks answerNotification');
    return channel.answerNotification(result);
  }

  downloadStatement(day: string): Promise<StatementOutcome> {
    const channel = this.#channel;
    return this.#call('downloadStatement', checks.downloadStatement, (context) => {
      must(channel.downloadStatement !== undefined, 'the channel lacks downloadStatement');
      return channel.downloadStatement({ day }, context);
    }, {});
  }

  get canFetchStatement(): boolean {
    return this.#channel.fetchStatement !== undefined;
  }

  fetchStatement(day: string): Promise<FetchedStatement> {
    const channel = this.#channel;
    return this.#call('fetchStatement', checks.fetchStatement, (context) => {
      must(channel.fetchStatement !== undefined, 'the channel lacks fetchStatement');
      return channel.fetchStatement({ day }, context);
    }, {});
  }

  async failNext(operation: FaultableOperation, fault: ChannelFault): Promise<void> {
    await this.far.failNext(operation, fault);
  }

  async #call<Schema extends TSchema, Outcome>(
    name: string,
    check: { Check(value: unknown): value is Static<Schema> },
    work: (context: CallContext) => Promise<Outcome>,
    options: CallOptions,
  ): Promise<Outcome> {
    const timeoutMs = options.timeoutMs ?? ORDINARY_TIMEOUT_MS;
    const controller = new AbortController();
    if (options.abortedBefore === true) controller.abort();
    const deadline = new Date(this.#subject.now().getTime() + timeoutMs).toISOString();
    const timers: NodeJS.Timeout[] = [];
    timers.push(setTimeout(() => { controller.abort(); }, timeoutMs));
    const tooLate = new Promise<never>((_resolve, reject) => {
      timers.push(setTimeout(() => { reject(new RuleBroken(`${name} did not come back after its deadline: the signal must end the call`)); }, timeoutMs + GRACE_MS));
    });
    for (const timer of timers) this.#deadlines.add(timer);
    try {
      const outcome = await Promise.race([work({ deadline, signal: controller.signal, attempt: options.attempt ?? 1 }), tooLate]);
      this.outcomeTexts.push(JSON.stringify(outcome, (key, value: unknown) => (key === 'raw' ? undefined : value)));
      if (!check.Check(outcome)) throw new RuleBroken(`${name} answered outside its schema: ${this.outcomeTexts.at(-1) ?? ''}`.slice(0, 600));
      return outcome;
    } catch (error) {
      if (error instanceof RuleBroken) throw error;
      throw new RuleBroken(`${name} threw (${error instanceof Error ? error.message : 'no Error'}): a channel returns outcomes, it never throws`, { cause: error });
    } finally {
      for (const timer of timers) {
        clearTimeout(timer);
        this.#deadlines.delete(timer);
      }
    }
  }

  /** Nobody waits any more for calls of a life that has ended: without this each would hold the process of the test until its deadline. */
  abandonCalls(): void {
    for (const timer of this.#deadlines) clearTimeout(timer);
    this.#deadlines.clear();
  }
}

/** Breaks the rule unless the condition holds; what the channel said is quoted. */
export function must(condition: boolean, demand: string, said?: unknown): asserts condition {
  if (!condition) throw new RuleBroken(said === undefined ? demand : `${demand}; the channel said ${JSON.stringify(said) ?? 'nothing'}`.slice(0, 800));
}

function lacks(hook: keyof ChannelControl): () => never {
  return () => {
    throw new RuleBroken(`the subject's control lacks ${hook}`);
  };
}
