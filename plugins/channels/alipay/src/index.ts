import { verify } from 'node:crypto';

import { definePlugin, type PluginContext } from '@hospay/plugin-sdk';

import { createAlipayChannel } from './alipay-channel.js';
import { readBillFile } from './bill-download.js';
import { createCredentialList } from './credentials.js';
import { createAlipayKeys, readCredentials, type Credentials } from './alipay-keys.js';
import { AlipaySettingsSchema, type AlipaySettings } from './settings.js';
import { createSigner } from './signed-parameters.js';
import { createUndoBook } from './undo-book.js';
import { createVerifiedWire } from './verified-wire.js';
import { createWire } from './wire.js';

export { AlipaySettingsSchema, type AlipaySettings } from './settings.js';

export default definePlugin({
  settings: AlipaySettingsSchema,
  statementReaders: { alipay: readBillFile },
  async activate(context) {
    const credentials = readCredentials(context.settings);
    await mustSign(context, credentials);
    const sign = createSigner(context, credentials.mode === 'certificate' ? credentials.numbers : undefined);
    const send = createWire(context, sign);
    const keys = createAlipayKeys(context, credentials, send);
    const ask = createVerifiedWire(context, send, keys);
    const channel = createAlipayChannel({ context, sign, ask, keys, undoBook: createUndoBook(context) });
    return { channels: { alipay: { ...channel, listCredentials: createCredentialList(context, credentials) } } };
  },
});

/** A key that cannot sign, or that does not belong to the app's certificate, is found when the plugin starts and not at the first patient. */
async function mustSign(context: PluginContext<AlipaySettings>, credentials: Credentials): Promise<void> {
  const data = Buffer.from('hospay');
  const signature = await context.keys.sign({ key: 'appPrivateKeyPem', algorithm: 'RSA-SHA256', data });
  if (credentials.mode === 'certificate' && !verify('sha256', data, credentials.app.publicKey, signature)) {
    throw new Error('settings.appPrivateKeyPem does not belong to the app certificate');
  }
}
