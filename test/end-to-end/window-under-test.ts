/** A hospital's window and its finance office at a running core, with the channels a story needs; an application beside them. */
import assert from 'node:assert/strict';
import { createPaymentClient, type ApiResult, type Order as ApiOrder, type PaymentClient, type PaymentRequest } from '@hospay/payment-sdk';
import { ConsoleClient } from '../contract/console-client.js';
import { APP, eventually, type ApplianceUnderTest } from './appliance-under-test.js';
import { KioskUnderTest, type Order } from './kiosk-under-test.js';
import { prepareAppliance } from './prepare-appliance.js';

type Pay = Parameters<KioskUnderTest['client']['pay']>[0];

export class WindowUnderTest {
  readonly appliance: ApplianceUnderTest;
  readonly window: KioskUnderTest;
  readonly finance: ConsoleClient;
  readonly app: PaymentClient;
  readonly #secrets: readonly string[];

  private constructor({ appliance, window, finance, secrets }: { readonly appliance: ApplianceUnderTest; readonly window: KioskUnderTest; readonly finance: ConsoleClient; readonly secrets: readonly string[] }) {
    this.appliance = appliance;
    this.window = window;
    this.finance = finance;
    this.app = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
    this.#secrets = secrets;
  }

  static async open(...[configure, options = {}]: Parameters<typeof prepareAppliance>): Promise<WindowUnderTest> {
    const { appliance, secrets } = await prepareAppliance(configure, options);
    appliance.change((profile) => ({ ...profile, provision: { ...profile.provision, terminals: [{ id: 'window-1', kind: 'window', title: '一号窗口', claimFile: 'provision/window-1.claim' }] } }));
    await appliance.startCore();
    const window = await KioskUnderTest.enrol(appliance, 'window-1');
    const finance = new ConsoleClient(appliance.addresses.console);
    await finance.call('POST', '/first-login', { code: appliance.firstLoginCode, login: 'finance', displayName: '财务科', password: 'a-long-enough-password-1' });
    await sitDown({ finance, appliance, window });
    return new WindowUnderTest({ appliance, window, finance, secrets });
  }

  async close(): Promise<void> {
    await this.window.powerOff();
    await this.appliance.stop();
  }

  /** Card → bills → quote → payment at the window. */
  async take(cardNo: string, how: Omit<Pay, 'quoteId' | 'amountFen'>): Promise<Order> {
    const { quote } = await this.window.quote(cardNo);
    const paid = await this.window.client.pay({ quoteId: quote.quoteId, amountFen: quote.selfPayFen, ...how });
    assert.equal(paid.kind, 'order', JSON.stringify(paid));
    return paid.order;
  }

