import type { IdentifyingPayer, PluginContext } from '@hospay/plugin-sdk';

import type { MerchantIdentity } from './merchant-identity.js';
import { PayerIdAnswer, readJson } from './messages.js';
import { DEFAULT_AUTHORIZE_URL, DEFAULT_TOKEN_URL, type WechatPaySettings } from './settings.js';

/** `errcode` of codes that will never name anybody: 40029 invalid, 40163 used, 42003 run out (网页授权, 全局返回码). */
const SPENT_CODES: readonly number[] = [40029, 40163, 42003];

/**
 * 网页授权 with scope snsapi_base: WeChat's page sends the browser back with a code, and WeChat names the payer behind it. The answer comes over TLS and is
 * not signed; nothing of it is used but the open id, which an order then pays no more than anybody else's.
 */
export function createPayerIdentification(context: PluginContext<WechatPaySettings>, identity: MerchantIdentity, appSecret: string): IdentifyingPayer {
  const { settings, http, log } = context;
  const appid = identity.invokingApp('jsapi');
  return {
    payerIdAddress({ returnUrl, state }) {
      const query = `appid=${appid}&redirect_uri=${encodeURIComponent(returnUrl)}&response_type=code&scope=snsapi_base&state=${encodeURIComponent(state)}`;
      return Promise.resolve({ url: `${settings.authorizeUrl ?? DEFAULT_AUTHORIZE_URL}?${query}#wechat_redirect` });
    },
    async findPayerId({ query }, { signal }) {
      const code = new URLSearchParams(query).get('code') ?? '';
      if (!/^[0-9A-Za-z_-]{1,512}$/.test(code)) return { kind: 'refused', reason: 'the browser came back without a code of WeChat' };
      const url = `${settings.tokenUrl ?? DEFAULT_TOKEN_URL}?appid=${appid}&secret=${encodeURIComponent(appSecret)}&code=${code}&grant_type=authorization_code`;
      const answer = await http.request({ method: 'GET', url, headers: { accept: 'application/json' }, signal });
      if (answer.kind !== 'answer') return { kind: 'unknown', reason: answer.reason };
      const said = answer.status === 200 ? readJson(PayerIdAnswer, answer.body) : undefined;
      if (said === undefined) return { kind: 'unknown', reason: `status ${String(answer.status)} without a readable answer` };
      if (said.openid !== undefined) return { kind: 'found', payerId: said.openid };
      const errcode = said.errcode ?? 0;
      log.info('WeChat named no payer', { errcode });
      return SPENT_CODES.includes(errcode) ? { kind: 'refused', reason: `WeChat answered ${String(errcode)}: the code names nobody` } : { kind: 'unknown', reason: `WeChat answered ${String(errcode)}` };
    },
  };
}
