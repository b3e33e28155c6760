import { beijingDay, definePlugin, type OpenTillOutcome, type Tills } from '@hospay/plugin-sdk';

import { createCashChannel } from './cash-channel.js';
import { CashSettingsSchema, DEFAULT_KEEP_DAYS } from './settings.js';
import { TillBook } from './till-book.js';
import { tillDays } from './till-days.js';

export { CashSettingsSchema, type CashSettings } from './settings.js';

const DAY_MS = 86_400_000;

export default definePlugin({
  settings: CashSettingsSchema,
  async activate(context) {
    const book = new TillBook(context.store);
    const forgetOldDays = async (): Promise<void> => {
      const removed = await book.forget(beijingDay(context.now()), context.settings.keepDays ?? DEFAULT_KEEP_DAYS);
      if (removed > 0) context.log.info('old days of the till book removed', { lines: removed });
    };
    await forgetOldDays();
    let timer: { cancel(): void } | undefined;
    const forgetDaily = (): void => {
      timer = context.after(DAY_MS, () => {
        forgetOldDays().catch((error: unknown) => { context.log.warn('old days of the till book could not be removed', { cause: error instanceof Error ? error.name : 'unnamed' }); });
        forgetDaily();
      });
    };
    forgetDaily();
    return {
      channels: { cash: createCashChannel({ context, book }) },
      tills: { cash: tillsOf(book) },
      stop() {
        timer?.cancel();
        return Promise.resolve();
      },
    };
  },
});

function tillsOf(book: TillBook): Tills {
  return {
    tillDays: async ({ day }) => tillDays(day, await book.entriesOf(day)),
    async openTill({ openingNo, tillNo, amountFen, openedAt }): Promise<OpenTillOutcome> {
      if (!Number.isSafeInteger(amountFen) || amountFen < 0) return { kind: 'contradicts', message: 'an opening is a whole number of fen, not below zero' };
      const day = beijingDay(openedAt);
      if (await book.write(day, { kind: 'opening', number: openingNo, tillNo, amountFen, at: openedAt })) return { kind: 'opened' };
      const known = await book.find(day, 'opening', openingNo);
      return known?.tillNo === tillNo && known.amountFen === amountFen ? { kind: 'opened' } : { kind: 'contradicts', message: 'this opening number was used for another amount or till' };
    },
  };
}
