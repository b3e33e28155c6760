/** 变更申请: what decides where money goes is approved by others, bound to what was shown, and made once. On the real platform database. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { createChangeDesk } from '@hospay/server/changes/change-desk.js';
import type { ChangeProposal } from '@hospay/server/domain/change-proposal.js';
import type { Outcome } from '@hospay/server/domain/errors.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { openPlatformDatabase, openSequelize, type PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { scriptedPlugin } from './scripted-changes.js';

const HOUR_MS = 3_600_000;
const folders: string[] = [];
const open: PlatformDatabase[] = [];
after(async () => {
  for (const database of open) await database.close();
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const refusalOf = (outcome: Outcome<unknown> | undefined): string => (outcome === undefined ? 'none' : outcome.kind === 'refused' ? `${outcome.code}${outcome.detail === undefined ? '' : `: ${outcome.detail}`}` : 'ok');

/** A hospital with two administrators and a person of finance, unless `people` says otherwise. */
async function openBench({ people = ['li.admin', 'zhao.admin', 'wu.finance'] }: { readonly people?: readonly string[] } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-changes-'));
  folders.push(folder);
  let now = new Date('2026-11-20T01:00:00.000Z');
  const clock = { now: () => now };
  const database = await openPlatformDatabase({ dataFolder: folder, hospital: 'demo', clock, log: SILENT_LOG });
  open.push(database);
  const { plugin, acts } = scriptedPlugin();
  const audited: string[] = [];
  const desk = createChangeDesk({ acts, store: database.changes, expiresAfterMs: 72 * HOUR_MS, clock, log: SILENT_LOG, audit: { record: (act) => { audited.push(`${act.who} ${act.what} ${act.object}`); return Promise.resolve(); } } });
  const enter = (login: string, more: { readonly mustChangePassword?: boolean } = {}) => database.users.add({ id: login, login, displayName: login, passwordHash: 'x', roles: [login.endsWith('finance') ? 'finance' : 'administrator'], mustChangePassword: more.mustChangePassword ?? false }, now);
  for (const login of people) await enter(login);
  const ask = async (kind: 'pluginInstall' | 'pluginRollBack', by = 'li.admin'): Promise<ChangeProposal> => {
    const asked = await desk.request({ kind, content: kind === 'pluginInstall' ? { hash: '2.0.0aaa', key: 'canary' } : {}, reason: '新版本', by });
    assert.ok(asked.kind === 'ok', refusalOf(asked));
    return asked.value.change;
  };
  const decide = async (change: Pick<ChangeProposal, 'changeNo' | 'hash'>, by: string, isApproved = true): Promise<Outcome<ChangeProposal>> => {
    const [result] = await desk.decide({ changes: [{ changeNo: change.changeNo, hash: change.hash }], isApproved, reason: '已核对', by });
    assert.ok(result);
    return result.change === undefined ? (result.refused ?? assert.fail('neither')) : { kind: 'ok', value: result.change };
  };
  return {
    folder, database, desk, plugin, audited, ask, decide, enter,
    now: () => now,
    later: (hours: number) => { now = new Date(now.getTime() + hours * HOUR_MS); },
    /** The rows as somebody with a tool for SQLite would write them. */
    async write(sql: string): Promise<string> {
      const { sequelize, close } = openSequelize(join(folder, 'platform.sqlite'));
      try {
        await sequelize.query(sql);
        return 'written';
      } catch (error) {
        return error instanceof Error ? error.message : 'refused';
      } finally {
        await close();
      }
    },
  };
}