  /** The same by an application, over the payment API. */
  async order(cardNo: string, how: Omit<PaymentRequest, 'quoteId' | 'amountFen'>): Promise<ApiOrder> {
    const [patient = assert.fail('no patient')] = valueOf(await this.app.searchPatients({ cardType: 'visitCard', cardNo }));
    const [bill = assert.fail('no bill')] = valueOf(await this.app.searchBills({ patientId: patient.patientId }));
    const { quoteId, selfPayFen } = valueOf(await this.app.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
    return valueOf(await this.app.createPayment({ quoteId, amountFen: selfPayFen, ...how }, { idempotencyKey: `order-${quoteId}` }));
  }

  confirmed(tradeNo: string): Promise<Order> {
    return eventually('the hospital has confirmed', async () => {
      const order = await this.window.ask(tradeNo);
      return order.confirmation.state === 'confirmed' ? order : undefined;
    }, 40_000);
  }

  confirmedToApp(tradeNo: string): Promise<ApiOrder> {
    return eventually('the hospital has confirmed', async () => {
      const order = valueOf(await this.app.findPayment(tradeNo));
      return order.confirmation.state === 'confirmed' ? order : undefined;
    }, 40_000);
  }

  /** The patient leaves before he has paid; gives the order when its payment is closed. */
  async leave({ tradeNo }: Pick<Order, 'tradeNo'>): Promise<Order> {
    const cancelled = await this.window.client.call('payment.cancel', { tradeNo });
    assert.equal(cancelled.kind, 'ok', JSON.stringify(cancelled));
    return eventually('the payment is closed', async () => {
      const order = await this.window.ask(tradeNo);
      return order.payments[0]?.state === 'closed' ? order : undefined;
    }, 40_000);
  }

  /** Asked for at the console; gives the states of all refunds when the last has succeeded. */
  async giveBack({ tradeNo }: Pick<Order, 'tradeNo'>, refundFen: number): Promise<readonly { readonly refund_no: string; readonly refund_fen: number }[]> {
    const asked = await this.finance.call('POST', `/orders/${tradeNo}/refunds`, { refundFen, reason: '退费' }, { 'idempotency-key': `refund-${tradeNo}-${String(refundFen)}` });
    assert.equal(asked.status, 200, JSON.stringify(asked.body));
    return eventually('the money is back', () => {
      const refunds = this.appliance.read<{ refund_no: string; refund_fen: number; state: string }>('SELECT refund_no, refund_fen, state FROM refund WHERE trade_no = ? ORDER BY rowid', tradeNo);
      return refunds.length > 0 && refunds.every(({ state }) => state === 'succeeded') ? refunds : undefined;
    }, 40_000);
  }

  fundingOf(tradeNo: string): string | null | undefined {
    return this.appliance.read<{ funding_source: string | null }>('SELECT funding_source FROM payment WHERE trade_no = ?', tradeNo)[0]?.funding_source;
  }

  /** Posts a notification as the channel would; gives the HTTP status. */
  async notify(channel: string, { headers, body }: { readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }): Promise<number> {
    return (await fetch(`${this.appliance.addresses.payment}/notify/${channel}`, { method: 'POST', headers, body: new Uint8Array(body) })).status;
  }

  factsOf(tradeNo: string): readonly string[] {
    return this.appliance.read<{ kind: string }>('SELECT kind FROM fact WHERE trade_no = ? ORDER BY id', tradeNo).map(({ kind }) => kind);
  }

  /** What must hold when a file's stories are over: the ledger is whole, nothing waits for a person but what is `expected`, and neither a key nor `personal` was written down. */
  assertSound({ expected = [], personal = [] }: { readonly expected?: readonly string[]; readonly personal?: readonly string[] } = {}): void {
    assert.deepEqual(this.appliance.ledgerProblems(), []);
    const open = this.appliance.read<{ kind: string; subject: string; detail: string }>('SELECT kind, subject, detail FROM discrepancy_case WHERE resolved_at IS NULL');
    assert.deepEqual(open.filter(({ kind }) => !expected.includes(kind)), []);
    const log = this.appliance.log();
    assert.ok(log.length > 0 && this.#secrets.length > 0);
    for (const text of [...this.#secrets.map((secret) => secret.split('\n')[3] ?? secret), ...personal]) assert.ok(!log.includes(text), 'the log holds what it must not');
  }
}

export function valueOf<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}

/** A cashier with a password of his own signs in at the window, as the SDK does it: by a proof. */
async function sitDown({ finance, appliance, window }: Pick<WindowUnderTest, 'finance' | 'appliance' | 'window'>): Promise<void> {
  const [given, own] = ['Given-By-Boss-1', 'Drawer-And-Queue-1'];
  const added = await finance.call('POST', '/users', { login: 'cashier1', displayName: '收费员', roles: ['cashier'], operatorId: '0101', password: given });
  assert.equal(added.status, 200, JSON.stringify(added.body));
  const early = await window.client.signIn({ operatorNo: 'cashier1', password: given });
  assert.equal(early.kind === 'refused' ? early.error.code : early.kind, 'PASSWORD_CHANGE_FIRST');
  const browser = new ConsoleClient(appliance.addresses.console);
  await browser.call('POST', '/session', { login: 'cashier1', password: given });
  const changed = await browser.call('POST', '/password', { current: given, next: own });
  assert.equal(changed.status, 200, JSON.stringify(changed.body));
  const signedIn = await window.client.signIn({ operatorNo: 'CASHIER1', password: own });
  assert.equal(signedIn.kind, 'ok', JSON.stringify(signedIn));
}
