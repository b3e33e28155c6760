/** 付款, 到账 and 结算 through the whole appliance, with the very bank link and accounts `npm start` runs: from the console's API to the simulated bank and back into the books, over a restart of both. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { beijingDay } from '@hospay/plugin-sdk';
import { createPaymentClient } from '@hospay/payment-sdk';
import { parse } from 'yaml';
import { codeOf, ConsoleClient, listOf, runReconciliationDay } from '../contract/console-client.js';
import { settleToBank } from '../simulators/bank/settle-to-bank.js';
import { startBankSimulator } from '../simulators/bank/start-bank-simulator.js';
import { APP, ApplianceUnderTest, eventually, ROOT } from './appliance-under-test.js';

type OfSource = { readonly source: string };
type DemoProfile = { readonly settlement: { readonly arrivals: readonly OfSource[]; readonly contracts: readonly OfSource[]; readonly shares: readonly object[] }; readonly hospital: { readonly campuses: readonly { readonly id: string }[] }; readonly bankLinks: readonly { readonly accountNos: readonly string[]; readonly settings: Record<string, unknown> }[]; readonly payouts: { readonly accounts: readonly object[] } };

/** The bank has business on at least one of the four days after. */
const DAYS_AGO = 5;
const DAY_MS = 86_400_000;

