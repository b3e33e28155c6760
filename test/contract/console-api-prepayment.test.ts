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
  assert.deepEqual([run['state'], run['totalFen'], run['transferFen'], run['leftOut']], ['proposed', 8_800, 8_800, [{ patientId: 'P2', reason: 'no balance' }]]);
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
