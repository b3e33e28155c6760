/** 医保混合收款 on one running core: a mini-program's back end, WeChat Pay and the insurance's mobile centre. What WeChat does at the centre is done here by the centre's own controls. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createPaymentClient, type ApiResult, type InsurancePayer, type Order, type PaymentClient } from '@hospay/payment-sdk';
import { mobileSettingsFor } from '../contract/channel-medical-insurance-mobile-stand.js';
import { startMedicalInsuranceSimulator, type MedicalInsuranceSimulator } from '../simulators/medical-insurance/start-medical-insurance-simulator.js';
import { APP, ApplianceUnderTest, eventually } from './appliance-under-test.js';

/** Patients of the simulated HIS, who are insured at the simulated centre too. */
const PATIENTS = [
  { cardNo: 'C0000009', name: '郑成功', idNo: '990101196611040099' },
  { cardNo: 'C0000010', name: '冯婉贞', idNo: '990101200109090100' },
] as const;
/** The person behind the wallet, who pays for his relative. Invented; nowhere else in this test. */
const PAYER = { name: '测试付款人', idNo: '44030019000101123X' } as const;

let appliance: ApplianceUnderTest;
let insurance: MedicalInsuranceSimulator;
let app: PaymentClient;

before(async () => {
  insurance = await startMedicalInsuranceSimulator({ mobile: { settles: 'later' } });
  for (const [index, { name, idNo }] of PATIENTS.entries()) insurance.centre.keepPerson({ personNo: `4400000000000000010${String(index)}`, name, idNo, cardNo: `SC10${String(index)}`, insuranceType: '390', place: '449900', balanceFen: 0 });
  appliance = await ApplianceUnderTest.prepare();
  const secret = (name: string, text = '') => {
    writeFileSync(join(appliance.dataFolder, 'secrets', name), text, { mode: 0o600 });
    return { secretFile: `secrets/${name}` };
  };
  const mobile = mobileSettingsFor(insurance);
  appliance.change((profile) => {
    const [wechat] = profile.channels as readonly { readonly settings: object }[];
    return {
      ...profile,
      hospital: { ...profile.hospital, merchants: [...profile.hospital.merchants, { merchantNo: insurance.institutionCode, name: '示范医院', campus: 'main' }] },
      channels: [
        {
          ...wechat,
          settings: {
            ...wechat?.settings, methods: ['nativeQr', 'miniProgram'], miniProgramAppid: appliance.wechat.merchantCredentials.miniProgramAppId,
            medicalInsurance: { cityId: '440300', institutionName: '示范医院', institutionNo: insurance.institutionCode },
          },
        },
        {
          id: 'insurance', plugin: 'medical-insurance', merchantNo: insurance.institutionCode, enabled: true,
          settings: {
            ...mobile, mobileAppSecret: secret('mobile-app-secret', mobile.mobileAppSecret), mobilePrivateKey: secret('mobile-key', mobile.mobilePrivateKey), gatewaySecret: secret('insurance-gateway', mobile.gatewaySecret),
          },
        },
      ],
      routing: [{ name: 'medical insurance', when: { methods: ['medicalInsurance'] }, channels: ['insurance'] }],
    };
  });
  await appliance.startCore();
  app = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
});
after(async () => {
  await appliance.stop();
  await insurance.stop();
});

function must<Value>(result: ApiResult<Value>): Value {
  assert.equal(result.kind, 'ok', JSON.stringify(result));
  return result.value;
}

let visits = 0;
/** Card → bills → quote → what the insurance pays of it, authorised in the mini-program. */
async function presettle(which: 0 | 1) {
  const { cardNo, name, idNo } = PATIENTS[which];
  const [patient = assert.fail()] = must(await app.searchPatients({ cardType: 'visitCard', cardNo }));
  const [bill = assert.fail('the patient owes nothing')] = must(await app.searchBills({ patientId: patient.patientId }));
  const quote = must(await app.quoteBills({ patientId: patient.patientId, billNos: [bill.billNo] }));
  const personNo = `4400000000000000010${String(which)}`;
  const payAuthNo = insurance.mobile.authorise(personNo);
  const key = `visit-${String((visits += 1)).padStart(4, '0')}`;
  const { presettlementNo, totalFen, split = assert.fail('no split') } = must(await app.presettle({ quoteId: quote.quoteId, voucher: { kind: 'authorization', number: payAuthNo }, personNo, insuranceType: '390', usesAccount: false }, { idempotencyKey: `${key}-insurance` }));
  assert.ok(split.fundFen > 0 && split.cashFen > 0);
  const insurancePayer: InsurancePayer = { payAuthNo, ...PAYER, relative: { name, idNo } };
  const pay = () => app.createPayment({ quoteId: quote.quoteId, amountFen: totalFen, method: 'miniProgram', payerId: 'oSimulatedPayer000000000002', presettlementNo, insurancePayer }, { idempotencyKey: `${key}-pay` });
  return { key, presettlementNo, totalFen, split, pay, orderId: insurance.mobile.byOwnNumber(presettlementNo).orderId };
}
type Presettled = Awaited<ReturnType<typeof presettle>>;

