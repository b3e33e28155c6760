/** The SOAP hospital adapter: one mapping file connects one HIS. */
import { definePlugin } from '@hospay/plugin-sdk';
import { loadMapping } from '@hospay/plugin-sdk/his-mapping';
import { readMapping } from './read-mapping.js';
import { SettingsSchema } from './settings.js';
import { createSoapAdapter } from './soap-adapter.js';

export default definePlugin({
  settings: SettingsSchema,
  activate: async ({ settings, http, now, log }) => {
    const mapping = readMapping(await loadMapping(settings));
    const adapter = createSoapAdapter({ settings, mapping, http, now, log });
    log.info('HIS mapping read', { hospital: mapping.hospital, server: new URL(settings.url).host });
    return { hospitalAdapters: { soap: adapter }, stop: () => adapter.stop() };
  },
});

export { createSoapAdapter, type SoapAdapter } from './soap-adapter.js';
export { readMapping, type PreparedMapping } from './read-mapping.js';
export { SettingsSchema, type Settings } from './settings.js';