test('a change is proposed by one person and made by the approval of another, who may be of finance; every step is in the audit log', async () => {
  const { desk, plugin, ask, decide, audited } = await openBench();
  const change = await ask('pluginRollBack');
  assert.deepEqual([change.state, change.levels, plugin.version], ['proposed', 1, '1.1.0']);
  const made = await decide(change, 'wu.finance');
  assert.ok(made.kind === 'ok');
  assert.deepEqual([made.value.state, made.value.decidedBy, plugin.version, plugin.made.length], ['applied', 'wu.finance', '1.0.0', 1]);
  // Pressed again it is the same answer, and made once.
  assert.equal((await decide(change, 'wu.finance')).kind, 'ok');
  assert.equal(plugin.made.length, 1);
  assert.equal(refusalOf(await decide(change, 'zhao.admin')), 'CONFLICT: it is applied');
  assert.deepEqual(audited, [`li.admin change.propose change ${change.changeNo}`, `wu.finance change.approve change ${change.changeNo}`, `li.admin change.apply change ${change.changeNo}`]);
  assert.deepEqual((await desk.list({ limit: 10 })).changes.map(({ changeNo }) => changeNo), ['BG00000001']);
});

test('how long the oldest proposal waits is known from the first until it is decided or its time is over', async () => {
  const { database, ask, decide, later, now } = await openBench();
  const since = async () => (await database.changes.waitingSince(now()))?.toISOString();
  assert.equal(await since(), undefined);
  const change = await ask('pluginInstall');
  later(5);
  assert.deepEqual([change.levels, await since()], [2, change.proposedAt]);
  await decide(change, 'zhao.admin');
  assert.equal(await since(), change.proposedAt, 'one of two approvals');
  await decide(change, 'wu.finance');
  assert.equal(await since(), undefined);
  const forgotten = await ask('pluginRollBack');
  assert.equal(await since(), forgotten.proposedAt);
  later(72);
  assert.equal(await since(), undefined);
});

