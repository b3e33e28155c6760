/** The first set-up of a console under test, on the house's own stores; what lies outside of them (certificates, the HIS's clock, instances of plugins) a test puts in. */
import { SELF_TEST_METHODS } from '@hospay/server/domain/self-test.js';
import type { AuditTrail } from '@hospay/server/domain/audit.js';
import type { Clock, RandomSource } from '@hospay/server/domain/time.js';
import type { SqliteMoneyStore } from '@hospay/server/edges/database/money/sqlite-money-store.js';
import type { openMoneyReader } from '@hospay/server/edges/database/money-reader/open-money-reader.js';
import type { PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import type { Examination } from '@hospay/server/his-doctor/ports.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import type { ConnectionTested, ServedCertificate, SetupChannel, SetupFacts } from '@hospay/server/setup/ports.js';
import { administratorsOf } from '@hospay/server/setup/administrators.js';
import { createSetupDesk } from '@hospay/server/setup/setup-desk.js';
import type { ConsoleUsers } from '@hospay/server/users/ports.js';
import type { ScriptedChannel } from './scripted-guests.js';

type Parts = {
  readonly ports: PaymentPorts; readonly store: SqliteMoneyStore; readonly money: ReturnType<typeof openMoneyReader>['reader']; readonly platform: PlatformDatabase; readonly users: ConsoleUsers; readonly channel: ScriptedChannel;
  readonly terminals: () => Promise<readonly { readonly status: string; readonly online: boolean; readonly lastSeenAt: Date | undefined }[]>; readonly waiting: () => readonly unknown[];
  readonly hisReason: () => string; readonly examination: () => Examination | undefined; readonly clock: Clock; readonly random: RandomSource; readonly audit: AuditTrail;
};

export function consoleSetup({ ports, store, money, platform, users, channel, terminals, waiting, hisReason, examination, clock, random, audit }: Parts) {
  const scripted: { certificates: readonly ServedCertificate[]; hisApartMs: number | undefined; connection: ConnectionTested; channels: SetupChannel[]; isSeparated: boolean } = {
    isSeparated: false, certificates: [], hisApartMs: 400, connection: { result: 'answered', found: 'the channel answered notFound' },
    channels: [
      { id: channel.id, plugin: 'wechat-pay', state: 'active', reason: undefined, merchantNo: channel.merchantNo, selfTestMethods: [...SELF_TEST_METHODS], canRefund: true },
      { id: 'cash-tills', plugin: 'cash', state: 'active', reason: undefined, merchantNo: 'CASH', selfTestMethods: [], canRefund: true },
    ],
  };
  const desk = createSetupDesk({
    rows: platform.setup, timeZone: 'Asia/Shanghai', hospitalId: 'demo', merchantId: 'm1',
    administrators: async () => administratorsOf(await users.list(), scripted.isSeparated),
    certificates: () => Promise.resolve(scripted.certificates),
    adapter: () => (hisReason() === '' ? { isActive: true, reason: undefined } : { isActive: false, reason: hisReason() }),
    examination,
    hisTime: () => Promise.resolve(scripted.hisApartMs === undefined ? undefined : new Date(clock.now().getTime() + scripted.hisApartMs)),
    channels: () => scripted.channels,
    testConnection: () => Promise.resolve(scripted.connection),
    async terminals(): Promise<SetupFacts['terminals']> {
      const claimed = (await terminals()).filter(({ status }) => status === 'active');
      return { claimed: claimed.length, online: claimed.filter(({ online }) => online).length, seen: claimed.filter(({ online, lastSeenAt }) => online || lastSeenAt !== undefined).length, waiting: waiting().length };
    },
    findByKey: (tenant, key) => store.findOrderByKey(tenant, key), saveQuote: (quote) => store.saveQuote(quote),
    createPayment: (request) => createPayment(ports, request), cancelPayment: (request) => cancelPayment(ports, request), findOrder: (request) => findOrder(ports, request),
    listSelfTests: (limit) => money.listSelfTests(limit), inUse: () => money.readInUse(clock.now()), journalsOf: async (tradeNo) => (await money.listJournals({ tradeNo })).journals,
    clock, random, audit,
  });
  return { desk, scripted };
}
