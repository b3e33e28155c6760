import { definePlugin } from '@hospay/plugin-sdk';
import { createAgreements } from './agreements.js';
import { listCredentials } from './credentials.js';
import { createQuickPayChannel } from './quick-pay-channel.js';
import { AgreementGatewaySettingsSchema } from './settings.js';
import { createWire } from './wire.js';

export default definePlugin({
  settings: AgreementGatewaySettingsSchema,
  activate(context) {
    const wire = createWire(context);
    return {
      channels: { 'agreement-gateway': { ...createQuickPayChannel(context, wire), listCredentials: listCredentials(context) } },
      agreements: { 'agreement-gateway': createAgreements(context, wire) },
    };
  },
});
