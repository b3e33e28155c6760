/**
 * A plugin in a process of its own. The plugin sees messages only: HTTP goes through the host's allow-list, secrets stay here and are used by name, its store has a quota. A crash, a
 * hang or a leak ends that process and nothing else; every call it had not answered is rejected in the same tick, which the boundary makes `unknown`.
 *
 * Node's permission model is a seat belt, not a wall: on the appliance each of these processes is a unit of the machine with a user, memory and CPU limits of its own (`unit-line.ts`).
 */
import { FIGURE_QUESTIONS, type DeliverNotice, type FigureReader, type HisNotice, type NoticeReceiver, type PluginManifest } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { Log } from '../../domain/log.js';
import { own } from '../../domain/own-words.js';
import type { Clock, Timers } from '../../domain/time.js';
import type { GuestCapabilities } from '../guest-capabilities.js';
import type { PluginPackage } from '../read-package.js';
import type { GuestLine, StartGuestLine } from './guest-line.js';
import { FromGuestSchema, type Description, type FromGuest, type Place, type Service, type ToGuest } from './messages.js';

export type IsolatedGuest = {
  /** JSON Schema of the settings, as the plugin gave it. */
  readonly settings: unknown;
  /** Activates it with these settings, secrets already replaced by their names. @throws with the reason. */
  activate(settings: unknown): Promise<IsolatedContributions>;
  /** Asks it to stop, then ends the process whatever it says. */
  stop(): Promise<void>;
  /** Told once, when the process ends without having been asked to. */
  onEnd(listener: (reason: string) => void): void;
};
/** Shaped like a plugin's own contributions: functions that send messages. */
export type IsolatedContributions = Readonly<Record<Place['kind'], Readonly<Record<string, object>>>> & { readonly other: readonly string[] };

export type IsolatedGuestOptions = {
  readonly package: Pick<PluginPackage, 'folder' | 'entryPath'>;
  readonly limits: PluginManifest['limits'];
  readonly capabilities: GuestCapabilities;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Log;
  /** Who starts the process. */
  readonly startLine: StartGuestLine;
};

const DEFAULT_MEMORY_MEGABYTES = 160;
/** A machine that starts it as a unit begins two programs for it. */
const LOAD_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 5_000;
const PING_EVERY_MS = 5_000;
/** An event loop that has not turned for this long serves nobody. */
const SILENT_FOR_MS = 15_000;
/** Log lines a guest may write in one ping interval; the rest is counted, not kept. */
const MOST_LOG_LINES = 200;

const checkMessage = Compile(FromGuestSchema);

/** @throws with the reason when the process does not come up or its code cannot be loaded. */
export async function startIsolatedGuest(options: IsolatedGuestOptions): Promise<IsolatedGuest> {
  const guest = new GuestProcess(options);
  try {
    const settings = await guest.load();
    return {
      settings,
      activate: (masked) => guest.activate(masked),
      stop: () => guest.stop(),
      onEnd: (listener) => { guest.onEnd = listener; },
    };
  } catch (error) {
    await guest.stop();
    throw error;
  }
}

type CallContext = { readonly deadline: string; readonly signal: AbortSignal; readonly attempt?: number };
type Pending = { resolve(value: unknown): void; reject(error: Error): void };

