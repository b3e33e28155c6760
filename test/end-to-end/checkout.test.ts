/** One code for every wallet, on the running core: a guide sheet of the HIS, a kiosk's screen, phones, a power cut. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createPaymentClient, type IssuedCheckout, type PaymentClient } from '@hospay/payment-sdk';
import { USER_AGENTS } from '../contract/checkout-stand.js';
import { BROWSING_PAYER_OPEN_ID } from '../simulators/wechat-pay/payer-authorisation.js';
import { APP, eventually, type ApplianceUnderTest } from './appliance-under-test.js';
import { backFromWechat, startCheckoutAppliance, type CheckoutUnderTest } from './checkout-under-test.js';
import { KioskUnderTest } from './kiosk-under-test.js';

type View = { readonly stage: string; readonly round: number; readonly amountFen?: number; readonly wallets: readonly string[]; readonly before?: string; readonly presentation?: { readonly kind: string; readonly url?: string; readonly parameters?: Record<string, string>; readonly fields?: Record<string, string> }; readonly receipt?: { readonly receiptNo?: string }; readonly error?: { readonly code: string } };

let bench: CheckoutUnderTest;
let appliance: ApplianceUnderTest;
let his: PaymentClient;
let kiosk: KioskUnderTest;
const tokens: string[] = [];
const tokenOf = (url: string) => url.slice(url.lastIndexOf('/') + 1);
before(async () => {
  bench = await startCheckoutAppliance();
  ({ appliance } = bench);
  his = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  kiosk = await KioskUnderTest.enrol(appliance);
});
after(async () => {
  await kiosk.powerOff();
  await bench.stop();
});

/** A phone's browser at the page of a code. */
class Phone {
  readonly #url: string;
  readonly #userAgent: string;
  #cookie = '';

