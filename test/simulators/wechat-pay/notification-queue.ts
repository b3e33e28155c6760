import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';

import { chinaRfc3339 } from './china-time.js';
import type { FaultRules, NotificationFault } from './fault-rules.js';
import type { PlatformKeys } from './merchant-credentials.js';
import { platformSignatureHeaders, type SignatureFlaw } from './platform-signature.js';
import { sealResource } from './sealed-resource.js';
import type { NotificationAttempt, SimulatedNotification } from './simulated-records.js';
import type { RecordTable } from './simulator-store.js';
import type { SimulatorTimers } from '../machinery/simulator-timers.js';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** Waits after the first attempt and after each retry: fifteen retries over 24 h 4 min (WeChat Pay API v3, payment notification). */
export const RETRY_GAPS_MS: readonly number[] = [
  15 * SECOND_MS,
  15 * SECOND_MS,
  30 * SECOND_MS,
  3 * MINUTE_MS,
  10 * MINUTE_MS,
  20 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  30 * MINUTE_MS,
  60 * MINUTE_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  6 * HOUR_MS,
];

/** A medical-insurance order is told of for about half a minute only; who misses it must ask. */
export const MED_INS_RETRY_GAPS_MS: readonly number[] = [5 * SECOND_MS, 10 * SECOND_MS, 15 * SECOND_MS];

/** The merchant has five seconds to answer. */
const ANSWER_DEADLINE_MS = 5_000;
const OTHER_MERCHANT_ID = '1699999999';

/** A notification as it goes over the wire. */
export type NotificationMessage = { readonly headers: Record<string, string>; readonly body: Buffer };

/** What a made-to-measure notification is: the real one, or one with something wrong. */
export type NotificationVariation =
  | { readonly kind: 'genuine' }
  | Exclude<NotificationFault, { readonly kind: 'drop' | 'duplicate' | 'delay' }>;

/** What the queue is told; the rest of the record is its own. */
export type NewNotification = Pick<
  SimulatedNotification,
  'eventType' | 'outTradeNo' | 'outRefundNo' | 'transactionId' | 'url' | 'plaintext' | 'signingMode' | 'retryGapsMs'
>;

export type NotificationQueueOptions = {
  readonly notifications: RecordTable<SimulatedNotification>;
  readonly keys: PlatformKeys;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly timers: SimulatorTimers;
  readonly retryGapsMs: readonly number[];
};

/** Sends notifications and repeats them until the merchant answers 200 or 204 or the schedule is used up. */
export class NotificationQueue {
  readonly #options: NotificationQueueOptions;
  readonly #waiting = new Set<string>();
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #wakeUp: { readonly at: number; readonly cancel: () => void } | undefined;

  constructor(options: NotificationQueueOptions) {
    this.#options = options;
    for (const notification of options.notifications.all()) {
      if (notification.nextAttemptAt !== undefined) this.#waiting.add(notification.id);
    }
    this.#planWakeUp();
  }

