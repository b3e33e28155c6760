import { definePlugin } from '@hospay/plugin-sdk';

import { createCiticLink } from './citic-link.js';
import { CiticSettingsSchema } from './settings.js';

export { CiticSettingsSchema, type CiticSettings } from './settings.js';

export default definePlugin({ settings: CiticSettingsSchema, activate: (context) => ({ bankLinks: { citic: createCiticLink(context) } }) });