test('what a wallet took five days ago, in the eastern campus, came to the bank on a working day: matched to the fen, settled in a batch that one proposes and another approves, and moved. Money moved between the hospital’s accounts is proposed and approved at the console, reaches the bank once, and is paid; after a restart of core and bank the bank returns the transfer: a case, and the books have it back', async (context) => {
  let ago = DAYS_AGO;
  const now = () => new Date(Date.now() - ago * DAY_MS);
  const appliance = await ApplianceUnderTest.prepare({ wechat: { now } });
  context.after(() => appliance.stop());
  const dataFolder = join(appliance.folder, 'bank');
  mkdirSync(dataFolder);
  let bank = await startBankSimulator({ dataFolder, now });
  context.after(() => bank.stop());
  const { bankLinks, payouts, settlement, hospital } = parse(readFileSync(join(ROOT, 'config/profiles/demo.yaml'), 'utf8')) as DemoProfile;
  const [link = assert.fail('the demo has no bank link')] = bankLinks;
  assert.deepEqual(link.accountNos, [bank.accountNo], 'the demo pays from the account the simulated bank keeps');
  assert.equal(link.settings['userName'], bank.userName);
  const port = Number(new URL(bank.frontEndUrl).port);
  appliance.change((profile) => ({
    // The simulated bank sets no pace.
    ...profile, plugins: { folders: [join(ROOT, 'plugins/channels'), join(ROOT, 'plugins/bank-links'), join(ROOT, 'hospital-adapters')] },
    bankLinks: [{ ...link, settings: { ...link.settings, frontEndUrl: bank.frontEndUrl, instructionSpacingMs: 0, querySpacingMs: 0 } }], payouts: { ...payouts, queryRhythmSeconds: [1] },
    hospital: { ...profile.hospital, campuses: hospital.campuses.map((campus) => (campus.id === 'east' ? { ...campus, owners: [APP.id] } : campus)) },
    // Nobody looked for four days: what came meanwhile is not yet late.
    settlement: { ...settlement, arrivals: settlement.arrivals.filter(({ source }) => source === 'wechat').map((rule) => ({ ...rule, lateWorkingDays: 10 })), contracts: settlement.contracts.filter(({ source }) => source === 'wechat') },
  }));
  await appliance.startCore({ daysAgo: DAYS_AGO });

  const administrator = new ConsoleClient(appliance.addresses.console);
  await administrator.call('POST', '/first-login', { code: appliance.firstLoginCode, login: 'li.admin', displayName: '李工', password: 'Correct-Horse-7' });
  await administrator.call('POST', '/users', { login: 'zhang.fin', displayName: '张会计', roles: ['finance'], password: 'Given-By-Boss-1' });
  const finance = new ConsoleClient(appliance.addresses.console);
  await finance.call('POST', '/session', { login: 'zhang.fin', password: 'Given-By-Boss-1' });
  await finance.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-8' });

  assert.deepEqual(listOf(await finance.get('/payouts'), 'accounts').map(({ id, hasLink }) => [id, hasLink]), [['citic-main', true], ['ccb-east', false]]);
  const wish = { requestKey: 'a-key-of-this-test-1', fromAccount: 'citic-main', toAccount: 'ccb-east', amountFen: 123_456, purpose: '归集' };
  const { payoutNo = '', hash } = (await finance.call('POST', '/payouts/settlements', wish)).body as { payoutNo?: string; hash?: string };
  assert.equal(codeOf(await finance.call('POST', '/payouts/settlements', { ...wish, requestKey: 'a-key-of-this-test-2', fromAccount: 'ccb-east', toAccount: 'citic-main' })), 'BANK_LINK_UNAVAILABLE');
  const decided = await administrator.call('POST', '/payouts/decisions', { payouts: [{ payoutNo, hash }], decision: 'approve', reason: '已核对' });
  assert.deepEqual(listOf(decided, 'results').map(({ refused }) => refused), [undefined], JSON.stringify(decided.body));
  await eventually('the bank has paid it', async () => ((await finance.get(`/payouts/${payoutNo}`)).body['state'] === 'succeeded' ? true : undefined));
  const { order } = bank.bank.transfers.find(payoutNo) ?? assert.fail('the bank never had it');
  assert.deepEqual([order.amountFen, order.payee.accountNo, order.payee.bankName, bank.bank.transfers.paidUnder(payoutNo)], [123_456, '11001018500053001234', '建设银行东城支行', 1]);
  assert.deepEqual(appliance.ledgerProblems(), []);

  const billDay = beijingDay(now());
  const paidFen = await payAtTheApplication(appliance, now);
  await runTask(administrator, 'import-bank-statements');

  await appliance.stopCore();
  while (ago > 1) {
    ago -= 1;
    settleToBank({ bank: bank.bank, accountNo: bank.accountNo, channels: [{ payer: '财付通支付科技有限公司', moves: () => appliance.wechat.orders.list().flatMap(({ payments }) => payments.map(({ paidAt, ...payment }) => ({ at: paidAt, netFen: payment.paidFen - payment.feeFen }))) }] }).stop();
  }
  ago = 0;
  await bank.stop();
  bank = await startBankSimulator({ dataFolder, port, now });
  assert.equal(bank.bank.transfers.paidUnder(payoutNo), 1, 'the bank knows it after a restart');
  await appliance.startCore();
  const again = new ConsoleClient(appliance.addresses.console);
  await again.call('POST', '/session', { login: 'zhang.fin', password: 'Correct-Horse-8' });
  assert.deepEqual(listOf(await again.get('/payouts'), 'payouts').map(({ payoutNo: no, state }) => [no, state]), [[payoutNo, 'succeeded']]);

  assert.ok((await (await fetch(bank.counterUrl)).text()).includes(payoutNo), 'the bank’s page shows it');
  const giveBack = () => fetch(`${bank.counterUrl}/returns/${payoutNo}`, { method: 'POST', redirect: 'manual' });
  assert.deepEqual([(await giveBack()).status, (await giveBack()).status], [303, 409], 'what came back does not come back twice');
  const operator = new ConsoleClient(appliance.addresses.console);
  await operator.call('POST', '/session', { login: 'li.admin', password: 'Correct-Horse-7' });
  // The bank is asked once a day about what it paid; a person may have it asked now, unless it is being asked since the start.
  await eventually('the bank says that it came back', async () => {
    await operator.call('POST', '/queue/wakes', { kind: 'advancePayout', subject: payoutNo });
    return (await again.get(`/payouts/${payoutNo}`)).body['state'] === 'returned' ? true : undefined;
  });
  assert.deepEqual(listOf(await again.get('/cases?state=open'), 'cases').map(({ kind, subject }) => [kind, subject]), [['payoutReturned', payoutNo]]);
  assert.equal(bank.bank.transfers.paidUnder(payoutNo), 1);
  assert.deepEqual(appliance.ledgerProblems(), []);

  await runTask(operator, 'import-bank-statements');
  assert.equal((await runReconciliationDay(again, billDay)).status, 200);
  await again.call('POST', '/arrivals/runs');
  const feeFen = Math.round(paidFen * 0.006);
  assert.deepEqual(listOf(await again.get('/arrivals'), 'arrivals').map(({ kind, source, arrivedFen, expectedFen }) => [kind, source, arrivedFen, expectedFen]), [['matched', 'wechat', paidFen - feeFen, paidFen - feeFen]]);
  const draft = (await again.get('/settlements/draft')).body;
  assert.deepEqual(draft['moves'], [{ fromAccount: 'citic-main', toAccount: 'ccb-east', amountFen: paidFen - feeFen }]);
  const batch = (await again.call('POST', '/settlements', { hash: draft['hash'] })).body as { batchNo?: string; hash?: string };
  assert.equal((await operator.call('POST', `/settlements/${batch.batchNo ?? ''}/decisions`, { hash: batch.hash, decision: 'approve', reason: '已核对' })).status, 200, JSON.stringify(batch));
  const moved = async () => listOf(await again.get('/settlements'), 'batches').flatMap((one) => one['moves'] as { payoutNo?: string; payoutState?: string }[]);
  await eventually('the bank has moved it', async () => ((await moved())[0]?.payoutState === 'succeeded' ? true : undefined));
  assert.equal(bank.bank.transfers.paidUnder((await moved())[0]?.payoutNo ?? ''), 1);
  assert.deepEqual(listOf(await again.get('/cases?state=open'), 'cases').map(({ kind }) => kind), ['payoutReturned'], 'nothing of what was settled is left hanging');
  assert.deepEqual(appliance.ledgerProblems(), []);
  for (const secret of ['11001018500053001234', bank.accountNo]) assert.ok(!appliance.log().includes(secret), 'no account number stands in the log');
});

