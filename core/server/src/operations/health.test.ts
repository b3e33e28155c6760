import assert from 'node:assert/strict';
import test from 'node:test';
import { createHealth } from './health.js';

const NEVER = { after: () => ({ cancel() {} }) };
const AT_ONCE = { after: (_ms: number, task: () => void) => (queueMicrotask(() => queueMicrotask(task)), { cancel() {} }) };

test('ready names the part that is not ready and why, while live stays well', async () => {
  const health = createHealth({ timers: NEVER });
  health.add({ name: 'store', kind: 'live', deadlineMs: 100, check: () => ({ ok: true }) });
  health.add({ name: 'his', kind: 'ready', deadlineMs: 100, check: () => ({ ok: false, reason: 'no connection since 07:40' }) });
  assert.deepEqual(await health.live(), { ok: true, degraded: false, checks: [{ name: 'store', ok: true }] });
  assert.deepEqual(await health.ready(), { ok: false, degraded: false, checks: [{ name: 'store', ok: true }, { name: 'his', ok: false, reason: 'no connection since 07:40' }] });
});

test('a check that throws or hangs is a failure with a reason', async () => {
  const health = createHealth({ timers: AT_ONCE });
  health.add({ name: 'throws', kind: 'live', deadlineMs: 5, check: () => { throw new Error('broken pipe'); } });
  health.add({ name: 'hangs', kind: 'live', deadlineMs: 5, check: () => new Promise(() => {}) });
  const { ok, checks } = await health.live();
  assert.equal(ok, false);
  assert.deepEqual(checks.map((check) => !check.ok && check.reason), ['broken pipe', 'no answer within 5 ms']);
});

test('a removed check is not asked, and a name is used once', async () => {
  const health = createHealth({ timers: NEVER });
  const remove = health.add({ name: 'store', kind: 'live', deadlineMs: 1, check: () => ({ ok: false, reason: 'x' }) });
  assert.throws(() => health.add({ name: 'store', kind: 'live', deadlineMs: 1, check: () => ({ ok: true }) }), /exists already/);
  remove();
  assert.deepEqual(await health.live(), { ok: true, degraded: false, checks: [] });
});

test('a notice is told in readiness and takes nothing out of service', async () => {
  const health = createHealth({ timers: NEVER });
  health.add({ name: 'certificates', kind: 'notice', deadlineMs: 100, check: () => ({ ok: false, reason: 'one ends tomorrow' }) });
  assert.deepEqual(await health.live(), { ok: true, degraded: false, checks: [] });
  assert.deepEqual(await health.ready(), { ok: true, degraded: true, checks: [{ name: 'certificates', ok: false, reason: 'one ends tomorrow' }] });
});
