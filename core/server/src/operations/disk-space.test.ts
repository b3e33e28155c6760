import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import test from 'node:test';
import type { AuditAct } from '../domain/audit.js';
import { SILENT_LOG } from '../domain/log.js';
import type { BallastState } from './ballast-file.js';
import { spaceOf, stepOf, watchDiskSpace, type DiskLimits, type DiskSpace } from './disk-space.js';

const GIGABYTE = 1024 ** 3;
const LIMITS: DiskLimits = { warnPercent: 85, clearPercent: 90, refusePercent: 97, roomyBytes: 20 * GIGABYTE, warnBelowBytes: 2 * GIGABYTE, refuseBelowBytes: GIGABYTE / 4 };
const of100 = (usedGigabytes: number): DiskSpace => ({ totalBytes: 100 * GIGABYTE, freeBytes: (100 - usedGigabytes) * GIGABYTE });

/** A disk of 100 GB whose use is set by hand; the ballast is one of them. */
function scripted(usedGigabytes: number, { ballast = 'none' }: { readonly ballast?: BallastState['kind'] } = {}) {
  const disk = { used: usedGigabytes as number | Error, ballast, cleared: 0, clears: 0, audit: [] as AuditAct[] };
  let tick = () => {};
  const watch = watchDiskSpace({
    limits: LIMITS, intervalMs: 1_800_000, log: SILENT_LOG, timers: { after: (_ms, task) => ((tick = task), { cancel() {} }) },
    audit: { record: (act) => { disk.audit.push(act); return Promise.resolve(); } },
    ballast: {
      state: () => (disk.ballast === 'kept' ? { kind: 'kept', bytes: GIGABYTE } : { kind: disk.ballast }), sizeOn: () => GIGABYTE,
      make: () => { disk.ballast = 'kept'; disk.used = Number(disk.used) + 1; return Promise.resolve(); },
      release: () => { disk.ballast = 'released'; disk.used = Number(disk.used) - 1; },
    },
    clear: () => { disk.clears += 1; disk.used = Number(disk.used) - disk.cleared; return Promise.resolve({ files: 1, bytes: disk.cleared }); },
    readSpace: async () => { if (disk.used instanceof Error) throw disk.used; return of100(disk.used); },
  });
  const look = async (used: number | Error): Promise<string> => {
    disk.used = used;
    tick();
    for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    return watch.state().step;
  };
  return { disk, watch, look };
}

test('the ladder: 85 % is said, 90 % clears, 97 % refuses; a large disk with room is ample, a small one without is not', () => {
  assert.deepEqual([84, 85, 89, 90, 96, 97, 99].map((used) => stepOf(of100(used), LIMITS)), ['ample', 'scarce', 'scarce', 'clearing', 'clearing', 'refusing', 'refusing']);
  assert.equal(stepOf({ totalBytes: 1000 * GIGABYTE, freeBytes: 21 * GIGABYTE }, LIMITS), 'ample');
  assert.equal(stepOf({ totalBytes: 10 * GIGABYTE, freeBytes: 1.9 * GIGABYTE }, LIMITS), 'scarce');
  assert.equal(stepOf({ totalBytes: 2 * GIGABYTE, freeBytes: GIGABYTE / 5 }, LIMITS), 'refusing');
});

test('new payments are refused from 97 % on or while the disk cannot be read, and accepted again after', async () => {
  const { watch, look } = scripted(50);
  await watch.start();
  const seen: [string, boolean][] = [];
  for (const used of [86, 96, 97, new Error('EIO'), 50]) seen.push([await look(used), watch.acceptsPayments()]);
  watch.stop();
  assert.deepEqual(seen, [['scarce', true], ['clearing', true], ['refusing', false], ['unreadable', false], ['ample', true]]);
});

test('from 90 % on what can be spared is removed, once an hour and not before', async () => {
  const { disk, watch, look } = scripted(80);
  await watch.start();
  disk.cleared = 3;
  assert.equal(await look(89), 'scarce');
  assert.equal(disk.clears, 0);
  assert.equal(await look(91), 'scarce');
  assert.equal(await look(92), 'clearing');
  assert.equal(disk.clears, 1);
  assert.equal(await look(92), 'scarce');
  assert.equal(disk.clears, 2);
  watch.stop();
});

test('the ballast is made where there is room for it, and not where it would make the disk scarce', async () => {
  const { disk, watch, look } = scripted(84.5);
  await watch.start();
  assert.equal(disk.ballast, 'none');
  await look(50);
  assert.equal(disk.ballast, 'kept');
  watch.stop();
});

test('an administrator lets the ballast go when payments are refused, and not before; it is audited', async () => {
  const { disk, watch, look } = scripted(80, { ballast: 'kept' });
  await watch.start();
  assert.equal(await watch.releaseBallast('wang'), false);
  await look(98);
  assert.equal(await watch.releaseBallast('wang'), true);
  assert.deepEqual([disk.ballast, disk.used], ['released', 97]);
  assert.deepEqual(disk.audit.map(({ who, what }) => [who, what]), [['wang', 'disk.releaseBallast']]);
  assert.equal(await watch.releaseBallast('wang'), false);
  watch.stop();
});

test('the room of a ballast that was let go is for the repair: payments stay refused until there is room for it again', async () => {
  const { disk, watch, look } = scripted(80, { ballast: 'released' });
  disk.used = 96.5;
  await watch.start();
  assert.equal(watch.state().step, 'refusing');
  assert.equal(watch.acceptsPayments(), false);
  assert.equal(await look(95), 'clearing');
  assert.equal(disk.ballast, 'released');
  await look(60);
  assert.deepEqual([disk.ballast, watch.state().step], ['kept', 'ample']);
  watch.stop();
});

test('where not even the answer to a refund could be written, the ballast goes by itself', async () => {
  const { disk, watch, look } = scripted(80, { ballast: 'kept' });
  await watch.start();
  await look(99.9);
  assert.equal(disk.ballast, 'kept');
  assert.equal(await look(99.98), 'refusing');
  assert.equal(disk.ballast, 'released');
  assert.deepEqual(disk.audit.map(({ who }) => who), ['system']);
  watch.stop();
});

test('the space of a real folder is told as df tells it', async () => {
  const { totalBytes, freeBytes } = await spaceOf(tmpdir());
  assert.ok(freeBytes > 0 && freeBytes <= totalBytes);
});
