/**
 * The checkout on a real port, over both real stores and the real use cases. Channels and HIS are stand-ins that keep their own books. A `Phone` is a browser:
 * a User-Agent and a cookie jar.
 */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestContext } from 'node:test';
import type { ChargeOutcome, ChargeRequest, PayerIdOutcome, PaymentMethod } from '@hospay/plugin-sdk';
import type { CheckoutView } from '@hospay/server/checkout/checkout-view.js';
import type { CheckoutCodes, CheckoutPolicy, Wallet } from '@hospay/server/checkout/ports.js';
import type { ChannelGuest, PayerIdentification } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { JOB_KINDS } from '@hospay/server/domain/order-change.js';
import type { Owner } from '@hospay/server/domain/order.js';
import { DEFAULT_PAYMENT_POLICY } from '@hospay/server/domain/payment-policy.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { checkoutPage } from '@hospay/server/edges/http/checkout-page/checkout-page.js';
import { readPageFiles } from '@hospay/server/edges/http/checkout-page/page-files.js';
import { startHttpServer } from '@hospay/server/edges/http/http-kit/start-http-server.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import { advancePayment } from '@hospay/server/payments/advance-payment.js';
import { confirmOrder } from '@hospay/server/payments/confirm-order.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';
import { advanceRefund } from '@hospay/server/refunds/advance-refund.js';
import { CHECKOUT_POLICY, checkoutDeskFor } from './checkout-desk-for-tests.js';
import { memoryMoneyStore } from './memory-money-store.js';
import { WorkingChannel, WorkingHospital } from './payment-api-stand.js';

/** test/dist/contract → repository root. */
const PAGE_FOLDER = resolve(import.meta.dirname, '../../../core/checkout-page/dist');

export const USER_AGENTS = {
  wechat: 'Mozilla/5.0 (Linux; Android 14; zh-CN) AppleWebKit/537.36 Chrome/116.0.0.0 Mobile Safari/537.36 XWEB/1160117 MicroMessenger/8.0.47.2560 WeChat/arm64',
  alipay: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 AliApp(AP/10.6.0) AlipayClient/10.6.0 Language/zh-Hans',
  unionpay: 'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Mobile Safari/537.36 com.unionpay/(UnionPay/1.0 CloudPay)',
  browser: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1',
} as const;
export const APP_OWNER: Owner = { kind: 'application', id: 'his-app' };
const START = '2026-11-20T00:00:00.000Z';

/** A channel of one wallet: what it presents depends on the method, as with the real ones. */
export class WalletChannel extends WorkingChannel {
  override readonly id: string;
  override readonly methods: readonly PaymentMethod[];
  isActive = true;
  isHealthy = true;
  /** What the next charge answers instead of working. */
  nextCharge: ChargeOutcome | undefined;
  /** Holds every charge until it is let go. */
  held: Promise<void> | undefined;
  readonly charged: ChargeRequest[] = [];
  queries = 0;

  constructor(id: string, methods: readonly PaymentMethod[]) {
    super();
    this.id = id;
    this.methods = methods;
  }
  override async charge(request: ChargeRequest): Promise<ChargeOutcome> {
    this.charged.push(request);
    await this.held;
    if (this.nextCharge !== undefined) {
      const answer = this.nextCharge;
      this.nextCharge = undefined;
      return answer;
    }
    const working = await super.charge(request);
    if (working.kind !== 'pending') return working;
    switch (request.method) {
      case 'jsapi':
        return { kind: 'pending', present: { kind: 'invoke', parameters: { appId: 'wx0', package: `prepay_id=${request.tradeNo}` } } };
      case 'h5':
        return { kind: 'pending', present: { kind: 'redirect', url: `https://wallet.example/h5?no=${request.tradeNo}` } };
      case 'webPage':
        return { kind: 'pending', present: { kind: 'form', url: 'https://wallet.example/gateway', fields: { no: request.tradeNo } } };
      default:
        return working;
    }
  }
  override query(request: { readonly tradeNo: string }): ReturnType<WorkingChannel['query']> {
    this.queries += 1;
    return super.query(request);
  }
}

