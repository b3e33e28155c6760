import { instantOfBeijing, type Notification, type Notifying, type PluginContext } from '@hospay/plugin-sdk';

import { textAt } from './answer-fields.js';
import type { Attempts } from './attempts.js';
import { succeededOf } from './mobile-channel.js';
import type { MobileEnvelope } from './mobile-envelope.js';
import { readOrderSettlement } from './mobile-order.js';
import type { PresettlementBook } from './presettlement-book.js';
import { isAsSent } from './settlement.js';
import type { CompleteSettings, MedicalInsuranceSettings } from './settings.js';

/** 6302: the centre tells that an order was settled. Signed over its own text, sealed like every other message. */
export function createMobileNotifying({ context, settings, envelope, book, attempts }: { readonly context: PluginContext<MedicalInsuranceSettings>; readonly settings: CompleteSettings; readonly envelope: MobileEnvelope; readonly book: PresettlementBook; readonly attempts: Attempts }): Notifying {
  return {
    async readNotification({ headers, body, receivedAt }): Promise<Notification> {
      if (headers['content-type']?.startsWith('application/json') !== true) return refused('it is not JSON');
      const opened = await envelope.open(body);
      if (opened === undefined) return refused('it is not authentic, or no envelope');
      const sentAt = instantOf(textAt(opened.head, 'timestamp'));
      if (Number.isNaN(sentAt) || Math.abs(Date.parse(receivedAt) - sentAt) > settings.mobileToleranceMs) return refused('it is not of now');
      const { data } = opened;
      const institution = textAt(data, 'orgCodg');
      if (institution !== '' && institution !== settings.institutionCode) return refused('it is for another institution');
      const [ownOrderNo, orderId] = [textAt(data, 'medOrgOrd'), textAt(data, 'payOrdId')];
      const [presettlement, holder] = await Promise.all([book.find(ownOrderNo), book.settledBy(ownOrderNo)]);
      const tradeNo = holder?.slice(holder.lastIndexOf('/') + 1);
      if (presettlement?.payOrder === undefined || tradeNo === undefined) return refused('no payment of ours pays this order');
      const eventId = [orderId, textAt(data, 'callType'), textAt(data, 'setlType'), textAt(data, 'traceTime')].join('/').slice(0, 128);
      // CASH: only what the patient pays at the centre; the insurance part has no news.
      if (!['ALL', 'HI'].includes(textAt(data, 'setlType'))) return { kind: 'payment', eventId, tradeNo, news: { kind: 'pending' } };
      const settlement = readOrderSettlement(data, { presettlement, settings, otherwiseAt: new Date(sentAt) });
      if (typeof settlement === 'string') return refused(settlement);
      const paid = (await attempts.of(holder ?? '')).at(-1)?.attempt;
      if (paid !== undefined && !isAsSent(settlement.split, paid.amountFen)) return refused('the order was settled for another amount than it was paid for: asked about, it is undone');
      context.log.info('an order was settled', { order: orderId });
      return { kind: 'payment', eventId, tradeNo, news: succeededOf({ tradeNo, merchantNo: settings.institutionCode, settlement }) };
    },

    answerNotification(result) {
      const isStored = result === 'stored';
      const body = JSON.stringify({ code: isStored ? 0 : -1, message: isStored ? 'success' : 'fail', success: isStored });
      return { status: isStored ? 200 : result === 'refused' ? 400 : 503, headers: { 'content-type': 'application/json; charset=utf-8' }, body };
    },
  };
}

function refused(reason: string): Notification {
  return { kind: 'refused', reason };
}

/** yyyyMMddHHmmss or milliseconds. */
function instantOf(timestamp: string): number {
  if (/^\d{13}$/.test(timestamp)) return Number(timestamp);
  return Date.parse(instantOfBeijing(timestamp) ?? '');
}