class GuestProcess {
  onEnd: (reason: string) => void = () => {};
  readonly #options: IsolatedGuestOptions;
  readonly #line: GuestLine;
  readonly #calls = new Map<number, Pending>();
  readonly #asks = new Map<number, AbortController>();
  readonly #delivering = new Map<string, DeliverNotice>();
  /** Readers lent to reads that are open, by the number of their call. */
  readonly #readers = new Map<number, FigureReader>();
  #step: { readonly kind: 'loaded' | 'activated' | 'stopped'; readonly pending: Pending } | undefined;
  #serial = 0;
  #heardAt: number;
  #watch: { cancel(): void } = { cancel() {} };
  #isStopping = false;
  #hasEnded = false;
  #reason: string | undefined;
  #logLines = 0;
  #refusedAsks = 0;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: IsolatedGuestOptions) {
    this.#options = options;
    this.#heardAt = options.clock.now().getTime();
    this.#line = options.startLine({
      folder: options.package.folder, entryPath: options.package.entryPath, memoryMegabytes: options.limits.memoryMegabytes ?? DEFAULT_MEMORY_MEGABYTES,
      heard: (message) => { this.#receive(message); },
      ended: (reason) => {
        this.#ended.resolve();
        this.#end(this.#reason ?? reason);
      },
    });
    this.#watchOver();
  }

  load(): Promise<unknown> {
    return this.#begin('loaded', { kind: 'load', entry: this.#options.package.entryPath }, LOAD_DEADLINE_MS);
  }

  async activate(settings: unknown): Promise<IsolatedContributions> {
    const description = (await this.#begin('activated', { kind: 'activate', settings, nowMs: this.#options.clock.now().getTime() }, LOAD_DEADLINE_MS)) as Description;
    return {
      channels: mapped(description.channels, (channel, name) => ({
        merchantNo: channel.merchantNo,
        methods: channel.methods,
        ...(channel.refunds === undefined ? {} : { refunds: channel.refunds }),
        ...this.#operations({ kind: 'channels', name }, channel.operations.filter((operation) => operation !== 'answerNotification')),
        ...(channel.answers === undefined ? {} : { answerNotification: (result: 'stored' | 'refused' | 'retryLater') => channel.answers?.[result] }),
      })),
      hospitalAdapters: mapped(description.hospitalAdapters, (adapter, name) => ({
        ...(adapter.dictionaries === undefined ? {} : { dictionaries: adapter.dictionaries }),
        ...this.#operations({ kind: 'hospitalAdapters', name }, adapter.operations.filter((operation) => operation !== 'receiveNotices')),
        ...(adapter.operations.includes('receiveNotices') ? { receiveNotices: (deliver: DeliverNotice) => this.#receiveNotices(name, deliver) } : {}),
      })),
      reports: mapped(description.reports, ({ declaration, operations }, name) => ({
        ...declaration,
        ...(operations.includes('read') ? { read: (request: unknown, reader: FigureReader, context: CallContext) => this.#call({ kind: 'reports', name }, 'read', request, context, reader) } : {}),
      })),
      tills: this.#companions('tills', description),
      cardTerminals: this.#companions('cardTerminals', description),
      presettling: this.#companions('presettling', description),
      agreements: this.#companions('agreements', description),
      other: description.other,
    };
  }

  async stop(): Promise<void> {
    if (this.#hasEnded) return;
    if (!this.#isStopping) {
      this.#isStopping = true;
      await this.#begin('stopped', { kind: 'stop' }, STOP_DEADLINE_MS).catch(() => undefined);
      this.#line.kill();
    }
    await this.#ended.promise;
  }

  /** A guest has no network of its own: it polls by the core's HTTP and timers, and hands each notice over as a question. */
  async #receiveNotices(name: string, deliver: DeliverNotice): Promise<NoticeReceiver> {
    this.#delivering.set(name, deliver);
    const place = { kind: 'hospitalAdapters', name } as const;
    await this.#call(place, 'receiveNotices', {}, undefined);
    return { stop: async () => { await this.#call(place, 'stopNotices', {}, undefined); } };
  }

  #companions(kind: 'tills' | 'cardTerminals' | 'presettling' | 'agreements', description: Description): Record<string, object> {
    return mapped(description[kind], ({ operations, terminalIds, longestMs }, name) => ({ ...(terminalIds === undefined ? {} : { terminalIds }), ...(longestMs === undefined ? {} : { longestMs }), ...this.#operations({ kind, name }, operations) }));
  }

  #operations(place: Place, names: readonly string[]): Record<string, (request: unknown, context: CallContext) => Promise<unknown>> {
    return Object.fromEntries(names.map((operation) => [operation, (request: unknown, context?: CallContext) => this.#call(place, operation, request, context)]));
  }

  #call(place: Place, operation: string, request: unknown, context: CallContext | undefined, reader?: FigureReader): Promise<unknown> {
    // Nothing can have left a process that is not there.
    if (this.#hasEnded) return OPERATIONS_THAT_SEND.has(operation) ? Promise.resolve({ kind: 'notSent', reason: own('pluginNotRunning') }) : Promise.reject(new Error('the plugin is not running'));
    if (context?.signal.aborted === true) return Promise.resolve({ kind: OPERATIONS_THAT_SEND.has(operation) ? 'notSent' : 'unknown', reason: own('deadlinePassed') });
    if (this.#calls.size >= MOST_OPEN_CALLS) {
      this.#kill(`it left ${String(MOST_OPEN_CALLS)} calls without an answer`);
      return Promise.resolve({ kind: OPERATIONS_THAT_SEND.has(operation) ? 'notSent' : 'unknown', reason: own('pluginNotRunning') });
    }
    const id = (this.#serial += 1);
    const { promise, resolve: answered, reject } = Promise.withResolvers<unknown>();
    this.#calls.set(id, { resolve: answered, reject });
    if (reader !== undefined) {
      this.#readers.set(id, reader);
      const takeBack = (): void => { this.#readers.delete(id); };
      promise.then(takeBack, takeBack);
      context?.signal.addEventListener('abort', takeBack, { once: true });
    }
    context?.signal.addEventListener('abort', () => { if (this.#calls.has(id)) this.#send({ kind: 'abort', id }); }, { once: true });
    this.#send({ kind: 'call', id, place, operation, request, context: { deadline: context?.deadline ?? '', attempt: context?.attempt ?? 1 } });
    return promise;
  }

  async #begin(kind: 'loaded' | 'activated' | 'stopped', message: ToGuest, deadlineMs: number): Promise<unknown> {
    const { promise, resolve: done, reject } = Promise.withResolvers<unknown>();
    if (this.#hasEnded) throw new Error(this.#reason ?? 'it has ended');
    this.#step = { kind, pending: { resolve: done, reject } };
    const deadline = this.#options.timers.after(deadlineMs, () => { reject(new Error(`it was not ${kind} within ${String(deadlineMs / 1_000)} s`)); });
    this.#send(message);
    try {
      return await promise;
    } finally {
      deadline.cancel();
      this.#step = undefined;
    }
  }

  #send(message: ToGuest): void {
    this.#line.send(message);
  }

  #receive(raw: unknown): void {
    this.#heardAt = this.#options.clock.now().getTime();
    if (!checkMessage.Check(raw)) {
      this.#kill('it sent a message outside the protocol');
      return;
    }
    this.#take(raw);
  }

  #take(message: FromGuest): void {
    switch (message.kind) {
      case 'loaded':
        if (this.#step?.kind === 'loaded') this.#step.pending.resolve(message.settings);
        return;
      case 'activated':
        if (this.#step?.kind === 'activated') this.#step.pending.resolve(message.description);
        return;
      case 'stopped':
        if (this.#step?.kind === 'stopped') this.#step.pending.resolve(undefined);
        return;
      case 'failed':
        this.#step?.pending.reject(new Error(message.reason));
        return;
      case 'answer':
      case 'threw': {
        const call = this.#calls.get(message.id);
        this.#calls.delete(message.id);
        if (message.kind === 'answer') call?.resolve(message.value);
        else call?.reject(new Error(message.reason));
        return;
      }
      case 'ask':
        void this.#serve(message.id, message.service, message.request);
        return;
      case 'cancel':
        this.#asks.get(message.id)?.abort(new Error('the guest gave it up'));
        return;
      case 'after':
        this.#options.capabilities.after(message.milliseconds, () => { this.#send({ kind: 'elapsed', id: message.id }); });
        return;
      case 'log':
        this.#logLines += 1;
        if (this.#logLines <= MOST_LOG_LINES) this.#options.log[message.level](message.message, { said: message.facts });
        return;
      case 'pong':
        return;
    }
  }

  async #serve(id: number, service: Service, request: unknown): Promise<void> {
    if (this.#asks.has(id)) {
      this.#kill('it asked twice under one number');
      return;
    }
    if (this.#asks.size >= this.#options.limits.concurrency * OPEN_ASKS_PER_CALL) {
      this.#refusedAsks += 1;
      // Of a request that was not made nothing has left the machine.
      this.#send(service === 'http.request' ? { kind: 'served', id, value: { kind: 'notSent', reason: TOO_MUCH } } : { kind: 'served', id, error: TOO_MUCH });
      return;
    }
    const abort = new AbortController();
    this.#asks.set(id, abort);
    try {
      const value = service === 'notices.deliver' ? await deliverNotice(this.#delivering, request) : service === 'reports.ask' ? await askFigures(this.#readers, request) : await serve(this.#options.capabilities, service, request, abort.signal);
      this.#send({ kind: 'served', id, value });
    } catch (error) {
      this.#send({ kind: 'served', id, error: error instanceof Error ? error.message.slice(0, 300) : 'it failed' });
    } finally {
      this.#asks.delete(id);
    }
  }

  /** Heartbeat, as long as the process lives. */
  #watchOver(): void {
    this.#watch = this.#options.timers.after(PING_EVERY_MS, () => {
      if (this.#hasEnded) return;
      const lost = this.#logLines - MOST_LOG_LINES;
      if (lost > 0) this.#options.log.warn('a plugin logs too much; lines were dropped', { lost });
      this.#logLines = 0;
      if (this.#refusedAsks > 0) this.#options.log.warn('a plugin asks its host for too much at once; questions were refused', { refused: this.#refusedAsks });
      this.#refusedAsks = 0;
      if (this.#options.clock.now().getTime() - this.#heardAt > SILENT_FOR_MS) this.#kill(`it did not answer for ${String(SILENT_FOR_MS / 1_000)} s`);
      else {
        this.#send({ kind: 'ping', id: (this.#serial += 1) });
        this.#watchOver();
      }
    });
  }

  #kill(reason: string): void {
    this.#reason ??= reason;
    this.#line.kill();
    // In the same tick: nobody waits for the process to be gone before its money calls are asked about.
    this.#end(reason);
  }

  #end(reason: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#reason ??= reason;
    this.#watch.cancel();
    const error = new Error(this.#reason);
    for (const abort of this.#asks.values()) abort.abort(error);
    for (const call of this.#calls.values()) call.reject(error);
    this.#calls.clear();
    this.#step?.pending.reject(error);
    if (!this.#isStopping) this.onEnd(this.#reason);
  }
}

/** The boundary stops listening at the deadline; what a guest never answers is still remembered here, up to this. */
const MOST_OPEN_CALLS = 2_000;
/** What a guest may have asked of its host and not been answered yet, for each call its manifest lets it work on at a time: what it holds of the host's memory, sockets and threads is bounded by it. */
const OPEN_ASKS_PER_CALL = 4;
const TOO_MUCH = 'the plugin asks its host for too much at once';
/** Whose outcome can say that nothing left. */
const OPERATIONS_THAT_SEND: ReadonlySet<string> = new Set(['charge', 'refund', 'operate', 'requestBinding', 'confirmBinding', 'unbind', 'confirmPayment']);

type Requests = {
  readonly key: string; readonly value: unknown; readonly prefix: string; readonly page?: { readonly after?: string; readonly limit?: number };
};

/** Each service checks its own request: it comes from a process nobody trusts. */
async function serve({ store, http, keys }: GuestCapabilities, service: Exclude<Service, 'notices.deliver' | 'reports.ask'>, request: unknown, signal: AbortSignal): Promise<unknown> {
  if (typeof request !== 'object' || request === null) throw new Error('the request is no object');
  const given = request as Requests;
  const key = (): string => {
    if (typeof given.key !== 'string' || given.key === '' || given.key.length > 200) throw new Error('key must be a text of up to 200 characters');
    return given.key;
  };
  switch (service) {
    case 'store.get':
      return store.get(key());
    case 'store.put':
      return store.put(key(), given.value);
    case 'store.claim':
      return store.claim(key(), given.value);
    case 'store.delete':
      return store.delete(key());
    case 'store.list':
      if (typeof given.prefix !== 'string') throw new Error('prefix must be a text');
      return store.list(given.prefix, given.page);
    case 'http.request':
      return http.request({ ...(request as Parameters<typeof http.request>[0]), signal });
    case 'keys.sign':
      return keys.sign(request as Parameters<typeof keys.sign>[0]);
    case 'keys.verify':
      return keys.verify(request as Parameters<typeof keys.verify>[0]);
    case 'keys.decryptAesGcm':
      return keys.decryptAesGcm(request as Parameters<typeof keys.decryptAesGcm>[0]);
    case 'keys.digestWithSecret':
      return keys.digestWithSecret(request as Parameters<typeof keys.digestWithSecret>[0]);
  }
}

/** Whether it is a notice is looked at where it is delivered. */
async function deliverNotice(delivering: ReadonlyMap<string, DeliverNotice>, request: unknown): Promise<unknown> {
  const { adapter, notice } = typeof request === 'object' && request !== null && 'adapter' in request && 'notice' in request ? request : {};
  const deliver = typeof adapter === 'string' ? delivering.get(adapter) : undefined;
  if (deliver === undefined) throw new Error('nobody receives notices of it');
  return deliver(notice as HisNotice);
}

/** The question itself is checked by the reader: there is nothing a guest can ask in this process that it could not ask here. */
async function askFigures(readers: ReadonlyMap<number, FigureReader>, request: unknown): Promise<unknown> {
  const { call, question, of } = typeof request === 'object' && request !== null && 'call' in request && 'question' in request && 'of' in request ? request : {};
  const reader = typeof call === 'number' ? readers.get(call) : undefined;
  const name = FIGURE_QUESTIONS.find((known) => known === question);
  if (reader === undefined) throw new Error('the read has ended');
  if (name === undefined) throw new Error(`the reader knows ${FIGURE_QUESTIONS.join(', ')}`);
  return reader[name](of as Parameters<FigureReader['sums']>[0]);
}

function mapped<From, To>(record: Readonly<Record<string, From>>, make: (value: From, name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, make(value, name)]));
}
