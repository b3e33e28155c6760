import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import type { FaultRules, NotificationFlaw } from './fault-rules.js';
import { signedByUnionPay, type Fields, type Signing } from './message-signature.js';
import type { PlatformKeys, SignerName } from './platform-keys.js';
import type { NotificationAttempt, SimulatedNotification } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';

export type NotificationVariation = { readonly kind: 'genuine' } | NotificationFlaw;
export type NotificationMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
export type NewNotification = Pick<SimulatedNotification, 'orderId' | 'url' | 'fields' | 'signMethod'>;

export type NotificationQueueOptions = {
  readonly store: SimulatorStore;
  readonly keys: PlatformKeys;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly retryGapsMs: readonly number[];
  readonly signer: () => SignerName;
};

/** 1, 2, 4, 8, 16 minutes after the first. */
export const RETRY_GAPS_MS: readonly number[] = [1, 2, 4, 8, 16].map((minutes) => minutes * 60_000);
const ANSWER_DEADLINE_MS = 10_000;

/** Posts notifications to backUrl and repeats them until the merchant answers with status 200 or the schedule is used up. */
export class NotificationQueue {
  readonly #options: NotificationQueueOptions;
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #underWay = new Set<Promise<void>>();
  readonly #stopping = new AbortController();

  constructor(options: NotificationQueueOptions) {
    this.#options = options;
    for (const notification of options.store.notifications.all()) this.#arm(notification);
  }

  /** Queues a notification; its first round is due at once. */
  add(news: NewNotification): SimulatedNotification {
    const notification = { ...news, id: randomUUID(), attempts: [], rounds: 0, nextAt: this.#options.now().toISOString(), accepted: false };
    this.#put(notification);
    return notification;
  }

  list(): readonly SimulatedNotification[] {
    return this.#options.store.notifications.all();
  }

  /** Does everything that is due by the simulator's clock and waits for it. */
  async runDue(): Promise<void> {
    const now = this.#options.now().getTime();
    for (const notification of this.list()) {
      if (notification.nextAt !== undefined && Date.parse(notification.nextAt) <= now) this.#run(notification.id);
    }
    await Promise.all(this.#underWay);
  }

  /** Headers and bytes of a notification. */
  message({ fields, signMethod }: Pick<NewNotification, 'fields' | 'signMethod'>, variation: NotificationVariation): NotificationMessage {
    const spoilt: Fields = {
      ...fields,
      ...(variation.kind === 'wrongAmount' ? { txnAmt: String(variation.amountFen) } : {}),
      ...(variation.kind === 'otherMerchant' ? { merId: '777290058119999' } : {}),
      ...(variation.kind === 'otherFields' ? variation.fields : {}),
    };
    const filled = Object.fromEntries(Object.entries(spoilt).filter(([, value]) => value !== ''));
    const signed = signedByUnionPay(filled, signMethod, this.#options.keys, this.#signingOf(variation));
    const body = Buffer.from(variation.kind === 'garbageBody' ? '<html>not a notification' : new URLSearchParams(signed).toString(), 'utf8');
    return { headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8', 'User-Agent': 'Java/1.6' }, body };
  }

  /** Posts a message; the merchant's status, `null` for no answer. */
  post(url: string, message: NotificationMessage): Promise<number | null> {
    const { promise, resolve } = Promise.withResolvers<number | null>();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_DEADLINE_MS), this.#stopping.signal]);
    const request = send(url, { method: 'POST', headers: { ...message.headers, 'Content-Length': String(message.body.length) }, agent: false, signal }, (answer) => {
      answer.resume();
      answer.once('error', () => { resolve(null); });
      answer.once('close', () => { resolve(answer.complete ? (answer.statusCode ?? null) : null); });
    });
    request.once('error', () => { resolve(null); });
    request.end(message.body);
    return promise;
  }

  /** Rounds under way are cut off and stay due. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    for (const timer of this.#timers.values()) clearTimeout(timer);
    await Promise.all(this.#underWay);
  }

  #signingOf(variation: NotificationVariation): Signing {
    if (variation.kind === 'badSignature') return { signer: 'forger' };
    return { signer: variation.kind === 'otherSigner' ? variation.signer : this.#options.signer() };
  }

  #run(id: string): void {
    clearTimeout(this.#timers.get(id));
    const round = this.#round(id).finally(() => { this.#underWay.delete(round); });
    this.#underWay.add(round);
  }

  async #round(id: string): Promise<void> {
    const notification = this.#options.store.notifications.get(id);
    if (notification?.nextAt === undefined || this.#stopping.signal.aborted) return;
    const fault = this.#options.faults.take('notification', notification.orderId);
    if (fault?.kind === 'delay') {
      this.#put({ ...notification, nextAt: new Date(this.#options.now().getTime() + fault.delayMs).toISOString() });
      return;
    }
    const attempts: NotificationAttempt[] = [];
    for (const variation of sendings(fault)) {
      const status = variation === 'drop' ? null : await this.post(notification.url, this.message(notification, variation));
      if (this.#stopping.signal.aborted) return;
      attempts.push({ at: this.#options.now().toISOString(), status, sent: variation === 'drop' ? 'drop' : variation.kind });
    }
    const accepted = attempts.some(({ status }) => status === 200);
    const gapMs = accepted ? undefined : this.#options.retryGapsMs[notification.rounds];
    const nextAt = gapMs === undefined ? undefined : new Date(this.#options.now().getTime() + gapMs).toISOString();
    this.#put({ ...notification, attempts: [...notification.attempts, ...attempts], rounds: notification.rounds + 1, accepted, nextAt });
  }

  #put(notification: SimulatedNotification): void {
    this.#options.store.notifications.put(notification.id, notification);
    this.#arm(notification);
  }

  #arm({ id, nextAt }: SimulatedNotification): void {
    if (nextAt === undefined || this.#stopping.signal.aborted) return;
    clearTimeout(this.#timers.get(id));
    const timer = setTimeout(() => { this.#run(id); }, Math.max(0, Date.parse(nextAt) - this.#options.now().getTime()));
    timer.unref();
    this.#timers.set(id, timer);
  }
}

/** What one round sends, in order. */
function sendings(fault: ReturnType<FaultRules['take']> | undefined): readonly (NotificationVariation | 'drop')[] {
  switch (fault?.kind) {
    case 'drop':
      return ['drop'];
    case 'duplicate':
      return Array.from({ length: fault.copies + 1 }, () => ({ kind: 'genuine' }));
    case 'badSignature':
    case 'wrongAmount':
    case 'otherMerchant':
    case 'otherSigner':
    case 'garbageBody':
    case 'otherFields':
      return [fault];
    default:
      return [{ kind: 'genuine' }];
  }
}
