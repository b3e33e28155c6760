import 'reflect-metadata';
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { connect as connectPlainly } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { connect, type DetailedPeerCertificate, type TLSSocket } from 'node:tls';
import type { AuditAct } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { serverX509 } from '@hospay/server/edges/certificates/server-x509.js';
import { openPlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { livenessEndpoint } from '@hospay/server/edges/http/operations-endpoints.js';
import { rootCertificatePage, toConsole } from '@hospay/server/edges/http/plain-entrance.js';
import { startHttpServer } from '@hospay/server/edges/http/http-kit/start-http-server.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import { serverCertificateStore } from '@hospay/server/platform-server-certificate.js';
import { openServerCertificate } from '@hospay/server/server-certificate/server-certificate-desk.js';
import { makeHospitalAuthority } from './hospital-authority.js';

const DAY_MS = 86_400_000;
const NAMES = ['pay.hospital.test', '127.0.0.1', 'fd00::5'];
const LIVE = livenessEndpoint(() => Promise.resolve({ ok: true, degraded: false, checks: [] }));

async function openBox(context: TestContext, { names = NAMES } = {}) {
  const dataFolder = mkdtempSync(join(tmpdir(), 'hospay-tls-'));
  const time = { now: Date.now() };
  const clock = { now: () => new Date(time.now) };
  const audited: AuditAct[] = [];
  const database = await openPlatformDatabase({ dataFolder, hospital: 'h1', clock, log: SILENT_LOG });
  const store = serverCertificateStore(database);
  const x509 = serverX509('示范医院');
  const open = (as = names) => openServerCertificate({ x509, store, names: as, changed: () => undefined, audit: { record: (act) => Promise.resolve(void audited.push(act)) }, clock, log: SILENT_LOG });
  const desk = await open();
  const common = { host: '127.0.0.1', port: 0, log: SILENT_LOG, clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM };
  const server = await startHttpServer({ ...common, tls: desk, groups: [LIVE] });
  context.after(async () => {
    await server.stop();
    await database.close();
    rmSync(dataFolder, { recursive: true });
  });
  const rootPem = async (): Promise<string> => pemOf(await desk.root());
  return { desk, open, store, x509, time, audited, dataFolder, server, common, rootPem };
}

test('the appliance’s own certificate is good for a client that has its root and nothing else, by name and by address, over TLS 1.2 and later', async (context) => {
  const { server, rootPem } = await openBox(context);
  assert.match(server.origin, /^https:\/\/127\.0\.0\.1:\d+$/);
  const ca = await rootPem();
  for (const host of ['127.0.0.1', 'pay.hospital.test', 'fd00::5']) assert.equal((await certificateAt(server.port, { ca, host })).subject.CN, 'Hospay server');
  await assert.rejects(certificateAt(server.port, { host: '127.0.0.1' }), /self-signed certificate|unable to/);
  await assert.rejects(certificateAt(server.port, { ca, host: 'other.hospital.test' }), /altnames/);
  await assert.rejects(certificateAt(server.port, { ca, host: '127.0.0.1', maxVersion: 'TLSv1.1', minVersion: 'TLSv1' }), /version|protocol/i);
  const { notBefore, notAfter } = (({ validFrom, validTo }) => ({ notBefore: Date.parse(validFrom), notAfter: Date.parse(validTo) }))(new X509Certificate((await certificateAt(server.port, { ca, host: '127.0.0.1' })).raw));
  assert.ok((notAfter - notBefore) / DAY_MS <= 397);
});

test('stopping waits neither for a connection that never shook hands nor for one that never asked anything, and for the request in progress it does', { timeout: 10_000 }, async (context) => {
  const { common, desk, rootPem } = await openBox(context);
  const [asked, goOn] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const slow = livenessEndpoint(async () => { asked.resolve(); await goOn.promise; return { ok: true, degraded: false, checks: [] }; });
  const server = await startHttpServer({ ...common, tls: desk, groups: [slow], timers: { after: () => ({ cancel() {} }) } });
  const ca = await rootPem();
  const silent = connectPlainly(server.port, '127.0.0.1');
  const ready = connect({ port: server.port, host: '127.0.0.1', ca });
  const ended = Promise.all([silent, ready].map((socket) => new Promise((resolve) => { socket.resume().once('close', resolve); })));
  await Promise.all([new Promise((resolve) => { silent.once('connect', resolve); }), new Promise((resolve) => { ready.once('secureConnect', resolve); })]);
  const answered = new Promise<number | undefined>((resolve, reject) => { request({ port: server.port, host: '127.0.0.1', ca, path: '/healthz' }, (response) => { resolve(response.resume().statusCode); }).once('error', reject).end(); });
  await asked.promise;
  const stopping = server.stop();
  await ended;
  goOn.resolve();
  assert.equal(await answered, 200);
  await stopping;
});

test('the root vouches for the configured names alone: what its key signs for another name or address no client takes', async (context) => {
  for (const [names, other] of [[['pay.hospital.test', '127.0.0.1'], 'bank.example'], [['pay.hospital.test', '127.0.0.1'], '10.0.0.9'], [['pay.hospital.test'], '10.0.0.9'], [['127.0.0.1'], 'bank.example'], [['127.0.0.1'], 'fd00::9']] as const) {
    const box = await openBox(context, { names: [...names] });
    const root = await box.store.find('server-root');
    assert.ok(root);
    for (const [name, isTaken] of [[names[0], true], [other, false]] as const) {
      const made = await box.x509.issue({ root, names: [name], now: new Date(box.time.now) });
      const server = await startHttpServer({ ...box.common, groups: [LIVE], tls: { current: () => made, onServed: () => () => undefined } });
      context.after(() => server.stop());
      const met = certificateAt(server.port, { ca: root.chainPem, host: name });
      await (isTaken ? met : assert.rejects(met, /permitted subtree violation|excluded subtree violation/, `${name} under ${names.join(', ')}`));
    }
  }
});

test('at two thirds of its life another certificate serves new connections, and the open ones go on', async (context) => {
  const { server, desk, time, rootPem } = await openBox(context);
  const ca = await rootPem();
  const first = await certificateAt(server.port, { ca, host: '127.0.0.1' });
  const kept = new Agent({ keepAlive: true, maxSockets: 1, ca });
  context.after(() => { kept.destroy(); });
  const socket = await ask(server.port, kept);
  time.now += 263 * DAY_MS;
  await desk.renew();
  assert.equal((await certificateAt(server.port, { ca, host: '127.0.0.1' })).fingerprint256, first.fingerprint256, 'not before its time');
  time.now += 3 * DAY_MS;
  await desk.renew();
  assert.notEqual(desk.current().chainPem, new X509Certificate(first.raw).toString());
  assert.equal(await ask(server.port, kept), socket, 'the same connection');
  const seen = await certificateAt(server.port, { ca, host: '127.0.0.1', at: 'any' });
  assert.notEqual(seen.fingerprint256, first.fingerprint256);
  assert.equal(await rootPem(), ca, 'the root stays');
});

test('a clock that lost its battery changes neither the root nor keeps the box from serving', async (context) => {
  const { open, time, rootPem } = await openBox(context);
  const before = await rootPem();
  for (const wrong of [Date.UTC(2001, 0, 1), Date.UTC(2099, 0, 1)]) {
    time.now = wrong;
    assert.equal((await open()).problem(), undefined);
    assert.equal(await rootPem(), before);
  }
});

test('other names make another root', async (context) => {
  const { open, rootPem } = await openBox(context);
  const before = await rootPem();
  assert.deepEqual((await (await open(['till.hospital.test'])).read()).served?.names, ['till.hospital.test']);
  assert.notEqual(await rootPem(), before);
});

test('the hospital’s authority answers the request, and its chain serves without its root; the key never leaves', async (context) => {
  const { desk, server, dataFolder, store, audited, time } = await openBox(context);
  const authority = await makeHospitalAuthority(new Date(time.now));
  assert.equal(refusal(await desk.takeAnswer({ chainPem: authority.rootPem, by: 'admin' })).code, 'CONFLICT', 'nothing was asked for');
  const asked = valueOf(await desk.request('admin'));
  const requestPem = asked.pendingRequest ?? '';
  assert.match(requestPem, /BEGIN CERTIFICATE REQUEST/);
  const key = (await store.find('server-request'))?.privateKeyPem ?? '';
  const leaf = await authority.answer(requestPem, { names: NAMES });
  const taken = valueOf(await desk.takeAnswer({ chainPem: [authority.rootPem, leaf, authority.betweenPem].join('\n'), by: 'admin' }));
  assert.deepEqual([taken.source, taken.pendingRequest, taken.problem], ['hospitalPki', undefined, undefined]);
  const met = await certificateAt(server.port, { ca: authority.rootPem, host: 'pay.hospital.test' });
  assert.equal(met.issuer.CN, 'Hospital Issuing');
  assert.equal((desk.current().chainPem.match(/BEGIN CERTIFICATE/g) ?? []).length, 2, 'its own and the one between');
  const secret = key.split('\n')[1] ?? '-';
  for (const text of [JSON.stringify(taken), JSON.stringify(asked), JSON.stringify(audited), readFileSync(join(dataFolder, 'platform.sqlite'), 'latin1')]) assert.ok(!text.includes(secret));
  assert.deepEqual(audited.map(({ who, what }) => `${who} ${what}`), ['admin serverCertificate.request', 'admin serverCertificate.answer']);
  assert.equal(valueOf(await desk.goBack('admin')).source, 'applianceAuthority');
});

test('what would not serve is refused with why, and what serves goes on', async (context) => {
  const { desk, time } = await openBox(context);
  const authority = await makeHospitalAuthority(new Date(time.now));
  const good = await authority.keyed({ names: NAMES });
  const [leaf = '', between = '', root = ''] = good.chainPem.split(/(?<=-----END CERTIFICATE-----)\n/);
  const other = await authority.keyed({ names: NAMES });
  const before = desk.current().chainPem;
  const why = async (given: { readonly chainPem: string; readonly privateKeyPem: string }) => refusal(await desk.upload({ ...given, by: 'admin' }));
  for (const [given, words] of [
    [{ ...good, privateKeyPem: 'no key' }, /no PEM/],
    [{ ...good, chainPem: 'no chain' }, /not 1 to 10 certificates/],
    [{ ...good, privateKeyPem: other.privateKeyPem }, /no certificate belongs to the private key/],
    [{ ...good, chainPem: [leaf, between].join('\n') }, /up to the root/],
    [{ ...good, chainPem: [leaf, root].join('\n') }, /up to the root/],
    [{ ...good, chainPem: [leaf, (await makeHospitalAuthority(new Date(time.now))).betweenPem, root].join('\n') }, /up to the root/],
    [await authority.keyed({ names: ['pay.hospital.test'] }), /it is not for 127\.0\.0\.1, fd00::5/],
    [await authority.keyed({ names: NAMES, days: -0.5 }), /has ended: CN=pay/],
  ] as const) {
    const { code, detail = '', detailZh = '' } = await why(given);
    assert.equal(code, 'CERTIFICATE_REFUSED');
    assert.match(detail, words);
    assert.match(detailZh, /[\u4e00-\u9fff]/);
  }
  assert.equal(desk.current().chainPem, before);
  assert.equal(valueOf(await desk.upload({ ...good, by: 'admin' })).source, 'uploaded');
});

test('an uploaded certificate that ends gives way to the appliance’s own, while it runs and at a start, and says so', async (context) => {
  const { desk, open, server, time, rootPem } = await openBox(context);
  const authority = await makeHospitalAuthority(new Date(time.now));
  valueOf(await desk.upload({ ...(await authority.keyed({ names: NAMES, days: 10 })), by: 'admin' }));
  await certificateAt(server.port, { ca: authority.rootPem, host: '127.0.0.1' });
  time.now += 11 * DAY_MS;
  assert.match((await desk.renew()).zh, /所提供的证书未启用：.*证书已过期/);
  await certificateAt(server.port, { ca: await rootPem(), host: '127.0.0.1' });
  const anew = await open();
  assert.deepEqual([(await anew.read()).source, anew.problem()?.en], ['applianceAuthority', 'CERTIFICATE_REFUSED: has ended: CN=pay']);
});

test('without TLS there is the root, its fingerprint, health, and the way to the console under our own names only', async (context) => {
  const { desk, common, rootPem } = await openBox(context);
  const where = { names: NAMES, consolePort: 8090 };
  const plain = await startHttpServer({ ...common, groups: [rootCertificatePage({ ...where, root: () => desk.root(), fingerprint: async () => (await desk.read()).root?.fingerprint }), LIVE], middleware: [toConsole(where)] });
  context.after(() => plain.stop());
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${plain.origin}${path}`, { headers, redirect: 'manual' });
  const root = await get('/hospay-root.cer');
  assert.equal(root.headers.get('content-type'), 'application/pkix-cert');
  const found = new X509Certificate(Buffer.from(await root.arrayBuffer()));
  assert.equal(found.fingerprint256, new X509Certificate(await rootPem()).fingerprint256);
  assert.ok((await (await get('/', { accept: 'text/html' })).text()).includes(found.fingerprint256.replaceAll(':', ' ')));
  assert.equal((await get('/healthz')).status, 200);
  const led = await get('/orders?day=1', { accept: 'text/html' });
  assert.deepEqual([led.status, led.headers.get('location')], [307, 'https://127.0.0.1:8090/orders?day=1']);
  assert.equal((await get('//evil.example/x', { accept: 'text/html' })).headers.get('location'), 'https://127.0.0.1:8090/');
  for (const path of ['/api/v1/orders', '/console-api/v1/state', '/metrics', '/readyz']) assert.equal((await get(path, { accept: 'application/json' })).status, 404, path);
});

type Meeting = { readonly host: string; readonly ca?: string; readonly minVersion?: 'TLSv1'; readonly maxVersion?: 'TLSv1.1'; /** `any`: this machine's clock is not the box's. */ readonly at?: 'any' };
/** The certificate a client meets who asks for that host. @throws what OpenSSL says against it. */
async function certificateAt(port: number, { host, ca, at, ...versions }: Meeting): Promise<DetailedPeerCertificate> {
  const met = Promise.withResolvers<DetailedPeerCertificate>();
  const socket: TLSSocket = connect({ port, host: '127.0.0.1', ...(/^[\d.:a-f]+$/.test(host) ? { host: '127.0.0.1' } : { servername: host }), ...(ca === undefined ? {} : { ca }), ...versions, rejectUnauthorized: at !== 'any', checkServerIdentity: (_name, certificate) => sayIdentity(host, certificate) }, () => { met.resolve(socket.getPeerCertificate(true)); });
  socket.on('error', met.reject);
  try {
    return await met.promise;
  } finally {
    socket.destroy();
  }
}

function sayIdentity(host: string, { raw }: { readonly raw: Buffer }): Error | undefined {
  const certificate = new X509Certificate(raw);
  return (/^[\d.:a-f]+$/.test(host) ? certificate.checkIP(host) : certificate.checkHost(host)) === undefined ? new Error(`${host} is not among the altnames`) : undefined;
}

/** The local port of the connection that was used. */
async function ask(port: number, agent: Agent): Promise<number | undefined> {
  const answered = Promise.withResolvers<number | undefined>();
  request({ host: '127.0.0.1', port, path: '/healthz', agent }, (response) => {
    const { localPort } = response.socket;
    response.resume().once('end', () => { answered.resolve(localPort); });
  }).once('error', answered.reject).end();
  return answered.promise;
}

function pemOf(outcome: Parameters<typeof valueOf<Buffer>>[0]): string {
  return new X509Certificate(valueOf(outcome)).toString();
}

type Refusal = { readonly kind: 'refused'; readonly code: string; readonly detail?: string; readonly detailZh?: string };
function valueOf<Value>(outcome: { readonly kind: 'ok'; readonly value: Value } | Refusal): Value {
  assert.ok(outcome.kind === 'ok', outcome.kind === 'refused' ? `${outcome.code} ${outcome.detail ?? ''}` : '');
  return outcome.value;
}

function refusal(outcome: { readonly kind: 'ok' } | Refusal): Refusal {
  assert.ok(outcome.kind === 'refused');
  return outcome;
}
