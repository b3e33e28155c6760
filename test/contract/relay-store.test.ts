/** The DMZ relay whose store of notifications is full, as a process on real files: what a channel hears then, what is kept all the same, and that there is room again. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createRelayConnector } from '@hospay/server/edges/relay/relay-connector.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { RelayUnderTest, type Pairing } from '../end-to-end/relay-under-test.js';

const TARGET = '/notify/wechat';
const MEBIBYTE = 1024 * 1024;
let relay: RelayUnderTest;
let pairing: Pairing;
before(async () => {
  relay = await RelayUnderTest.start();
  pairing = relay.shown;
});
beforeEach(() => { relay.output = ''; });
after(() => relay.stop());

/** The relay is started on a store that holds these, oldest first. */
async function storing(count: number, { address, bytes = 0 }: { readonly address: (index: number) => string; readonly bytes?: number }): Promise<void> {
  await relay.end();
  const folder = join(relay.folder, 'state/notifications');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  const since = Date.now() - count;
  for (let index = 0; index < count; index += 1) {
    const body = bodyOf(index).padEnd(bytes, '.');
    const head = JSON.stringify({ target: TARGET, headers: {}, address: address(index), receivedAtMs: since + index });
    writeFileSync(join(folder, `${createHash('sha256').update(`${TARGET}\n${body}`).digest('hex')}.notification`), `${head}\n${body}`);
  }
  await relay.begin();
  assert.equal(relay.stored().length, count, 'the bounds are for what arrives, not for what is here');
}
const bodyOf = (index: number): string => `news ${String(index)}`;
const elsewhere = (index: number): string => `198.51.100.${String(index % 250)}`;

/** What the channel hears, and what became of the copy. */
async function notify(body: string): Promise<{ readonly status: number; readonly code: string; readonly retryAfter: string | null; readonly copy: string | undefined }> {
  const already = relay.output.length;
  const answer = await fetch(`${relay.origin}${TARGET}`, { method: 'POST', body });
  const { error } = (await answer.json()) as { error: { code: string } };
  const copy = await eventually('the relay says what became of the copy', () => /"copy":"(\w+)"/.exec(relay.output.slice(already))?.[1]);
  return { status: answer.status, code: error.code, retryAfter: answer.headers.get('retry-after'), copy };
}
const REPEAT = { status: 503, code: 'RELAY_INSIDE_AWAY', retryAfter: '5' };

test('of two thousand stored notifications the last is kept and the next is not: its channel is told to repeat it, and a repeat of what is here takes its place', { timeout: 60_000 }, async () => {
  await storing(1_999, { address: elsewhere });
  assert.deepEqual(await notify('the last'), { ...REPEAT, copy: 'kept' });
  assert.deepEqual(await notify('one too many'), { ...REPEAT, copy: 'full' });
  assert.deepEqual(await notify(bodyOf(7)), { ...REPEAT, copy: 'kept' });
  assert.equal(relay.stored().length, 2_000);
});

test('sixty-four mebibytes are kept and no more, however few notifications they are', { timeout: 60_000 }, async () => {
  await storing(255, { address: elsewhere, bytes: MEBIBYTE / 4 });
  assert.deepEqual(await notify('x'.repeat(MEBIBYTE / 4)), { ...REPEAT, copy: 'full' });
  assert.deepEqual(await notify('a small one'), { ...REPEAT, copy: 'kept' });
  assert.equal(relay.stored().length, 256);
});

test('one address fills its five hundred and not the store: others are kept, and so is the same address once the core has taken what was here', { timeout: 60_000 }, async () => {
  await storing(500, { address: () => '127.0.0.1' });
  assert.deepEqual(await notify('the five hundred and first'), { ...REPEAT, copy: 'full' });
  await storing(500, { address: () => '198.51.100.9' });
  assert.deepEqual(await notify('of another address'), { ...REPEAT, copy: 'kept' });

  await storing(500, { address: () => '127.0.0.1' });
  const seen: string[] = [];
  const core = createRelayConnector({
    host: '127.0.0.1', port: relay.tunnelPort, fingerprint: pairing.fingerprint, secret: pairing.pairingSecret ?? '', timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM, log: SILENT_LOG,
    handle(request, response) {
      let body = '';
      request.on('data', (chunk: Buffer) => { body += String(chunk); }).on('end', () => { seen.push(body); response.end(); });
    },
  });
  core.start();
  await eventually('the core has taken them', () => (relay.stored().length === 0 ? true : undefined), 30_000);
  await core.stop();
  assert.deepEqual(seen, Array.from({ length: 500 }, (_, index) => bodyOf(index)), 'each once, oldest first');
  await eventually('the relay has noticed', () => (relay.output.includes('the inside is away') ? true : undefined));
  assert.deepEqual(await notify('the five hundred and first'), { ...REPEAT, copy: 'kept' });
});
