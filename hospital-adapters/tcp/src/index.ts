/** The TCP hospital adapter: one mapping file connects one agent or front machine. */
import { definePlugin } from '@hospay/plugin-sdk';
import { loadMapping } from '@hospay/plugin-sdk/his-mapping';
import { readMapping } from './read-mapping.js';
import { SettingsSchema } from './settings.js';
import { createTcpAdapter } from './tcp-adapter.js';

export default definePlugin({
  settings: SettingsSchema,
  activate: async ({ settings, now, log }) => {
    const mapping = readMapping(await loadMapping(settings));
    const adapter = createTcpAdapter({ settings, mapping, now, log });
    log.info('HIS mapping read', { hospital: mapping.hospital, server: settings.server });
    return { hospitalAdapters: { tcp: adapter }, stop: () => adapter.stop() };
  },
});

export { createTcpAdapter, type TcpAdapter } from './tcp-adapter.js';
export { readMapping, type PreparedMapping } from './read-mapping.js';
export { SettingsSchema, type Settings } from './settings.js';
