import { ApiRefusal, invalidRequest, parameterRefusal } from './api-refusal.js';
import { readBody } from './field-reader.js';
import type { MerchantCredentials } from './merchant-credentials.js';
import { readParties, type ApiMode } from './order-parties.js';
import type { SigningMode } from './platform-signature.js';
import type { ScannedOrder, ScannedRefusal } from './scanned-code-desk.js';

/** Reads the charge of a scanned code as API v3 has it (codepay), and refuses what its catalogue does not allow. */
export function readCodepay(request: { readonly mode: ApiMode; readonly body: string; readonly signingMode: SigningMode }, credentials: MerchantCredentials): ScannedOrder {
  const body = readBody(request.body);
  const parties = readParties(body, request.mode, credentials);
  const amount = body.object('amount');
  amount.optionalText('currency', { max: 16, pattern: /^CNY$/ });
  const scene = body.object('scene_info');
  scene.text('device_ip', { max: 45 });
  const store = scene.object('store_info');
  if (store.optionalText('id', { max: 32 }) === undefined && store.optionalText('out_id', { max: 32 }) === undefined) {
    throw parameterRefusal('门店编号必填其一', { field: '/scene_info/store_info', issue: 'one of two is required', location: 'body' });
  }
  return {
    ...parties,
    outTradeNo: body.text('out_trade_no', { min: 6, max: 32, pattern: /^[0-9A-Za-z_\-|*]+$/ }),
    description: body.text('description', { max: 127 }),
    attach: body.optionalText('attach', { max: 128 }),
    deviceId: scene.optionalText('device_id', { max: 32 }),
    totalFen: amount.integer('total', { min: 1 }),
    timeExpire: undefined,
    parameters: `MICROPAY ${request.body}`,
    signingMode: request.signingMode,
    authCode: body.object('payer').text('auth_code', { max: 32 }),
  };
}

/** The refusals of scanned codes under the names of API v3 (assumed). */
export function refusalOfScanned(code: ScannedRefusal): ApiRefusal {
  const [status, name] = V3_NAMES[code];
  return name === 'INVALID_REQUEST' ? invalidRequest('请求重入时，参数与首次请求时不一致') : new ApiRefusal({ status, code: name, message: name });
}

const V3_NAMES: Readonly<Record<ScannedRefusal, readonly [number, string]>> = {
  ORDERPAID: [400, 'ORDERPAID'],
  ORDERCLOSED: [400, 'ORDER_CLOSED'],
  ORDERREVERSED: [400, 'ORDER_REVERSED'],
  OUT_TRADE_NO_USED: [400, 'INVALID_REQUEST'],
  AUTHCODEEXPIRE: [400, 'AUTH_CODE_EXPIRED'],
  AUTH_CODE_INVALID: [400, 'AUTH_CODE_INVALID'],
  NOTENOUGH: [403, 'NOT_ENOUGH'],
  TRADE_ERROR: [403, 'RULE_LIMIT'],
};
