import { definePlugin } from '@hospay/plugin-sdk';

import { createCredentialList } from './credentials.js';
import { createPlatformKeys } from './platform-keys.js';
import { WechatPaySettingsSchema } from './settings.js';
import { createVerifiedWire } from './verified-wire.js';
import { createWechatPayChannel } from './wechat-pay-channel.js';
import { createWire } from './wire.js';

export { WechatPaySettingsSchema, type WechatPaySettings } from './settings.js';

export default definePlugin({
  settings: WechatPaySettingsSchema,
  activate(context) {
    const wire = createWire(context.settings);
    const keys = createPlatformKeys(context, wire);
    const ask = createVerifiedWire(context, wire, keys);
    return {
      channels: { 'wechat-pay': { ...createWechatPayChannel({ context, wire, keys, ask }), listCredentials: createCredentialList(context.settings, keys) } },
      stop() {
        wire.stop();
        return Promise.resolve();
      },
    };
  },
});
