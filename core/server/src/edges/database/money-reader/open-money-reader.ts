import type { MoneyOverview, MoneyReader } from '../../http/console-api/ports.js';
import type { MerchantReader } from '../../../merchants/ports.js';
import type { InUse } from '../../../setup/ports.js';
import type { WallboardPorts } from '../../../wallboard/ports.js';
import type { FoundOrder, OrderSearch } from '../../../terminals/ports.js';
import { openSequelize } from '../platform/open-platform-database.js';
import { countWaiting } from './count-waiting.js';
import { dayFigures } from './day-figures.js';
import { readChannelOutcomes } from './channel-outcomes.js';
import { findOrder } from './find-order.js';
import { listCases } from './list-cases.js';
import { listHisNotices } from './list-his-notices.js';
import { listAccounts, listJournals, listOpenItems } from './list-ledger.js';
import { listQueue } from './list-queue.js';
import { listOrders } from './list-orders.js';
import { readPlain } from './read-plain.js';
import { merchantReader } from './merchant-reader.js';
import { listSelfTests } from './list-self-tests.js';
import { readInUse } from './read-in-use.js';
import { searchOrders } from './search-orders.js';
import { readMoneyOverview } from './read-money-overview.js';
import { defineReadModels } from './read-models.js';

/** All screens share one look of this age. */
const OVERVIEW_LIVES_MS = 3_000;

/**
 * A reader beside the writer of the money database: its own connection, opened read-only, so that SQLite itself refuses a write. Open it after
 * the money store (which makes the file) and close it before. It sees committed state only.
 */
export function openMoneyReader({ file, hospitalId }: { readonly file: string; readonly hospitalId: string }): { readonly reader: MoneyReader & Pick<WallboardPorts['money'], 'outcomesSince'> & { searchOrders(search: OrderSearch): Promise<readonly FoundOrder[]>; /** 一分钱自测: order numbers, the newest first. */ listSelfTests(limit: number): Promise<readonly string[]>; readInUse(now: Date): Promise<InUse>; readonly merchants: MerchantReader }; close(): Promise<void> } {
  const { sequelize, close } = openSequelize(file, 'readOnly');
  const models = defineReadModels(sequelize);
  const source = { sequelize, models, hospitalId };
  const figuresOf = dayFigures(source);
  let counted: { readonly at: number; readonly overview: Promise<MoneyOverview> } | undefined;
  return {
    reader: {
      overview(now) {
        if (counted !== undefined && Math.abs(now.getTime() - counted.at) < OVERVIEW_LIVES_MS) return counted.overview;
        const overview = figuresOf(now).then((figures) => readMoneyOverview(source, figures, now));
        const mine = { at: now.getTime(), overview };
        counted = mine;
        overview.catch(() => {
          if (counted === mine) counted = undefined;
        });
        return overview;
      },
      listOrders: (filter) => listOrders(source, filter),
      listSelfTests: (limit) => listSelfTests(source, limit),
      readInUse: (now) => readInUse(source, now),
      searchOrders: (search) => searchOrders(source, search),
      findOrder: (tradeNo) => findOrder(source, tradeNo),
      countWaiting: (request) => countWaiting(source, request),
      listCases: (filter) => listCases(source, filter),
      listHisNotices: (filter) => listHisNotices(source, filter),
      listAccounts: () => listAccounts(source),
      listOpenItems: (accountId) => listOpenItems(source, accountId),
      listJournals: (filter) => listJournals(source, filter),
      listQueue: (now) => listQueue(source, now),
      readPlain: (of) => readPlain(source, of),
      merchants: merchantReader(source),
      outcomesSince: (since) => readChannelOutcomes(source, since),
    },
    close,
  };
}
