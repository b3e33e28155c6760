import { definePlugin, type CardTerminals } from '@hospay/plugin-sdk';

import { createBankCardChannel } from './bank-card-channel.js';
import { createCardDesk } from './card-desk.js';
import { createCloudTransport } from './cloud-transport.js';
import { createCredentialList } from './credentials.js';
import { createStatementDownload, createStatementReader } from './download-statement.js';
import { createMisTransport } from './mis-transport.js';
import { createProbe } from './probe.js';
import { BankCardSettingsSchema, completeSettings } from './settings.js';
import { TerminalBook } from './terminal-book.js';

export { BankCardSettingsSchema, type BankCardSettings } from './settings.js';

const DAY_MS = 86_400_000;
/** What the book may need beside the exchange itself. */
const BOOK_MS = 5_000;

export default definePlugin({
  settings: BankCardSettingsSchema,
  async activate(context) {
    const { settings, store, log } = context;
    const transport = settings.profile === 'mis' ? createMisTransport(context) : createCloudTransport(context);
    const book = new TerminalBook(store);
    const desk = createCardDesk({ context, transport, book });
    const forget = (): Promise<void> => book.forget(new Date(context.now().getTime() - completeSettings(settings).keepDays * DAY_MS));
    await forget();
    let timer: { cancel(): void } | undefined;
    const forgetDaily = (): void => {
      timer = context.after(DAY_MS, () => {
        forget().catch((error: unknown) => { log.warn('old records could not be removed', { cause: error instanceof Error ? error.name : 'unnamed' }); });
        forgetDaily();
      });
    };
    forgetDaily();
    const terminals: CardTerminals = {
      terminalIds: transport.terminalIds,
      longestMs: completeSettings(settings).exchangeTimeoutMs + BOOK_MS,
      async operate(request) {
        const done = await desk.operate(request);
        return done.kind === 'done' ? { kind: 'done', message: done.message } : done;
      },
    };
    const downloadStatement = createStatementDownload({ settings: settings.statement, book });
    return {
      channels: { 'bank-card-pos': { ...createBankCardChannel({ context, transport, book, desk, downloadStatement }), ...(settings.statement === undefined ? {} : { readStatement: createStatementReader({ settings: settings.statement, book }) }), listCredentials: createCredentialList(settings), probe: createProbe({ context, transport, desk }) } },
      cardTerminals: { 'bank-card-pos': terminals },
      async stop() {
        timer?.cancel();
        await desk.stop();
      },
    };
  },
});
