import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import test, { type TestContext } from 'node:test';
import { Type } from 'typebox';
import { ok, refused } from '../../../domain/errors.js';
import { SILENT_LOG, type Log, type LogFacts } from '../../../domain/log.js';
import { StoreUnavailable } from '../../../domain/money-store.js';
import { SYSTEM_CLOCK } from '../../machine/system-clock.js';
import { SYSTEM_RANDOM } from '../../machine/system-random.js';
import { SYSTEM_TIMERS } from '../../machine/system-timers.js';
import { bytes, json, stream } from './answer.js';
import { findJsonFault } from './find-json-fault.js';
import { openApiDocument } from './open-api-document.js';
import { mountGroup, openGroup } from './route-group.js';
import { routesFor } from './route.js';
import { startHttpServer, type HttpServerOptions } from './start-http-server.js';

const anyone = routesFor<'anyone', undefined>();
const closed = { additionalProperties: false } as const;
const Echo = Type.Object({ text: Type.String({ maxLength: 10 }), count: Type.Optional(Type.Integer({ minimum: 1 })) }, { ...closed, title: 'Echo' });
const texts = { zh: '测试', en: 'test' };
const release = Promise.withResolvers<void>();
const entered = Promise.withResolvers<void>();
/** What flows until the test breaks it off. */
const flow = new Readable({ read() {} });

const GROUP = openGroup({
  basePath: '/t',
  tag: { name: 'test', ...texts },
  routes: [
    anyone.route({
      method: 'POST', path: '/echo/{id}', operationId: 'echo', summary: texts, access: 'anyone', errors: ['CONFLICT'],
      request: { params: Type.Object({ id: Type.String({ pattern: '^[a-z]+$' }) }, closed), query: Type.Object({ loud: Type.Optional(Type.Boolean()) }, closed), body: Echo },
      answers: { 200: { ...texts, schema: Type.Object({ echo: Echo, id: Type.String(), loud: Type.Boolean() }, closed) } },
      handle: ({ params, query, body }) => (body.text === 'conflict' ? refused('CONFLICT', 'as asked') : ok(json({ echo: body, id: params.id, loud: query.loud ?? false }))),
    }),
    anyone.route({ method: 'GET', path: '/bug', operationId: 'bug', summary: texts, access: 'anyone', errors: [], answers: { 200: texts }, handle: () => { throw new Error('a bug with 张三 in it'); } }),
    anyone.route({ method: 'GET', path: '/full', operationId: 'full', summary: texts, access: 'anyone', errors: [], answers: { 200: texts }, handle: () => { throw new StoreUnavailable('disk full'); } }),
    anyone.route({ method: 'GET', path: '/wrong', operationId: 'wrong', summary: texts, access: 'anyone', errors: [], answers: { 200: { ...texts, schema: Type.Object({ a: Type.String() }, closed) } }, handle: () => ok(json({ a: 1 })) }),
    anyone.route({ method: 'GET', path: '/slow', operationId: 'slow', summary: texts, access: 'anyone', errors: [], answers: { 200: { ...texts, contentType: 'text/plain' } }, async handle() { entered.resolve(); await release.promise; return ok(bytes('text/plain', 'done')); } }),
    anyone.route({ method: 'GET', path: '/flow', operationId: 'flow', summary: texts, access: 'anyone', errors: [], answers: { 200: { ...texts, contentType: 'text/plain' } }, handle: () => ok(stream('text/plain', flow)) }),
    anyone.rawRoute({ method: 'POST', path: '/raw', operationId: 'raw', summary: texts, access: 'anyone', errors: [], answers: { 200: { ...texts, contentType: 'text/plain' } }, handle: (request) => ok(bytes('text/plain', request.body, { 'x-query': request.query })) }),
  ],
});

async function start(context: TestContext, more: Partial<HttpServerOptions> = {}) {
  const server = await startHttpServer({ host: '127.0.0.1', port: 0, groups: [GROUP], log: SILENT_LOG, clock: SYSTEM_CLOCK, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM, ...more });
  context.after(() => server.stop());
  return server;
}
async function errorOf(response: Response): Promise<{ code: string; detail: string | undefined; requestId: string; zh: string }> {
  const body: unknown = await response.json();
  const Shape = Type.Object({ error: Type.Object({ code: Type.String(), detail: Type.Optional(Type.String()), requestId: Type.String(), zh: Type.String() }) });
  const { Parse } = await import('typebox/value');
  const { error } = Parse(Shape, body);
  return { ...error, detail: error.detail };
}
const post = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) => ({ method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } });

test('a request that fits its schemas is handled, with typed query fields and security headers on the answer', async (context) => {
  const { origin } = await start(context);
  const response = await fetch(`${origin}/t/echo/abc?loud=true`, post('{"text":"hi","count":2}', { 'x-request-id': 'caller-request-1' }));
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { echo: { text: 'hi', count: 2 }, id: 'abc', loud: true });
  assert.equal(response.headers.get('x-request-id'), 'caller-request-1');
  assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(response.headers.get('cache-control'), 'no-store');
});

