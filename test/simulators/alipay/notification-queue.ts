import { createHash, randomUUID, sign } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { chinaText } from './china-time.js';
import type { FaultRules, NotificationFlaw } from './fault-rules.js';
import type { AnswerSender } from './gateway-answer.js';
import type { PlatformKeys } from './platform-keys.js';
import type { NotificationAttempt, SimulatedNotification } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';
import { yuanText } from './yuan-text.js';

export type NotificationVariation = { readonly kind: 'genuine' } | NotificationFlaw;
export type NotificationMessage = { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer };
export type NewNotification = Pick<SimulatedNotification, 'outTradeNo' | 'outRequestNo' | 'url' | 'parameters' | 'mode'>;

export type NotificationQueueOptions = {
  readonly store: SimulatorStore;
  readonly keys: PlatformKeys;
  readonly answers: AnswerSender;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly retryGapsMs: readonly number[];
};

/** 4 m, 10 m, 10 m, 1 h, 2 h, 6 h, 15 h after the first. */
export const RETRY_GAPS_MS: readonly number[] = [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * 60_000);
const ANSWER_DEADLINE_MS = 5_000;
const STALE_MS = 30 * 3_600_000;

/** Sends notifications and repeats them until the merchant answers `success` or the schedule is used up. */
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
    const id = createHash('md5').update(randomUUID()).digest('hex');
    const notification = { ...news, id, attempts: [], rounds: 0, nextAt: this.#options.now().toISOString(), accepted: false };
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

  /** Headers and bytes of a notification, signed now. */
  message(notification: NewNotification & { readonly id: string }, variation: NotificationVariation): NotificationMessage {
    const { keys, answers, now } = this.#options;
    const sentAt = variation.kind === 'stale' ? new Date(now().getTime() - STALE_MS) : now();
    const { key, certificateSn } = answers.keyOf(notification.mode);
    const parameters: Record<string, string> = {
      ...notification.parameters,
      notify_time: chinaText(sentAt),
      notify_id: notification.id,
      ...(certificateSn === undefined ? {} : { alipay_cert_sn: certificateSn }),
      ...(variation.kind === 'wrongAmount' ? { total_amount: yuanText(variation.amountFen) } : {}),
      ...(variation.kind === 'otherMerchant' ? { seller_id: '2088999999999999' } : {}),
      ...(variation.kind === 'otherApp' ? { app_id: '2021999999999999' } : {}),
    };
    const text = Object.entries(parameters).sort(([left], [right]) => (left < right ? -1 : 1)).map(([name, value]) => `${name}=${value}`).join('&');
    const signature = sign('sha256', Buffer.from(text, 'utf8'), variation.kind === 'forgedSignature' ? keys.forgersKey : key).toString('base64');
    // Blanks become `+`, as a form has them.
    const form = new URLSearchParams({ ...parameters, sign_type: 'RSA2', sign: signature }).toString();
    const body = Buffer.from(variation.kind === 'garbageBody' ? '<html>not a notification' : form, 'utf8');
    return { headers: { 'Content-Type': 'application/x-www-form-urlencoded; charset=utf-8', 'User-Agent': 'Mozilla/4.0' }, body };
  }

  /** Posts a message; the merchant's body, `null` for no answer. */
  post(url: string, message: NotificationMessage): Promise<string | null> {
    const { promise, resolve } = Promise.withResolvers<string | null>();
    const send = url.startsWith('https:') ? httpsRequest : httpRequest;
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_DEADLINE_MS), this.#stopping.signal]);
    const request = send(url, { method: 'POST', headers: { ...message.headers, 'Content-Length': String(message.body.length) }, agent: false, signal }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      answer.once('error', () => { resolve(null); });
      answer.once('close', () => { resolve(answer.complete ? Buffer.concat(chunks).toString('utf8') : null); });
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

  #run(id: string): void {
    clearTimeout(this.#timers.get(id));
    const round = this.#round(id).finally(() => { this.#underWay.delete(round); });
    this.#underWay.add(round);
  }

  async #round(id: string): Promise<void> {
    const notification = this.#options.store.notifications.get(id);
    if (notification?.nextAt === undefined || this.#stopping.signal.aborted) return;
    const fault = this.#options.faults.take('notification', notification.outTradeNo);
    if (fault?.kind === 'delay') {
      this.#put({ ...notification, nextAt: new Date(this.#options.now().getTime() + fault.delayMs).toISOString() });
      return;
    }
    const attempts: NotificationAttempt[] = [];
    for (const variation of sendings(fault)) {
      const answer = variation === 'drop' ? null : await this.post(notification.url, this.message(notification, variation));
      if (this.#stopping.signal.aborted) return;
      attempts.push({ at: this.#options.now().toISOString(), answer, sent: variation === 'drop' ? 'drop' : variation.kind });
    }
    const accepted = attempts.some(({ answer }) => answer === 'success');
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
  if (fault === undefined) return [{ kind: 'genuine' }];
  switch (fault.kind) {
    case 'drop':
      return ['drop'];
    case 'duplicate':
      return Array.from({ length: fault.copies + 1 }, () => ({ kind: 'genuine' }));
    case 'forgedSignature':
    case 'wrongAmount':
    case 'otherMerchant':
    case 'otherApp':
    case 'stale':
    case 'garbageBody':
      return [fault];
    default:
      return [{ kind: 'genuine' }];
  }
}
