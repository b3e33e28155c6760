import type { Notification, NotificationAnswer, PluginContext, RawNotification } from '@hospay/plugin-sdk';
import { Aes } from 'wechatpay-axios-plugin';

import { MedInsOrderAnswer } from './med-ins-messages.js';
import type { MerchantIdentity } from './merchant-identity.js';
import { NotificationEnvelope, readJson, RefundNotice, TradeAnswer } from './messages.js';
import { MIXED_ATTACH } from './order-content.js';
import type { PlatformKeys } from './platform-keys.js';
import type { WechatPaySettings } from './settings.js';
import { verifySignedMessage } from './signed-message.js';
import { newsOfRefund, type ReadTrade } from './trade-news.js';

/** WeChat Pay waits five seconds for our answer; a certificate download may take most of them. */
const KEY_DOWNLOAD_MS = 4_000;

/**
 * Reads a notification: signature over the raw body first, then decryption with the APIv3 key, then shape, then that it is about this
 * merchant and app. Whatever fails is `refused` and nothing in it is used.
 */
export function createNotificationReader(
  context: PluginContext<WechatPaySettings>,
  keys: PlatformKeys,
  identity: MerchantIdentity,
  read: ReadTrade,
): (raw: RawNotification) => Promise<Notification> {
  const { settings } = context;
  return async (raw) => {
    const signal = AbortSignal.timeout(KEY_DOWNLOAD_MS);
    const verdict = await verifySignedMessage(raw, new Date(raw.receivedAt), (serial) => keys.find(serial, signal));
    if (!verdict.authentic) return refused(verdict.reason);

    const envelope = readJson(NotificationEnvelope, raw.body);
    if (envelope === undefined) return refused('the body is not a notification');
    const plaintext = decrypted(envelope.resource, settings.apiV3Key);
    if (plaintext === undefined) return refused('the resource cannot be decrypted');
    if (envelope.event_type === 'TRANSACTION.SUCCESS') return paymentNotification(identity, read, envelope.id, plaintext);
    if (envelope.event_type === 'MEDICAL_INSURANCE.SUCCESS') return mixedNotification(identity, envelope.id, plaintext);
    if (/^REFUND\.(SUCCESS|ABNORMAL|CLOSED)$/.test(envelope.event_type)) return refundNotification(identity, envelope.id, plaintext);
    return refused('an event this channel does not read');
  };
}

/** WeChat Pay repeats up to 15 times until it gets a 2xx. */
export function answerNotification(result: 'stored' | 'refused' | 'retryLater'): NotificationAnswer {
  const headers = { 'content-type': 'application/json' };
  switch (result) {
    case 'stored':
      return { status: 200, headers, body: JSON.stringify({ code: 'SUCCESS', message: '成功' }) };
    case 'refused':
      return { status: 401, headers, body: JSON.stringify({ code: 'FAIL', message: '验签失败或内容不符' }) };
    case 'retryLater':
      return { status: 503, headers, body: JSON.stringify({ code: 'FAIL', message: '暂时无法保存，请稍后重试' }) };
  }
}

function paymentNotification(identity: MerchantIdentity, read: ReadTrade, eventId: string, plaintext: string): Notification {
  const trade = readJson(TradeAnswer, plaintext);
  if (trade === undefined) return refused('the decrypted resource is not a trade');
  if (identity.merchantOf(trade) !== identity.merchantNo) return refused('the trade belongs to another merchant');
  if (!identity.isOurApp(trade)) return refused('the trade belongs to another app');
  // Half of a mixed payment: what became of the whole is asked, not told.
  const news = trade.attach === MIXED_ATTACH ? ({ kind: 'pending' } as const) : read(trade);
  return { kind: 'payment', eventId, tradeNo: trade.out_trade_no, news };
}

/** 医保混合收款 was paid, both parts. Told for half a minute only and by WeChat Pay alone: a reason to ask about both, no more. */
function mixedNotification(identity: MerchantIdentity, eventId: string, plaintext: string): Notification {
  const order = readJson(MedInsOrderAnswer, plaintext);
  if (order === undefined) return refused('the decrypted resource is not a mixed order');
  if (order.sub_mchid !== (identity.isPartner ? identity.merchantNo : undefined)) return refused('the mixed order belongs to another merchant');
  if (order.appid === undefined || !identity.isOurApp({ appid: order.appid, sp_appid: order.appid })) return refused('the mixed order belongs to another app');
  return { kind: 'payment', eventId, tradeNo: order.out_trade_no, news: { kind: 'pending' } };
}

function refundNotification(identity: MerchantIdentity, eventId: string, plaintext: string): Notification {
  const notice = readJson(RefundNotice, plaintext);
  if (notice === undefined) return refused('the decrypted resource is not a refund');
  if (identity.merchantOf(notice) !== identity.merchantNo) return refused('the refund belongs to another merchant');
  const news = newsOfRefund({ ...notice, status: notice.refund_status });
  return { kind: 'refund', eventId, refundNo: notice.out_refund_no, tradeNo: notice.out_trade_no, merchantNo: identity.merchantNo, news };
}

function decrypted(
  resource: { readonly ciphertext: string; readonly nonce: string; readonly associated_data?: string },
  apiV3Key: string,
): string | undefined {
  try {
    return Aes.AesGcm.decrypt(resource.ciphertext, apiV3Key, resource.nonce, resource.associated_data ?? '');
  } catch {
    return undefined;
  }
}

function refused(reason: string): Notification {
  return { kind: 'refused', reason };
}
