import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok, refused } from '../domain/errors.js';
import type { WorkHear } from './ports.js';
import { createWorkBoard } from './work-board.js';

function boardOfATest() {
  const at = { now: new Date('2026-11-20T02:00:00Z') };
  const told: string[] = [];
  const waiting: (() => void)[] = [];
  const timers = { after: (_ms: number, task: () => void) => { waiting.push(task); return { cancel: () => { waiting.splice(0); } }; } };
  const board = createWorkBoard({ clock: { now: () => at.now }, timers, changed: ({ by }) => { told.push(by); } });
  return { board, told, at, /** Every time somebody waits for is over. */ elapse: () => { for (const task of waiting.splice(0)) task(); } };
}
const DAY = { kind: 'reconciliation', subject: '2026-11-19', by: 'wang', mayCancel: true } as const;

test('work is shown with its step while it runs and with its end after, to whom it belongs', async () => {
  const { board, told } = boardOfATest();
  const gate = Promise.withResolvers<WorkHear>();
  const ended = Promise.withResolvers<void>();
  const done = board.during(DAY, async (hear) => {
    hear.step({ share: 5_000, step: 'wechat-main' });
    gate.resolve(hear);
    await ended.promise;
    return ok('balanced');
  });
  await gate.promise;
  assert.deepEqual(board.list('wang').map(({ state, share, step, mayCancel }) => ({ state, share, step, mayCancel })), [{ state: 'running', share: 5_000, step: 'wechat-main', mayCancel: true }]);
  assert.deepEqual(board.list('zhao'), []);
  ended.resolve();
  assert.deepEqual(await done, ok('balanced'));
  assert.deepEqual(board.list('wang').map(({ state, share, mayCancel }) => ({ state, share, mayCancel })), [{ state: 'done', share: 10_000, mayCancel: false }]);
  assert.deepEqual([...new Set(told)], ['wang']);
});

test('a refusal and a throw are failures with their reason, and the caller has them as ever', async () => {
  const { board } = boardOfATest();
  assert.equal((await board.during(DAY, () => Promise.resolve(refused('CONFLICT', { zh: '当日尚未结束', en: 'the day is not over' })))).kind, 'refused');
  await assert.rejects(board.during(DAY, () => Promise.reject(new Error('the disk is full'))), /the disk is full/);
  assert.deepEqual(board.list('wang').map(({ state, problem }) => [state, problem]), [['failed', { zh: 'the disk is full', en: 'the disk is full' }], ['failed', { zh: '当前状态不允许该操作（CONFLICT）：当日尚未结束', en: 'CONFLICT: the day is not over' }]]);
});

test('it is cancelled by its owner only, while it runs, and only where that leaves nothing half done', async () => {
  const { board } = boardOfATest();
  const begun = Promise.withResolvers<WorkHear>();
  const ended = Promise.withResolvers<void>();
  const works = [DAY, { ...DAY, kind: 'bankStatements', mayCancel: false } as const].map((of) => board.during(of, async (hear) => {
    if (of.mayCancel) begun.resolve(hear);
    await ended.promise;
    return ok(hear.isCancelled());
  }));
  const hear = await begun.promise;
  const [statements, day] = board.list('wang');
  const codeOf = (id = '', by = 'wang'): string => { const answer = board.cancel({ id, by }); return answer.kind === 'refused' ? answer.code : 'ok'; };
  assert.equal(codeOf(day?.id, 'zhao'), 'NO_SUCH_ITEM');
  assert.equal(codeOf(statements?.id), 'CONFLICT');
  assert.equal(hear.isCancelled(), false);
  assert.equal(codeOf(day?.id), 'ok');
  assert.equal(hear.isCancelled(), true);
  ended.resolve();
  await Promise.all(works);
  assert.deepEqual(board.list('wang').map(({ state }) => state), ['done', 'cancelled']);
  assert.equal(codeOf(day?.id), 'CONFLICT');
});

test('what has ended is forgotten after a day, and the oldest of very much before that; what runs is not', async () => {
  const { board, at } = boardOfATest();
  void board.during(DAY, () => new Promise<never>(() => undefined));
  for (let turn = 0; turn < 250; turn += 1) await board.during({ ...DAY, subject: String(turn) }, () => Promise.resolve(ok(turn)));
  const kept = board.list('wang');
  assert.ok(kept.length <= 201, String(kept.length));
  assert.equal(kept.at(-1)?.state, 'running');
  assert.equal(kept[0]?.subject, '249');
  at.now = new Date(at.now.getTime() + 24 * 60 * 60 * 1000);
  assert.deepEqual(board.list('wang').map(({ state }) => state), ['running']);
});

test('work nobody waits for goes on: its answer comes in time or not at all, the same is begun once, and its end is on the board', async () => {
  const { board, elapse } = boardOfATest();
  const ended = Promise.withResolvers<void>();
  let runs = 0;
  const begin = (by: string, more: { readonly subject?: string; readonly join?: boolean } = {}) => board.begin({ ...DAY, by, join: true, ...more }, async () => {
    runs += 1;
    await ended.promise;
    return ok('balanced');
  });
  const [first, second, other, apart] = [begin('wang'), begin('zhao'), begin('zhao', { subject: '2026-11-18' }), begin('zhao', { join: false })];
  assert.deepEqual([first.isJoined, second.isJoined, other.isJoined, apart.isJoined, runs], [false, true, false, false, 3]);
  assert.deepEqual([second.work.id, second.work.by], [first.work.id, 'wang']);
  const inTime = second.within(1_000);
  elapse();
  assert.equal(await inTime, undefined);
  const waits = first.within(1_000);
  ended.resolve();
  assert.deepEqual(await waits, ok('balanced'));
  assert.deepEqual(board.listOf('reconciliation').map(({ by, subject, state }) => [by, subject, state]), [['zhao', '2026-11-19', 'done'], ['zhao', '2026-11-18', 'done'], ['wang', '2026-11-19', 'done']]);
  assert.equal(begin('wang').isJoined, false, 'what has ended is begun anew');

  const failing = board.begin({ ...DAY, subject: '2026-11-17', join: true }, () => Promise.reject(new Error('the disk is full')));
  await assert.rejects(failing.within(1_000), /the disk is full/);
  assert.match(board.listOf('reconciliation').find(({ subject }) => subject === '2026-11-17')?.problem?.en ?? '', /the disk is full/);
});