/** A wallet that tells who pays: `codes` are what its page gave the browser, each good once. */
export class IdentifyingChannel extends WalletChannel {
  readonly codes = new Map<string, PayerIdOutcome>();
  readonly sentAway: { readonly returnUrl: string; readonly state: string }[] = [];
  readonly identification: PayerIdentification = {
    payerIdAddress: (request) => {
      this.sentAway.push(request);
      return Promise.resolve({ kind: 'address', url: `https://open.wallet.example/authorize?state=${request.state}` });
    },
    findPayerId: ({ query }) => {
      const code = new URLSearchParams(query).get('code') ?? '';
      const outcome = this.codes.get(code) ?? { kind: 'refused', reason: 'invalid code' };
      this.codes.delete(code);
      return Promise.resolve(outcome);
    },
  };
}

export type CheckoutStand = Awaited<ReturnType<typeof startCheckoutStand>>;
export type PageAnswer<Value> = { readonly status: number; readonly body: Value; readonly code: string | undefined };

export async function startCheckoutStand(context: TestContext, set: { readonly policy?: Partial<CheckoutPolicy> } = {}) {
  let now = new Date(START);
  const clock = { now: () => now, advance: (ms: number) => { now = new Date(now.getTime() + ms); }, set: (iso: string) => { now = new Date(iso); } };
  const folder = mkdtempSync(join(tmpdir(), 'hospay-checkout-'));
  const store = memoryMoneyStore();
  const openDatabase = () => openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  let database = await openDatabase();
  const wechat = new IdentifyingChannel('wechat', ['nativeQr', 'jsapi', 'h5']);
  const alipay = new WalletChannel('alipay', ['nativeQr', 'h5', 'webPage']);
  const unionpay = new WalletChannel('unionpay', ['webPage', 'nativeQr']);
  const channels: readonly WalletChannel[] = [wechat, alipay, unionpay, new WalletChannel('in-app-only', ['jsapi'])];
  const hospital = new WorkingHospital();
  let presettles = 0;
  const countingHospital = Object.assign(Object.create(hospital) as WorkingHospital, { presettle: (request: { readonly billNos: readonly string[] }) => { presettles += 1; return hospital.presettle(request); } });
  for (const one of [...channels, hospital]) one.now = clock.now;
  const payments: PaymentPorts = {
    store,
    presettlements: store.presettlements,
    channels: {
      find: (id) => channels.find((channel) => channel.id === id && channel.isActive),
      choose: ({ wanted, method }): ChannelGuest | undefined => channels.find((channel) => channel.id === wanted && channel.isActive && channel.isHealthy && channel.methods.includes(method)),
    },
    hospitals: { find: (id) => (id === 'demo' ? countingHospital : undefined) },
    clock, random: SYSTEM_RANDOM, policy: DEFAULT_PAYMENT_POLICY, reasonToRefuse: () => undefined, notifyUrl: () => undefined, ownerNotifier: { tell: () => Promise.resolve(true) },
  };
  const patients = { hospitals: payments.hospitals, clock, random: SYSTEM_RANDOM, saveQuote: (quote: Parameters<typeof store.saveQuote>[0]) => store.saveQuote(quote) };
  const policy: CheckoutPolicy = { ...CHECKOUT_POLICY, wallets: { wechat: ['wechat'], alipay: ['alipay'], unionpay: ['unionpay'] }, ...set.policy };
  let unknownTokens = 0;
  let codeReads = 0;
  const counted = (): CheckoutCodes => ({
    ...database.checkoutCodes,
    findByToken: (tokenHash) => { codeReads += 1; return database.checkoutCodes.findByToken(tokenHash); },
    findByNo: (checkoutNo) => { codeReads += 1; return database.checkoutCodes.findByNo(checkoutNo); },
  });
  /** Holds what is about to be accepted. */
  const gate: { beforeCreate: Promise<void> | undefined } = { beforeCreate: undefined };
  const makeDesk = () => checkoutDeskFor(payments, patients, { codes: counted(), policy, unknownToken: () => { unknownTokens += 1; }, beforeCreate: () => gate.beforeCreate ?? Promise.resolve() });
  let desk = makeDesk();
  const undeclared: string[] = [];
  const logged: string[] = [];
  const server = await startHttpServer({
    host: '127.0.0.1', port: 0, clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM,
    log: { ...SILENT_LOG, info: (message, facts) => { logged.push(`${message} ${JSON.stringify(facts)}`); }, error: (message, facts) => { logged.push(`${message} ${JSON.stringify(facts)} ${String(facts?.['error'])}`); } },
    onUndeclaredAnswer: (operationId, what) => { undeclared.push(`${operationId}: ${what}`); },
    groups: checkoutPage({
      useCases: {
        openCheckout: (visitor) => desk.openCheckout(visitor), payCheckout: (visitor, request) => desk.payCheckout(visitor, request), followCheckout: (visitor, freshness) => desk.followCheckout(visitor, freshness),
        cancelCheckout: (visitor, round) => desk.cancelCheckout(visitor, round), identifyPayer: (visitor, query) => desk.identifyPayer(visitor, query),
      },
      files: readPageFiles(PAGE_FOLDER), publicBaseUrl: policy.publicBaseUrl ?? 'https://nobody.example', clientAddressHeader: 'x-real-ip', random: SYSTEM_RANDOM,
    }),
  });
  context.after(async () => {
    await server.stop();
    await Promise.all([store.close(), database.close()]);
    rmSync(folder, { recursive: true, force: true });
    assert.deepEqual(undeclared, [], 'every answer and every error code is one its route declares');
  });

  const phone = (kind: keyof typeof USER_AGENTS) => {
    let cookie: string | undefined;
    const request = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
      const response = await fetch(`${server.origin}${path}`, {
        method, redirect: 'manual',
        headers: { 'user-agent': USER_AGENTS[kind], ...(cookie === undefined ? {} : { cookie }), ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      cookie = /^[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? cookie;
      return response;
    };
    const call = async <Value>(method: string, path: string, body?: object, headers?: Record<string, string>): Promise<PageAnswer<Value>> => {
      const response = await request(method, path, body, headers);
      const answer = (await response.json()) as Value & { readonly error?: { readonly code: string } };
      return { status: response.status, body: answer, code: answer.error?.code };
    };
    return {
      request,
      get cookie() { return cookie; },
      set cookie(value: string | undefined) { cookie = value; },
      page: (token: string) => request('GET', `/c/${token}`),
      open: (token: string) => call<CheckoutView>('POST', `/c/${token}/open`),
      state: (token: string, fresh = false) => call<CheckoutView>('GET', `/c/${token}/state${fresh ? '?fresh=true' : ''}`),
      pay: (token: string, wallet: Wallet, { round = 1, amountFen = 10_000, headers = {} }: { round?: number; amountFen?: number; headers?: Record<string, string> } = {}) =>
        call<{ readonly kind: 'view'; readonly view: CheckoutView } | { readonly kind: 'identify'; readonly url: string; readonly view?: undefined }>('POST', `/c/${token}/pay`, { round, amountFen, wallet }, headers),
      /** Where nothing is to be paid: no wallet is chosen. */
      confirm: (token: string, round = 1) => call<{ readonly kind: 'view'; readonly view: CheckoutView }>('POST', `/c/${token}/pay`, { round, amountFen: 0 }),
      cancel: (token: string, round = 1) => call<CheckoutView>('POST', `/c/${token}/cancel`, { round }),
      payer: (token: string, query: string) => request('GET', `/c/${token}/payer?${query}`),
    };
  };
  let bills = 0;
  const bill = (amountFen = 10_000) => {
    bills += 1;
    hospital.bills.set(`B${String(bills)}`, amountFen);
    return `B${String(bills)}`;
  };
  const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
  const issued = async (request: Parameters<typeof desk.issueCheckoutCode>[0]) => {
    const given = await desk.issueCheckoutCode(request);
    assert.equal(given.kind, 'ok', JSON.stringify(given));
    return { ...given.value, token: tokenOf(given.value.url) };
  };
  return {
    origin: server.origin, gate, clock, store, hospital, wechat, alipay, unionpay, payments, patients, policy, logged, phone, bill,
    get desk() { return desk; },
    get database() { return database; },
    presettles: () => presettles,
    /** Reads of codes out of the database. */
    codeReads: () => codeReads,
    unknownTokens: () => unknownTokens,
    /** A code as a guide sheet carries it. */
    guideSheet: (of: { readonly billNo?: string; readonly owner?: Owner; readonly lifetimeSeconds?: number } = {}) =>
      issued({ hospitalId: 'demo', owner: of.owner ?? APP_OWNER, merchantId: 'm1', description: '门诊缴费', patientId: 'P1', patientLabel: '赵*试', billNos: [of.billNo ?? bill()], ...(of.lifetimeSeconds === undefined ? {} : { lifetimeSeconds: of.lifetimeSeconds }) }),
    /** A code as a kiosk shows it. */
    async kioskCode(owner: Owner = { kind: 'terminal', id: 'kiosk-1' }) {
      const quoted = await quoteBills(patients, { hospitalId: 'demo', owner, patientId: 'P1', patientLabel: '赵*试', billNos: [bill()] });
      assert.equal(quoted.kind, 'ok');
      return { ...(await issued({ hospitalId: 'demo', owner, merchantId: 'm1', terminalKind: 'kiosk', description: '门诊缴费', quoteId: quoted.value.quoteId })), quoteId: quoted.value.quoteId };
    },
    /** A WeChat user who was identified: taps, is sent away, comes back. */
    async identified({ token, checkoutNo }: { readonly token: string; readonly checkoutNo: string }, user = phone('wechat')) {
      assert.equal((await user.open(token)).status, 200);
      const first = await user.pay(token, 'wechat');
      assert.equal(first.body.kind, 'identify', JSON.stringify(first));
      const state = wechat.sentAway.at(-1)?.state ?? '';
      wechat.codes.set('code-1', { kind: 'found', payerId: 'openid-of-the-payer' });
      const back = await user.payer(checkoutNo, `code=code-1&state=${state}`);
      assert.equal(back.headers.get('location'), `../${checkoutNo}#identified`);
      return user;
    },
    orders: () => store.database.prepare('SELECT trade_no FROM orders').all().length,
    /** Runs every due job until none is. */
    async work(): Promise<void> {
      for (let round = 0; round < 50; round += 1) {
        const jobs = await store.claimJobs({ kinds: JOB_KINDS, owner: 'stand', now, leaseMs: 60_000, limit: 20 });
        if (jobs.length === 0) return;
        for (const job of jobs) {
          if (job.kind === 'advancePayment') await advancePayment(payments, job);
          else if (job.kind === 'confirmOrder') await confirmOrder(payments, job);
          else if (job.kind === 'advanceRefund') await advanceRefund(payments, job);
          else await store.putBackJob(job, 'done');
        }
      }
    },
    /** The payment of an order, by its newest payment number. */
    paymentNo: () => String(store.database.prepare('SELECT payment_no FROM payment ORDER BY rowid DESC LIMIT 1').get()?.['payment_no']),
    /** Somebody else takes the same bills at a window. */
    async payAtWindow(billNo: string) {
      const owner: Owner = { kind: 'terminal', id: 'window-1' };
      const quoted = await quoteBills(patients, { hospitalId: 'demo', owner, patientId: 'P1', patientLabel: '赵*试', billNos: [billNo] });
      assert.equal(quoted.kind, 'ok');
      return createPayment(payments, { owner, merchantId: 'm1', idempotency: { tenant: 'terminal/window-1', key: billNo, requestHash: billNo }, quoteId: quoted.value.quoteId, amountFen: quoted.value.selfPayFen, method: 'nativeQr', channel: 'wechat', description: '门诊缴费' });
    },
    /** As after a restart: memory is gone, rows are not. */
    async restart() {
      await database.close();
      database = await openDatabase();
      desk = makeDesk();
    },
  };
}
