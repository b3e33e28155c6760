/** 付款 in the console's API: rights of their own, one proposes, others approve, results one by one, the payee masked in every answer, the audit log and the URL. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, ConsoleClient, firstAdministrator, listOf, type Reply } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
const ACCOUNT_NO = '6222020200098765432';

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  for (const [subject, amountFen] of [['QT1-0001', 8_800], ['QT1-0002', 900]] as const) house.owe(subject, amountFen);
});
after(() => house.stop());

async function signedIn(login: string, role: string): Promise<ConsoleClient> {
  await administrator.call('POST', '/users', { login, displayName: login, roles: [role], password: 'Given-By-Boss-1' });
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login, password: 'Given-By-Boss-1' });
  await client.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-8' });
  return client;
}
const resultsOf = (reply: Reply): unknown[] => listOf(reply, 'results').map(({ payout, refused }) => (isState(payout) ? payout.state : isCode(refused) ? refused.code : undefined));
const isState = (value: unknown): value is { state: string } => typeof value === 'object' && value !== null && 'state' in value;
const isCode = (value: unknown): value is { code: string } => typeof value === 'object' && value !== null && 'code' in value;
const debt = (subject: string, amountFen: number) => ({ kind: 'prepayment', subject, amountFen, accountName: '张小三', accountNo: ACCOUNT_NO, bankName: '工商银行' });

test('finance proposes, another of finance or the administrator approves, an auditor sees it and may do neither', async () => {
  const [zhang, li, auditor] = [await signedIn('zhang.fin', 'finance'), await signedIn('li.fin', 'finance'), await signedIn('qian.audit', 'auditor')];
  const proposal = { fromAccount: 'icbc-main', debts: [debt('QT1-0001', 8_800), debt('QT1-0002', 901), debt('QT1-0002', 900)] };
  assert.equal(codeOf(await auditor.call('POST', '/payouts', proposal)), 'NOT_PERMITTED');
  assert.equal(codeOf(await administrator.call('POST', '/payouts', proposal)), 'NOT_PERMITTED', 'whoever runs the machine proposes no payment');
  assert.equal(codeOf(await zhang.call('POST', '/payouts', proposal, { 'x-csrf-token': 'another page' })), 'NOT_SIGNED_IN');
  assert.equal(codeOf(await zhang.call('POST', '/payouts', { ...proposal, debts: [{ ...debt('QT1-0001', 8_800), accountNo: '6222 0202' }] })), 'MALFORMED_REQUEST');
  assert.deepEqual(resultsOf(await zhang.call('POST', '/payouts', proposal)), ['proposed', 'AMOUNT_DIFFERS', 'proposed']);
  const list = await auditor.get('/payouts');
  const payouts = listOf(list, 'payouts').map(({ payoutNo, hash }) => ({ payoutNo, hash }));
  assert.deepEqual(listOf(list, 'payouts').map(({ payeeLabel, payeeTail }) => [payeeLabel, payeeTail]), [['张*三', '5432'], ['张*三', '5432']]);
  assert.deepEqual(listOf(list, 'accounts').map(({ id, tail, hasLink }) => [id, tail, hasLink]), [['icbc-main', '2345', true], ['ccb-east', '1234', true]]);
  const decision = { payouts, decision: 'approve', reason: '已核对' };
  assert.equal(codeOf(await auditor.call('POST', '/payouts/decisions', decision)), 'NOT_PERMITTED');
  assert.deepEqual(resultsOf(await zhang.call('POST', '/payouts/decisions', decision)), ['SECOND_PERSON_NEEDED', 'SECOND_PERSON_NEEDED']);
  assert.deepEqual(resultsOf(await li.call('POST', '/payouts/decisions', { ...decision, payouts: payouts.slice(0, 1) })), ['approved']);
  assert.deepEqual(resultsOf(await administrator.call('POST', '/payouts/decisions', decision)), ['CONFLICT', 'approved']);
  house.payouts.bank.next = 'paid';
  await house.run('advancePayout');
  assert.deepEqual(listOf(await auditor.get('/payouts'), 'payouts').map(({ state }) => state), ['succeeded', 'succeeded']);
  assert.deepEqual((await auditor.get('/transfers')).body['due'], []);
  const receiptOf = `/payouts/${String(payouts[0]?.payoutNo)}/receipt`;
  assert.deepEqual([codeOf(await auditor.call('POST', receiptOf)), codeOf(await li.get(receiptOf))], ['NOT_PERMITTED', 'NO_SUCH_ITEM']);
  assert.equal((await li.call('POST', receiptOf)).body['state'], 'kept');
  assert.deepEqual(listOf(await auditor.get('/payouts'), 'receipts').map(({ state, receiptNo }) => [state, receiptNo]), [['kept', `HD-${String(house.payouts.bank.lines.find(({ instructionNo }) => instructionNo === payouts[0]?.payoutNo)?.bankLineNo)}`]]);
  assert.equal(codeOf(await auditor.get(receiptOf)), 'NOT_PERMITTED', 'it names the payee whole');
  const file = await administrator.fetchBytes(receiptOf);
  assert.deepEqual(['content-type', 'content-disposition', 'x-content-type-options'].map((name) => file.headers.get(name)), ['application/octet-stream', `attachment; filename="huidan-${String(payouts[0]?.payoutNo)}.pdf"`, 'nosniff']);
  assert.ok(file.bytes.toString().startsWith('%PDF-1.4 HD-L'));
  const one = await auditor.get(`/payouts/${String(payouts[0]?.payoutNo)}`);
  assert.deepEqual([one.body['state'], codeOf(await auditor.get('/payouts/FK000000000000000000'))], ['succeeded', 'NO_SUCH_ITEM']);
  const audited = await administrator.get('/audit');
  assert.deepEqual(listOf(audited, 'rows').flatMap(({ who, what }) => (/^(payout|bankReceipt)\./.test(String(what)) ? [`${String(who)} ${String(what)}`] : [])).toReversed(), ['zhang.fin payout.propose', 'zhang.fin payout.propose', 'li.fin payout.approve', 'li.admin payout.approve', 'li.fin bankReceipt.fetch', 'li.admin bankReceipt.download']);
  for (const answer of [list, one, audited]) assert.ok(!JSON.stringify(answer.body).includes(ACCOUNT_NO) && !JSON.stringify(answer.body).includes('张小三'));
});

test('money is moved between own accounts; a day of the bank is imported and its lines are shown, what is nobody’s too', async () => {
  const [wu, auditor] = [await signedIn('wu.fin', 'finance'), await signedIn('sun.audit', 'auditor')];
  const wish = { requestKey: 'a key of sixteen+', fromAccount: 'icbc-main', toAccount: 'ccb-east', amountFen: 100, purpose: '归集' };
  const moved = await wu.call('POST', '/payouts/settlements', wish);
  assert.deepEqual([moved.body['state'], moved.body['payeeLabel']], ['proposed', '示范医院东院区']);
  assert.equal(codeOf(await wu.call('POST', '/payouts/settlements', { ...wish, amountFen: 200 })), 'IDEMPOTENCY_KEY_REUSED');
  assert.equal(codeOf(await wu.call('POST', `/payouts/${String(moved.body['payoutNo'])}/absences`, { hash: moved.body['hash'], reason: '查无此笔' })), 'CONFLICT');
  house.payouts.bank.addLine({ amountFen: 55, direction: 'in', counterpartyName: '某公司', summary: '货款', at: '2026-11-19T03:00:00.000Z' });
  assert.equal(codeOf(await wu.call('POST', '/bank-statements/imports', { day: '2026-11-20' })), 'STATEMENT_NOT_READY');
  assert.equal(codeOf(await auditor.call('POST', '/bank-statements/imports', { day: '2026-11-19' })), 'NOT_PERMITTED');
  assert.deepEqual(listOf(await wu.call('POST', '/bank-statements/imports', { day: '2026-11-19' }), 'statements').map(({ account, outcome, lines }) => [account, outcome, lines]), [['icbc-main', 'imported', 1], ['ccb-east', 'imported', 0]]);
  assert.deepEqual(listOf(await auditor.get('/bank-lines?day=2026-11-19&account=icbc-main'), 'lines').map(({ meaning }) => meaning), ['nobodys']);
  const lineNo = String(house.payouts.bank.lines.find(({ amountFen }) => amountFen === 55)?.bankLineNo);
  const receipt = `/bank-lines/icbc-main/${lineNo}/receipt`;
  house.payouts.bank.receiptSays = { kind: 'receipt', receiptNo: 'HD-IN', mediaType: 'application/ofd', bytes: Buffer.from('PK\u0003\u0004 of an OFD') };
  assert.deepEqual([codeOf(await auditor.call('POST', receipt)), (await wu.call('POST', receipt)).body['state']], ['NOT_PERMITTED', 'kept']);
  house.payouts.bank.receiptSays = undefined;
  assert.deepEqual(listOf(await auditor.get('/bank-lines?day=2026-11-19&account=icbc-main'), 'receipts').map(({ subject, state }) => [subject, state]), [[`line/icbc-main/${lineNo}`, 'kept']]);
  assert.equal((await wu.fetchBytes(receipt)).headers.get('content-disposition'), `attachment; filename="huidan-${lineNo}.ofd"`);
  assert.equal(codeOf(await auditor.get(receipt)), 'NOT_PERMITTED');
  assert.equal(listOf(await auditor.get('/bank-statements?from=2026-11-19&to=2026-11-20'), 'statements').length, 2);
  assert.deepEqual(house.undeclared, []);
});