const find = async (tradeNo: string): Promise<Order> => must(await app.findPayment(tradeNo));
const invoked = ({ payments }: Order) => (payments[1]?.presentation?.kind === 'invoke' ? payments[1].presentation.parameters : undefined);
const cashNoOf = ({ payments }: Order) => payments[1]?.paymentNo ?? assert.fail('there is no cash payment');
/** The patient confirms in WeChat: WeChat takes the cash and has the centre settle the order. */
function confirms(order: Order, { orderId }: Pick<Presettled, 'orderId'>): void {
  appliance.wechat.payMedIns(cashNoOf(order));
  insurance.mobile.put(orderId, '2');
  insurance.mobile.settle(orderId);
}
const confirmed = (tradeNo: string) =>
  eventually('the hospital has confirmed', async () => {
    const order = await find(tradeNo);
    return order.confirmation.state === 'confirmed' ? order : undefined;
  }, 40_000);
const states = ({ payments }: Order) => payments.map(({ state }) => state);

test('a mini-program pays both parts by one confirmation; the hospital hears once of the whole; a whole refund takes both back, and WeChat is told although its answer is lost', async () => {
  const visit = await presettle(0);
  const order = must(await visit.pay());
  assert.deepEqual(order.payments.map(({ channel, method, amountFen }) => [channel, method, amountFen]), [['insurance', 'medicalInsurance', visit.split.insuredFen], ['wechat', 'miniProgram', visit.split.cashFen]]);
  assert.equal(invoked(order)?.['mixTradeNo'], appliance.wechat.medInsOrders().find(({ outTradeNo }) => outTradeNo === cashNoOf(order))?.mixTradeNo);
  assert.equal(must(await visit.pay()).tradeNo, order.tradeNo, 'the same request again is the same order');
  confirms(order, visit);
  const done = await confirmed(order.tradeNo);
  assert.deepEqual([states(done), done.payments[0]?.insuranceSplit], [['succeeded', 'succeeded'], { fundFen: visit.split.fundFen, accountFen: 0 }]);
  const told = appliance.his.hospital.findInsuranceSettlement(order.tradeNo);
  assert.deepEqual([appliance.his.hospital.findSettlement(order.tradeNo)?.amountFen, told?.fundFen, told?.cashFen, told?.insuranceSettlementNo], [visit.totalFen, visit.split.fundFen, visit.split.cashFen, visit.orderId]);
  assert.deepEqual(insurance.mobileInterface.received.filter(({ infno }) => infno === '6202'), [], 'nobody else had the centre settle it');

  appliance.wechat.faults.inject({ on: 'medInsRefundNotice', fault: { kind: 'executeThenDropConnection' } });
  const { refund } = must(await app.requestRefund(order.tradeNo, { reason: '退费' }, { idempotencyKey: `${visit.key}-refund` }));
  const back = await eventually('both parts are back', async () => {
    const now = await find(order.tradeNo);
    return now.refunds.length === 2 && now.refunds.every(({ state }) => state === 'succeeded') ? now : undefined;
  }, 40_000);
  assert.deepEqual(back.refunds.map(({ refundFen }) => refundFen), [visit.split.cashFen, visit.split.insuredFen]);
  const sent = appliance.read<{ refund_no: string }>("SELECT subject AS refund_no FROM state_event WHERE axis = 'refund' AND to_state = 'submitted' AND trade_no = ? ORDER BY id", order.tradeNo);
  assert.deepEqual(sent.map(({ refund_no: refundNo }) => refundNo), back.refunds.map(({ refundNo }) => refundNo), 'WeChat first, the insurance last');
  assert.equal(insurance.mobile.orders.get(visit.orderId)?.state, '8');
  await eventually('WeChat has taken that the insurance is undone', () => (appliance.read("SELECT 1 FROM job WHERE kind = 'tellInsuranceRefund'").length === 0 ? true : undefined), 30_000);
  assert.deepEqual(appliance.wechat.medInsOrders().find(({ outTradeNo }) => outTradeNo === cashNoOf(order))?.refunds, [{ outRefundNo: refund.refundNo, totalFen: visit.split.insuredFen, govFen: visit.split.fundFen, selfFen: 0, otherFen: 0 }]);
});