  constructor(url: string, kind: keyof typeof USER_AGENTS) {
    this.#url = url;
    this.#userAgent = USER_AGENTS[kind];
  }
  ask(method: 'GET' | 'POST', what: string, body?: object): Promise<Response> {
    return this.#request(method, `${this.#url}${what}`, body);
  }
  /** Back from the wallet's own page, to where it was told to send the browser. */
  async returnTo(address: string, query: string): Promise<string> {
    return (await this.#request('GET', `${address}?${query}`)).headers.get('location') ?? '';
  }
  async #request(method: 'GET' | 'POST', address: string, body?: object): Promise<Response> {
    const response = await fetch(address, { method, redirect: 'manual', headers: { 'user-agent': this.#userAgent, cookie: this.#cookie, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    this.#cookie = /^[^;]+/.exec(response.headers.get('set-cookie') ?? '')?.[0] ?? this.#cookie;
    return response;
  }
  open = async () => (await (await this.ask('POST', '/open')).json()) as View;
  state = async (isFresh = false) => (await (await this.ask('GET', `/state${isFresh ? '?fresh=true' : ''}`)).json()) as View;
  pay = async (wallet: string, { round, amountFen }: View) => (await (await this.ask('POST', '/pay', { wallet, round, amountFen })).json()) as { readonly kind: string; readonly url?: string; readonly view?: View };
  cancel = async (round: number) => (await (await this.ask('POST', '/cancel', { round })).json()) as View;
  until = (stage: string, isFresh = false) =>
    eventually(`the page shows ${stage}`, async () => {
      const view = await this.state(isFresh);
      return view.stage === stage ? view : undefined;
    }, 30_000);
}

/** The HIS prints a guide sheet: it knows patient and bills, the code carries neither. */
async function guideSheet(cardNo: string): Promise<IssuedCheckout> {
  const patients = await his.searchPatients({ cardType: 'visitCard', cardNo });
  assert.equal(patients.kind, 'ok', JSON.stringify(patients));
  const [patient] = patients.value;
  assert.ok(patient);
  const bills = await his.searchBills({ patientId: patient.patientId });
  assert.equal(bills.kind, 'ok', JSON.stringify(bills));
  const billNos = bills.value.slice(0, 1).map(({ billNo }) => billNo);
  const issued = await his.issueCheckout({ patientId: patient.patientId, patientLabel: patient.name, billNos });
  assert.equal(issued.kind, 'ok', JSON.stringify(issued));
  tokens.push(tokenOf(issued.value.url));
  for (const known of [patient.patientId, patient.name, ...billNos]) assert.ok(!issued.value.url.includes(known));
  return issued.value;
}
const paymentNoOf = (tradeNo: string) => appliance.read<{ payment_no: string }>('SELECT payment_no FROM payment WHERE trade_no = ?', tradeNo)[0]?.payment_no ?? '';
async function orderOf({ checkoutNo }: IssuedCheckout) {
  const found = await his.findCheckout(checkoutNo);
  assert.equal(found.kind, 'ok', JSON.stringify(found));
  return found.value.order;
}

test('a guide sheet, scanned by an ordinary browser, paid at Alipay\'s own page: the hospital books it once and the phone has the receipt', async () => {
  const sheet = await guideSheet('C0000001');
  const phone = new Phone(sheet.url, 'browser');
  assert.equal((await phone.ask('GET', '')).status, 200);
  const opened = await phone.open();
  assert.deepEqual([opened.stage, opened.wallets], ['open', ['alipay', 'unionpay']]);
  const paying = await phone.pay('alipay', opened);
  const toAlipay = paying.view?.presentation?.url ?? '';
  assert.ok(toAlipay.startsWith(bench.alipay.gatewayUrl), JSON.stringify(paying));
  assert.equal(new URL(toAlipay).searchParams.get('return_url'), sheet.url.replace(/[^/]+$/, sheet.checkoutNo));
  assert.equal((await fetch(toAlipay)).status, 200);
  const order = await orderOf(sheet);
  assert.ok(order);
  bench.alipay.pay(paymentNoOf(order.tradeNo));
  const done = await phone.until('done');
  assert.ok(done.receipt?.receiptNo);
  assert.equal(appliance.his.hospital.listSettlements().filter(({ tradeNo }) => tradeNo === order.tradeNo).length, 1);
  assert.equal((await orderOf(sheet))?.confirmation.state, 'confirmed');
});

test('a kiosk shows one code; WeChat tells who pays; the kiosk hears of the payment made by the phone and prints', async () => {
  const { quote } = await kiosk.quote('C0000002');
  const issued = await kiosk.client.call('checkout.issue', { quoteId: quote.quoteId });
  assert.equal(issued.kind, 'ok', JSON.stringify(issued));
  tokens.push(tokenOf(issued.value.url));
  const phone = new Phone(issued.value.url, 'wechat');
  const opened = await phone.open();
  assert.deepEqual([opened.wallets, opened.amountFen], [['wechat'], quote.selfPayFen]);
  const away = await phone.pay('wechat', opened);
  assert.equal(away.kind, 'identify');
  const { searchParams } = new URL(away.url ?? '');
  const back = issued.value.url.replace(tokenOf(issued.value.url), issued.value.checkoutNo);
  assert.equal(searchParams.get('redirect_uri'), `${back}/payer`);
  const stranger = new Phone(issued.value.url, 'wechat');
  // WeChat sends whoever authorised to the same address: only the browser that asked is known there.
  const come = async (who: Phone) => {
    const sent = new URL(await backFromWechat(away.url ?? ''));
    return who.returnTo(`${sent.origin}${sent.pathname}`, sent.search.slice(1));
  };
  assert.match(await come(stranger), /#not-identified$/);
  assert.match(await come(phone), /#identified$/);
  const paying = await phone.pay('wechat', opened);
  assert.equal(paying.view?.presentation?.kind, 'invoke');
  assert.match(paying.view.presentation.parameters?.['package'] ?? '', /^prepay_id=/);
  assert.equal((await stranger.open()).stage, 'elsewhere');
  const asked = await kiosk.client.call('checkout.query', { checkoutNo: issued.value.checkoutNo });
  assert.ok(asked.kind === 'ok' && asked.value.order);
  const { tradeNo } = asked.value.order;
  appliance.wechat.pay(paymentNoOf(tradeNo));
  await phone.until('done', true);
  await eventually('the kiosk was told without asking', () => kiosk.pushed.find((order) => order.tradeNo === tradeNo && order.confirmation.state === 'confirmed'));
  assert.equal((await kiosk.client.call('receipt.printed', { tradeNo })).kind, 'ok');
  assert.equal(appliance.wechat.orders.findOrder(paymentNoOf(tradeNo))?.openId, BROWSING_PAYER_OPEN_ID);
});

test('scanned with 云闪付: the page posts UnionPay\'s form, the notification is lost, and what the page says is what UnionPay says', async () => {
  const sheet = await guideSheet('C0000004');
  const phone = new Phone(sheet.url, 'unionpay');
  const opened = await phone.open();
  assert.deepEqual(opened.wallets, ['unionpay']);
  const { presentation } = (await phone.pay('unionpay', opened)).view ?? {};
  assert.ok(presentation?.kind === 'form' && presentation.url?.startsWith(bench.unionpay.baseUrl), JSON.stringify(presentation));
  const { fields = {} } = presentation;
  assert.equal(fields['frontUrl'], sheet.url.replace(/[^/]+$/, sheet.checkoutNo));
  assert.equal((await fetch(presentation.url ?? '', { method: 'POST', body: new URLSearchParams(fields) })).status, 200);
  const order = await orderOf(sheet);
  assert.ok(order);
  const paymentNo = paymentNoOf(order.tradeNo);
  bench.unionpay.faults.inject({ on: 'notification', orderId: paymentNo, times: 'always', fault: { kind: 'drop' } });
  bench.unionpay.faults.inject({ on: 'query', orderId: paymentNo, times: 1, fault: { kind: 'badSignature' } });
  assert.equal((await phone.state(true)).stage, 'toPay');
  bench.unionpay.pay(paymentNo);
  assert.ok((await phone.until('done', true)).receipt?.receiptNo);
});

test('the power fails while the patient is in his wallet: after it the page is where it was, and he is charged once', async () => {
  const sheet = await guideSheet('C0000003');
  const phone = new Phone(sheet.url, 'browser');
  const opened = await phone.open();
  const paying = await phone.pay('alipay', opened);
  await fetch(paying.view?.presentation?.url ?? '');
  const order = await orderOf(sheet);
  assert.ok(order);
  await appliance.killCore();
  bench.alipay.pay(paymentNoOf(order.tradeNo));
  await appliance.startCore();
  assert.equal((await phone.pay('alipay', opened)).view?.round, 1);
  const done = await phone.until('done', true);
  assert.ok(done.receipt?.receiptNo, 'the phone is still known');
  assert.equal(appliance.read<{ n: number }>("SELECT count(*) AS n FROM payment WHERE trade_no = ?", order.tradeNo)[0]?.n, 1);
});

test('another wallet after all: Alipay\'s trade is closed there before WeChat is charged; the HIS withdraws a sheet and nobody can pay it', async () => {
  const sheet = await guideSheet('C0000005');
  const [inAlipay, inWechat] = [new Phone(sheet.url, 'alipay'), new Phone(sheet.url, 'wechat')];
  const opened = await inAlipay.open();
  await fetch((await inAlipay.pay('alipay', opened)).view?.presentation?.url ?? '');
  const first = await orderOf(sheet);
  assert.ok(first);
  assert.equal((await inWechat.open()).stage, 'elsewhere');
  const closed = await inAlipay.cancel(1);
  assert.deepEqual([closed.stage, closed.round, closed.before], ['open', 2, 'closed']);
  assert.equal(bench.alipay.findTrade(paymentNoOf(first.tradeNo))?.state, 'TRADE_CLOSED');
  const again = await inWechat.open();
  assert.deepEqual([again.round, again.wallets], [2, ['wechat']]);
  const away = await inWechat.pay('wechat', again);
  const sent = new URL(await backFromWechat(away.url ?? ''));
  await inWechat.returnTo(`${sent.origin}${sent.pathname}`, sent.search.slice(1));
  assert.equal((await inWechat.pay('wechat', again)).view?.stage, 'toPay');
  const second = await orderOf(sheet);
  assert.ok(second && second.tradeNo !== first.tradeNo);
  const revoked = await his.revokeCheckout(sheet.checkoutNo);
  assert.deepEqual(revoked.kind === 'ok' && [revoked.value.state, revoked.value.order?.payments[0]?.state], ['revoked', 'closed']);
  assert.equal((await inWechat.open()).error?.code, 'CHECKOUT_NOT_OPEN');
});

test('after all of it the ledger is whole, no case is open, and neither token nor payer is in the log or in any database', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
  assert.deepEqual(appliance.read('SELECT kind, subject, detail FROM discrepancy_case WHERE resolved_at IS NULL'), []);
  const log = appliance.log();
  assert.ok(log.includes('payCheckout'));
  assert.doesNotMatch(log, /\/c\/[0-9A-Z]{26}/);
  assert.doesNotMatch(log, /oSimulated/);
  for (const file of ['platform.sqlite', 'platform.sqlite-wal', 'money.sqlite', 'money.sqlite-wal']) {
    const bytes = readFileSync(join(appliance.dataFolder, file)).toString('latin1');
    assert.doesNotMatch(bytes, /oSimulated/, file);
    for (const token of tokens) assert.ok(!bytes.includes(token), `${file} holds a token`);
  }
  assert.equal(tokens.length, 5);
});