test('what does not fit is refused with the place and the expectation, never with the value', async (context) => {
  const { origin } = await start(context);
  const cases: [string, RequestInit, RegExp][] = [
    ['/t/echo/abc', post('{"text":"much too long 610101","count":0}'), /body: text: .*10.*count: /],
    ['/t/echo/abc', post('{"text":"a","extra":1}'), /extra: is not a known key/],
    ['/t/echo/abc', post('{}'), /text: is required/],
    ['/t/echo/abc', post('{"text":\n  nope}'), /not JSON at line 2, column 3/],
    ['/t/echo/abc', post(new Uint8Array([0x22, 0xff, 0x22])), /not UTF-8/],
    ['/t/echo/abc', post('{"text":"a"}', { 'content-type': 'text/plain' }), /content-type/],
    ['/t/echo/abc', post('{"text":"a"}', { 'content-encoding': 'gzip' }), /compressed/],
    ['/t/echo/ABC', post('{"text":"a"}'), /path: id/],
    ['/t/echo/abc?loud=yes', post('{"text":"a"}'), /query: loud/],
    ['/t/echo/abc?loud=true&loud=true', post('{"text":"a"}'), /given twice/],
    ['/t/echo/abc?other=1', post('{"text":"a"}'), /other: is not a known key/],
  ];
  for (const [path, init, detail] of cases) {
    const response = await fetch(`${origin}${path}`, init);
    const error = await errorOf(response);
    assert.equal(response.status, 400, path);
    assert.equal(error.code, 'MALFORMED_REQUEST');
    assert.match(error.detail ?? '', detail);
    assert.doesNotMatch(error.detail ?? '', /610101|nope/);
  }
});

test('a body over the limit is refused and its sender sees the answer, announced or not', async (context) => {
  const { origin } = await start(context, { largestBodyBytes: 1000 });
  const announced = await fetch(`${origin}/t/raw`, { method: 'POST', body: 'x'.repeat(1001) });
  assert.equal(announced.status, 413);
  assert.equal((await errorOf(announced)).code, 'BODY_TOO_LARGE');
  const chunks = new ReadableStream({ start(controller) { for (let count = 0; count < 3; count += 1) controller.enqueue(Buffer.alloc(500, 'x')); controller.close(); } });
  const streamed = await fetch(`${origin}/t/raw`, { method: 'POST', body: chunks, duplex: 'half' });
  assert.equal(streamed.status, 413);
  await streamed.arrayBuffer();
  const atLimit = await fetch(`${origin}/t/raw?a=1`, { method: 'POST', body: 'x'.repeat(1000) });
  assert.equal(atLimit.status, 200);
  assert.equal(atLimit.headers.get('x-query'), 'a=1');
  assert.equal((await atLimit.text()).length, 1000);
});

test('an unknown path and a wrong method are told apart, in the one error shape', async (context) => {
  const { origin } = await start(context);
  const nowhere = await fetch(`${origin}/nowhere`);
  assert.equal(nowhere.status, 404);
  assert.match((await errorOf(nowhere)).detail ?? '', /no such path/);
  const wrongMethod = await fetch(`${origin}/t/echo/abc`);
  assert.equal(wrongMethod.headers.get('allow'), 'POST');
  assert.match((await errorOf(wrongMethod)).detail ?? '', /takes POST/);
});

test('a bug answers INTERNAL with the request id under which the log has the cause; a store that refuses answers STORE_UNAVAILABLE', async (context) => {
  const lines: { message: string; facts: LogFacts }[] = [];
  const note = (message: string, facts: LogFacts = {}) => { lines.push({ message, facts }); };
  const log: Log = { debug: note, info: note, warn: note, error: note, with: () => log };
  const { origin } = await start(context, { log });
  const bug = await fetch(`${origin}/t/bug`);
  const error = await errorOf(bug);
  assert.equal(bug.status, 500);
  assert.equal(error.detail, undefined);
  assert.ok(lines.some(({ message, facts }) => message === 'http request failed' && facts['requestId'] === error.requestId));
  assert.equal((await fetch(`${origin}/t/full`)).status, 503);
  await fetch(`${origin}/t/echo/secretpatient`, post('{"text":"a"}'));
  const written = JSON.stringify(lines.filter(({ message }) => message === 'http request'));
  assert.match(written, /"operation":"echo"/);
  assert.doesNotMatch(written, /secretpatient/);
});

test('a handler that answers what its route does not declare is reported', async (context) => {
  const undeclared: string[] = [];
  const { origin } = await start(context, { onUndeclaredAnswer: (operationId, what) => { undeclared.push(`${operationId}: ${what}`); } });
  await fetch(`${origin}/t/wrong`);
  await fetch(`${origin}/t/echo/abc`, post('{"text":"conflict"}'));
  assert.equal(undeclared.length, 1);
  assert.match(undeclared[0] ?? '', /^wrong: a: /);
});

