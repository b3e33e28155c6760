import type { HoldingCredentials } from '@hospay/plugin-sdk';

/** Shut in, the plugin knows its key by name only; the host adds what is recognised of it. */
export const listCredentials: HoldingCredentials['listCredentials'] = async () => ({
  kind: 'credentials',
  credentials: [{ name: 'key', title: { zh: '市民卡密钥', en: 'City card key' }, use: { zh: '请求签名与通知验签', en: 'signs requests, verifies answers and notifications' }, holder: 'ours', kind: 'sharedSecret' }],
});
