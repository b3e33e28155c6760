/** The DMZ relay as a process, before an inside that answers as a test wants: who may be the inside, what gets through, and what channels and patients hear. */
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { createRelayConnector, type RelayConnector, type RelayConnectorOptions } from '@hospay/server/edges/relay/relay-connector.js';
import { eventually } from '../end-to-end/appliance-under-test.js';
import { RelayUnderTest, type Pairing } from '../end-to-end/relay-under-test.js';

type Seen = { readonly method: string; readonly target: string; readonly headers: Readonly<Record<string, unknown>>; readonly body: Buffer };
type Says = { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string; readonly afterMs?: number };

let relay: RelayUnderTest;
let pairing: Pairing;
const insides: RelayConnector[] = [];
before(async () => {
  relay = await RelayUnderTest.start();
  pairing = relay.shown;
});
afterEach(async () => {
  for (const one of insides.splice(0)) await one.stop();
  await eventually('nobody is inside', async () => ((await ask('GET', '/c/T')).status === 503 ? true : undefined));
});
after(() => relay.stop());

function inside(says: Says | (() => Says), more: Partial<RelayConnectorOptions> = {}): RelayConnector & { readonly seen: Seen[] } {
  const seen: Seen[] = [];
  const connector = createRelayConnector({
    host: '127.0.0.1', port: relay.tunnelPort, fingerprint: pairing.fingerprint, secret: pairing.pairingSecret ?? '', timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM, log: SILENT_LOG,
    handle(request, response) {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => { chunks.push(chunk); });
      request.on('end', () => {
        seen.push({ method: request.method, target: request.url, headers: request.headers, body: Buffer.concat(chunks) });
        const { status = 200, headers = {}, body = 'inside', afterMs = 0 } = typeof says === 'function' ? says() : says;
        setTimeout(() => { response.writeHead(status, headers); response.end(body); }, afterMs);
      });
    },
    ...more,
  });
  insides.push(connector);
  connector.start();
  return { ...connector, seen };
}
async function paired(says: Says | (() => Says) = {}): Promise<ReturnType<typeof inside>> {
  const connector = inside(says);
  await eventually('the inside is connected', () => (connector.isConnected() ? true : undefined));
  return connector;
}
const ask = (method: string, path: string, init: RequestInit = {}): Promise<Response> => fetch(`${relay.origin}${path}`, { method, redirect: 'manual', ...init });

test('a relay whose certificate is not the pinned one hears nothing, and its fingerprint is told', async () => {
  const connector = inside({}, { fingerprint: '0'.repeat(64) });
  assert.match(await eventually('it is refused', () => (connector.problem()?.includes('is not the relay') === true ? connector.problem() : undefined)), new RegExp(pairing.fingerprint));
  assert.equal((await ask('GET', '/c/T')).status, 503);
});

test('an inside that does not know the pairing secret is asked nothing', async () => {
  const connector = inside({}, { secret: 'A'.repeat(43) });
  await eventually('it is refused', () => (connector.problem()?.includes('does not know this pairing secret') === true ? true : undefined));
  assert.equal((await ask('GET', '/c/T')).status, 503);
  await eventually('the relay says so', () => (relay.output.includes('does not know the pairing secret') ? true : undefined));
});

test('the body reaches the inside byte by byte, with the headers it is signed by and the address it came from, and with no header that only the relay may write', async () => {
  const { seen } = await paired();
  const body = Buffer.from([0, 255, 13, 10, 0xe4, 0xbd, 0xa0, 1]);
  await ask('POST', '/notify/wechat?a=%2F&b', { body, headers: { 'wechatpay-signature': 'sig', 'x-relay-client-address': '9.9.9.9', 'x-relay-waited-ms': '99', 'x-forwarded-for': '8.8.8.8', authorization: 'Bearer x', cookie: 'a=b' } });
  const [only] = seen;
  assert.deepEqual([only?.target, only?.body], ['/notify/wechat?a=%2F&b', body]);
  const { 'wechatpay-signature': signature, 'x-relay-client-address': address, ...others } = only?.headers ?? {};
  assert.deepEqual([signature, address], ['sig', '127.0.0.1']);
  assert.deepEqual(['x-relay-waited-ms', 'x-forwarded-for', 'authorization', 'cookie'].filter((name) => name in others), []);
});

test('the page gets its cookie and its policy, and nothing else of the answer\'s headers', async () => {
  const { seen } = await paired({ headers: { 'set-cookie': 'hospay_browser=1; HttpOnly', 'content-security-policy': "default-src 'none'", 'x-internal': 'host-17', server: 'core' } });
  const answer = await ask('GET', '/c/TOKEN', { headers: { cookie: 'hospay_browser=0' } });
  assert.deepEqual([answer.headers.get('set-cookie'), answer.headers.get('content-security-policy'), answer.headers.get('x-internal'), answer.headers.get('server')], ['hospay_browser=1; HttpOnly', "default-src 'none'", null, null]);
  assert.equal(seen[0]?.headers['cookie'], 'hospay_browser=0');
});

test('what is not a notification or the page does not exist, and the inside never hears of it', async () => {
  const { seen } = await paired();
  for (const [method, path] of [['GET', '/'], ['GET', '/notify/wechat'], ['POST', '/notify/UPPER'], ['POST', '/notify/a/b'], ['POST', '/api/v1/payments'], ['GET', '/metrics'], ['GET', '/c/T/open'], ['DELETE', '/c/T'], ['GET', '/c/T/state/x'], ['GET', '/checkout/secrets'], ['GET', '/console-api/v1/state'], ['OPTIONS', '/c/T']] as const) {
    assert.equal((await ask(method, path)).status, 404, `${method} ${path}`);
  }
  assert.deepEqual(seen, []);
});

