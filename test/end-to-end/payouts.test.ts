/** 付款 through the whole appliance, with the very bank link and accounts `npm start` runs: from the console's API to the simulated bank and back into the books, over a restart of both. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { codeOf, ConsoleClient, listOf } from '../contract/console-client.js';
import { startBankSimulator } from '../simulators/bank/start-bank-simulator.js';
import { ApplianceUnderTest, eventually, ROOT } from './appliance-under-test.js';

type DemoProfile = { readonly bankLinks: readonly { readonly accountNos: readonly string[]; readonly settings: Record<string, unknown> }[]; readonly payouts: { readonly accounts: readonly object[] } };

test('money moved between the hospital’s accounts is proposed and approved at the console, reaches the bank once, and is paid; after a restart of core and bank the bank returns the transfer: a case, and the books have it back', async (context) => {
  const appliance = await ApplianceUnderTest.prepare();
  context.after(() => appliance.stop());
  const dataFolder = join(appliance.folder, 'bank');
  mkdirSync(dataFolder);
  let bank = await startBankSimulator({ dataFolder });
  context.after(() => bank.stop());
  const { bankLinks, payouts } = parse(readFileSync(join(ROOT, 'config/profiles/demo.yaml'), 'utf8')) as DemoProfile;
  const [link = assert.fail('the demo has no bank link')] = bankLinks;
  assert.deepEqual(link.accountNos, [bank.accountNo], 'the demo pays from the account the simulated bank keeps');
  assert.equal(link.settings['userName'], bank.userName);
  const port = Number(new URL(bank.frontEndUrl).port);
  appliance.change((profile) => ({
    ...profile, plugins: { folders: [join(ROOT, 'plugins/channels'), join(ROOT, 'plugins/bank-links'), join(ROOT, 'hospital-adapters')] },
    bankLinks: [{ ...link, settings: { ...link.settings, frontEndUrl: bank.frontEndUrl } }], payouts: { ...payouts, queryRhythmSeconds: [1] },
  }));
  await appliance.startCore();

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

  await appliance.stopCore();
  await bank.stop();
  bank = await startBankSimulator({ dataFolder, port });
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
  for (const secret of ['11001018500053001234', bank.accountNo]) assert.ok(!appliance.log().includes(secret), 'no account number stands in the log');
});