/** Paid from the wallet and booked by the HIS. Gives what was charged. */
async function payAtTheApplication(appliance: ApplianceUnderTest, now: () => Date): Promise<number> {
  const client = createPaymentClient({ origin: appliance.addresses.payment, appId: APP.id, secret: APP.secret, timeoutMs: 5_000, now });
  const patients = await client.searchPatients({ cardType: 'visitCard', cardNo: 'C0000002' });
  assert.equal(patients.kind, 'ok', JSON.stringify(patients));
  const patientId = patients.value[0]?.patientId ?? '';
  const quote = await client.quoteBills({ patientId, billNos: [await appliance.his.hospital.addBill({ patientId, lines: [{ itemName: '换药', priceFen: 12_345 }] })] });
  assert.equal(quote.kind, 'ok', JSON.stringify(quote));
  const created = await client.createPayment({ quoteId: quote.value.quoteId, amountFen: quote.value.selfPayFen, method: 'nativeQr', description: '门诊缴费' }, { idempotencyKey: 'a-key-of-this-test-3' });
  assert.equal(created.kind, 'ok', JSON.stringify(created));
  appliance.wechat.pay(`${created.value.tradeNo}P01`);
  await eventually('the payment is booked', async () => {
    const order = await client.findPayment(created.value.tradeNo);
    return order.kind === 'ok' && order.value.confirmation.state === 'confirmed' ? true : undefined;
  });
  return quote.value.selfPayFen;
}

/** Until it has run: a start may just be running what it missed. */
async function runTask(console: ConsoleClient, name: string): Promise<void> {
  await eventually(`${name} has run`, async () => ((await console.call('POST', `/tasks/${name}/runs`)).status === 200 ? true : undefined));
  await eventually(`${name} has succeeded`, async () => (listOf(await console.get(`/tasks/${name}/runs`), 'runs')[0]?.['state'] === 'succeeded' ? true : undefined));
}
