/**
 * A terminal's side of the payment platform. It asks, it shows, it prints; it never decides what became of money.
 *
 * - Before a payment is sent its key is written down. After silence, or any answer that is not definite, the terminal only asks by that key.
 * - Nothing the core did not sign is believed; nothing older than what is already known replaces it.
 */
import { deferred } from './deferred.js';
import { Journal, type Unsettled } from './journal.js';
import type { CallResult, Clock, Timers } from './call-result.js';
import { FleetDuties, type FleetEvents, type FleetOptions } from './fleet-duties.js';
import { openMessage, sealRequest, type Device, type DownMessage } from './envelope.js';
import { toBase64Url } from './device-key.js';
import { operatorProof } from './operator-proof.js';
import {
  cardTerminalShape, closedShiftShape, dischargeShape, heldRegistrationShape, operatorChallengeShape, DEFINITE_CREATE_REFUSALS, errorShape, OPERATIONS, orderShape, type Fault, type Notice, PAYMENT_CHANGED, presettlementShape, tillOpeningShape, topics,
  type OperationName, type Operator, type Order, type ReplyOf, type RequestOf, type TerminalError,
} from './protocol.js';
import { hasShape, object, oneOf, type Shape } from './shape.js';
import type { TerminalStorage } from './storage.js';
import type { Transport } from './transport.js';

/** HIS and channel have their own deadlines behind the core; the person in front of the terminal waits no longer than this. */
const ANSWER_DEADLINE_MS = 15_000;
const CREATE_DEADLINE_MS = 20_000;
/** HIS and insurance centre are asked one after the other, the centre several times. */
const PRESETTLE_DEADLINE_MS = 60_000;
/** The core refuses a request that arrives later. For a payment this bounds how long "not found" may still become "found". */
const REQUEST_LIFE_MS = 30_000;
/** A request that arrived in its last instant is committed by then. */
const SETTLE_MARGIN_MS = 10_000;
const ASK_AGAIN_MS = [1_000, 2_000, 3_000, 5_000, 10_000] as const;
const MOST_REMEMBERED_ORDERS = 500;


/** Operations with a key of their own: each has a method that keeps its rules. */
type KeyedOperation = 'payment.create' | 'payment.add' | 'registration.hold' | 'discharge.settle' | 'insurance.presettle' | 'cardTerminal.operate' | 'till.open' | 'shift.close' | 'refund.create' | 'operator.challenge' | 'operator.signIn';

export type PayResult =
  | { readonly kind: 'order'; readonly order: Order }
  | { readonly kind: 'refused'; readonly error: TerminalError }
  /** Asked after the request had expired: the core never took it and never will. */
  | { readonly kind: 'notTaken' }
  /** Nothing was sent: the line is down. */
  | { readonly kind: 'offline' }
  /** An earlier payment is not settled yet: 支付结果确认中，请勿重复支付. */
  | { readonly kind: 'busy' }
  /** The client was stopped while asking; it goes on asking when it is opened again. */
  | { readonly kind: 'unsettled' };

export type TerminalEvents = FleetEvents & {
  /** An order of this terminal, newer than any seen before: answer or push. */
  order?(order: Order): void;
  /** `refused`: the broker does not accept this device's key (revoked, or enrolled anew elsewhere). */
  connection?(state: 'online' | 'offline' | 'refused'): void;
  /** After each connection: open orders and settings, from the core. */
  resumed?(session: ReplyOf<'session.resume'>): void;
  /** A payment's fate is not known (`true`) or known again (`false`): show 支付结果确认中，请勿重复支付. */
  uncertain?(isUncertain: boolean): void;
  /** The terminal's own storage failed while it resumed. What is unsettled stays so; the next connection tries again. */
  problem?(error: unknown): void;
  /** The end of a payment that a power cut had interrupted. */
  settled?(result: PayResult): void;
};

export type TerminalClientOptions = FleetOptions & {
  readonly device: Device;
  readonly transport: Transport;
  readonly storage: TerminalStorage;
  readonly events?: TerminalEvents;
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly randomBytes?: (length: number) => Uint8Array;
};

