import { RetriedPosts, type Genuine, type PostedMessage, type PostReply, type RoundFault } from '../machinery/retried-posts.js';
import type { FaultRules, NotificationFlaw } from './fault-rules.js';
import { signedByUnionPay, type Fields, type Signing } from './message-signature.js';
import type { PlatformKeys, SignerName } from './platform-keys.js';
import type { NotificationContent, SimulatedNotification } from './simulated-records.js';
import type { SimulatorStore } from './simulator-store.js';

export type NotificationVariation = Genuine | NotificationFlaw;

type NotificationQueueParts = {
  readonly store: SimulatorStore;
  readonly keys: PlatformKeys;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly retryGapsMs: readonly number[];
  readonly signer: () => SignerName;
};

/** 1, 2, 4, 8, 16 minutes after the first. */
export const RETRY_GAPS_MS: readonly number[] = [1, 2, 4, 8, 16].map((minutes) => minutes * 60_000);

/** Notifications to backUrl, until the merchant answers with status 200. */
export class NotificationQueue extends RetriedPosts<NotificationContent, NotificationFlaw> {
  readonly #parts: NotificationQueueParts;

  constructor(parts: NotificationQueueParts) {
    super({ posts: parts.store.notifications, now: parts.now, retryGapsMs: parts.retryGapsMs, answerDeadlineMs: 10_000 });
    this.#parts = parts;
  }

  message({ fields, signMethod }: Pick<SimulatedNotification, 'fields' | 'signMethod'>, variation: NotificationVariation): PostedMessage {
    const spoilt: Fields = {
      ...fields,
      ...(variation.kind === 'wrongAmount' ? { txnAmt: String(variation.amountFen) } : {}),
      ...(variation.kind === 'otherMerchant' ? { merId: '777290058119999' } : {}),
      ...(variation.kind === 'otherFields' ? variation.fields : {}),
    };
    const filled = Object.fromEntries(Object.entries(spoilt).filter(([, value]) => value !== ''));
    const signed = signedByUnionPay(filled, signMethod, this.#parts.keys, this.#signingOf(variation));
    const body = Buffer.from(variation.kind === 'garbageBody' ? '<html>not a notification' : new URLSearchParams(signed).toString(), 'utf8');
    return { headers: { 'Content-Type': 'application/x-www-form-urlencoded;charset=utf-8', 'User-Agent': 'Java/1.6' }, body };
  }

  protected takeFault({ orderId }: SimulatedNotification): RoundFault | NotificationFlaw | undefined {
    return this.#parts.faults.take('notification', { orderId });
  }

  protected isAccepted({ status }: PostReply): boolean {
    return status === 200;
  }

  #signingOf(variation: NotificationVariation): Signing {
    if (variation.kind === 'badSignature') return { signer: 'forger' };
    return { signer: variation.kind === 'otherSigner' ? variation.signer : this.#parts.signer() };
  }
}
