import assert from 'node:assert/strict';
import test from 'node:test';
import { SILENT_LOG } from '../domain/log.js';
import type { Notice } from '../fleet/ports.js';
import { makeNoticeKey, noticeSigner } from './notice-signature.js';
import { createTerminalAnnouncer } from './terminal-announcer.js';

const NOTICE: Notice = {
  noticeId: 'N0123456789ABCDE', audience: 'all', severity: 'warning', zh: '停电', en: undefined, validFrom: new Date(0), validUntil: new Date(3_600_000), createdAt: new Date(0), createdBy: 'admin', withdrawnAt: undefined, withdrawnBy: undefined,
};

/** A core with one notice to everybody and one to a terminal, in front of a broker that keeps what is left at it. */
function bench() {
  let live: readonly Notice[] = [NOTICE, { ...NOTICE, audience: 'terminal/kiosk-1' }];
  const retained = new Map<string, number>();
  const announcer = createTerminalAnnouncer({
    registry: { find: () => Promise.resolve(undefined), list: () => Promise.resolve([]), onChanged: () => () => true },
    desk: { say: () => Promise.resolve(undefined) },
    configuration: { desiredOf: () => undefined, onChanged: () => () => true },
    notices: { board: () => Promise.resolve(new Map<string, readonly Notice[]>([['all', []], ['kiosk', []], ...live.map((notice) => [notice.audience, [notice]] as const)])), onChanged: () => () => true },
    signer: noticeSigner(makeNoticeKey()), clock: { now: () => new Date(1_000) }, timers: { after: () => ({ cancel() {} }) }, random: { bytes: (length) => new Uint8Array(length), nextInt: () => 0 }, log: SILENT_LOG,
  });
  return {
    retained,
    withdrawAll: () => { live = []; },
    async connect(): Promise<void> {
      announcer.connected((topic, payload) => retained.set(topic, (JSON.parse(payload) as { body: { notices: readonly unknown[] } }).body.notices.length));
      await new Promise(setImmediate);
    },
    disconnect: () => announcer.disconnected(),
  };
}
const [ALL, OWN] = ['hospay/v1/g/all/notice', 'hospay/v1/g/terminal/kiosk-1/notice'];

test('a notice that was withdrawn while the broker could not be reached is taken from it afterwards', async () => {
  const { retained, connect, disconnect, withdrawAll } = bench();
  await connect();
  assert.deepEqual([...retained], [[ALL, 1], [OWN, 1]], 'an audience that never heard anything is told nothing');
  disconnect();
  withdrawAll();
  await connect();
  assert.deepEqual([...retained], [[ALL, 0], [OWN, 0]]);
});

test('a broker that forgot is told again what stands', async () => {
  const { retained, connect, disconnect } = bench();
  await connect();
  disconnect();
  retained.clear();
  await connect();
  assert.deepEqual([...retained], [[ALL, 1], [OWN, 1]]);
});
