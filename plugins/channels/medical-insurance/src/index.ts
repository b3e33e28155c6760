import { beijingDay, definePlugin, type PluginContext } from '@hospay/plugin-sdk';

import { Attempts } from './attempts.js';
import { createBodyCipher } from './body-ciphers.js';
import { CentreLine } from './centre-line.js';
import { createCredentialList } from './credentials.js';
import { forgetDaysBefore, type KeepRefundable } from './day-book.js';
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
import { createInPersonProbe, createMobileProbe } from './probe.js';
import { RefundBook } from './refund-book.js';
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
  const [book, refundBook, attempts] = [new PresettlementBook(store), new RefundBook(store), new Attempts(store)];
  const right = new SettlingRight(book, attempts);
  const settling = createSettling({ context, settings, line, attempts });
  const undoing = createUndoSettlement({ context, settings, line, attempts, settling });
  const downloadStatement = createStatementDownload({ context, settings, line, attempts });
  return {
    channel: { ...createInPersonChannel({ context, settings, line, book, refundBook, attempts, right, settling, undoing, downloadStatement }), probe: createInPersonProbe({ line, settings }) },
    presettling: createPresettling({ context, settings, line, book, right }),
    async forget(before: Date) {
      const keep: KeepRefundable = async ({ day, tradeNo }, { settlement, visitNo, personNo, insuredPlace }) => {
        if (settlement !== undefined) await refundBook.keep(day, tradeNo, { settlementId: settlement.settlementId, split: settlement.split, visitNo, personNo, ...(insuredPlace === undefined ? {} : { insuredPlace }) });
      };
      return (await numbers.forget(before)) + (await forgetDaysBefore(beijingDay(before), { attempts, store, keep })) + (await book.forget(before, (presettlementNo) => right.isAtStake(presettlementNo)));
    },
    refundBook,
  };
}

/** 医保移动支付. What it settles stands in the reconciliation of the institution interface. */
function mobile(context: PluginContext<MedicalInsuranceSettings>) {
  const settings = completeSettings(context.settings);
  const { store } = context;
  const envelope = createMobileEnvelope({ context, settings });
  const line = new MobileLine({ context, settings, envelope, signer: createHeaderSigner({ context, settings }) });
  const orders = new MobileOrders(line, settings);
  const [book, refundBook, attempts] = [new PresettlementBook(store), new RefundBook(store), new Attempts(store)];
  const right = new SettlingRight(book, attempts);
  const notifying = createMobileNotifying({ context, settings, envelope, book, attempts });
  return {
    channel: { ...createMobileChannel({ context, settings, line, orders, book, refundBook, attempts, right, notifying }), probe: createMobileProbe({ line, settings }) },
    presettling: createMobilePresettling({ context, settings, line, orders, book, attempts, right }),
    async forget(before: Date) {
      const keep: KeepRefundable = async ({ day, tradeNo }, { settlement, visitNo, presettlementNo = '' }) => {
        const presettlement = await book.find(presettlementNo);
        if (settlement === undefined || presettlement?.payOrder === undefined) return;
        const { payOrder, voucherType, voucherNumber, person } = presettlement;
        const mobilePart = { token: payOrder.token, voucher: { kind: voucherType, number: voucherNumber }, ...(person === undefined ? {} : { person }) };
        await refundBook.keep(day, tradeNo, { settlementId: settlement.settlementId, split: settlement.split, visitNo, personNo: '', mobile: mobilePart });
      };
      // A pre-settlement goes after the payment that settled it: the voucher is in it.
      return (await forgetDaysBefore(beijingDay(before), { attempts, store, keep })) + (await book.forget(before, (presettlementNo) => right.isAtStake(presettlementNo)));
    },
    refundBook,
  };
}

export default definePlugin({
  settings: MedicalInsuranceSettingsSchema,
  async activate(context) {
    const { channel, presettling, forget, refundBook } = context.settings.profile === 'mobile' ? mobile(context) : inPerson(context);
    const { keepDays, refundDays } = completeSettings(context.settings);
    const forgetOld = async (): Promise<void> => {
      const daysAgo = (days: number): Date => new Date(context.now().getTime() - days * DAY_MS);
      const removed = (await forget(daysAgo(keepDays))) + (await refundBook.forget(beijingDay(daysAgo(refundDays))));
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