type Pending = { readonly op: string; finish(message: DownMessage | 'stopped'): void };

export class TerminalClient {
  #device: Device;
  /** Names this run of the software: how the core tells a copied disk from a restart. */
  readonly #boot: string;
  readonly #duties: FleetDuties;
  readonly #transport: Transport;
  readonly #journal: Journal;
  readonly #events: TerminalEvents;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #randomBytes: (length: number) => Uint8Array;
  readonly #pending = new Map<string, Pending>();
  readonly #orders = new Map<string, Order>();
  #isOnline = false;
  #isStopped = false;
  #isSettling = false;
  #coreAheadMs = 0;
  readonly #pauses = new Set<() => void>();

  private constructor(options: TerminalClientOptions, journal: Journal) {
    this.#device = options.device;
    this.#transport = options.transport;
    this.#journal = journal;
    this.#events = options.events ?? {};
    this.#clock = options.clock ?? { now: () => new Date() };
    this.#timers = options.timers ?? SYSTEM_TIMERS;
    this.#randomBytes = options.randomBytes ?? ((length) => crypto.getRandomValues(new Uint8Array(length)));
    this.#boot = this.#randomName(9);
    this.#duties = new FleetDuties({
      device: () => this.#device,
      useDevice: (device) => (this.#device = device),
      report: (body) => this.#ask('device.report', body, OPERATIONS['device.report'].reply, { deadlineMs: ANSWER_DEADLINE_MS }),
      rotate: (publicKey) => this.#ask('key.rotate', { publicKey }, OPERATIONS['key.rotate'].reply, { deadlineMs: ANSWER_DEADLINE_MS }),
      resume: () => this.#ask('session.resume', {}, OPERATIONS['session.resume'].reply, { deadlineMs: ANSWER_DEADLINE_MS }),
      seal: async (op, body) => this.#seal({ op, body, seq: await this.#journal.nextSequence(), ts: this.coreTime.getTime(), exp: this.coreTime.getTime() + REQUEST_LIFE_MS, cid: this.#randomName(16) }),
      transport: this.#transport, storage: options.storage, options, events: this.#events, coreTime: () => this.coreTime, localTime: () => this.#clock.now(), timers: this.#timers, randomBytes: this.#randomBytes,
    });
  }

  /** Reads the journal and connects. What a power cut left open is asked about as soon as the line is up. */
  static async open(options: TerminalClientOptions): Promise<TerminalClient> {
    const client = new TerminalClient(options, await Journal.open(options.storage));
    await client.#duties.start().catch((error: unknown) => client.#events.problem?.(error));
    client.#transport.open({
      connected: () => void client.#connected().catch((error: unknown) => client.#events.problem?.(error)),
      disconnected: () => client.#disconnected(),
      message: (topic, payload) => client.#received(topic, payload),
      refused: () => client.#events.connection?.('refused'),
    });
    return client;
  }

  get isOnline(): boolean {
    return this.#isOnline;
  }
  /** True while a payment's fate is unknown: no other may be started. */
  get isUncertain(): boolean {
    return this.#journal.unsettled !== undefined;
  }
  /** The core's time as far as this terminal knows it: receipts and countdowns use it. */
  get coreTime(): Date {
    return new Date(this.#clock.now().getTime() + this.#coreAheadMs);
  }
  /** Notices to this terminal that are valid now, newest first. */
  get notices(): readonly Notice[] {
    return this.#duties.notices;
  }
  /** Everything that is wrong with the terminal now (异常上报), in full: what is left out is well again. Needs `report` in the options. */
  setFaults(faults: readonly Fault[]): void {
    this.#duties.setFaults(faults);
  }
  /** The newest known view of an order. */
  order(tradeNo: string): Order | undefined {
    return this.#orders.get(tradeNo);
  }

  /** Asks the core. For payments use `pay`: it keeps the rules. */
  async call<Name extends Exclude<OperationName, KeyedOperation>>(name: Name, body: RequestOf<Name>): Promise<CallResult<ReplyOf<Name>>> {
    const request: Shape<ReplyOf<Name>> = replyShape(name);
    const result = await this.#ask(name, body, request, { deadlineMs: ANSWER_DEADLINE_MS });
    if (result.kind === 'ok' && hasShape(orderShape, result.value)) return { ...result, value: pick(request, this.#learn(result.value), result.value) };
    return result;
  }

  /**
   * Takes a payment. Rejects, with nothing sent, when its key cannot be written down. Resolves with the order, a definite refusal, or the proof that nothing was taken; until one of them is known it asks on,
   * and `events.uncertain` says so.
   */
  pay(request: RequestOf<'payment.create'>): Promise<PayResult> {
    return this.#take('payment.create', request, { quoteId: request.quoteId, amountFen: request.amountFen });
  }

  /** A further payment of a mixed order (混合支付), after the one before has ended. The same promises as `pay`. */
  addPayment(request: RequestOf<'payment.add'>): Promise<PayResult> {
    return this.#take('payment.add', request, { tradeNo: request.tradeNo, ...(request.tenderFen === undefined ? {} : { amountFen: request.tenderFen }) });
  }

  /** Holds a slot for a patient (占号): pay its quote by `pay`. After silence ask again with the same `key`: it holds the same one. */
  holdRegistration(key: string, request: RequestOf<'registration.hold'>): Promise<CallResult<ReplyOf<'registration.hold'>>> {
    return this.#ask('registration.hold', request, heldRegistrationShape, { deadlineMs: ANSWER_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /**
   * Settles a stay at whose end nothing is to be collected (出院结算): what is left of the deposits goes back. The `key` stands for this one settlement for ever: after silence ask again with the same one.
   * `DISCHARGE_UNDERWAY`: another settlement of the stay began first, its number is the `detail`; follow either by `discharge.query`.
   */
  settleDischarge(key: string, request: RequestOf<'discharge.settle'>): Promise<CallResult<ReplyOf<'discharge.settle'>>> {
    return this.#ask('discharge.settle', request, dischargeShape, { deadlineMs: ANSWER_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /**
   * Asks the medical insurance what it pays of a quote (医保预结算). No money moves in it. While the answer is `requested` or `unknown`, or there was none, ask again with the
   * same `key`, showing the voucher anew if it has run out; the key stands for this piece of business until it is answered.
   */
  presettle(key: string, request: RequestOf<'insurance.presettle'>): Promise<CallResult<ReplyOf<'insurance.presettle'>>> {
    return this.#ask('insurance.presettle', request, presettlementShape, { deadlineMs: PRESETTLE_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /**
   * Sign-in (签到), settlement (结算) or a second print (重打印) at this window's card terminal. The `key` stands for this one press of the button: after silence ask again with the same one, the
   * terminal does it once. While the state is `running`, ask by `cardTerminal.query`.
   */
  operateCardTerminal(key: string, request: RequestOf<'cardTerminal.operate'>): Promise<CallResult<ReplyOf<'cardTerminal.operate'>>> {
    return this.#ask('cardTerminal.operate', request, cardTerminalShape, { deadlineMs: ANSWER_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /** Change money (备用金) for this operator's till. Repeat with the same `key` after silence and while the state is `unknown`: it is counted once. */
  openTill(key: string, request: RequestOf<'till.open'>): Promise<CallResult<ReplyOf<'till.open'>>> {
    return this.#ask('till.open', request, tillOpeningShape, { deadlineMs: ANSWER_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /**
   * The next number of this till's forms (票据号) for the receipt of a booked order; fixed before it is printed. After silence ask again with the same `key`. Then `form.printed` or `form.void`. `FORM_IN_DOUBT`,
   * `FORM_PRINTED`: the receipt has a number already; the `detail` is its run and number with a blank between.
   */
  takeForm(key: string, request: RequestOf<'form.take'>): Promise<CallResult<ReplyOf<'form.take'>>> {
    return this.#ask('form.take', request, OPERATIONS['form.take'].reply, { deadlineMs: ANSWER_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /**
   * Closes the shift of this operator's till, or of this kiosk (交班, 清钱箱), for good. `expectedFen` is what `shift.figures` said must lie in the till; on `TILL_MOVED` count again with a new key. The
   * `key` stands for this one count: after silence ask again with the same one, it answers the same shift for ever.
   */
  closeShift(key: string, request: RequestOf<'shift.close'>): Promise<CallResult<ReplyOf<'shift.close'>>> {
    return this.#ask('shift.close', request, closedShiftShape, { deadlineMs: ANSWER_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /**
   * Sends money back at a window (一键退款): all that is left, or `refundFen` (integer fen). The `key` stands for this one refund for ever: after silence ask again with the same one, it goes back once. Above the
   * limit of the operator's role the answer is `REFUND_ABOVE_LIMIT`.
   */
  refund(key: string, request: RequestOf<'refund.create'>): Promise<CallResult<Order>> {
    return this.#ask('refund.create', request, orderShape, { deadlineMs: CREATE_DEADLINE_MS, idem: `${this.#device.deviceId}:${key}` });
  }

  /** Signs an operator in (操作员登录). The password does not leave the terminal: a challenge is answered with a proof. Whoever was signed in here is signed out by it; an open payment stays the terminal's. */
  async signIn({ operatorNo: typed, password }: { readonly operatorNo: string; readonly password: string }): Promise<CallResult<Operator>> {
    const operatorNo = typed.trim().toLowerCase();
    const challenge = await this.#ask('operator.challenge', { operatorNo }, operatorChallengeShape, { deadlineMs: ANSWER_DEADLINE_MS });
    if (challenge.kind !== 'ok') return challenge;
    const { nonce } = challenge.value;
    const proof = await operatorProof(this.#device, { operatorNo, password, challenge: challenge.value });
    if (proof === undefined) return { kind: 'noAnswer', reason: 'timeout' };
    return this.#ask('operator.signIn', { operatorNo, nonce, proof }, OPERATIONS['operator.signIn'].reply, { deadlineMs: ANSWER_DEADLINE_MS });
  }

  async #take<Name extends 'payment.create' | 'payment.add'>(name: Name, request: RequestOf<Name>, noted: Pick<Unsettled, 'quoteId' | 'tradeNo' | 'amountFen'>): Promise<PayResult> {
    if (this.isUncertain || this.#isSettling) return { kind: 'busy' };
    if (!this.#isOnline) return { kind: 'offline' };
    this.#isSettling = true;
    try {
      const sequence = await this.#journal.nextSequence();
      // The random part keeps a terminal whose storage was rolled back from meaning an earlier payment.
      const idem = `${this.#device.deviceId}:${String(sequence)}-${this.#randomName(6).replace(/[_-]/g, 'x')}`;
      const payment: Unsettled = { idem, ...noted, expiresAtMs: this.coreTime.getTime() + REQUEST_LIFE_MS };
      await this.#journal.noteUnsettled(payment);
      const result = await this.#ask(name, request, orderShape, { deadlineMs: CREATE_DEADLINE_MS, idem, expiresAtMs: payment.expiresAtMs });
      if (result.kind === 'ok') {
        await this.#noteSettled(idem);
        return { kind: 'order', order: this.#learn(result.value) };
      }
      if (result.kind === 'refused' && DEFINITE_CREATE_REFUSALS.has(result.error.code)) {
        await this.#noteSettled(idem);
        return { kind: 'refused', error: result.error };
      }
      return await this.#settle(payment);
    } finally {
      this.#isSettling = false;
    }
  }

  /** Stops asking and closes the line. What is unsettled stays written down. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#duties.stop();
    this.#wake();
    for (const pending of this.#pending.values()) pending.finish('stopped');
    await this.#transport.close();
  }

  /** Asks by the terminal's own key until the answer is definite. Never creates again. */
  async #settle(payment: Unsettled): Promise<PayResult> {
    this.#events.uncertain?.(true);
    try {
      for (let round = 0; ; round += 1) {
        if (this.#isStopped) return { kind: 'unsettled' };
        const result = await this.#ask('payment.query', { idem: payment.idem }, orderShape, { deadlineMs: ANSWER_DEADLINE_MS });
        if (result.kind === 'ok') {
          await this.#noteSettled(payment.idem);
          return { kind: 'order', order: this.#learn(result.value) };
        }
        // "Not found" is the end only when the core's own clock is past the life of the request: a delayed one can no longer be taken.
        if (result.kind === 'refused' && result.error.code === 'ORDER_NOT_FOUND' && result.coreTimeMs > payment.expiresAtMs + SETTLE_MARGIN_MS) {
          await this.#noteSettled(payment.idem);
          return { kind: 'notTaken' };
        }
        await this.#pause(ASK_AGAIN_MS[Math.min(round, ASK_AGAIN_MS.length - 1)] ?? 10_000);
      }
    } finally {
      if (!this.isUncertain) this.#events.uncertain?.(false);
    }
  }

  /** A note that could not be written is no reason to hide what became of the money: after a restart it is asked about once more. */
  async #noteSettled(idem: string): Promise<void> {
    try {
      await this.#journal.noteSettled(idem);
    } catch (error) {
      this.#events.problem?.(error);
    }
  }

  async #connected(): Promise<void> {
    this.#isOnline = true;
    this.#events.connection?.('online');
    this.#wake();
    const session = await this.#resume();
    if (session === undefined) return;
    for (const order of session.openOrders) this.#learn(order);
    this.#events.resumed?.(session);
    this.#duties.resumed(session);
    const unsettled = this.#journal.unsettled;
    if (unsettled === undefined || this.#isSettling) return;
    this.#isSettling = true;
    const result = await this.#settle(unsettled).finally(() => (this.#isSettling = false));
    if (result.kind !== 'unsettled') this.#events.settled?.(result);
  }

  async #resume(): Promise<ReplyOf<'session.resume'> | undefined> {
    for (let round = 0; this.#isOnline && !this.#isStopped; round += 1) {
      const result = await this.#ask('session.resume', {}, OPERATIONS['session.resume'].reply, { deadlineMs: ANSWER_DEADLINE_MS });
      if (result.kind === 'ok') return result.value;
      // The wrong clock is corrected from the signed refusal; the second question carries the core's time.
      if (result.kind === 'refused' && result.error.code === 'REQUEST_EXPIRED' && round === 0) continue;
      await this.#pause(ASK_AGAIN_MS[Math.min(round, ASK_AGAIN_MS.length - 1)] ?? 10_000);
    }
    return undefined;
  }

  #disconnected(): void {
    this.#isOnline = false;
    this.#events.connection?.('offline');
  }

  async #ask<Value>(op: OperationName, body: object, shape: Shape<Value>, { deadlineMs, idem, expiresAtMs }: { readonly deadlineMs: number; readonly idem?: string; readonly expiresAtMs?: number }): Promise<CallResult<Value>> {
    if (this.#isStopped) return { kind: 'noAnswer', reason: 'stopped' };
    if (!this.#isOnline) return { kind: 'noAnswer', reason: 'offline' };
    const seq = await this.#journal.nextSequence();
    const cid = this.#randomName(16);
    const ts = this.coreTime.getTime();
    const payload = this.#seal({ op, ts, exp: expiresAtMs ?? ts + REQUEST_LIFE_MS, cid, seq, body, ...(idem === undefined ? {} : { idem }) });
    const answer = deferred<DownMessage | 'stopped' | 'timeout'>();
    const timer = this.#timers.after(deadlineMs, () => answer.resolve('timeout'));
    this.#pending.set(cid, {
      op,
      finish: (message) => {
        // "This message came before": the first delivery is being answered, or its answer was lost; the deadline decides.
        if (message !== 'stopped' && readAnswer(message.body, shape)?.code === 'REPLAYED') return;
        answer.resolve(message);
      },
    });
    try {
      // A failed hand-over to the broker is not proof that nothing was delivered: the deadline decides.
      await Promise.race([this.#transport.publish(topics.up(this.#device.deviceId, op), payload).catch(() => undefined), answer.promise]);
      const message = await answer.promise;
      if (message === 'timeout' || message === 'stopped') return { kind: 'noAnswer', reason: message };
      const read = readAnswer(message.body, shape);
      if (read === undefined) return { kind: 'noAnswer', reason: 'timeout' };
      if (read.kind === 'ok') return { kind: 'ok', value: read.value, coreTimeMs: message.ts };
      return { kind: 'refused', error: read.error, coreTimeMs: message.ts };
    } finally {
      timer.cancel();
      this.#pending.delete(cid);
    }
  }

  #seal(request: { readonly op: string; readonly ts: number; readonly exp: number; readonly cid: string; readonly seq: number; readonly body: object; readonly idem?: string }): string {
    return sealRequest(this.#device, { id: this.#randomName(16), boot: this.#boot, ...request });
  }

  #received(topic: string, payload: Uint8Array): void {
    if (this.#duties.received(topic, payload, () => openMessage(this.#device, payload))) return;
    const message = openMessage(this.#device, payload);
    if (message === undefined) return;
    if (topic === topics.reply(this.#device.deviceId)) {
      const pending = this.#pending.get(message.cid);
      if (pending === undefined || pending.op !== message.op) return;
      this.#coreAheadMs = message.ts - this.#clock.now().getTime();
      pending.finish(message);
      return;
    }
    if (topic === topics.command(this.#device.deviceId, PAYMENT_CHANGED) && message.op === PAYMENT_CHANGED && hasShape(orderShape, message.body)) this.#learn(message.body);
  }

  /** Keeps the newer of what is known and what is said; announces it when it is news. */
  #learn(said: Order): Order {
    const known = this.#orders.get(said.tradeNo);
    if (known !== undefined && known.version >= said.version) return known;
    this.#orders.delete(said.tradeNo);
    this.#orders.set(said.tradeNo, said);
    for (const oldest of this.#orders.keys()) {
      if (this.#orders.size <= MOST_REMEMBERED_ORDERS) break;
      this.#orders.delete(oldest);
    }
    this.#events.order?.(said);
    return said;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const end = () => {
        timer.cancel();
        this.#pauses.delete(end);
        resolve();
      };
      const timer = this.#timers.after(ms, end);
      this.#pauses.add(end);
      if (this.#isStopped) end();
    });
  }
  /** Ends all pauses: the line is back, or the client stops. */
  #wake(): void {
    for (const end of this.#pauses) end();
  }

  #randomName(bytes: number): string {
    return toBase64Url(this.#randomBytes(bytes));
  }
}

const refusedShape = object({ kind: oneOf('refused'), error: errorShape });

type Answer<Value> = { readonly kind: 'ok'; readonly value: Value; readonly code?: undefined } | { readonly kind: 'refused'; readonly error: TerminalError; readonly code: string };

/** Undefined when the body has neither shape: a stray answer is no answer. */
function readAnswer<Value>(body: unknown, shape: Shape<Value>): Answer<Value> | undefined {
  if (hasShape(refusedShape, body)) return { kind: 'refused', error: body.error, code: body.error.code };
  if (typeof body !== 'object' || body === null || !('kind' in body) || body.kind !== 'ok' || !('value' in body)) return undefined;
  return hasShape(shape, body.value) ? { kind: 'ok', value: body.value } : undefined;
}

function replyShape<Name extends OperationName>(name: Name): Shape<ReplyOf<Name>> {
  // The table's value type is computed from the same entry; the schema is the one thing both sides of this line share.
  return { schema: OPERATIONS[name].reply.schema };
}

/** The newest view, typed as the operation's answer it replaces. */
function pick<Value>(shape: Shape<Value>, newest: unknown, answered: Value): Value {
  return hasShape(shape, newest) ? newest : answered;
}

const SYSTEM_TIMERS: Timers = {
  after(ms, task) {
    const handle = setTimeout(task, ms);
    return { cancel: () => clearTimeout(handle) };
  },
};
