import type { ChargeRequest } from '@hospay/plugin-sdk';

import type { MerchantIdentity } from './merchant-identity.js';
import { readJson, ReverseAnswer, TradeAnswer } from './messages.js';
import type { ScannedCodeInterface } from './scanned-code.js';
import type { WechatPaySettings } from './settings.js';
import { isSpent, type ReadTrade } from './trade-news.js';
import type { AskWechatPay } from './verified-wire.js';

/** Scanned codes through API v3: codepay, the ordinary query, reverse. WeChat Pay opens it merchant by merchant. */
export function scannedCodeV3(settings: WechatPaySettings, identity: MerchantIdentity, ask: AskWechatPay, read: ReadTrade): ScannedCodeInterface {
  const orderPath = (tradeNo: string): string => `${identity.transactionsPath}/out-trade-no/${encodeURIComponent(tradeNo)}`;
  return {
    async charge(request, call) {
      const answer = await ask('codepay', { method: 'POST', path: `${identity.transactionsPath}/codepay`, body: chargeBody(settings, identity, request) }, call);
      if (answer.kind === 'refused') return answer.meaning === 'contested' || answer.meaning === 'declined' ? { kind: 'refused', code: answer.code, message: answer.message } : unknown(`WeChat Pay answered ${answer.code}`);
      if (answer.kind !== 'accepted') return answer;
      const trade = readJson(TradeAnswer, answer.body);
      if (trade?.out_trade_no !== request.tradeNo) return unknown('the answer is not a trade of this number');
      const news = read(trade);
      if (news.kind === 'succeeded') return news;
      return news.kind === 'pending' && !isSpent(trade.trade_state) ? { kind: 'payerIsPaying' } : unknown(`WeChat Pay answered trade_state ${trade.trade_state.slice(0, 32)}`);
    },
    async query(tradeNo, call) {
      const answer = await ask('query', { method: 'GET', path: `${orderPath(tradeNo)}?${identity.query}` }, call);
      if (answer.kind === 'refused') return { news: answer.meaning === 'notFound' ? { kind: 'notFound' } : unknown(`WeChat Pay answered ${answer.code}`), isSpent: false };
      if (answer.kind !== 'accepted') return { news: unknown(answer.reason), isSpent: false };
      const trade = readJson(TradeAnswer, answer.body);
      if (trade?.out_trade_no !== tradeNo) return { news: unknown('the answer is not a trade of this number'), isSpent: false };
      return { news: read(trade), isSpent: isSpent(trade.trade_state) };
    },
    async reverse(tradeNo, call) {
      const answer = await ask('reverse', { method: 'POST', path: `${orderPath(tradeNo)}/reverse`, body: identity.orderIds('paymentCode') }, call);
      if (answer.kind === 'refused') return unknown(`WeChat Pay answered ${answer.code}`);
      if (answer.kind !== 'accepted') return unknown(answer.reason);
      return readJson(ReverseAnswer, answer.body)?.out_trade_no === tradeNo ? { kind: 'done' } : unknown('the answer is not about this reverse');
    },
  };
}

function chargeBody(settings: WechatPaySettings, identity: MerchantIdentity, request: ChargeRequest): object {
  return {
    ...identity.orderIds('paymentCode'),
    description: request.description,
    out_trade_no: request.tradeNo,
    payer: { auth_code: request.authCode ?? '' },
    amount: { total: request.amountFen, currency: 'CNY' },
    scene_info: {
      device_ip: request.clientIp ?? settings.deviceIp ?? '127.0.0.1',
      ...(request.terminalId === undefined ? {} : { device_id: request.terminalId.slice(0, 32) }),
      store_info: { out_id: settings.storeNo ?? identity.merchantNo },
    },
  };
}

function unknown(reason: string): { readonly kind: 'unknown'; readonly reason: string } {
  return { kind: 'unknown', reason };
}
