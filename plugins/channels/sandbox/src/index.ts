import { definePlugin } from '@hospay/plugin-sdk';

import { listCredentials } from './credentials.js';
import { createSandbox } from './sandbox-channel.js';
import { readStatement } from './sandbox-statement.js';
import { SandboxSettingsSchema } from './settings.js';

export { createSandbox, type Sandbox, type SandboxFault, type SandboxOperation } from './sandbox-channel.js';
export { newsOfOrder, newsOfRefund } from './sandbox-books.js';
export { REPLAY_WINDOW_MS, signNotice, type SandboxNotice } from './sandbox-notification.js';
export { SandboxSettingsSchema, type SandboxSettings } from './settings.js';

export default definePlugin({
  settings: SandboxSettingsSchema,
  statementReaders: { sandbox: ({ raw }, _settings, give) => readStatement(raw, give) },
  activate: ({ settings, now }) => ({ channels: { sandbox: { ...createSandbox({ settings, now }).channel, listCredentials: listCredentials(settings) } } }),
});
