import type { HoldingCredentials } from '@hospay/plugin-sdk';

import type { BankCardSettings } from './settings.js';

/** The cloud profile signs with AppId and AppKey (OPEN-BODY-SIG); the records of the mis profile carry no key. */
export function createCredentialList({ profile, appKey, appId }: BankCardSettings): HoldingCredentials['listCredentials'] {
  if (profile === 'mis') return async () => ({ kind: 'credentials', credentials: [] });
  return async () => ({
    kind: 'credentials',
    credentials: [
      {
        name: 'appKey', title: { zh: '云 POS AppKey', en: 'Cloud POS AppKey' }, use: { zh: '请求签名：刷卡、撤销、退货、查询', en: 'signs requests: card payments, undo, refunds, queries' }, holder: 'ours', kind: 'sharedSecret',
        ...(appId === undefined ? {} : { serial: appId }), ...(appKey === undefined ? { problem: 'missing' as const } : {}),
      },
    ],
  });
}
