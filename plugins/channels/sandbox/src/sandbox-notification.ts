import { createHmac, timingSafeEqual } from 'node:crypto';

import { PaymentNewsSchema, RefundNewsSchema, type Notification, type RawNotification } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const closedObject = { additionalProperties: false } as const;
const BodySchema = Type.Union([
  Type.Object({ eventId: Type.String({ minLength: 1, maxLength: 128 }), merchantNo: Type.String(), tradeNo: Type.String(), payment: PaymentNewsSchema }, closedObject),
  Type.Object(
    { eventId: Type.String({ minLength: 1, maxLength: 128 }), merchantNo: Type.String(), tradeNo: Type.String(), refundNo: Type.String(), refund: RefundNewsSchema },
    closedObject,
  ),
]);
export type SandboxNotice = Static<typeof BodySchema>;
const Body = Compile(BodySchema);

/** Older or earlier than this is a replay. */
export const REPLAY_WINDOW_MS = 300_000;

/** Signs a notice as the sandbox's own side would: HMAC-SHA256 over the time and the body. */
export function signNotice(notice: SandboxNotice, key: string, at: Date): RawNotification {
  const text = JSON.stringify(notice);
  const sentAt = at.toISOString();
  const headers = { 'sandbox-sent-at': sentAt, 'sandbox-signature': signatureOf(key, sentAt, Buffer.from(text)).toString('base64') };
  return { headers, query: '', body: new TextEncoder().encode(text), receivedAt: sentAt };
}

export function readNotice(raw: RawNotification, settings: { readonly merchantNo: string; readonly notificationKey: string | undefined }): Notification {
  const sentAt = raw.headers['sandbox-sent-at'];
  const given = Buffer.from(raw.headers['sandbox-signature'] ?? '', 'base64');
  if (settings.notificationKey === undefined || sentAt === undefined) return refused('no key or no signature');
  const right = signatureOf(settings.notificationKey, sentAt, raw.body);
  if (given.length !== right.length || !timingSafeEqual(given, right)) return refused('the signature does not match');
  if (!(Math.abs(Date.parse(raw.receivedAt) - Date.parse(sentAt)) <= REPLAY_WINDOW_MS)) return refused('the notification is too old or early');
  const body = parsed(raw.body);
  if (!Body.Check(body)) return refused('the body has another shape');
  if (body.merchantNo !== settings.merchantNo) return refused('the notification belongs to another merchant');
  const { eventId, tradeNo, merchantNo } = body;
  return 'payment' in body
    ? { kind: 'payment', eventId, tradeNo, news: body.payment }
    : { kind: 'refund', eventId, tradeNo, merchantNo, refundNo: body.refundNo, news: body.refund };
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}

function signatureOf(key: string, sentAt: string, body: Uint8Array): Buffer {
  return createHmac('sha256', key).update(`${sentAt}\n`).update(body).digest();
}

function refused(reason: string): Notification {
  return { kind: 'refused', reason };
}
