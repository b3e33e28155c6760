/** What a plugin of somebody else's can and cannot do, whoever starts its process. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before as beforeAll, test } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import type { Log } from '@hospay/server/domain/log.js';
import { createPluginHost, type InstanceConfiguration } from '@hospay/server/plugin-host/plugin-host.js';
import type { StartGuestLine } from '@hospay/server/plugin-host/isolated/guest-line.js';
import { SILENT_METRICS } from '@hospay/server/plugin-host/ports.js';

const CANARY = 'canary-secret-of-the-vendor';
const MANIFEST = {
  id: 'vendor', version: '1.0.0', title: { zh: '厂商', en: 'Vendor' }, publisher: 'Vendor', sdk: '^0.2.0', entry: 'dist/index.js', contributes: { channels: ['vendor'] },
  needs: { network: ['baseUrl'], secrets: ['apiKey'] }, limits: { callTimeoutMs: 4_000, concurrency: 8, memoryMegabytes: 128 }, owner: 'Vendor',
};
const SETTINGS = `{ type: 'object', properties: { merchantNo: { type: 'string' }, baseUrl: { type: 'string' }, apiKey: { type: 'string', 'x-secret': true } }, required: ['merchantNo'], additionalProperties: false }`;
const REQUEST = { tradeNo: 'H20261122000001', amountFen: 100, description: 'd', method: 'nativeQr', submittedAt: '2026-11-22T00:00:00Z', expiresAt: '2026-11-22T00:05:00Z' } as const;
const PAYMENT = { tradeNo: REQUEST.tradeNo, submittedAt: REQUEST.submittedAt, amountFen: 100, method: 'nativeQr' } as const;
/** How its processes come about; `close` after the last test. */
export type PluginPlace = { readonly startLine: StartGuestLine | undefined; close(): Promise<void> };

