import { definePlugin } from '@hospay/plugin-sdk';

import { createCredentialList } from './credentials.js';
import { createReversalBook } from './reversal-book.js';
import { UNIONPAY_METHODS, UnionpaySettingsSchema } from './settings.js';
import { readSettlementFile } from './settlement-download.js';
import { createSignatureMethod } from './signature.js';
import { createUnionpayChannel } from './unionpay-channel.js';
import { createWire } from './wire.js';

export { UnionpaySettingsSchema, type UnionpaySettings } from './settings.js';

export default definePlugin({
  settings: UnionpaySettingsSchema,
  statementReaders: { unionpay: readSettlementFile },
  async activate(context) {
    const { methods = UNIONPAY_METHODS, termId } = context.settings;
    if (methods.includes('paymentCode') && termId === undefined) throw new Error('settings.termId is needed for the method paymentCode');
    const signature = createSignatureMethod(context);
    // A key that cannot sign is found when the plugin starts and not at the first patient.
    await signature.sign('hospay');
    const channel = createUnionpayChannel({ context, wire: createWire(context, signature), signature, reversals: createReversalBook(context) });
    return { channels: { unionpay: { ...channel, listCredentials: createCredentialList(context.settings) } } };
  },
});
