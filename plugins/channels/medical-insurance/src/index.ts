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
import { createMobileChannel } from './mobile-channel.js';
import { createMobileEnvelope } from './mobile-envelope.js';
import { MobileLine } from './mobile-line.js';
import { createMobileNotifying } from './mobile-notification.js';
import { MobileOrders } from './mobile-orders.js';
import { createMobilePresettling } from './mobile-presettling.js';
import { createPresettling } from './presettling.js';
import { PresettlementBook } from './presettlement-book.js';
import { createSettling } from './settling.js';
import { SettlingRight } from './settling-right.js';
import { completeSettings, MedicalInsuranceSettingsSchema, type MedicalInsuranceSettings } from './settings.js';
import { createUndoSettlement } from './undo-settlement.js';

export { MedicalInsuranceSettingsSchema, type MedicalInsuranceSettings } from './settings.js';

const DAY_MS = 86_400_000;

function inPerson(context: PluginContext<MedicalInsuranceSettings>) {
  const settings = completeSettings(context.settings);
  const { store, now } = context;
  const numbers = new MessageNumbers({ store, institutionCode: settings.institutionCode, now });
  const line = new CentreLine({ context, settings, numbers, signer: createHeaderSigner({ context, settings }), cipher: createBodyCipher({ context, settings }) });
  const [book, attempts] = [new PresettlementBook(store), new Attempts(store)];
  const right = new SettlingRight(book, attempts);
  const settling = createSettling({ context, settings, line, attempts });
  const undoing = createUndoSettlement({ context, settings, line, attempts, settling });
  const downloadStatement = createStatementDownload({ context, settings, line, attempts });
  return {
    channel: createInPersonChannel({ context, settings, line, book, attempts, right, settling, undoing, downloadStatement }),
    presettling: createPresettling({ context, settings, line, book, right }),
    forget: async (before: Date) => (await numbers.forget(before)) + (await book.forget(before, (presettlementNo) => right.isAtStake(presettlementNo))) + (await forgetDaysBefore(beijingDay(before), { attempts, store })),
  };
}

/** 医保移动支付. What it settles stands in the reconciliation of the institution interface. */
function mobile(context: PluginContext<MedicalInsuranceSettings>) {
  const settings = completeSettings(context.settings);
  const { store } = context;
  const envelope = createMobileEnvelope({ context, settings });
  const line = new MobileLine({ context, settings, envelope, signer: createHeaderSigner({ context, settings }) });
  const orders = new MobileOrders(line, settings);
  const [book, attempts] = [new PresettlementBook(store), new Attempts(store)];
  const right = new SettlingRight(book, attempts);
  const notifying = createMobileNotifying({ context, settings, envelope, book });
  return {
    channel: createMobileChannel({ context, settings, line, orders, book, attempts, right, notifying }),
    presettling: createMobilePresettling({ context, settings, line, orders, book, attempts, right }),
    forget: async (before: Date) => (await book.forget(before, (presettlementNo) => right.isAtStake(presettlementNo))) + (await forgetDaysBefore(beijingDay(before), { attempts, store })),
  };
}

export default definePlugin({
  settings: MedicalInsuranceSettingsSchema,
  async activate(context) {
    const { channel, presettling, forget } = context.settings.profile === 'mobile' ? mobile(context) : inPerson(context);
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
      stop() {
        timer?.cancel();
        return Promise.resolve();
      },
    };
  },
});