test('stopping lets the request in progress end, and takes no other', async (context) => {
  const server = await start(context);
  const slow = fetch(`${server.origin}/t/slow`);
  await entered.promise;
  const stopping = server.stop();
  release.resolve();
  assert.equal(await (await slow).text(), 'done');
  await stopping;
  await assert.rejects(fetch(`${server.origin}/t/raw`, { method: 'POST' }));
});

test('stopping does not wait for a connection on which no request has come, as browsers keep them ready', { timeout: 10_000 }, async (context) => {
  const server = await start(context, { timers: { after: () => ({ cancel() {} }) } });
  const [ready, used] = [connect(server.port, '127.0.0.1'), connect(server.port, '127.0.0.1')];
  const ended = Promise.all([ready, used].map((socket) => new Promise((resolve) => { socket.resume().once('close', resolve); })));
  used.write('GET /nothing HTTP/1.1\r\nhost: t\r\n\r\n');
  await new Promise((resolve) => { used.once('data', resolve); });
  await server.stop();
  await ended;
});

test('what nobody reads stays with the stream’s maker, who sees how much it is and breaks the connection off', async (context) => {
  const { origin, server } = await start(context);
  const { hostname, port } = new URL(origin);
  const socket = connect(Number(port), hostname);
  context.after(() => socket.destroy());
  socket.write('GET /t/flow HTTP/1.1\r\nhost: t\r\n\r\n');
  flow.push('it begins');
  await new Promise((resolve) => { socket.once('data', resolve); });
  socket.pause();
  // More than the line holds, and nobody takes it.
  for (let piece = 0; piece < 6; piece += 1) flow.push(Buffer.alloc(8 * 1024 * 1024));
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  assert.ok(flow.readableLength > 8 * 1024 * 1024, `${String(flow.readableLength)} bytes are left: somebody in between keeps the rest`);
  flow.destroy();
  await new Promise((resolve) => { setTimeout(resolve, 100); });
  const open = await new Promise((resolve) => { server.getConnections((_error, count) => { resolve(count); }); });
  assert.equal(open, 0);
});

test('bytes that are not HTTP get an error in the same shape', async (context) => {
  const { port } = await start(context);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('HELLO THERE\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk) => { text += chunk.toString(); });
    socket.on('close', () => { resolve(text); });
    socket.on('error', reject);
  });
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.match(answer, /MALFORMED_REQUEST/);
});

test('a caller is known before anything of the request is read', async (context) => {
  const named = routesFor<'read' | 'write', { name: string }>();
  const group = mountGroup({
    basePath: '/g',
    tag: { name: 'g', ...texts },
    authenticate: (request, access: 'read' | 'write') => (request.headers['x-name'] === undefined ? refused('UNKNOWN_CALLER') : access === 'write' ? refused('NOT_PERMITTED') : ok({ name: request.headers['x-name'] })),
    authenticationErrors: ['UNKNOWN_CALLER', 'NOT_PERMITTED'],
    callerName: ({ name }) => name,
    routes: [
      named.route({ method: 'POST', path: '/write', operationId: 'write', access: 'write', summary: texts, errors: [], request: { body: Echo }, answers: { 200: texts }, handle: () => ok(json({})) }),
      named.route({ method: 'GET', path: '/name', operationId: 'name', access: 'read', summary: texts, errors: [], answers: { 200: { ...texts, schema: Type.Object({ name: Type.String() }) } }, handle: (_request, caller) => ok(json(caller)) }),
    ],
  });
  const { origin } = await start(context, { groups: [group] });
  assert.equal((await fetch(`${origin}/g/write`, post('garbage'))).status, 401);
  assert.equal((await fetch(`${origin}/g/write`, post('garbage', { 'x-name': 'me' }))).status, 403);
  assert.deepEqual(await (await fetch(`${origin}/g/name`, { headers: { 'x-name': 'me' } })).json(), { name: 'me' });
});

test('the document names each titled schema once and refers to it, and groups errors by status', () => {
  const document: unknown = openApiDocument({ title: 't', version: '1', description: 'd' }, [GROUP]);
  const text = JSON.stringify(document);
  assert.match(text, /"\$ref":"#\/components\/schemas\/Echo"/);
  assert.match(text, /"Echo":\{"type":"object"/);
  assert.match(text, /"409":\{"description":"CONFLICT: /);
  assert.match(text, /"name":"loud","in":"query","required":false/);
  assert.doesNotMatch(text, /~kind/);
});

test('the place of a JSON fault is found without quoting the text', () => {
  assert.equal(findJsonFault('{"a": tru}'), 'line 1, column 7');
  assert.equal(findJsonFault('{"a": 1,}'), 'line 1, column 9');
  assert.equal(findJsonFault('[1, 2'), 'its end (line 1, column 6)');
  assert.equal(findJsonFault('{"a": 01}'), 'line 1, column 7');
  assert.equal(findJsonFault('{"a" 1}'), 'line 1, column 6');
  assert.equal(findJsonFault('{} {}'), 'line 1, column 4');
  assert.equal(findJsonFault('["x\ny"]'), 'line 1, column 2');
});
