import { beijingStamp, type ChargeRequest, instantOfBeijing, type PaymentNews } from '@hospay/plugin-sdk';

import { readV2Trade } from './messages.js';
import { V2_CHARGE_ENDS } from './refusals.js';
import type { ScannedCodeInterface } from './scanned-code.js';
import type { WechatPaySettings } from './settings.js';
import { isSpent, type ReadTrade } from './trade-news.js';
import type { V2Fields } from './v2-message.js';
import type { AskV2 } from './v2-wire.js';

/** WeChat Pay wants at least a minute to be left; what nobody pays is reversed by us when the platform gives it up. */
const SHORTEST_LIFE_MS = 120_000;

/** Scanned codes through API v2: /pay/micropay, /pay/orderquery, /secapi/pay/reverse. */
export function scannedCodeV2(settings: WechatPaySettings, ask: AskV2, read: ReadTrade): ScannedCodeInterface {
  const newsOf = (fields: V2Fields, tradeNo: string, tradeState: string | undefined): PaymentNews => {
    const trade = readV2Trade({ ...fields, trade_state: tradeState ?? '' }, instantOfBeijing, settings.partner !== undefined);
    return trade?.out_trade_no === tradeNo ? read(trade) : unknown('the answer is not a trade of this number');
  };
  return {
    async charge(request, call) {
      const answer = await ask({ path: '/pay/micropay', fields: chargeFields(settings, request) }, call);
      if (answer.kind !== 'answer') return answer;
      const { fields } = answer;
      if (fields['result_code'] === 'SUCCESS') {
        const news = newsOf(fields, request.tradeNo, 'SUCCESS');
        return news.kind === 'succeeded' ? news : unknown('the answer holds no payment of this number');
      }
      const code = fields['err_code'] ?? '';
      if (code === 'USERPAYING') return { kind: 'payerIsPaying' };
      return V2_CHARGE_ENDS.includes(code) ? { kind: 'refused', code, message: printable(fields['err_code_des'] ?? '') } : unlisted(fields);
    },
    async query(tradeNo, call) {
      const answer = await ask({ path: '/pay/orderquery', fields: { out_trade_no: tradeNo } }, call);
      if (answer.kind !== 'answer') return { news: unknown(answer.reason), isSpent: false };
      const { fields } = answer;
      if (fields['result_code'] === 'SUCCESS') return { news: newsOf(fields, tradeNo, fields['trade_state']), isSpent: isSpent(fields['trade_state']) };
      return { news: fields['err_code'] === 'ORDERNOTEXIST' ? { kind: 'notFound' } : unlisted(fields), isSpent: false };
    },
    async reverse(tradeNo, call) {
      const answer = await ask({ path: '/secapi/pay/reverse', fields: { out_trade_no: tradeNo }, needsCertificate: true }, call);
      if (answer.kind !== 'answer') return unknown(answer.reason);
      if (answer.fields['recall'] === 'Y') return { kind: 'again' };
      return answer.fields['result_code'] === 'SUCCESS' ? { kind: 'done' } : unlisted(answer.fields);
    },
  };
}

function chargeFields(settings: WechatPaySettings, request: ChargeRequest): V2Fields {
  const end = Math.max(Date.parse(request.expiresAt), Date.parse(request.submittedAt) + SHORTEST_LIFE_MS);
  return {
    body: request.description,
    out_trade_no: request.tradeNo,
    total_fee: String(request.amountFen),
    spbill_create_ip: request.clientIp ?? settings.deviceIp ?? '127.0.0.1',
    time_start: beijingStamp(request.submittedAt),
    time_expire: beijingStamp(new Date(end)),
    auth_code: request.authCode ?? '',
    ...(request.terminalId === undefined ? {} : { device_info: request.terminalId.slice(0, 32) }),
  };
}

function unlisted(fields: V2Fields): { readonly kind: 'unknown'; readonly reason: string } {
  return unknown(`WeChat Pay answered ${printable(fields['err_code'] ?? 'without a code')}`);
}

function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason };
}

function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ').slice(0, 300);
}
