import type { HoldingCredentials } from '@hospay/plugin-sdk';

import type { SandboxSettings } from './settings.js';

export function listCredentials({ notificationKey }: SandboxSettings): HoldingCredentials['listCredentials'] {
  return async () => ({
    kind: 'credentials',
    credentials: notificationKey === undefined ? [] : [{ name: 'notificationKey', title: { zh: '通知密钥', en: 'Notification key' }, use: { zh: '验证演练渠道的通知', en: 'verifies notifications of the sandbox' }, holder: 'ours', kind: 'sharedSecret' }],
  });
}
