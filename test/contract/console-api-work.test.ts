/** 进行中的工作 and the counts of the menu: one's own long work with its step and its end, stopped where nothing stays half done; what waits for this person. */
import assert from 'node:assert/strict';
import { fen } from '@hospay/plugin-sdk';
import { after, before, test } from 'node:test';
import { quoted } from '@hospay/server/domain/bilingual.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { auditorBeside, codeOf, ConsoleClient, firstAdministrator, listOf, runReconciliationDay } from './console-client.js';
import { buildConsoleHouse, type ConsoleHouse } from './console-house.js';

let house: ConsoleHouse;
let administrator: ConsoleClient;
let auditor: ConsoleClient;
before(async () => {
  house = await buildConsoleHouse();
  administrator = await firstAdministrator(house);
  auditor = await auditorBeside(house, administrator);
});
after(async () => {
  assert.deepEqual(house.undeclared, []);
  await house.stop();
});
const workOf = async (client: ConsoleClient, kind: string) => listOf(await client.get('/work'), 'work').find((work) => work['kind'] === kind);
const ended = (client: ConsoleClient, kind: string) => eventually(`the end of ${kind}`, async () => {
  const work = await workOf(client, kind);
  return work === undefined || work['state'] === 'running' || work['state'] === 'waiting' ? undefined : work;
});

test('a day that is run, a task, a package and an export are work of whoever began them, each with its end', async () => {
  assert.equal((await runReconciliationDay(administrator, '2026-11-19')).status, 200);
  assert.equal((await administrator.call('POST', '/tasks/reload-dictionaries/runs')).status, 200);
  await administrator.send('POST', '/plugins/packages', Buffer.from('no package'));
  const begun = await administrator.call('POST', '/report-exports', { report: 'cash-rows', format: 'csv', from: '2026-11-19', to: '2026-11-20' });
  assert.equal(begun.status, 200, JSON.stringify(begun.body));
  const day = await ended(administrator, 'reconciliation');
  assert.deepEqual([day['subject'], day['state'], day['share'], day['step'], day['mayCancel']], ['2026-11-19', 'done', 10_000, 'HIS', false]);
  const task = await ended(administrator, 'task');
  assert.deepEqual([task['subject'], task['state']], ['reload-dictionaries', 'failed']);
  assert.match(JSON.stringify(task['problem']), /the hospital system does not answer/);
  assert.equal((await ended(administrator, 'packageProof'))['state'], 'failed');
  const written = await ended(administrator, 'reportExport');
  assert.deepEqual([written['subject'], written['state'], written['share']], ['cash-rows', 'done', 10_000]);
  assert.deepEqual(listOf(await auditor.get('/work'), 'work'), []);
});

test('what is one\'s own is stopped by oneself only, and what has ended by nobody', async () => {
  const answer = Promise.withResolvers<unknown>();
  Object.assign(house.hospital, { ping: () => answer.promise });
  assert.equal((await administrator.call('POST', '/his/examination', {})).status, 200);
  await eventually('the first step', async () => ((await workOf(administrator, 'hisExamination'))?.['step'] === 'reach' ? true : undefined));
  const foreign = await auditor.call('DELETE', '/work/his-examination');
  assert.deepEqual([foreign.status, codeOf(foreign)], [404, 'NO_SUCH_ITEM']);
  assert.equal((await administrator.call('DELETE', '/work/his-examination')).status, 200);
  answer.resolve({ kind: 'unknown', reason: 'no answer within 8 s' });
  assert.equal((await ended(administrator, 'hisExamination'))['state'], 'cancelled');
  const exported = await workOf(administrator, 'reportExport');
  for (const id of ['his-examination', String(exported?.['id'])]) assert.equal(codeOf(await administrator.call('DELETE', `/work/${id}`)), 'CONFLICT', id);
  for (const id of ['work-999', 'export-01ABCDEFGHJK']) assert.equal(codeOf(await administrator.call('DELETE', `/work/${id}`)), 'NO_SUCH_ITEM', id);
  const withoutToken = new ConsoleClient(house.origin);
  withoutToken.cookie = administrator.cookie;
  assert.equal((await withoutToken.call('DELETE', '/work/work-1')).status, 401);
});

test('a day that is cancelled between two comparisons keeps what was compared and begins nothing more', async () => {
  const steps: string[] = [];
  const hear = { step: ({ step }: { readonly step: string }) => { steps.push(step); }, isCancelled: () => steps.length > 0 };
  const days = await house.reconciliation.runDay({ day: '2026-11-18', by: 'li.admin', hear });
  assert.deepEqual(steps, [house.channel.id]);
  assert.ok(days.length > 0 && days.every(({ comparison }) => comparison !== 'hospital'), JSON.stringify(days.map(({ comparison }) => comparison)));
  const whole = await house.reconciliation.runDay({ day: '2026-11-18', by: 'li.admin' });
  assert.ok(whole.some(({ comparison }) => comparison === 'hospital'));
});

test('the menu counts what waits for this person: never his own proposal, nothing he may not decide, nothing past its time', async () => {
  const order = await house.payAndConfirm('Q-BADGE', { selfPayFen: fen(2_000_000), totalFen: fen(2_000_000) });
  const proposed = await house.refunds.requestRefund({ tradeNo: order.tradeNo, refundFen: 2_000_000, reason: '多收退回', by: 'wang.finance', roles: ['finance'], idempotency: { tenant: 'user/wang.finance', key: 'badge-1', requestHash: 'a' } });
  assert.equal(proposed.kind, 'ok');
  await house.store.openCase({ kind: 'channelDenies', subject: 'P-1', severity: 2, detail: quoted('a test') }, house.now());
  const refundsOf = async (client: ConsoleClient): Promise<unknown> => (await client.get('/badges')).body['approvals'];
  const none = { refunds: 0, payouts: 0, settlements: 0, prepayment: 0, transfers: 0, changes: 0 };
  assert.deepEqual(await refundsOf(administrator), { ...none, refunds: 1 });
  assert.deepEqual(await refundsOf(auditor), none);
  assert.equal((await auditor.get('/badges')).body['cases'], 1);
  const own = await house.refunds.requestRefund({ tradeNo: (await house.payAndConfirm('Q-BADGE-2', { selfPayFen: fen(2_000_000), totalFen: fen(2_000_000) })).tradeNo, refundFen: 2_000_000, reason: '多收退回', by: 'li.admin', roles: ['administrator'], idempotency: { tenant: 'user/li.admin', key: 'badge-2', requestHash: 'b' } });
  assert.equal(own.kind, 'ok');
  assert.deepEqual(await refundsOf(administrator), { ...none, refunds: 1 });
  house.later(10 * 60);
  assert.equal((await administrator.get('/session')).status, 200);
  for (let span = 0; span < 72 * 6; span += 1) house.later(10 * 60);
  const later = new ConsoleClient(house.origin);
  await later.call('POST', '/session', { login: 'li.admin', password: 'Correct-Horse-7' });
  assert.deepEqual(await refundsOf(later), none);
});
