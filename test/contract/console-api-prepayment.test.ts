import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { codeOf, ConsoleClient, firstAdministrator, listOf } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

const PASSWORD = 'Own-Choice-22';
let house: ConsoleHouse;
let administrator: ConsoleClient;

before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  house.hospital.facets = {
    accountBalance: ({ patientId }) => Promise.resolve({ kind: 'ok', value: { balanceFen: patientId === 'P1' ? 8_800 : 0, frozenFen: 0 } }),
    listAccountMovements: () => Promise.resolve({ kind: 'ok', value: [] }),
    returnAccountBalance: ({ returnNo }) => Promise.resolve({ kind: 'ok', value: { hisReturnNo: `YJ-${returnNo}`, balanceFen: 0 } }),
  };
});
after(async () => {
  await house.stop();
  assert.deepEqual(house.undeclared, [], 'every answer is what its route declares');
});

async function signedIn(login: string, role: string): Promise<ConsoleClient> {
  const given = 'Given-By-Boss-1';
  await administrator.call('POST', '/users', { login, displayName: login, roles: [role], password: given });
  const client = new ConsoleClient(house.origin);
  await client.call('POST', '/session', { login, password: given });
  await client.call('POST', '/password', { current: given, next: PASSWORD });
  return client;
}

test('finance proposes a run, somebody else of finance approves it by its hash, an auditor reads it, and the audit log has both', async () => {
  const [proposer, approver, auditor] = [await signedIn('zhang.fin', 'finance'), await signedIn('li.fin', 'finance'), await signedIn('sun.audit', 'auditor')];
  const proposal = { title: '清退第一批', patientIds: ['P1', 'P2'] };
  assert.equal(codeOf(await auditor.call('POST', '/prepayment/runs', proposal)), 'NOT_PERMITTED');
  assert.equal(codeOf(await proposer.call('POST', '/prepayment/runs', { ...proposal, patientIds: [] })), 'MALFORMED_REQUEST');
  assert.equal(codeOf(await proposer.call('POST', '/prepayment/runs', { ...proposal, patientIds: ['P2'] })), 'NOTHING_TO_RETURN');
  const { body: run } = await proposer.call('POST', '/prepayment/runs', proposal);
  assert.deepEqual([run['state'], run['totalFen'], run['transferFen'], run['leftOut']], ['proposed', 8_800, 8_800, [{ patientId: '**', reason: 'noBalance' }]]);
  const decisions = `/prepayment/runs/${String(run['runNo'])}/decisions`;
  const approval = { hash: run['hash'], decision: 'approve', reason: '已核对' };
  assert.equal(codeOf(await proposer.call('POST', decisions, approval)), 'SECOND_PERSON_NEEDED');
  assert.equal(codeOf(await auditor.call('POST', decisions, approval)), 'NOT_PERMITTED');
  assert.equal(codeOf(await approver.call('POST', decisions, { ...approval, hash: 'f'.repeat(64) })), 'APPROVAL_OVER');
  assert.equal(codeOf(await approver.call('POST', '/prepayment/runs/QTNOBODY/decisions', approval)), 'NO_SUCH_ITEM');
  const { body: approved } = await approver.call('POST', decisions, approval);
  assert.deepEqual([approved['state'], approved['decidedBy']], ['approved', 'li.fin']);
  assert.equal(codeOf(await approver.call('POST', decisions, { ...approval, decision: 'reject' })), 'CONFLICT');
  assert.deepEqual(listOf(await auditor.get('/prepayment/runs'), 'runs').map(({ runNo }) => runNo), [run['runNo']]);
  assert.equal((await auditor.get(`/prepayment/runs/${String(run['runNo'])}`)).body['hash'], run['hash']);
  assert.equal(codeOf(await auditor.get('/prepayment/runs/QTNOBODY')), 'NO_SUCH_ITEM');
  const sheet = await fetch(`${house.origin}/console-api/v1/prepayment/runs/${String(run['runNo'])}/returns.csv`, { headers: { cookie: auditor.cookie ?? '' } });
  assert.deepEqual([sheet.status, sheet.headers.get('content-type'), (await sheet.text()).includes(',88.00,')], [200, 'text/csv; charset=utf-8', true]);
  const acts = listOf(await administrator.get('/audit'), 'rows').filter(({ what }) => String(what).startsWith('prepayment.'));
  assert.deepEqual(acts.map(({ who, what, object }) => [who, what, object]).toReversed(), [['zhang.fin', 'prepayment.propose', `run ${String(run['runNo'])}`], ['li.fin', 'prepayment.approve', `run ${String(run['runNo'])}`]]);
});

test('a run is paused and goes on; what no order gives back is transferred: recorded by one, confirmed by another, seen by an auditor', async () => {
  const [zhang, li, auditor] = [await signedIn('wu.fin', 'finance'), await signedIn('zheng.fin', 'finance'), await signedIn('qian.audit', 'auditor')];
  const runNo = String(listOf(await auditor.get('/prepayment/runs'), 'runs')[0]?.['runNo']);
  const pauses = `/prepayment/runs/${runNo}/pauses`;
  assert.equal(codeOf(await auditor.call('POST', pauses, { wish: 'pause', reason: '核对' })), 'NOT_PERMITTED');
  assert.equal((await zhang.call('POST', pauses, { wish: 'pause', reason: '核对名单' })).body['state'], 'paused');
  assert.equal((await zhang.call('POST', pauses, { wish: 'resume', reason: '核对完毕' })).body['state'], 'approved');
  await house.run('advancePrepaymentReturn');
  await house.run('advancePrepaymentReturn');
  const [due] = listOf(await auditor.get('/transfers'), 'due');
  assert.deepEqual([due?.['subject'], due?.['amountFen'], due?.['waiting']], [`${runNo}-0001`, 8_800, undefined]);
  const draft = { kind: 'prepayment', subject: `${runNo}-0001`, amountFen: 8_800, paidOn: '2026-11-20', bankName: '工商银行', accountName: '王五', accountTail: '1234', slipNo: 'ICBC0001' };
  assert.equal(codeOf(await auditor.call('POST', '/transfers', draft)), 'NOT_PERMITTED');
  assert.equal(codeOf(await zhang.call('POST', '/transfers', { ...draft, accountTail: '6222021234567' })), 'MALFORMED_REQUEST', 'a whole account number is not taken');
  const { body: recorded } = await zhang.call('POST', '/transfers', draft);
  assert.deepEqual([recorded['state'], recorded['accountLabel'], recorded['recordedBy']], ['recorded', '王*', 'wu.fin']);
  const decisions = `/transfers/${String(recorded['transferNo'])}/decisions`;
  const decision = { decision: 'confirm', amountFen: 8_800, slipNo: 'ICBC0001', reason: '已核对银行回单' };
  assert.equal(codeOf(await zhang.call('POST', decisions, decision)), 'SECOND_PERSON_NEEDED');
  assert.equal((await li.call('POST', decisions, decision)).body['state'], 'confirmed');
  const settled = await auditor.get('/transfers');
  assert.deepEqual([settled.body['due'], listOf(settled, 'recorded').map(({ decidedBy }) => decidedBy)], [[], ['zheng.fin']]);
  assert.deepEqual(listOf(await administrator.get('/audit'), 'rows').map(({ what }) => what).filter((what) => /^(transfer|prepayment)\.(pause|resume|record|confirm)$/.test(String(what))).toReversed(), ['prepayment.pause', 'prepayment.resume', 'transfer.record', 'transfer.confirm']);
});