test('nobody approves his own proposal, alone or among others: the others are decided, his own is not', async () => {
  const { database, desk, plugin, ask, decide, write } = await openBench();
  const change = await ask('pluginRollBack');
  assert.equal(refusalOf(await decide(change, 'li.admin')), 'SECOND_PERSON_NEEDED');
  const results = await desk.decide({ changes: [{ changeNo: 'BG00000009', hash: change.hash }, change], isApproved: true, reason: '批量', by: 'li.admin' });
  assert.deepEqual(results.map(({ refused }) => refused?.code), ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED']);
  assert.equal(plugin.version, '1.1.0');
  // Behind the rule stands a wall of the database.
  assert.match(await write(`UPDATE change_proposal SET state = 'approved', "decidedBy" = 'li.admin'`), /nobody approves what he proposed/);
  assert.match(await write(`UPDATE change_proposal SET "proposedBy" = 'zhao.admin'`), /stays as it was shown/);
  assert.match(await write(`DELETE FROM change_proposal`), /is kept/);
  assert.equal((await database.changes.find(change.changeNo))?.state, 'proposed');
  // He may take it back.
  const taken = await decide(change, 'li.admin', false);
  assert.ok(taken.kind === 'ok' && taken.value.state === 'refused');
});

test('an approval holds for what was shown only: another hash is refused, and nothing is decided', async () => {
  const { plugin, ask, decide } = await openBench();
  const change = await ask('pluginRollBack');
  assert.equal(refusalOf(await decide({ ...change, hash: 'a'.repeat(64) }, 'zhao.admin')), 'APPROVAL_OVER');
  assert.equal(plugin.version, '1.1.0');
  assert.equal((await decide(change, 'zhao.admin')).kind, 'ok');
});

test('what it would replace has moved: the approval is refused and the proposal is over, whatever is approved later', async () => {
  const { database, plugin, ask, decide, audited } = await openBench();
  const change = await ask('pluginRollBack');
  plugin.version = '1.1.1';
  assert.match(refusalOf(await decide(change, 'zhao.admin')), /^APPROVAL_OVER: moved/);
  assert.deepEqual([(await database.changes.find(change.changeNo))?.state, plugin.made], ['superseded', []]);
  plugin.version = '1.1.0';
  assert.equal(refusalOf(await decide(change, 'wu.finance')), 'CONFLICT: it is superseded');
  assert.ok(audited.includes(`system change.supersede change ${change.changeNo}`));
  // So is one whose content has another meaning by now.
  const other = await ask('pluginRollBack');
  plugin.mask = 'read another way';
  assert.match(refusalOf(await decide(other, 'zhao.admin')), /^APPROVAL_OVER: moved/);
  // Between the two approvals, too.
  const second = await ask('pluginInstall');
  assert.equal((await decide(second, 'zhao.admin')).kind, 'ok');
  plugin.version = '1.1.1';
  assert.match(refusalOf(await decide(second, 'wu.finance')), /^APPROVAL_OVER: moved/);
  assert.deepEqual(plugin.made, []);
});

test('a proposal is over after its time by the clock, and what it held is forgotten', async () => {
  const { database, desk, plugin, ask, decide, later, audited } = await openBench();
  const change = await ask('pluginRollBack');
  later(72);
  assert.equal(refusalOf(await decide(change, 'zhao.admin')), 'APPROVAL_OVER');
  assert.equal((await desk.list({ limit: 10 })).changes[0]?.state, 'expired');
  assert.deepEqual([plugin.version, await database.changes.contentOf(change.changeNo)], ['1.1.0', undefined]);
  assert.ok(audited.includes(`system change.expire change ${change.changeNo}`));
  // Nobody has to look for it to be over.
  const second = await ask('pluginRollBack');
  later(73);
  assert.deepEqual([await desk.expireOld(), await desk.expireOld(), await database.changes.contentOf(second.changeNo)], [1, 0, undefined]);
  // Its place is free.
  assert.equal((await ask('pluginRollBack')).changeNo, 'BG00000003');
});

test('two approvals are two other persons, none of them twice; the database counts them too', async () => {
  const { plugin, ask, decide, write } = await openBench();
  const change = await ask('pluginInstall');
  assert.equal(change.levels, 2);
  const first = await decide(change, 'zhao.admin');
  assert.ok(first.kind === 'ok' && first.value.state === 'firstApproved');
  assert.equal(plugin.version, '1.1.0');
  assert.equal(refusalOf(await decide(change, 'zhao.admin')), 'SECOND_PERSON_NEEDED');
  assert.equal(refusalOf(await decide(change, 'li.admin')), 'SECOND_PERSON_NEEDED');
  assert.match(await write(`UPDATE change_proposal SET state = 'approved', "decidedBy" = 'zhao.admin'`), /nobody approves what he proposed, or twice/);
  const second = await decide(change, 'wu.finance');
  assert.ok(second.kind === 'ok' && second.value.state === 'applied');
  assert.deepEqual([second.value.firstApprovedBy, second.value.decidedBy, plugin.version], ['zhao.admin', 'wu.finance', '2.0.0aaa']);
  await ask('pluginRollBack');
  assert.match(await write(`UPDATE change_proposal SET levels = 0 WHERE state = 'proposed'`), /stays as it was shown/);
  const other = await openBench();
  await other.ask('pluginInstall');
  assert.match(await other.write(`UPDATE change_proposal SET state = 'approved', "decidedBy" = 'wu.finance'`), /two approvals are needed/);
  assert.match(await other.write(`UPDATE change_proposal SET state = 'applied'`), /does not move this way/);
});

test('two who approve at once make it once', async () => {
  const { plugin, ask, decide } = await openBench();
  const change = await ask('pluginRollBack');
  const both = await Promise.all([decide(change, 'zhao.admin'), decide(change, 'wu.finance')]);
  assert.deepEqual(both.map(({ kind }) => kind).toSorted(), ['ok', 'refused']);
  assert.equal(plugin.made.length, 1);
});

test('the power goes between the approval and the change: the next start makes it, once, also when it was made already', async () => {
  const { database, desk, plugin, ask, decide } = await openBench();
  const change = await ask('pluginRollBack');
  plugin.interrupted = true;
  await assert.rejects(decide(change, 'zhao.admin'), /the power went/);
  assert.equal((await database.changes.find(change.changeNo))?.state, 'approved');
  await desk.resume();
  assert.equal((await database.changes.find(change.changeNo))?.state, 'approved', 'it is tried again');
  plugin.interrupted = false;
  await desk.resume();
  assert.deepEqual([(await database.changes.find(change.changeNo))?.state, plugin.version, plugin.made.length], ['applied', '1.0.0', 1]);
  plugin.version = '1.1.0';
  const second = await ask('pluginRollBack');
  plugin.interrupted = true;
  await assert.rejects(decide(second, 'zhao.admin'));
  // Made, and the power went before that was written down.
  [plugin.interrupted, plugin.version] = [false, '1.0.0'];
  await desk.resume();
  assert.deepEqual([(await database.changes.find(second.changeNo))?.state, plugin.made.length], ['applied', 1]);
});

test('what cannot be made is refused before anybody decides, and leaves the proposal; what fails when it is made is failed for ever', async () => {
  const { desk, plugin, ask, decide } = await openBench();
  const change = await ask('pluginRollBack');
  plugin.refusal = '2 payments are still open';
  assert.equal(refusalOf(await decide(change, 'zhao.admin')), 'CONFLICT: 2 payments are still open');
  assert.equal((await desk.list({ limit: 1 })).changes[0]?.state, 'proposed');
  assert.match(refusalOf(await desk.request({ kind: 'pluginInstall', content: {}, reason: '再来', by: 'zhao.admin' })), /still open/);
  plugin.refusal = undefined;
  assert.match(refusalOf(await desk.request({ kind: 'pluginInstall', content: {}, reason: '再来', by: 'zhao.admin' })), /CONFLICT: BG00000001 waits/);
});

test('secrets are in the sealed content only: neither in the rows nor in what is shown, and gone when it is over', async () => {
  const { database, desk, ask, decide } = await openBench();
  const change = await ask('pluginInstall');
  assert.deepEqual(await database.changes.contentOf(change.changeNo), { hash: '2.0.0aaa', key: 'canary' });
  assert.ok(!JSON.stringify((await desk.list({ limit: 10 })).changes).includes('canary'));
  await decide(change, 'zhao.admin', false);
  assert.equal(await database.changes.contentOf(change.changeNo), undefined);
});

test('while there is one person it is made at once and written down as that; from the second person on never again, not even when he is gone', async () => {
  const { database, desk, plugin, ask, enter, audited, write } = await openBench({ people: ['li.admin'] });
  const direct = await ask('pluginRollBack');
  assert.deepEqual([direct.state, direct.levels, direct.decidedBy, plugin.version], ['applied', 0, undefined, '1.0.0']);
  assert.ok(audited.includes(`li.admin change.direct change ${direct.changeNo}`));
  // Somebody who has not chosen a password yet is nobody.
  await enter('wu.finance', { mustChangePassword: true });
  assert.equal((await desk.list({ limit: 1 })).needsTwo, false);
  await database.users.setPassword('wu.finance', { hash: 'y', mustChange: false }, new Date());
  assert.equal((await desk.list({ limit: 1 })).needsTwo, true);
  await database.users.change('wu.finance', { status: 'disabled' }, new Date());
  plugin.version = '1.1.0';
  assert.equal((await ask('pluginRollBack')).state, 'proposed');
  assert.match(await write('DELETE FROM change_control'), /two persons stay needed/);
  assert.match(await write(`INSERT INTO change_proposal SELECT 99, hospital, 'BG00000099', kind, 'plugin other', "contentSealed", "contentHash", "stateHash", lines, 0, hash, reason, "proposedBy", "proposedAt", "expiresAt", 'approved', NULL, NULL, "decidedAt", NULL, NULL FROM change_proposal LIMIT 1`), /is proposed first/);
});
