import { createHash, randomUUID, sign } from 'node:crypto';

import { chinaText } from '../machinery/china-time.js';
import { RetriedPosts, type Genuine, type PostedMessage, type PostReply, type RoundFault } from '../machinery/retried-posts.js';
import { yuanText } from '../machinery/yuan-text.js';
import type { FaultRules, NotificationFlaw } from './fault-rules.js';
import type { AnswerSender } from './gateway-answer.js';
import type { PlatformKeys } from './platform-keys.js';
import type { NotificationContent, SimulatedNotification } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';

export type NotificationVariation = Genuine | NotificationFlaw;
type NewNotification = Pick<SimulatedNotification, 'outTradeNo' | 'outRequestNo' | 'url' | 'parameters' | 'mode'>;

type NotificationQueueParts = {
  readonly store: SimulatorStore;
  readonly keys: PlatformKeys;
  readonly answers: AnswerSender;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly retryGapsMs: readonly number[];
};

/** 4 m, 10 m, 10 m, 1 h, 2 h, 6 h, 15 h after the first. */
export const RETRY_GAPS_MS: readonly number[] = [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * 60_000);
const STALE_MS = 30 * 3_600_000;

/** Notifications, until the merchant answers `success`. */
export class NotificationQueue extends RetriedPosts<NotificationContent, NotificationFlaw> {
  readonly #parts: NotificationQueueParts;

  constructor(parts: NotificationQueueParts) {
    super({ posts: parts.store.notifications, now: parts.now, retryGapsMs: parts.retryGapsMs, answerDeadlineMs: 5_000 });
    this.#parts = parts;
  }

  override add(news: NewNotification): SimulatedNotification {
    return super.add(news, createHash('md5').update(randomUUID()).digest('hex'));
  }

  message(notification: NewNotification & { readonly id: string }, variation: NotificationVariation): PostedMessage {
    const { keys, answers, now } = this.#parts;
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

  protected takeFault({ outTradeNo }: SimulatedNotification): RoundFault | NotificationFlaw | undefined {
    return this.#parts.faults.take('notification', { outTradeNo });
  }

  protected isAccepted({ answer }: PostReply): boolean {
    return answer === 'success';
  }
}