test('bodies beyond their bound are refused before they are whole, with and without a length', async () => {
  const { seen } = await paired();
  assert.equal((await ask('POST', '/notify/wechat', { body: Buffer.alloc(256 * 1024 + 1) })).status, 413);
  assert.equal((await ask('POST', '/c/T/pay', { body: Buffer.alloc(16 * 1024 + 1) })).status, 413);
  assert.match(await raw('POST /notify/wechat HTTP/1.1\r\nHost: r\r\nTransfer-Encoding: chunked\r\n\r\n', `10000\r\n${'x'.repeat(65_536)}\r\n`, 6), /^HTTP\/1\.1 413 /);
  assert.match(await raw('POST /notify/wechat HTTP/1.1\r\nHost: r\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\n', 'x', 1), /^HTTP\/1\.1 400 /);
  assert.deepEqual(seen, []);
});

test('an inside that is too slow is not waited for longer than the channel waits: the channel hears 503 within five seconds, and a copy is kept', { timeout: 30_000 }, async () => {
  const { seen } = await paired(() => ({ afterMs: seen.length === 1 ? 7_000 : 0 }));
  const since = Date.now();
  const answer = await ask('POST', '/notify/wechat', { body: 'slow' });
  assert.deepEqual([answer.status, Date.now() - since < 5_000, relay.stored().length], [503, true, 1]);
  await eventually('the copy was taken', () => (relay.stored().length === 0 ? true : undefined));
  assert.deepEqual(seen.map(({ body }) => String(body)), ['slow', 'slow']);
  assert.ok(Number(seen[1]?.headers['x-relay-waited-ms']) > 0, 'it says how long it lay there');
});

test('an inside that cannot store now is heard word for word, and offered the copy again; what it refuses is refused once and for all', { timeout: 40_000 }, async () => {
  const { seen } = await paired(() => ({ status: seen.length === 1 ? 500 : 400, body: 'the core\'s own words' }));
  const answer = await ask('POST', '/notify/wechat', { body: 'twice' });
  assert.deepEqual([answer.status, await answer.text(), relay.stored().length], [500, 'the core\'s own words', 1]);
  await eventually('it was offered again', () => (relay.stored().length === 0 ? true : undefined), 30_000);
  assert.equal(seen.length, 2);
});

test('a copy that a power cut left half written is thrown away, and the others arrive in the order they came', { timeout: 30_000 }, async () => {
  for (const body of ['first', 'second', 'third']) {
    assert.equal((await ask('POST', '/notify/wechat', { body })).status, 503);
    await new Promise((wake) => { setTimeout(wake, 5); });
  }
  const folder = join(relay.folder, 'state/notifications');
  const torn = relay.stored().find((name) => readFileSync(join(folder, name), 'utf8').endsWith('\nsecond')) ?? '';
  await relay.end();
  writeFileSync(join(folder, torn), '{"target":"/not');
  writeFileSync(join(folder, 'x.notification.new'), 'draft');
  await relay.begin();
  const { seen } = await paired();
  await eventually('all arrived', () => (relay.stored().length === 0 ? true : undefined));
  assert.deepEqual(seen.map(({ body }) => String(body)), ['first', 'third']);
});

test('without an inside a patient is sent to the window in words, and the page\'s calls get the code', async () => {
  const page = await ask('GET', '/c/TOKEN');
  assert.deepEqual([page.status, page.headers.get('content-type'), page.headers.get('cache-control')], [503, 'text/html; charset=utf-8', 'no-store']);
  assert.match(await page.text(), /暂时无法支付[\s\S]*请到窗口/);
  const call = await ask('POST', '/c/TOKEN/pay', { body: '{}' });
  assert.deepEqual([call.status, ((await call.json()) as { error: { code: string } }).error.code], [503, 'RELAY_INSIDE_AWAY']);
  assert.deepEqual(relay.stored(), [], 'what a browser asks is never kept');
});

test('the line comes back by itself after the relay was killed', { timeout: 20_000 }, async () => {
  const connector = await paired();
  const since = Date.now();
  await relay.end();
  await eventually('the inside noticed', () => (connector.isConnected() ? undefined : true));
  await relay.begin();
  await eventually('it is back', () => (connector.isConnected() ? true : undefined));
  assert.ok(Date.now() - since < 10_000, `${String(Date.now() - since)} ms`);
});

test('one address that asks too often is turned away for a moment', { timeout: 30_000 }, async () => {
  await paired();
  const answers = await Promise.all(Array.from({ length: 600 }, () => raw('GET /nothing HTTP/1.1\r\nHost: r\r\nConnection: close\r\n\r\n', '', 0)));
  assert.ok(answers.some((answer) => answer.startsWith('HTTP/1.1 429 ')));
  await new Promise((wake) => { setTimeout(wake, 1_500); });
  assert.equal((await ask('GET', '/c/T')).status, 200);
});

/** Bytes as they are; a relay that hangs up in the middle is part of the answer. */
async function raw(head: string, part: string, times: number): Promise<string> {
  const socket = connect(relay.publicPort, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(head);
  for (let sent = 0; sent < times; sent += 1) socket.write(part);
  const answered = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk) => { text += String(chunk); });
  socket.once('close', () => { answered.resolve(text); });
  return answered.promise;
}
