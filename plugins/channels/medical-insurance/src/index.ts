import { definePlugin, type PluginContext } from '@hospay/plugin-sdk';

import { Attempts } from './attempts.js';
import { beijingDay } from './beijing-time.js';
import { createBodyCipher } from './body-ciphers.js';
import { CentreLine } from './centre-line.js';
import { createCredentialList } from './credentials.js';
import { forgetDaysBefore } from './day-book.js';
import { createStatementDownload } from './download-statement.js';
import { createHeaderSigner } from './header-signers.js';
import { createInPersonChannel } from './in-person-channel.js';
import { MessageNumbers } from './message-numbers.js';
import { createPresettling } from './presettling.js';
import { PresettlementBook } from './presettlement-book.js';
import { createSettleUnknown } from './settle-unknown.js';
import { SettlingRight } from './settling-right.js';
import { completeSettings, MedicalInsuranceSettingsSchema, type MedicalInsuranceSettings } from './settings.js';
import { borrowSm2Thread, type Sm2Thread } from './sm2-thread.js';

export { MedicalInsuranceSettingsSchema, type MedicalInsuranceSettings } from './settings.js';

const DAY_MS = 86_400_000;

function inPerson(context: PluginContext<MedicalInsuranceSettings>, sm2: Sm2Thread) {
  const settings = completeSettings(context.settings);
  const { store, now } = context;
  const numbers = new MessageNumbers({ store, institutionCode: settings.institutionCode, now });
  const line = new CentreLine({ context, settings, numbers, signer: createHeaderSigner({ context, settings }), cipher: createBodyCipher(settings, sm2) });
  const [book, attempts] = [new PresettlementBook(store), new Attempts(store)];
  const right = new SettlingRight(book, attempts);
  const settleUnknown = createSettleUnknown({ context, settings, line });
  const downloadStatement = createStatementDownload({ context, settings, line, attempts });
  return {
    channel: createInPersonChannel({ context, settings, line, book, attempts, right, settleUnknown, downloadStatement }),
    presettling: createPresettling({ context, settings, line, book, right }),
    forget: async (before: Date) => (await numbers.forget(before)) + (await book.forget(before)) + (await forgetDaysBefore(beijingDay(before), { attempts, store })),
  };
}

export default definePlugin({
  settings: MedicalInsuranceSettingsSchema,
  async activate(context) {
    const { sm2, giveBack } = borrowSm2Thread();
    const { channel, presettling, forget } = await Promise.resolve()
      .then(() => inPerson(context, sm2))
      .catch(async (error: unknown) => {
        await giveBack();
        throw error;
      });
    const { keepDays } = completeSettings(context.settings);
    const forgetOld = async (): Promise<void> => {
      const removed = await forget(new Date(context.now().getTime() - keepDays * DAY_MS));
      if (removed > 0) context.log.info('old records removed', { records: removed });
    };
    await forgetOld();
    let timer: { cancel(): void } | undefined;
    const forgetDaily = (): void => {
      timer = context.after(DAY_MS, () => {
        forgetOld().catch((error: unknown) => { context.log.warn('old records could not be removed', { cause: error instanceof Error ? error.name : 'unnamed' }); });
        forgetDaily();
      });
    };
    forgetDaily();
    return {
      channels: { 'medical-insurance': { ...channel, listCredentials: createCredentialList(context.settings) } },
      presettling: { 'medical-insurance': presettling },
      async stop() {
        timer?.cancel();
        await giveBack();
      },
    };
  },
});
