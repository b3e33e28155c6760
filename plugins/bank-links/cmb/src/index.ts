import { definePlugin } from '@hospay/plugin-sdk';

import { createCmbLink } from './cmb-link.js';
import { createCredentialList } from './credentials.js';
import { CmbSettingsSchema } from './settings.js';

export { CmbSettingsSchema, type CmbSettings } from './settings.js';

export default definePlugin({
  settings: CmbSettingsSchema,
  activate: (context) => ({ bankLinks: { cmb: { ...createCmbLink(context), listCredentials: createCredentialList(context.settings) } } }),
});