test('the answer to the mixed order is lost: the platform repeats it by itself under the same numbers, and the patient pays once', async () => {
  const visit = await presettle(1);
  appliance.wechat.faults.inject({ on: 'medInsOrder', fault: { kind: 'executeThenDropConnection' } });
  const order = must(await visit.pay());
  assert.deepEqual([states(order), invoked(order)], [['paying', 'unknown'], undefined]);
  const shown = await eventually('there is something to pay with', async () => {
    const now = await find(order.tradeNo);
    return invoked(now) === undefined ? undefined : now;
  });
  assert.equal(appliance.wechat.medInsOrders().filter(({ outTradeNo }) => outTradeNo === cashNoOf(order)).length, 1);
  confirms(shown, visit);
  await confirmed(order.tradeNo);
});

test('a power cut between the cash order and the mixed one: after it the platform goes on by itself under the same numbers', async () => {
  const visit = await presettle(0);
  appliance.wechat.faults.inject({ on: 'medInsOrder', fault: { kind: 'delayBeforeExecuting', delayMs: 120_000 } });
  const lost = visit.pay();
  const mixed = new Set(appliance.wechat.medInsOrders().map(({ outTradeNo }) => outTradeNo));
  const cash = await eventually('the cash order is placed', () => appliance.wechat.orders.list().find(({ outTradeNo, state }) => state === 'NOTPAY' && !mixed.has(outTradeNo)));
  await new Promise((wake) => { setTimeout(wake, 300); });
  await appliance.killCore();
  await lost;
  await appliance.startCore();
  app = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret });
  const order = await eventually('there is something to pay with', async () => {
    const now = must(await app.findPaymentByKey(`${visit.key}-pay`));
    return invoked(now) === undefined ? undefined : now;
  });
  assert.equal(cashNoOf(order), cash.outTradeNo);
  confirms(order, visit);
  await confirmed(order.tradeNo);
});

test('no notice ever arrives: the centre settled, WeChat is asked, and the hospital is told', async () => {
  const visit = await presettle(1);
  const order = must(await visit.pay());
  const lost = appliance.wechat.faults.inject({ on: 'notification', times: 'always', fault: { kind: 'drop' } });
  confirms(order, visit);
  await confirmed(order.tradeNo);
  lost.remove();
});

test('the patient leaves: cash order closed, centre revoked, nothing kept; the bills are paid another time', async () => {
  const visit = await presettle(0);
  const order = must(await visit.pay());
  assert.deepEqual(states(must(await app.cancelPayment(order.tradeNo))), ['closed', 'closed']);
  assert.deepEqual([appliance.wechat.orders.findOrder(cashNoOf(order))?.state, insurance.mobile.orders.get(visit.orderId)?.state], ['CLOSED', '12']);
  await eventually('the pre-settlement is given up with its order', async () => (must(await app.abandonPresettlement(visit.presettlementNo)).state === 'abandoned' ? true : undefined));
  const again = await presettle(0);
  const second = must(await again.pay());
  confirms(second, again);
  await confirmed(second.tradeNo);
});

test('the insurance fails after WeChat took the cash: nothing counts as paid, and when WeChat has returned the cash both payments are over', async () => {
  const visit = await presettle(1);
  const order = must(await visit.pay());
  appliance.wechat.payMedIns(cashNoOf(order), { reason: '医保结算失败', cashTaken: true });
  await eventually('the cash part is in doubt', () => (appliance.read<{ last_news: string | null }>('SELECT last_news FROM payment WHERE payment_no = ?', cashNoOf(order))[0]?.last_news?.includes('not returned') === true ? true : undefined));
  assert.deepEqual([(await find(order.tradeNo)).confirmation.state, insurance.mobile.orders.get(visit.orderId)?.state], ['none', '1']);
  appliance.wechat.returnMedInsCash(cashNoOf(order));
  insurance.mobile.put(visit.orderId, '15');
  const over = await eventually('both are over', async () => {
    const now = await find(order.tradeNo);
    return now.payments.every(({ state }) => state === 'closed' || state === 'failed') ? now : undefined;
  }, 40_000);
  assert.deepEqual([over.refunds, over.confirmation.state], [[], 'none']);
});

test('after all of it the ledger is whole, no case is open, and who paid is written down nowhere', () => {
  assert.deepEqual(appliance.ledgerProblems(), []);
  assert.deepEqual(appliance.read('SELECT kind, subject, detail FROM discrepancy_case WHERE resolved_at IS NULL'), []);
  const files = readdirSync(appliance.dataFolder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const { parentPath, name } of files) {
    const bytes = readFileSync(join(parentPath, name));
    for (const personal of Object.values(PAYER)) assert.ok(!bytes.includes(personal), `${name} holds ${personal}`);
  }
  assert.ok(files.length > 3);
});