export function runPluginIsolation(open: () => Promise<PluginPlace>): void {
  let startLine: StartGuestLine | undefined;
  let place: PluginPlace;
  beforeAll(async () => {
    place = await open();
    startLine = place.startLine;
  });
  const stops: (() => Promise<void>)[] = [];
  after(async () => {
    await Promise.all(stops.map((stop) => stop()));
    await place.close();
  });

  /** A host whose every plugin is somebody else's, with one plugin whose operations are given as source text. */
  function makeHost(operations: Readonly<Record<string, string>>, { settings = {}, manifest = {}, before = '', beside = '', deliverNotice }: { settings?: object; manifest?: object; before?: string; beside?: string; deliverNotice?: NonNullable<Parameters<typeof createPluginHost>[0]['deliverNotice']> } = {}) {
    const root = mkdtempSync(join(tmpdir(), 'hospay-isolation-'));
    const all = { query: "return { kind: 'notFound' }", charge: "return { kind: 'pending', present: { kind: 'qr', content: 'code' } }", ...operations };
    const source = `${before}\nexport default { settings: ${SETTINGS}, activate(context) { const { settings } = context; return { channels: { vendor: { merchantNo: settings.merchantNo, methods: ['nativeQr'], ${beside === '' ? '' : "refunds: 'wholeOnly',"} ${Object.entries(all).map(([name, body]) => `async ${name}(request, call) { ${body} }`).join(', ')} } } ${beside} } } };`;
    for (const [path, text] of Object.entries({ 'plugin.json': JSON.stringify({ ...MANIFEST, ...manifest }), 'package.json': '{"type":"module"}', 'dist/index.js': source })) {
      mkdirSync(dirname(join(root, 'vendor', path)), { recursive: true });
      writeFileSync(join(root, 'vendor', path), text);
    }
    const lines: string[] = [];
    const log: Log = {
      debug: () => {}, info: (message, facts) => { lines.push(`${message} ${JSON.stringify(facts ?? {})}`); }, warn: (message, facts) => { lines.push(`${message} ${JSON.stringify(facts ?? {})}`); },
      error: (message, facts) => { lines.push(`${message} ${JSON.stringify(facts ?? {})}`); }, with: () => log,
    };
    const host = createPluginHost({
      folders: [root], clock: { now: () => new Date() }, log, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore({ quotaBytes: 200 }) }, isFirstParty: () => false, startLine, ...(deliverNotice === undefined ? {} : { deliverNotice }),
      timers: { after: (ms, task) => {
        const timer = setTimeout(task, ms);
        // The boundary gives an abandoned place back after half a minute: nothing to wait for here.
        if (ms > 20_000) timer.unref();
        return { cancel: () => { clearTimeout(timer); } };
      } },
    });
    host.discover();
    stops.push(async () => {
      await host.stop();
      rmSync(root, { recursive: true });
    });
    const configuration: InstanceConfiguration = { id: 'vendor-1', plugin: 'vendor', settings: { merchantNo: 'M1', apiKey: CANARY, ...settings }, enabled: true, merchantNo: 'M1' };
    return { host, lines, activate: () => host.activate(configuration), channel: () => host.channel('vendor-1') ?? assert.fail('the channel is not active') };
  }
  const state = (host: ReturnType<typeof makeHost>['host']) => host.list().instances[0];
  async function eventually<Value>(what: string, ask: () => Value | undefined | false): Promise<Value> {
    for (let round = 0; round < 400; round += 1) {
      const value = ask();
      if (value !== undefined && value !== false) return value;
      await new Promise((wake) => { setTimeout(wake, 25); });
    }
    return assert.fail(`not in time: ${what}`);
  }
  /** What an isolated plugin finds when it tries: each attempt is a line of source, its result or error comes back as the QR content. */
  const tries = (attempt: string) => `let said; try { said = String(await (async () => { ${attempt} })()); } catch (error) { said = (error.code ?? '') + ' ' + error.message; } return { kind: 'pending', present: { kind: 'qr', content: ('said ' + said).slice(0, 900) } };`;
  const saidOf = async (bench: ReturnType<typeof makeHost>): Promise<string> => {
    const { state: at, reason } = await bench.activate();
    assert.equal(at, 'active', reason);
    const outcome = await bench.channel().charge(REQUEST);
    assert.ok(outcome.kind === 'pending' && outcome.present.kind === 'qr', JSON.stringify(outcome));
    return outcome.present.content;
  };

  test('an isolated plugin pre-settles with the insurance, and says that its payments are undone only whole; when its process dies the answer is unknown', async () => {
    const bench = makeHost({}, {
      beside: `, presettling: { vendor: {
        async findInsured({ voucher }) { return voucher.number === 'die' ? process.exit(3) : { kind: 'declined', code: 'NOBODY', message: voucher.number } },
        async presettle() { return { kind: 'notSent', reason: 'no' } }, async abandon({ presettlementNo }) { return { kind: presettlementNo === 'PS0001' ? 'abandoned' : 'settled' } },
      } }`,
    });
    const { state: at, reason } = await bench.activate();
    assert.equal(at, 'active', reason);
    const centre = bench.host.presettling('vendor-1') ?? assert.fail('no pre-settling');
    assert.deepEqual(await centre.findInsured({ voucher: { kind: 'idCard', number: 'x1' } }), { kind: 'declined', code: 'NOBODY', message: 'x1' });
    assert.deepEqual(await centre.abandon({ presettlementNo: 'PS0001' }), { kind: 'abandoned' });
    assert.equal(bench.channel().refundsWholeOnly, true);
    assert.equal((await centre.findInsured({ voucher: { kind: 'idCard', number: 'die' } })).kind, 'unknown');
  });

  test('an isolated plugin counts tills and works card terminals through the boundary, with the time it named; when its process dies the answer is unknown, and afterwards nothing is sent', async () => {
    const bench = makeHost({}, {
      manifest: { limits: { callTimeoutMs: 100, concurrency: 8, memoryMegabytes: 128 } },
      beside: `, tills: { vendor: {
        async tillDays({ day }) { return [{ tillNo: 'operator:1', day, openings: { count: 1, amountFen: 500 }, takenIn: { count: 0, amountFen: 0 }, paidOut: { count: 0, amountFen: 0 }, balanceFen: day === '2026-11-22' ? 500 : 501 }] },
        async openTill({ amountFen }) { return amountFen === 1 ? process.exit(3) : { kind: 'opened' } },
      } }, cardTerminals: { vendor: { terminalIds: ['window-1'], longestMs: 3000,
        async operate({ operation }) { if (operation === 'settle') await new Promise((wake) => { context.after(400, wake) }); return { kind: 'done', message: operation } },
      } }`,
    });
    const { state: at, reason } = await bench.activate();
    assert.equal(at, 'active', reason);
    const [tills, cards] = [bench.host.tills('vendor-1') ?? assert.fail('no tills'), bench.host.cardTerminals('vendor-1') ?? assert.fail('no card terminals')];
    assert.deepEqual(cards.terminalIds, ['window-1']);
    assert.equal((await tills.tillDays({ day: '2026-11-22' })).kind, 'ok');
    assert.equal((await tills.tillDays({ day: '2026-11-23' })).kind, 'unknown', 'a book that does not add up is no book');
    assert.deepEqual(await cards.operate({ terminalId: 'window-1', operation: 'settle' }), { kind: 'done', message: 'settle' }, 'slower than the manifest, within its own time');
    assert.equal((await tills.openTill({ openingNo: 'O1', tillNo: 'operator:1', amountFen: 1, openedAt: '2026-11-22T00:00:00Z' })).kind, 'unknown');
    // The call's own time may be over before the end of the process is heard of.
    await eventually('no tills', () => bench.host.tills('vendor-1') === undefined);
    assert.equal((await cards.operate({ terminalId: 'window-1', operation: 'signIn' })).kind, 'notSent');
  });

  test('a channel that learns who pays is asked through the boundary, isolated or not; a page that is no page, silence and a dead process identify nobody', async () => {
    const away = { returnUrl: 'https://pay.example/c/T/payer', state: 'S1' };
    const bench = makeHost({
      payerIdAddress: "return { url: (request.state === 'bad' ? 'javascript:alert(1)//' : 'https://wallet.example/authorize?state=') + request.state }",
      findPayerId: "if (request.query === 'die') process.exit(3); return request.query === 'code=1' ? { kind: 'found', payerId: 'openid-1' } : request.query === 'odd' ? { kind: 'found' } : { kind: 'refused', reason: 'invalid code' }",
    });
    assert.equal((await bench.activate()).state, 'active');
    const { identification } = bench.channel();
    assert.ok(identification);
    assert.deepEqual(await identification.payerIdAddress(away), { kind: 'address', url: 'https://wallet.example/authorize?state=S1' });
    assert.equal((await identification.payerIdAddress({ ...away, state: 'bad' })).kind, 'unknown');
    assert.deepEqual(await identification.findPayerId({ query: 'code=1' }), { kind: 'found', payerId: 'openid-1' });
    assert.deepEqual(await identification.findPayerId({ query: 'code=2' }), { kind: 'refused', reason: 'invalid code' });
    assert.equal((await identification.findPayerId({ query: 'odd' })).kind, 'unknown');
    assert.equal((await identification.findPayerId({ query: 'die' })).kind, 'unknown');
    const plain = makeHost({});
    await plain.activate();
    assert.equal(plain.channel().identification, undefined);
  });

  test('an isolated plugin answers through the boundary like any other', async () => {
    const bench = makeHost({});
    assert.equal((await bench.activate()).state, 'active');
    assert.deepEqual(await bench.channel().charge(REQUEST), { kind: 'pending', present: { kind: 'qr', content: 'code' } });
    assert.deepEqual(await bench.channel().query(PAYMENT), { kind: 'notFound' });
    assert.deepEqual([bench.channel().merchantNo, bench.channel().methods, bench.channel().canRefund], ['M1', ['nativeQr'], false]);
  });

  test('an isolated plugin hands over a fund statement, bytes included', async () => {
    const bench = makeHost({ downloadFundStatement: "return request.account === 'basic' ? { kind: 'ok', raw: new Uint8Array([1, 2]), sha256: 's', lines: [], totals: { lines: 0, inLines: 0, inFen: 0, outLines: 0, outFen: 0 } } : { kind: 'empty' }" });
    await bench.activate();
    const outcome = await bench.channel().fundStatement?.downloadFundStatement({ day: '2026-11-22', account: 'basic' });
    assert.ok(outcome?.kind === 'ok' && outcome.raw.length === 2, JSON.stringify(outcome));
    assert.equal((await bench.channel().fundStatement?.downloadFundStatement({ day: '2026-11-22', account: 'fees' }))?.kind, 'empty');
  });

  for (const [what, attempt, expected] of [
    ['reads a file', "return (await import('node:fs')).readFileSync('/etc/passwd', 'utf8')", /ERR_ACCESS_DENIED/],
    ['writes a file', "return (await import('node:fs')).writeFileSync('/tmp/hospay-isolation-canary', 'x')", /ERR_ACCESS_DENIED/],
    ['starts a process', "return (await import('node:child_process')).execSync('id')", /not for plugins/],
    ['opens a connection', "return (await import('node:net')).connect(22, '127.0.0.1')", /not for plugins/],
    ['requires the network', "return (await import('node:module')).createRequire(import.meta.url)('https').get('https://127.0.0.1')", /not for plugins/],
    ['asks for a built-in by another door', "return process.getBuiltinModule('net').connect(22)", /not for plugins/],
    ['hooks in behind', "return (await import('node:module')).registerHooks({})", /not for plugins/],
    ['fetches', "return await fetch('http://127.0.0.1')", /fetch is not defined/],
    ['starts a thread', "return new (await import('node:worker_threads')).Worker('1', { eval: true })", /not for plugins/],
    ['kills its parent', 'return process.kill(process.ppid)', /not for plugins/],
    ['binds to internals', "return process.binding('tcp_wrap')", /ERR_ACCESS_DENIED/],
    ['looks at the environment', 'return JSON.stringify(process.env)', /said \{\}/],
  ] as const) {
    test(`a plugin that ${what} gets nowhere`, async () => {
      assert.match(await saidOf(makeHost({ charge: tries(attempt) })), expected);
    });
  }

  test('a secret is never in the plugin’s process: its settings hold the name, and the host signs by it', async () => {
    const bench = makeHost({ charge: tries("const mac = await context.keys.sign({ key: 'apiKey', algorithm: 'HMAC-SHA256', data: new TextEncoder().encode('x') }); return settings.apiKey + ' ' + Buffer.from(mac).toString('hex')") });
    const said = await saidOf(bench);
    assert.match(said, /^said apiKey [0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(bench.lines).includes(CANARY));
    assert.match(await saidOf(makeHost({ charge: tries("return context.keys.sign({ key: 'merchantNo', algorithm: 'HMAC-SHA256', data: new Uint8Array(1) })") })), /have no secret/);
  });

  test('a plugin signs and verifies by SM2 without a thread, a library or the key: the host computes it', async () => {
    const key = '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8';
    const publicKey = '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13';
    const work = `const data = new TextEncoder().encode('x'); const signature = await context.keys.sign({ key: 'apiKey', algorithm: 'SM2-SM3', data });
      const verify = (given) => context.keys.verify({ publicKey: '${publicKey}', algorithm: 'SM2-SM3', data, signature, ...given });
      return [signature.length, await verify({}), await verify({ userId: 'another' }), await verify({ signature: 'no bytes' }), await verify({ data: 7 })].join(' ')`;
    assert.match(await saidOf(makeHost({ charge: tries(work) }, { settings: { apiKey: key } })), /^said 64 true false false false$/);
  });

  test('a plugin whose schema hides a secret where it would be handed over is refused', async () => {
    const bench = makeHost({}, { manifest: { needs: { network: ['baseUrl'] } } });
    const { state: at, reason } = await bench.activate();
    assert.equal(at, 'failed');
    assert.match(reason ?? '', /apiKey is a secret/);
  });

  test('HTTP goes to the hosts of the manifest and nowhere else', async () => {
    const server = createServer((_request, response) => { response.end('hello'); }).listen(0, '127.0.0.1');
    await new Promise((ready) => { server.once('listening', ready); });
    const { port } = server.address() as AddressInfo;
    const baseUrl = `http://127.0.0.1:${String(port)}/`;
    const ask = (url: string) => tries(`const answer = await context.http.request({ method: 'GET', url: ${url} }); return answer.kind + ' ' + (answer.reason ?? Buffer.from(answer.body).toString())`);
    try {
      assert.equal(await saidOf(makeHost({ charge: ask('settings.baseUrl') }, { settings: { baseUrl } })), 'said answer hello');
      assert.match(await saidOf(makeHost({ charge: ask(`'http://127.0.0.1:${String(port + 1)}/'`) }, { settings: { baseUrl } })), /notSent the manifest does not name the host/);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('an isolated plugin is probed as any other, and half an answer of its is none', async () => {
    const bench = makeHost({ probe: "return { kind: 'answered' }" });
    await bench.activate();
    assert.deepEqual(await bench.channel().probing?.probe(), { kind: 'answered' });
    const broken = makeHost({ probe: "return { kind: 'answered', by: 'me' }" });
    await broken.activate();
    assert.equal((await broken.channel().probing?.probe())?.kind, 'unknown');
    const without = makeHost({});
    await without.activate();
    assert.equal(without.channel().probing, undefined);
  });

  test('what it may ask of its host at one time is bounded: the rest is refused and never leaves, and afterwards it goes on', async () => {
    let arrived = 0;
    const waiting: (() => void)[] = [];
    const server = createServer((_request, response) => {
      arrived += 1;
      waiting.push(() => { response.end('late'); });
      if (arrived === 32) setTimeout(() => { for (const answer of waiting.splice(0)) answer(); }, 300);
    }).listen(0, '127.0.0.1');
    await new Promise((ready) => { server.once('listening', ready); });
    const { port } = server.address() as AddressInfo;
    const flood = `const answers = await Promise.all(Array.from({ length: 400 }, () => context.http.request({ method: 'GET', url: settings.baseUrl })));
      const before = await context.store.get('a').then(() => 'served');
      return answers.filter(({ kind }) => kind === 'answer').length + ' answered, ' + answers.filter(({ kind, reason }) => kind === 'notSent' && reason.includes('at once')).length + ' refused, then ' + before`;
    try {
      assert.equal(await saidOf(makeHost({ charge: tries(flood) }, { settings: { baseUrl: `http://127.0.0.1:${String(port)}/` } })), 'said 32 answered, 368 refused, then served');
      assert.equal(arrived, 32);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });

  test('its store keeps and claims, up to its quota', async () => {
    assert.equal(await saidOf(makeHost({ charge: tries("await context.store.put('a', { n: 1 }); return (await context.store.get('a')).n + ' ' + await context.store.claim('a', 2) + ' ' + await context.store.claim('b', 2) + ' ' + (await context.store.list('')).length") })), 'said 1 false true 2');
    assert.match(await saidOf(makeHost({ charge: tries("return context.store.put('a', 'x'.repeat(500))") })), /store is full/);
  });

  test('a crash in the middle of a call makes it unknown at once, and the plugin is started again by itself', async () => {
    const bench = makeHost({ charge: "process.exit(7)" });
    await bench.activate();
    const channel = bench.channel();
    const other = channel.query(PAYMENT);
    assert.equal((await channel.charge(REQUEST)).kind, 'unknown');
    assert.ok(['unknown', 'notFound'].includes((await other).kind));
    await eventually('out of the routing', () => state(bench.host)?.state === 'waiting');
    assert.match(state(bench.host)?.reason ?? '', /ended with code 7/);
    assert.equal((await channel.charge(REQUEST)).kind, 'notSent', 'nothing can have left a process that is not there');
    await eventually('back', () => state(bench.host)?.state === 'active');
    assert.equal((await bench.channel().query(PAYMENT)).kind, 'notFound');
  });

  test('a plugin that hangs its event loop is unknown at the deadline and harms nobody else', async () => {
    const bench = makeHost({ charge: 'for (;;);' }, { manifest: { limits: { callTimeoutMs: 500, concurrency: 8 } } });
    await bench.activate();
    let turns = 0;
    const turning = setInterval(() => { turns += 1; }, 10);
    assert.equal((await bench.channel().charge(REQUEST)).kind, 'unknown');
    clearInterval(turning);
    assert.ok(turns > 5, 'the host’s own loop went on turning');
  });

  test('a plugin that takes more memory than it may, buffers included, is ended for that reason', async () => {
    // After its answer: while it takes the memory it may be ended at any moment.
    const bench = makeHost({ charge: "setImmediate(() => { globalThis.kept = []; for (let n = 0; n < 30; n += 1) globalThis.kept.push(Buffer.alloc(10_000_000, 1)); }); return { kind: 'pending', present: { kind: 'none' } }" });
    await bench.activate();
    assert.equal((await bench.channel().charge(REQUEST)).kind, 'pending');
    await eventually('ended', () => state(bench.host)?.state === 'waiting');
    assert.match(state(bench.host)?.reason ?? '', /MB of memory, 128 are allowed/);
  });

  test('what is no message of the protocol ends the process: nobody talks past the boundary', async () => {
    const bench = makeHost({ charge: "process.send({ kind: 'active', now: true }); await new Promise(() => {})" });
    await bench.activate();
    assert.equal((await bench.channel().charge(REQUEST)).kind, 'unknown');
    await eventually('ended', () => state(bench.host)?.state === 'waiting');
    assert.match(state(bench.host)?.reason ?? '', /outside the protocol/);
  });

  test('garbage, throws and answers nobody can clone are unknown', async () => {
    for (const body of ["return { kind: 'succeeded', amountFen: '1' }", 'throw new Error("x")', 'return () => {}', 'return undefined']) {
      const bench = makeHost({ charge: body });
      await bench.activate();
      assert.equal((await bench.channel().charge(REQUEST)).kind, 'unknown', body);
    }
  });

  test('code that does not load, or throws while it is activated, is named and runs nowhere', async () => {
    const broken = makeHost({}, { before: "throw new Error('bad build');" });
    assert.match((await broken.activate()).reason ?? '', /cannot be loaded: bad build/);
    const networked = makeHost({}, { before: "import 'node:https';" });
    assert.match((await networked.activate()).reason ?? '', /node:https is not for plugins/);
  });

  test('a plugin that is stopped leaves no process behind', async () => {
    const bench = makeHost({ charge: tries('return process.pid') });
    const pid = Number((await saidOf(bench)).replace('said ', ''));
    await bench.host.stop();
    await eventually('gone', () => {
      try {
        process.kill(pid, 0);
        return undefined;
      } catch {
        return true;
      }
    });
  });

  test('an isolated hospital adapter polls and hands its notices over; what is none never reaches the core, and a stopped one hands over nothing', async () => {
    const delivered: string[] = [];
    const adapter = `{
      ${['findPatient', 'listOpenBills', 'presettle', 'confirm', 'queryConfirmation'].map((name) => `async ${name}() { return { kind: 'unknown', reason: 'not asked here' } }`).join(', ')},
      async receiveNotices(deliver) {
        let isOver = false, count = 0;
        const poll = () => context.after(10, async () => {
          if (isOver) return;
          count += 1;
          const answer = await deliver(count === 1 ? { kind: 'checkedIn', noticeNo: 'QH1' } : { kind: 'checkedIn', noticeNo: 'QH' + count, hisRegistrationNo: 'G1' });
          context.log.info('told ' + answer.kind, {});
          poll();
        });
        poll();
        return { async stop() { isOver = true; } };
      },
    }`;
    const bench = makeHost({}, {
      manifest: { contributes: { channels: ['vendor'], hospitalAdapters: ['vendor-his'] } }, beside: `, hospitalAdapters: { 'vendor-his': ${adapter} }`,
      deliverNotice: (instance, notice) => { delivered.push(`${instance} ${notice.kind}`); return Promise.resolve({ kind: 'accepted' }); },
    });
    const { state: at, reason } = await bench.host.activate({ id: 'his', plugin: 'vendor', contribution: 'vendor-his', settings: { merchantNo: 'M1' }, enabled: true });
    assert.equal(at, 'active', reason);
    await eventually('two notices', () => delivered.length >= 2);
    assert.deepEqual([...new Set(delivered)], ['his checkedIn']);
    assert.ok(bench.lines.some((line) => line.startsWith('told unknown')), 'the first was none');
    await bench.host.deactivate('his');
    const { length } = delivered;
    await new Promise((wake) => { setTimeout(wake, 80); });
    assert.equal(delivered.length, length);
  });
}
