import { createHash } from 'node:crypto';

import type { PluginKeys } from '@hospay/plugin-sdk';

/** The `Authorization` header of 银联商务 open platform: HMAC-SHA256 over AppId, timestamp, nonce and the lower-case hex SHA-256 of the body. */
export async function openBodySignature(signed: { readonly keys: PluginKeys; readonly key: string; readonly appId: string; readonly timestamp: string; readonly nonce: string; readonly body: string }): Promise<string> {
  const { keys, key, appId, timestamp, nonce, body } = signed;
  const text = `${appId}${timestamp}${nonce}${createHash('sha256').update(body, 'utf8').digest('hex')}`;
  const signature = Buffer.from(await keys.sign({ key, algorithm: 'HMAC-SHA256', data: Buffer.from(text, 'utf8') })).toString('base64');
  return `OPEN-BODY-SIG AppId="${appId}", Timestamp="${timestamp}", Nonce="${nonce}", Signature="${signature}"`;
}
