import { randomUUID } from 'node:crypto';

import type { RecordTable } from '../machinery/record-tables.js';
import { RetriedPosts, type Genuine, type PostedMessage, type PostReply, type RoundFault } from '../machinery/retried-posts.js';
import type { SimulatorTimers } from '../machinery/simulator-timers.js';
import { chinaRfc3339 } from './china-time.js';
import type { FaultRules, NotificationFlaw } from './fault-rules.js';
import type { PlatformKeys } from './merchant-credentials.js';
import { platformSignatureHeaders, type SignatureFlaw } from './platform-signature.js';
import { sealResource } from './sealed-resource.js';
import type { NotificationContent, SimulatedNotification } from './simulated-records.js';

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

const OTHER_MERCHANT_ID = '1699999999';

/** What a made-to-measure notification is: the real one, or one with something wrong. */
export type NotificationVariation = Genuine | NotificationFlaw;

export type NewNotification = Parameters<NotificationQueue['add']>[0];

type NotificationQueueParts = {
  readonly notifications: RecordTable<SimulatedNotification>;
  readonly keys: PlatformKeys;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly timers: SimulatorTimers;
  readonly retryGapsMs: readonly number[];
};

/** Notifications, until the merchant answers 200 or 204. */
export class NotificationQueue extends RetriedPosts<NotificationContent, NotificationFlaw> {
  readonly #parts: NotificationQueueParts;

  constructor(parts: NotificationQueueParts) {
    super({ posts: parts.notifications, now: parts.now, timers: parts.timers, retryGapsMs: parts.retryGapsMs, answerDeadlineMs: 5_000 });
    this.#parts = parts;
  }

  /** Sends a notification once more, now, outside its schedule; gives the merchant's HTTP status, `null` for none. */
  async sendAgain(notification: SimulatedNotification): Promise<number | null> {
    return (await this.post(notification.url, this.message(notification, { kind: 'genuine' }))).status;
  }

  message(notification: SimulatedNotification, variation: NotificationVariation): PostedMessage {
    const { keys, now } = this.#parts;
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

  protected takeFault(notification: SimulatedNotification): RoundFault | NotificationFlaw | undefined {
    return this.#parts.faults.take('notification', notification);
  }

  protected isAccepted({ status }: PostReply): boolean {
    return status === 200 || status === 204;
  }

  /** After a probe the real notification follows at once. */
  protected override sendingsOf(flaw: NotificationFlaw): readonly NotificationVariation[] {
    return flaw.kind === 'signatureProbe' ? [flaw, { kind: 'genuine' }] : [flaw];
  }
}

const SUMMARY = {
  'TRANSACTION.SUCCESS': '支付成功',
  'REFUND.SUCCESS': '退款成功',
  'REFUND.ABNORMAL': '退款异常',
  'REFUND.CLOSED': '退款关闭',
  'MEDICAL_INSURANCE.SUCCESS': '医保支付成功',
} as const;

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
