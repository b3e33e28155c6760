import { ApiRefusal, parameterRefusal, PRECISE_CODE } from './api-refusal.js';
import { parseRfc3339 } from './china-time.js';
import { readBody, type FieldReader } from './field-reader.js';
import type { MerchantCredentials } from './merchant-credentials.js';
import { readParties, type ApiMode } from './order-parties.js';
import type { SigningMode } from './platform-signature.js';
import type { SimulatedOrder, TradeType } from './simulated-records.js';

export type OrderRequest = { readonly tradeType: TradeType; readonly mode: ApiMode; readonly body: string; readonly signingMode: SigningMode };

/** What an order says; the book adds when it came, its code and its state. */
export type WantedOrder = Omit<SimulatedOrder, 'createdAt' | 'code' | 'codeExpiresAt' | 'state' | 'payments'>;

/** Reads an order by WeChat Pay's catalogue and refuses what it does not allow. */
export function readOrder(request: OrderRequest, credentials: MerchantCredentials): WantedOrder {
  const { tradeType, mode } = request;
  const body = readBody(request.body);
  const parties = readParties(body, mode, credentials);
  const amount = body.object('amount');
  amount.optionalText('currency', { max: 16, pattern: /^CNY$/ });
  const timeExpire = body.optionalText('time_expire', { max: 64 });
  if (timeExpire !== undefined && parseRfc3339(timeExpire) === undefined) {
    throw parameterRefusal('time_expire 不符合 RFC 3339 格式', { field: '/time_expire', value: timeExpire, location: 'body' });
  }
  body.optionalText('goods_tag', { max: 32 });
  return {
    ...parties,
    outTradeNo: body.text('out_trade_no', { min: 6, max: 32, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
    tradeType,
    description: body.text('description', { max: 127 }),
    notifyUrl: body.text('notify_url', { max: 255, pattern: /^https?:\/\/[^?#\s]+$/ }),
    attach: body.optionalText('attach', { max: 128 }),
    deviceId: readScene(body, tradeType),
    totalFen: amount.integer('total', { min: 1 }),
    timeExpire,
    openId: tradeType === 'JSAPI' ? readPayer(body.object('payer'), mode, parties.partner?.subAppId !== undefined) : undefined,
    parameters: `${tradeType} ${inFixedOrder(JSON.parse(request.body))}`,
    signingMode: request.signingMode,
  };
}

/** A mobile browser must say where it is and what it is; the others may. Gives the device. */
function readScene(body: FieldReader, tradeType: TradeType): string | undefined {
  const scene = tradeType === 'MWEB' ? body.object('scene_info') : body.optionalObject('scene_info');
  if (tradeType === 'MWEB') {
    scene?.text('payer_client_ip', { max: 45 });
    scene?.object('h5_info').text('type', { max: 32 });
  }
  return scene?.optionalText('device_id', { max: 32 });
}

/** In partner mode by the id of either app; the sub-merchant's only when the order names that app. */
function readPayer(payer: FieldReader, mode: ApiMode, hasSubApp: boolean): string {
  if (mode === 'merchant') return readOpenId(payer.text('openid', { max: 128 }));
  const [ofProvider, ofSubMerchant] = [payer.optionalText('sp_openid', { max: 128 }), payer.optionalText('sub_openid', { max: 128 })];
  if (ofSubMerchant !== undefined && !hasSubApp) throw parameterRefusal('传sub_openid时sub_appid必传', { field: '/sub_appid', issue: 'required with sub_openid', location: 'body' });
  const openId = ofSubMerchant ?? ofProvider;
  if (openId === undefined) throw parameterRefusal('sp_openid与sub_openid必填其一', { field: '/payer', issue: 'one of two is required', location: 'body' });
  return readOpenId(openId);
}

function readOpenId(openId: string): string {
  if (/^[0-9A-Za-z_-]{6,128}$/.test(openId)) return openId;
  throw new ApiRefusal({ status: 400, code: 'PARAM_ERROR', message: '无效的openid', preciseCode: PRECISE_CODE.badOpenId });
}

/** JSON text with object keys sorted, so that equal parameters are equal text. */
function inFixedOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inFixedOrder).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${fields.map(([name, field]) => `${JSON.stringify(name)}:${inFixedOrder(field)}`).join(',')}}`;
}