  /** Queues a notification; its first attempt is due at once. */
  add(news: NewNotification): void {
    const now = this.#options.now().toISOString();
    const id = randomUUID();
    this.#options.notifications.put(id, {
      ...news,
      id,
      createdAt: now,
      attempts: [],
      roundsMade: 0,
      nextAttemptAt: now,
      accepted: false,
      delayed: false,
    });
    this.#waiting.add(id);
    this.#planWakeUp();
  }

  list(): readonly SimulatedNotification[] {
    return [...this.#options.notifications.all()];
  }

  /** Makes every attempt that is due by the simulator's clock and waits for those under way. */
  async runDue(): Promise<void> {
    const now = this.#options.now().getTime();
    for (const id of this.#waiting) {
      const dueAt = this.#options.notifications.get(id)?.nextAttemptAt;
      if (dueAt === undefined || Date.parse(dueAt) > now || this.#underWay.has(id) || this.#stopping.signal.aborted) continue;
      this.#underWay.set(
        id,
        this.#attempt(id).finally(() => {
          this.#underWay.delete(id);
          this.#planWakeUp();
        }),
      );
    }
    await Promise.all(this.#underWay.values());
    this.#planWakeUp();
  }

  /** Sends a notification once more, now, outside its schedule; gives the merchant's HTTP status, `null` for none. */
  sendAgain(notification: SimulatedNotification): Promise<number | null> {
    return this.#send(notification.url, this.message(notification, { kind: 'genuine' }));
  }

  /** The bytes and headers of a notification, freshly signed. */
  message(notification: SimulatedNotification, variation: NotificationVariation): NotificationMessage {
    const { keys, now } = this.#options;
    const kind = notification.eventType === 'MEDICAL_INSURANCE.SUCCESS' ? 'medical_insurance' : notification.outRefundNo === undefined ? 'transaction' : 'refund';
    const resource = sealResource({
      plaintext: alteredPlaintext(notification.plaintext, variation),
      apiV3Key: keys.merchantCredentials.apiV3Key,
      associatedData: kind,
    });
    const envelope = {
      id: notification.id,
      create_time: chinaRfc3339(new Date(notification.createdAt)),
      resource_type: 'encrypt-resource',
      event_type: notification.eventType,
      summary: SUMMARY[notification.eventType],
      resource: { original_type: kind, ...resource },
    };
    const body = Buffer.from(variation.kind === 'garbageBody' ? '<html>not a notification' : JSON.stringify(envelope), 'utf8');
    const signature = platformSignatureHeaders({
      keys,
      mode: notification.signingMode,
      now: now(),
      body,
      flaw: signatureFlawOf(variation),
    });
    return {
      headers: {
        'Content-Type': 'application/json',
        Accept: '*/*',
        'User-Agent': 'Mozilla/4.0',
        'Request-ID': `08${randomUUID().replaceAll('-', '').toUpperCase()}-0`,
        ...signature,
      },
      body,
    };
  }

  /** Stops sending; attempts under way are cut off and stay due. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wakeUp?.cancel();
    this.#wakeUp = undefined;
    await Promise.all(this.#underWay.values());
  }

  async #attempt(id: string): Promise<void> {
    const notification = this.#options.notifications.get(id);
    if (notification === undefined) return;
    const fault = this.#options.faults.take('notification', notification);
    if (fault?.kind === 'delay' && !notification.delayed) {
      const nextAttemptAt = new Date(this.#options.now().getTime() + fault.delayMs).toISOString();
      this.#options.notifications.put(id, { ...notification, delayed: true, nextAttemptAt });
      return;
    }
    const attempts: NotificationAttempt[] = [];
    for (const variation of sendings(fault)) {
      const at = this.#options.now().toISOString();
      const status = variation === 'drop' ? null : await this.#send(notification.url, this.message(notification, variation));
      if (this.#stopping.signal.aborted) return;
      attempts.push({ at, status, sent: variation === 'drop' ? 'drop' : variation.kind });
    }
    this.#record(notification, attempts);
  }

  #record(notification: SimulatedNotification, attempts: readonly NotificationAttempt[]): void {
    const accepted = attempts.some(({ status }) => status === 200 || status === 204);
    const gapMs = accepted ? undefined : (notification.retryGapsMs ?? this.#options.retryGapsMs)[notification.roundsMade];
    const nextAttemptAt = gapMs === undefined ? undefined : new Date(this.#options.now().getTime() + gapMs).toISOString();
    if (nextAttemptAt === undefined) this.#waiting.delete(notification.id);
    this.#options.notifications.put(notification.id, {
      ...notification,
      attempts: [...notification.attempts, ...attempts],
      // Extra copies and probes count once: the schedule is about rounds, not about messages.
      roundsMade: notification.roundsMade + 1,
      accepted,
      nextAttemptAt,
    });
  }

  #planWakeUp(): void {
    if (this.#stopping.signal.aborted) return;
    let earliest: number | undefined;
    for (const id of this.#waiting) {
      if (this.#underWay.has(id)) continue;
      const dueAt = this.#options.notifications.get(id)?.nextAttemptAt;
      if (dueAt !== undefined && (earliest === undefined || Date.parse(dueAt) < earliest)) earliest = Date.parse(dueAt);
    }
    if (earliest === undefined || (this.#wakeUp !== undefined && this.#wakeUp.at <= earliest)) return;
    this.#wakeUp?.cancel();
    const delayMs = Math.max(0, earliest - this.#options.now().getTime());
    const cancel = this.#options.timers.after(delayMs, () => {
      this.#wakeUp = undefined;
      void this.runDue();
    });
    this.#wakeUp = { at: earliest, cancel };
  }

  /** Posts a message; `null` when no answer came within the deadline. Redirects are not followed. */
  #send(url: string, message: NotificationMessage): Promise<number | null> {
    return new Promise((resolve) => {
      const send = url.startsWith('https:') ? httpsRequest : httpRequest;
      const headers = { ...message.headers, 'Content-Length': String(message.body.length) };
      const deadline = AbortSignal.timeout(ANSWER_DEADLINE_MS);
      const signal = AbortSignal.any([deadline, this.#stopping.signal]);
      const request = send(url, { method: 'POST', headers, agent: false, signal }, (answer) => {
        answer.resume();
        answer.once('close', () => {
          resolve(answer.complete ? (answer.statusCode ?? null) : null);
        });
      });
      request.once('error', () => {
        resolve(null);
      });
      request.end(message.body);
    });
  }
}

const SUMMARY = {
  'TRANSACTION.SUCCESS': '支付成功',
  'REFUND.SUCCESS': '退款成功',
  'REFUND.ABNORMAL': '退款异常',
  'REFUND.CLOSED': '退款关闭',
  'MEDICAL_INSURANCE.SUCCESS': '医保支付成功',
} as const;

/** What one attempt sends, in order. */
function sendings(fault: NotificationFault | undefined): readonly (NotificationVariation | 'drop')[] {
  if (fault === undefined || fault.kind === 'delay') return [{ kind: 'genuine' }];
  if (fault.kind === 'drop') return ['drop'];
  if (fault.kind === 'duplicate') return Array.from({ length: fault.copies + 1 }, () => ({ kind: 'genuine' }));
  if (fault.kind === 'signatureProbe') return [fault, { kind: 'genuine' }];
  return [fault];
}

function signatureFlawOf(variation: NotificationVariation): SignatureFlaw {
  if (variation.kind === 'forgedSignature') return 'wrongKey';
  if (variation.kind === 'signatureProbe') return 'probe';
  return variation.kind === 'staleSignature' ? 'stale' : 'none';
}

function alteredPlaintext(plaintext: string, variation: NotificationVariation): string {
  if (variation.kind !== 'wrongAmount' && variation.kind !== 'otherMerchant' && variation.kind !== 'otherProvider') return plaintext;
  const news = JSON.parse(plaintext) as { amount: Record<string, unknown> };
  if (variation.kind === 'otherMerchant') return JSON.stringify({ ...news, ['sub_mchid' in news ? 'sub_mchid' : 'mchid']: OTHER_MERCHANT_ID });
  if (variation.kind === 'otherProvider') return JSON.stringify({ ...news, sp_mchid: OTHER_MERCHANT_ID });
  const { amountFen } = variation;
  const amount = 'refund' in news.amount ? { refund: amountFen, payer_refund: amountFen } : { total: amountFen, payer_total: amountFen };
  return JSON.stringify({ ...news, amount: { ...news.amount, ...amount } });
}
