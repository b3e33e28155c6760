import { definePlugin } from '@hospay/plugin-sdk';

import { createIcbcLink } from './icbc-link.js';
import { IcbcSettingsSchema } from './settings.js';

export { IcbcSettingsSchema, type IcbcSettings } from './settings.js';

export default definePlugin({ settings: IcbcSettingsSchema, activate: (context) => ({ bankLinks: { icbc: createIcbcLink(context) } }) });
