/**
 * Quick pay on a real port: the payment API over the real use cases, the platform's own database in a folder of its own, and the agreement gateway's plugin behind the boundary, over its real
 * wire to the simulated gateway.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import agreementGateway from '@hospay/quick-pay-agreement-gateway';
import type { BoundCard } from '@hospay/payment-sdk';
import { makeTestContext } from '@hospay/plugin-sdk/testkit';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { SILENT_LOG, type Log } from '@hospay/server/domain/log.js';
import { openPlatformDatabase, type PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { agreementsGuest } from '@hospay/server/plugin-host/agreements-guest.js';
import { createBoundary } from '@hospay/server/plugin-host/boundary.js';
import { channelGuest } from '@hospay/server/plugin-host/channel-guest.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';
import type { QuickPayPolicy } from '@hospay/server/quick-pay/ports.js';
import { createQuickPayDesk } from '@hospay/server/quick-pay/quick-pay-desk.js';
import { startAgreementGatewaySimulator, type GatewayOptions } from '../simulators/agreement-gateway/start-agreement-gateway-simulator.js';
import { startStand } from './payment-api-stand.js';

export const USER = 'user-1';
export const PASSWORD = '802517';
const CHANNEL = 'quick-pay';

export type QuickPayStand = Awaited<ReturnType<typeof startQuickPayStand>>;

export async function startQuickPayStand(context: TestContext, set: { readonly policy?: Partial<QuickPayPolicy>; readonly gateway?: GatewayOptions; readonly log?: Log; readonly callTimeoutMs?: number } = {}) {
  const time = { now: () => new Date() };
  const log = set.log ?? SILENT_LOG;
  const folder = mkdtempSync(join(tmpdir(), 'hospay-quick-pay-'));
  const simulator = await startAgreementGatewaySimulator({ ...set.gateway, now: () => time.now() });
  const said: string[] = [];
  const plugin = await agreementGateway.activate(makeTestContext({ settings: simulator.settings, now: () => time.now(), logged: (line) => { said.push(line); } }));
  const [channel, agreements] = [plugin.channels?.['agreement-gateway'], plugin.agreements?.['agreement-gateway']];
  assert.ok(channel !== undefined && agreements !== undefined);
  const boundary = createBoundary({ plugin: 'agreement-gateway', instance: CHANNEL, limits: { callTimeoutMs: set.callTimeoutMs ?? 400, concurrency: 16 }, clock: time, timers: SYSTEM_TIMERS, log, metrics: SILENT_METRICS });
  const guest = channelGuest(CHANNEL, () => ({ channel, merchantNo: channel.merchantNo, methods: channel.methods, refundsWholeOnly: false, boundary }));
  const gateway = agreementsGuest(() => ({ agreements, boundary }));
  const open = (): Promise<PlatformDatabase> => openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock: time, log });
  let database = await open();
  const acts: AuditAct[] = [];
  const policy: QuickPayPolicy = { mostCards: 3, mostCodesPerHour: 10, passwordlessFen: 0, passwordlessPerDayFen: 0, ...set.policy };
  const deskOf = (ports: PaymentPorts, { quickPay }: PlatformDatabase) => createQuickPayDesk({
    hospitalId: 'demo', store: ports.store, ...quickPay, gateways: { find: (id) => (id === CHANNEL ? gateway : undefined), choose: () => ({ channel: CHANNEL, gateway }) },
    createPayment: (request) => createPayment(ports, request), findOrder: (request) => findOrder(ports, request), policy, clock: time, random: SYSTEM_RANDOM,
    audit: { record: (act) => { acts.push(act); return Promise.resolve(); } },
  });
  // A platform that starts anew: the stores are opened again, and what was in memory is gone.
  let desk: ReturnType<typeof createQuickPayDesk> | undefined;
  const now = () => { if (desk === undefined) throw new Error('the desk is not there yet'); return desk; };
  const stand = await startStand(context, {
    log,
    quickPay: {
      channel: guest,
      desk(ports) {
        desk = deskOf(ports, database);
        return Object.fromEntries(Object.keys(desk).map((name) => [name, (request: never) => (Reflect.get(now(), name) as (request: never) => unknown)(request)])) as unknown as typeof desk;
      },
    },
  });
  time.now = stand.clock.now;
  context.after(async () => {
    await database.close();
    await simulator.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const client = stand.client();
  let serial = 0;
  const newKey = (): string => `quick-pay-key-${String((serial += 1))}`;

  return {
    ...stand, simulator, folder, said, acts, client, newKey,
    desk: now,
    quickPay: () => database.quickPay,
    async restart(): Promise<void> {
      await database.close();
      database = await open();
      desk = deskOf(stand.ports, database);
    },
    /** A card with all four elements right, as an application would send it. */
    newCardHolder() {
      const { name, idNo, cardNo, mobile } = simulator.agreements.newCard();
      return { name, idNo, cardNo, mobile };
    },
    async bind(userId = USER): Promise<BoundCard & { readonly cardHolder: { readonly name: string; readonly idNo: string; readonly cardNo: string; readonly mobile: string } }> {
      const { name, idNo, cardNo, mobile } = simulator.agreements.newCard();
      const cardHolder = { name, idNo, cardNo, mobile };
      const begun = await client.bindCard({ userId, cardHolder }, { idempotencyKey: newKey() });
      assert.equal(begun.kind, 'ok', JSON.stringify(begun));
      const bound = await client.confirmBinding(begun.value.agreementNo, { userId, code: simulator.agreements.codeFor(begun.value.agreementNo) });
      assert.equal(bound.kind, 'ok', JSON.stringify(bound));
      assert.equal(bound.value.state, 'active');
      return { ...bound.value, cardHolder };
    },
    async setPassword(userId = USER, newPassword = PASSWORD): Promise<void> {
      const answer = await client.setPaymentPassword({ userId, newPassword });
      assert.equal(answer.kind, 'ok', JSON.stringify(answer));
    },
    async quote(amountFen: number): Promise<string> {
      const billNo = `QB${String((serial += 1))}`;
      stand.hospital.bills.set(billNo, amountFen);
      const quote = await client.quoteBills({ patientId: 'P1', patientLabel: '赵*试', billNos: [billNo] });
      assert.equal(quote.kind, 'ok');
      return quote.value.quoteId;
    },
    async pay(agreementNo: string, amountFen: number, of: { readonly password?: string; readonly key?: string; readonly quoteId?: string; readonly userId?: string } = {}) {
      const { password, key = newKey(), quoteId = await this.quote(amountFen), userId = USER } = of;
      return client.payWithAgreement({ userId, agreementNo, quoteId, amountFen, ...(password === undefined ? {} : { password }) }, { idempotencyKey: key });
    },
  };
}

export function codeOf(result: { readonly kind: string; readonly error?: { readonly code: string } }): string {
  return result.kind === 'refused' && result.error !== undefined ? result.error.code : result.kind;
}
