import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { SILENT_LOG } from '../domain/log.js';
import { channelDirectory, hospitalDirectory, windowDeskDirectory } from './guest-directories.js';
import { createPluginHost, type InstanceConfiguration, type InstanceView } from './plugin-host.js';
import { SILENT_METRICS } from './ports.js';
import { readStatementFile } from './read-statement-file.js';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const MANIFEST = {
  id: 'acme', version: '1.0.0', title: { zh: '测试', en: 'Acme' }, publisher: 'P', sdk: '^0.2.0', entry: 'dist/index.js',
  contributes: { channels: ['acme'] }, needs: {}, limits: { callTimeoutMs: 1000, concurrency: 4 }, owner: 'O',
};
const SETTINGS = `{ type: 'object', properties: { merchantNo: { type: 'string' }, apiKey: { type: 'string', 'x-secret': true } }, required: ['merchantNo'], additionalProperties: false }`;
const CHANNEL = `{ merchantNo: settings.merchantNo, methods: ['nativeQr'], async charge(request, context) { return { kind: 'pending', present: { kind: 'qr', content: word + context.attempt } } }, async query() { return { kind: 'notFound' } } }`;
const GOOD = `import { word } from './word.js';
export default { settings: ${SETTINGS}, activate({ settings, log }) { log.info('up', {}); return { channels: { acme: ${CHANNEL} }, async stop() { globalThis.stops = (globalThis.stops ?? 0) + 1 } } } }`;

const insured = (companion: string) => `export default { settings: ${SETTINGS}, activate({ settings }) { const word = ''; return { channels: { acme: ${CHANNEL} }, ${companion} } } }`;
const CENTRE = `{ async findInsured() { return { kind: 'found', person: { personNo: '1', name: 'n', insurances: [] } } }, async presettle(request, context) { return { kind: 'unknown', reason: 'attempt ' + context.attempt } }, async abandon() { throw new Error('down') } }`;
const PAYMENT = { tradeNo: 'H20261122000001', submittedAt: '2026-11-22T00:00:00Z', amountFen: 100, method: 'nativeQr' } as const;
const WANTED = { amountFen: 100, hospitalId: 'h', owner: { kind: 'terminal', id: 'kiosk-1' } } as const;
const REQUEST = { tradeNo: 'H20261122000001', amountFen: 100, description: 'd', method: 'nativeQr', submittedAt: '2026-11-22T00:00:00Z', expiresAt: '2026-11-22T00:05:00Z' } as const;
const CONFIGURATION: InstanceConfiguration = { id: 'acme-1', plugin: 'acme', settings: { merchantNo: 'M1' }, enabled: true, merchantNo: 'M1' };

type Files = Readonly<Record<string, string>>;
function writePlugin(root: string, files: Files = {}, { manifest = {}, name = 'acme' }: { manifest?: object; name?: string } = {}): void {
  const all: Files = { 'plugin.json': JSON.stringify({ ...MANIFEST, ...manifest }), 'package.json': '{"type":"module"}', 'dist/index.js': GOOD, 'dist/word.js': `export const word = 'v1-';`, ...files };
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(root, name, path)), { recursive: true });
    writeFileSync(join(root, name, path), text);
  }
}

function makeHost() {
  const root = mkdtempSync(join(tmpdir(), 'hospay-plugins-'));
  folders.push(root);
  const pending: { ms: number; task: () => void }[] = [];
  const views: InstanceView[] = [];
  const host = createPluginHost({
    folders: [root],
    clock: { now: () => new Date(0) },
    timers: {
      after(ms, task) {
        const timer = { ms, task };
        pending.push(timer);
        return { cancel: () => void (pending.includes(timer) && pending.splice(pending.indexOf(timer), 1)) };
      },
    },
    log: SILENT_LOG,
    metrics: SILENT_METRICS,
    stores: { open: () => createMemoryStore() },
    isFirstParty: () => true,
    changed: (view) => views.push(view),
  });
  /** Fires the timers that wait now. */
  const elapse = async () => {
    for (const timer of pending.splice(0)) timer.task();
    await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { root, host, views, pending, elapse };
}

async function stateOf(files: Files, { manifest = {}, configuration = {} }: { manifest?: object; configuration?: Partial<InstanceConfiguration> } = {}) {
  const { root, host } = makeHost();
  writePlugin(root, files, { manifest });
  return await host.activate({ ...CONFIGURATION, ...configuration });
}

test('a plugin that fits goes from discovered to active and its channel answers through the boundary', async () => {
  const { root, host, views } = makeHost();
  writePlugin(root);
  const { state, kind, version } = await host.activate(CONFIGURATION);
  assert.deepEqual([state, kind, version], ['active', 'channel', '1.0.0']);
  assert.deepEqual(views.map((view) => view.state), ['verified', 'activating', 'active']);
  const channel = host.channel('acme-1') ?? assert.fail();
  assert.deepEqual(await channel.charge(REQUEST), { kind: 'pending', present: { kind: 'qr', content: 'v1-1' } });
  assert.deepEqual(await channel.charge(REQUEST), { kind: 'pending', present: { kind: 'qr', content: 'v1-2' } }, 'the second attempt under one number says so');
  assert.deepEqual([channel.merchantNo, channel.methods, channel.canRefund], ['M1', ['nativeQr'], false]);
});

test('pre-settling goes through the boundary of its channel: shapes are checked, a throw is unknown, a channel without it has none', async () => {
  const { root, host } = makeHost();
  writePlugin(root, { 'dist/index.js': insured(`presettling: { acme: ${CENTRE} }`) });
  await host.activate(CONFIGURATION);
  const centre = host.presettling('acme-1') ?? assert.fail();
  const voucher = { kind: 'idCard', number: '1' } as const;
  assert.deepEqual(await centre.findInsured({ voucher }), { kind: 'found', person: { personNo: '1', name: 'n', insurances: [] } });
  const visit = { hospitalVisitNo: 'V', startedAt: '2026-11-22T00:00:00Z', medicalType: '11', complaint: '', doctor: { no: 'D', name: 'd' }, department: { code: 'd', name: 'd', category: 'c' }, diagnoses: [{ kind: '1', code: 'J', name: 'j' }] };
  const request = { presettlementNo: 'PS0001', voucher, personNo: '1', insuranceType: '310', usesAccount: true, visit, fees: [] };
  assert.deepEqual(await centre.presettle(request), { kind: 'unknown', reason: 'attempt 1' });
  assert.deepEqual(await centre.presettle(request), { kind: 'unknown', reason: 'attempt 2' });
  assert.deepEqual(await centre.abandon({ presettlementNo: 'PS0001' }), { kind: 'unknown', reason: 'the plugin threw in abandon' });
  await host.deactivate('acme-1');
  assert.equal(host.presettling('acme-1'), undefined);
  const plain = makeHost();
  writePlugin(plain.root, { 'dist/index.js': insured(`presettling: { acme: ${CENTRE.replace("{ kind: 'found', person", "{ kind: 'found', persons")} }`) });
  await plain.host.activate(CONFIGURATION);
  assert.equal((await (plain.host.presettling('acme-1') ?? assert.fail()).findInsured({ voucher })).kind, 'unknown', 'an answer of another shape is no answer');
  const without = makeHost();
  writePlugin(without.root);
  await without.host.activate(CONFIGURATION);
  assert.equal(without.host.presettling('acme-1'), undefined);
});

const DAY = `{ tillNo: 'operator:1', day: '2026-11-22', openings: { count: 0, amountFen: 0 }, takenIn: { count: 1, amountFen: 100 }, paidOut: { count: 0, amountFen: 0 }, balanceFen: 100 }`;
const TILLS = `{ async tillDays({ day }) { if (day === 'throw') throw new Error('disk'); return day === 'odd' ? [{ tillNo: 'x' }] : [${DAY}] }, async openTill({ openingNo }) { if (openingNo === 'throw') throw new Error('disk'); return openingNo === 'used' ? { kind: 'contradicts', message: 'used' } : openingNo === 'odd' ? { kind: 'fine' } : { kind: 'opened' } } }`;
const CARDS = `{ terminalIds: ['window-1'], longestMs: 90000, async operate({ terminalId, operation }) { if (operation === 'signIn') throw new Error('line'); return operation === 'settle' ? new Promise(() => {}) : terminalId === 'odd' ? { kind: 'done' } : { kind: 'done', message: operation } } }`;

test('tills and card terminals go through the boundary of their channel: shapes are checked, a throw or a silence is unknown, and a channel without them has none', async () => {
  const { root, host, pending } = makeHost();
  writePlugin(root, { 'dist/index.js': insured(`tills: { acme: ${TILLS} }, cardTerminals: { acme: ${CARDS} }`) });
  await host.activate(CONFIGURATION);
  const [tills, cards] = [host.tills('acme-1') ?? assert.fail(), host.cardTerminals('acme-1') ?? assert.fail()];
  const opening = (openingNo: string) => tills.openTill({ openingNo, tillNo: 'operator:1', amountFen: 1, openedAt: '2026-11-22T00:00:00Z' });
  const read = await tills.tillDays({ day: '2026-11-22' });
  assert.equal(read.kind === 'ok' ? read.tills[0]?.balanceFen : read.reason, 100);
  for (const day of ['2026-11-23', 'odd', 'throw']) assert.equal((await tills.tillDays({ day })).kind, 'unknown', day);
  assert.deepEqual(await Promise.all(['O1', 'used', 'odd', 'throw'].map(async (number) => (await opening(number)).kind)), ['opened', 'contradicts', 'unknown', 'unknown']);
  assert.deepEqual(cards.terminalIds, ['window-1']);
  assert.deepEqual(await cards.operate({ terminalId: 'window-1', operation: 'reprint' }), { kind: 'done', message: 'reprint' });
  assert.equal((await cards.operate({ terminalId: 'odd', operation: 'reprint' })).kind, 'unknown');
  assert.equal((await cards.operate({ terminalId: 'window-1', operation: 'signIn' })).kind, 'unknown');
  const settling = cards.operate({ terminalId: 'window-1', operation: 'settle' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  const deadline = pending.find(({ ms }) => ms === 90_000) ?? assert.fail('the terminal has the time it named, not the second of the manifest');
  deadline.task();
  assert.equal((await settling).kind, 'unknown');
  const desks = windowDeskDirectory(host, () => [CONFIGURATION, { id: 'other' }]);
  assert.deepEqual([desks.tills().map(({ channel }) => channel), desks.cardTerminals().map(({ channel }) => channel)], [['acme-1'], ['acme-1']]);
  await host.deactivate('acme-1');
  assert.deepEqual([host.tills('acme-1'), host.cardTerminals('acme-1'), desks.tills(), desks.cardTerminals()], [undefined, undefined, [], []]);
  assert.equal((await cards.operate({ terminalId: 'window-1', operation: 'reprint' })).kind, 'notSent', 'whoever still holds it is told that nothing was sent');
  const without = makeHost();
  writePlugin(without.root);
  await without.host.activate(CONFIGURATION);
  assert.deepEqual([without.host.tills('acme-1'), without.host.cardTerminals('acme-1')], [undefined, undefined]);
});

test('absent facets answer honestly', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  await host.activate(CONFIGURATION);
  const channel = host.channel('acme-1') ?? assert.fail();
  assert.equal((await channel.close(PAYMENT)).kind, 'unknown');
  assert.equal((await channel.refund({ refundNo: 'R20261122000001', submittedAt: '2026-11-22T00:10:00Z', refundFen: 1, reason: 'r', payment: PAYMENT })).kind, 'notSent');
  assert.equal((await channel.readNotification({ headers: {}, query: '', body: new Uint8Array(), receivedAt: '2026-11-22T00:00:00Z' })).kind, 'refused');
  assert.equal(channel.answerNotification('stored').status, 500, 'the channel sends again rather than being told a lie');
  assert.equal((await channel.downloadStatement({ day: '2026-11-22' })).kind, 'unknown');
  assert.equal(channel.fundStatement, undefined);
});

test('a fund statement passes the boundary, and one of another shape is unknown', async () => {
  const line = { fundFlowNo: '1', businessNo: '42', direction: 'in', kind: 'payment', kindWord: '交易', amountFen: 100, balanceFen: 100, at: '2026-11-22T00:00:00Z' };
  const totals = { lines: 1, inLines: 1, inFen: 100, outLines: 0, outFen: 0 };
  for (const [answer, kind] of [[{ kind: 'ok', sha256: 's', lines: [line], totals }, 'ok'], [{ kind: 'empty' }, 'empty'], [{ kind: 'ok', sha256: 's', lines: [{ ...line, amountFen: -1 }], totals }, 'unknown'], [{ kind: 'closed' }, 'unknown']] as const) {
    const { root, host } = makeHost();
    const channel = CHANNEL.replace('async query()', `async downloadFundStatement(request) { return { ...${JSON.stringify(answer)}, ...(request.account === 'basic' && ${String(answer.kind === 'ok')} ? { raw: new Uint8Array(3) } : {}) } }, async query()`);
    writePlugin(root, { 'dist/index.js': GOOD.replace(CHANNEL, channel) });
    await host.activate(CONFIGURATION);
    const outcome = await host.channel('acme-1')?.fundStatement?.downloadFundStatement({ day: '2026-11-22', account: 'basic' });
    assert.equal(outcome?.kind, kind, JSON.stringify(outcome));
  }
});

const REFUSED: readonly (readonly [title: string, files: Files, manifest: object, configuration: Partial<InstanceConfiguration>, state: string, reason: RegExp])[] = [
  ['an unknown key in the manifest', {}, { permissions: [] }, {}, 'failed', /permissions: is not a known key/],
  ['an SDK range this platform is outside of', {}, { sdk: '^2.0.0' }, {}, 'failed', /needs SDK \^2\.0\.0; this platform has 0\.2\.0/],
  ['an SDK range that is none', {}, { sdk: 'newest' }, {}, 'failed', /not a version range/],
  ['an entry that does not exist', {}, { entry: 'dist/missing.js' }, {}, 'failed', /does not exist: was the plugin built/],
  ['an entry outside the folder', {}, { entry: '../other.js' }, {}, 'failed', /entry/],
  ['a manifest that is not JSON', { 'plugin.json': '{' }, {}, {}, 'failed', /no plugin with the id acme/],
  ['code that throws while loading', { 'dist/index.js': `throw new Error('no licence')` }, {}, {}, 'failed', /no licence/],
  ['code that does not parse', { 'dist/index.js': `export default {` }, {}, {}, 'failed', /cannot be loaded/],
  ['code without a definition', { 'dist/index.js': `export default 7` }, {}, {}, 'failed', /no default export made by definePlugin/],
  ['a settings schema that lets unknown keys pass', { 'dist/index.js': `export default { settings: { type: 'object' }, activate() { return {} } }` }, {}, {}, 'failed', /additionalProperties: false/],
  ['settings that do not fit', {}, {}, { settings: { merchantNumber: 'M1' } }, 'attention', /merchantNo: is required and missing.*merchantNumber: is not a known key|merchantNumber: is not a known key.*merchantNo: is required and missing/],
  ['another merchant than the hospital’s', {}, {}, { merchantNo: 'M2' }, 'attention', /merchant M1, the hospital says M2/],
  ['a contribution that is declared and not given', {}, { contributes: { channels: ['acme', 'other'] } }, {}, 'failed', /channels\.other is declared in plugin\.json but was not given/],
  ['a contribution that is given and not declared', { 'dist/index.js': `export default { settings: ${SETTINGS}, activate({ settings }) { const word = ''; return { channels: { acme: ${CHANNEL}, sneaky: ${CHANNEL} } } } }` }, {}, {}, 'failed', /channels\.sneaky was given but is not declared/],
  ['a kind of contribution nobody knows', { 'dist/index.js': `export default { settings: ${SETTINGS}, activate({ settings }) { const word = ''; return { channels: { acme: ${CHANNEL} }, routes: {} } } }` }, {}, {}, 'failed', /"routes" is not a kind of contribution/],
  ['a channel that cannot be asked', { 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { return { channels: { acme: { merchantNo: 'M1', methods: ['nativeQr'], charge() {} } } } } }` }, {}, {}, 'failed', /has no query/],
  ['half a refund facet', { 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { return { channels: { acme: { merchantNo: 'M1', methods: ['nativeQr'], charge() {}, query() {}, refund() {} } } } } }` }, {}, {}, 'failed', /has no queryRefund though it has refund/],
  ['a pre-settling for a channel that is not contributed', { 'dist/index.js': insured(`presettling: { other: ${CENTRE} }`) }, {}, {}, 'failed', /presettling\.other belongs to a channel that is not contributed/],
  ['card terminals without names', { 'dist/index.js': insured(`cardTerminals: { acme: { async operate() {} } }`) }, {}, {}, 'failed', /cardTerminals\.acme: terminalIds must be a list of different names/],
  ['a card terminal named twice', { 'dist/index.js': insured(`cardTerminals: { acme: { terminalIds: ['w', 'w'], async operate() {} } }`) }, {}, {}, 'failed', /terminalIds must be a list of different names/],
  ['a card terminal that may take an hour', { 'dist/index.js': insured(`cardTerminals: { acme: { terminalIds: ['w'], longestMs: 3600000, async operate() {} } }`) }, {}, {}, 'failed', /longestMs must be a whole number of milliseconds up to 660000/],
  ['tills that cannot be read', { 'dist/index.js': insured(`tills: { acme: { async openTill() {} } }`) }, {}, {}, 'failed', /tills\.acme: has no tillDays/],
  ['a pre-settling that cannot be taken back', { 'dist/index.js': insured(`presettling: { acme: { findInsured() {}, presettle() {} } }`) }, {}, {}, 'failed', /presettling\.acme: has no abandon/],
  ['tills of a channel that is not contributed', { 'dist/index.js': insured(`tills: { other: { tillDays() {}, openTill() {} } }`) }, {}, {}, 'failed', /tills\.other belongs to a channel that is not contributed/],
  ['a refund scope nobody knows', { 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { return { channels: { acme: { merchantNo: 'M1', methods: ['nativeQr'], refunds: 'never', charge() {}, query() {} } } } } }` }, {}, {}, 'failed', /refunds is neither absent nor wholeOnly/],
  ['an instance that is switched off', {}, {}, { enabled: false }, 'disabled', /switched off/],
  ['a plugin that is not there', {}, {}, { plugin: 'nobody' }, 'failed', /no plugin with the id nobody/],
];
for (const [title, files, manifest, configuration, expected, reason] of REFUSED) {
  test(`refused with its reason: ${title}`, async () => {
    const view = await stateOf(files, { manifest, configuration });
    assert.equal(view.state, expected, view.reason);
    assert.match(view.reason ?? '', reason);
  });
}

test('an entry that is a link to outside the folder is refused', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  writeFileSync(join(root, 'outside.js'), GOOD);
  rmSync(join(root, 'acme/dist/index.js'));
  symlinkSync(join(root, 'outside.js'), join(root, 'acme/dist/index.js'));
  assert.match((await host.activate(CONFIGURATION)).reason ?? '', /leads outside/);
});

test('two packages with one id are both refused', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  writePlugin(root, {}, { name: 'twin' });
  assert.match((await host.activate(CONFIGURATION)).reason ?? '', /used by several packages/);
});

test('nobody is told where on the machine packages lie: neither by their folder, nor by why one is refused, nor by an error of its code', async () => {
  const { root, host, views } = makeHost();
  writePlugin(root, { 'dist/index.js': "import './not-there.js';\n" });
  writePlugin(root, {}, { name: 'twin', manifest: { id: 'other' } });
  writePlugin(root, {}, { name: 'twin-again', manifest: { id: 'other' } });
  mkdirSync(join(root, 'broken'));
  writeFileSync(join(root, 'broken/plugin.json'), '{');
  mkdirSync(join(root, 'odd/plugin.json'), { recursive: true });
  host.discover();
  const { state, reason = '' } = await host.activate(CONFIGURATION);
  assert.deepEqual([state, reason.includes(`${basename(root)}/acme/dist/not-there.js`)], ['failed', true], reason);
  assert.deepEqual(host.list().packages.map(({ folder }) => folder), ['acme', 'broken', 'odd', 'twin', 'twin-again'].map((name) => `${basename(root)}/${name}`));
  assert.ok(!JSON.stringify([host.list(), views, await host.reload('acme-1')]).includes(root));
});

test('refused settings are named, never printed', async () => {
  const view = await stateOf({}, { configuration: { settings: { merchantNo: 7, apiKey: ['canary'] } } });
  assert.match(view.reason ?? '', /apiKey/);
  assert.doesNotMatch(view.reason ?? '', /canary/);
});

test('a plugin that throws when activated is tried again by itself until it runs', async () => {
  const { root, host, elapse, pending } = makeHost();
  writePlugin(root, { 'dist/index.js': `let tries = 0; export default { settings: ${SETTINGS}, activate({ settings }) { const word = ''; tries += 1; if (tries < 3) throw new Error('HIS is down'); return { channels: { acme: ${CHANNEL} } } } }` });
  const view = await host.activate(CONFIGURATION);
  assert.deepEqual([view.state, view.reason], ['waiting', 'activate threw: HIS is down']);
  assert.equal(host.channel('acme-1'), undefined);
  assert.deepEqual(pending.map(({ ms }) => ms), [1000]);
  await elapse();
  assert.deepEqual(pending.map(({ ms }) => ms), [2000]);
  await elapse();
  assert.equal(host.list().instances[0]?.state, 'active');
  assert.equal(pending.length, 0);
});

test('a plugin that hangs when activated is given up, and stopped should it come up late', async () => {
  const { root, host, pending, elapse } = makeHost();
  writePlugin(root, { 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { return new Promise((resolve) => { globalThis.finishLate = () => resolve({ async stop() { globalThis.stoppedLate = true } }) }) } }` });
  const activating = host.activate(CONFIGURATION);
  while (pending.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await elapse();
  assert.deepEqual([(await activating).state, (await activating).reason], ['waiting', 'activate did not return within 30 s']);
  const finishLate: unknown = Reflect.get(globalThis, 'finishLate');
  assert.ok(typeof finishLate === 'function');
  finishLate();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(Reflect.get(globalThis, 'stoppedLate'), true);
  await host.stop();
  assert.equal(pending.length, 0);
});

test('a reload takes all files of the new version without a restart, and a facade held by somebody goes on with it', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  await host.activate(CONFIGURATION);
  const channel = host.channel('acme-1') ?? assert.fail();
  Reflect.set(globalThis, 'stops', 0);
  writePlugin(root, { 'dist/word.js': `export const word = 'v2-';` }, { manifest: { version: '1.1.0' } });
  const result = await host.reload('acme-1');
  assert.equal(result.kind === 'reloaded' && result.instance.version, '1.1.0');
  assert.deepEqual(await channel.charge(REQUEST), { kind: 'pending', present: { kind: 'qr', content: 'v2-1' } });
  assert.equal(Reflect.get(globalThis, 'stops'), 1, 'the old code was stopped');
});

test('a reload of a version that does not fit keeps the old one running', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  await host.activate(CONFIGURATION);
  for (const [files, manifest] of [[{}, { sdk: '^9.0.0' }], [{ 'dist/index.js': `throw new Error('bad build')` }, {}], [{ 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { throw new Error('x') } }` }, {}]] satisfies [Files, object][]) {
    writePlugin(root, files, { manifest });
    assert.equal((await host.reload('acme-1')).kind, 'kept');
    assert.equal((await host.channel('acme-1')?.charge(REQUEST))?.kind, 'pending');
  }
});

test('calls in flight on the old code end during a reload', async () => {
  const { root, host } = makeHost();
  const slow = CHANNEL.replace('async query() {', 'async query() { await new Promise((resolve) => { globalThis.letGo = resolve });');
  writePlugin(root, { 'dist/index.js': `const word = ''; export default { settings: ${SETTINGS}, activate({ settings }) { return { channels: { acme: ${slow} } } } }` });
  await host.activate(CONFIGURATION);
  const asked = host.channel('acme-1')?.query(PAYMENT);
  await new Promise((resolve) => setImmediate(resolve));
  writePlugin(root);
  const reloading = host.reload('acme-1');
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal((await host.channel('acme-1')?.charge(REQUEST))?.kind, 'pending', 'new calls already go to the new code');
  const letGo: unknown = Reflect.get(globalThis, 'letGo');
  assert.ok(typeof letGo === 'function');
  letGo();
  assert.deepEqual([(await asked)?.kind, (await reloading).kind], ['notFound', 'reloaded']);
});

test('after deactivation nothing is sent, even by a facade somebody still holds', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  await host.activate(CONFIGURATION);
  const channel = host.channel('acme-1') ?? assert.fail();
  assert.equal((await host.deactivate('acme-1'))?.state, 'stopped');
  assert.equal(host.channel('acme-1'), undefined);
  assert.equal((await channel.charge(REQUEST)).kind, 'notSent');
  assert.equal((await channel.query(PAYMENT)).kind, 'unknown');
  assert.equal((await host.activate(CONFIGURATION)).state, 'active', 'it can be started again');
  assert.equal(await host.deactivate('nobody'), undefined);
});

test('garbage and throws from a channel are unknown to the use case', async () => {
  const { root, host } = makeHost();
  writePlugin(root, { 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { return { channels: { acme: { merchantNo: 'M1', methods: ['nativeQr'], charge: async () => ({ kind: 'succeeded', amountFen: '1' }), query() { throw 7 } } } } } }` });
  await host.activate(CONFIGURATION);
  const channel = host.channel('acme-1') ?? assert.fail();
  assert.equal((await channel.charge(REQUEST)).kind, 'unknown');
  assert.equal((await channel.query(PAYMENT)).kind, 'unknown');
});

test('a hospital adapter answers through the boundary, and stray answers are unknown', async () => {
  const { root, host } = makeHost();
  writePlugin(
    root,
    { 'dist/index.js': `const ok = (value) => async () => ({ kind: 'ok', value }); export default { settings: ${SETTINGS}, activate() { return { hospitalAdapters: { his: { findPatient: ok([{ patientId: 'P1', name: '张三' }]), listOpenBills: ok([]), presettle: ok({}), confirm: async () => 'exception text', queryConfirmation: async () => ({ kind: 'absent' }), async readBudget() { globalThis.asked = (globalThis.asked ?? 0) + 1; return { classes: [{ name: 'bookings', calls: 3, refused: 1, expired: 0, timedOut: 0, failed: globalThis.asked > 1 ? -1 : 0, inFlight: 0, waiting: 2, isOpen: false }] } } } } } } }` },
    { manifest: { contributes: { hospitalAdapters: ['his'] } } },
  );
  await host.activate({ ...CONFIGURATION, id: 'his', merchantNo: undefined });
  const his = hospitalDirectory(host, 'h1', 'his').find('h1') ?? assert.fail();
  assert.equal((await his.findPatient({ cardType: 'visitCard', cardNo: '1' })).kind, 'unknown', 'a patient without sex is not in the shape of the contract');
  assert.deepEqual(await his.listOpenBills({ patientId: 'P1' }), { kind: 'ok', value: [] });
  assert.equal((await his.confirm({ tradeNo: 'H20261122000001', patientId: 'P1', quoteNo: 'q', billNos: ['b'], amountFen: 1, paidAt: '2026-11-22T00:00:00Z', channel: 'WX', channelTradeNo: '1', terminalId: 't' })).kind, 'unknown');
  assert.deepEqual(await his.queryConfirmation({ tradeNo: 'H20261122000001' }), { kind: 'absent' });
  assert.equal(his.canApproveRefunds, false);
  assert.equal((await his.ping()).kind, 'unknown');
  const budget = { name: 'bookings', calls: 3, refused: 1, expired: 0, timedOut: 0, failed: 0, inFlight: 0, waiting: 2, isOpen: false };
  assert.deepEqual(await his.readBudget?.(), { kind: 'ok', value: { classes: [budget] } });
  assert.equal((await his.readBudget?.())?.kind, 'unknown', 'a count below nothing is no count');
  assert.equal(host.channel('his'), undefined);
});

test('the first active channel of the configured order that serves the method is chosen', async () => {
  const { root, host } = makeHost();
  writePlugin(root);
  const channels = channelDirectory(host, () => [{ id: 'first', enabled: true }, { id: 'second', enabled: true }]);
  assert.equal(channels.choose({ ...WANTED, method: 'nativeQr' }), undefined);
  await host.activate({ ...CONFIGURATION, id: 'second' });
  assert.equal(channels.choose({ ...WANTED, method: 'nativeQr' })?.id, 'second');
  await host.activate({ ...CONFIGURATION, id: 'first' });
  assert.equal(channels.choose({ ...WANTED, method: 'nativeQr' })?.id, 'first');
  assert.equal(channels.choose({ ...WANTED, method: 'nativeQr', wanted: 'second' })?.id, 'second');
  assert.equal(channels.choose({ ...WANTED, method: 'paymentCode' }), undefined);
  const healthy = new Set(['second']);
  const watched = channelDirectory(host, () => [{ id: 'first', enabled: true }, { id: 'second', enabled: true }], { rules: [], campuses: [], isHealthy: (id) => healthy.has(id) });
  assert.equal(watched.choose({ ...WANTED, method: 'nativeQr' })?.id, 'second', 'a channel that does not answer is passed over');
  assert.equal(watched.find('first')?.id, 'first', 'what was sent through it still finds it');
  assert.equal(watched.choose({ ...WANTED, method: 'nativeQr', wanted: 'first' }), undefined, 'and nobody else stands in for it');
  const ruled = channelDirectory(host, () => [{ id: 'first', enabled: true }, { id: 'second', enabled: true }], { rules: [{ name: 'small', when: { toFen: 100 }, channels: ['second'] }], campuses: [], isHealthy: () => true });
  assert.equal(ruled.choose({ ...WANTED, method: 'nativeQr' })?.id, 'second');
  assert.equal(ruled.choose({ ...WANTED, amountFen: 101, method: 'nativeQr' })?.id, 'first');
  await host.stop();
  assert.deepEqual(host.list().instances.map(({ state }) => state), ['stopped', 'stopped']);
});

const FETCHING = CHANNEL.replace('async query()', "async downloadStatement() { return { kind: 'empty' } }, async fetchStatement() { const raw = new TextEncoder().encode('bill'); return { kind: 'file', raw, sha256: 'h' } }, async query()");
const fetching = (more: string) => `export default { settings: ${SETTINGS}, ${more} activate({ settings }) { const word = ''; return { channels: { acme: ${FETCHING} } } } }`;

test('a channel that only fetches its statement has a reader for it, which is named without the secrets of the settings', async () => {
  const { root, host } = makeHost();
  writePlugin(root, { 'dist/index.js': fetching(`statementReaders: { acme: ({ raw }) => ({ kind: 'malformed', message: String(raw.length) }) },`) });
  await host.activate({ ...CONFIGURATION, settings: { merchantNo: 'M1', apiKey: 'S3cret-of-the-merchant' } });
  const files = host.channel('acme-1')?.statementFiles;
  assert.ok(files?.reader !== undefined && files.canFetch);
  assert.deepEqual([files.reader.channel, files.reader.settings], ['acme', { merchantNo: 'M1', apiKey: 'apiKey' }]);
  const file = await files.fetchStatement({ day: '2026-11-20' });
  assert.equal(file.kind === 'file' && Buffer.from(file.raw).toString(), 'bill');
  assert.deepEqual(await readStatementFile(files.reader, { day: '2026-11-20', raw: Buffer.from('four') }, () => assert.fail('no line')), { kind: 'malformed', message: '4' });
});

test('fetching without a reader, or without the whole download beside it, starts no channel; a reader alone takes files by hand', async () => {
  const noReader = await stateOf({ 'dist/index.js': fetching('') });
  assert.deepEqual([noReader.state, noReader.reason], ['failed', 'channel acme has fetchStatement, and the definition no reader for it under statementReaders']);
  const noFundReader = await stateOf({ 'dist/index.js': fetching('statementReaders: { acme() {} },').replace('async query()', "async downloadFundStatement() {}, async fetchFundStatement() { return { kind: 'empty' } }, async query()") });
  assert.deepEqual([noFundReader.state, noFundReader.reason], ['failed', 'channel acme has fetchFundStatement, and the definition no reader for it under fundStatementReaders']);
  const { state, reason = '' } = await stateOf({ 'dist/index.js': fetching('statementReaders: { acme() {} },').replace("async downloadStatement() { return { kind: 'empty' } }, ", '') });
  assert.deepEqual([state, reason.includes('has fetchStatement without downloadStatement')], ['failed', true]);
  const { root, host } = makeHost();
  writePlugin(root, { 'dist/index.js': GOOD.replace('export default {', "export default { statementReaders: { acme: () => ({ kind: 'empty' }) },") });
  await host.activate(CONFIGURATION);
  assert.deepEqual([host.channel('acme-1')?.statementFiles?.canFetch, host.channel('acme-1')?.statementFiles?.reader?.channel], [false, 'acme']);
});

const REPORT = `{ title: { zh: '表', en: 'Table' }, parameters: [], mostDays: 31, columns: [{ zh: '金额', en: 'Amount', kind: 'fen' }], async read() { return { kind: 'rows', rows: [[100]] } } }`;
const reporting = (report: string) => ({ 'dist/index.js': `export default { settings: ${SETTINGS}, activate() { return { reports: { days: ${report} } } } }` });

test('a package of reports gives all of them under its instance’s id; one that is no report, or that stands beside what moves money, does not run', async () => {
  const { root, host } = makeHost();
  writePlugin(root, reporting(REPORT), { manifest: { contributes: { reports: ['days'] } } });
  const view = await host.activate(CONFIGURATION);
  assert.deepEqual([view.state, view.kind], ['active', 'report'], view.reason);
  const [report = assert.fail()] = host.reports();
  assert.deepEqual([report.id, report.declaration.mostDays, host.channel('acme-1')], ['acme-1.days', 31, undefined]);
  const reader = { sums: () => Promise.resolve([]), hours: () => Promise.resolve([]), tills: () => Promise.resolve([]), terminals: () => Promise.resolve([]) };
  assert.deepEqual(await report.read({ from: '2026-11-22', to: '2026-11-22', hospital: { id: 'h', name: 'h' } }, reader), { kind: 'rows', rows: [[100]] });
  await host.deactivate('acme-1');
  assert.deepEqual(host.reports(), []);
  assert.equal((await report.read({ from: '2026-11-22', to: '2026-11-22', hospital: { id: 'h', name: 'h' } }, reader)).kind, 'unknown', 'one that was taken before is of the code that stopped');

  const reasonOf = async (report_: string, contributes: object = { reports: ['days'] }) => (await stateOf(reporting(report_), { manifest: { contributes } })).reason ?? '';
  assert.match(await reasonOf(REPORT.replace("kind: 'fen'", "kind: 'yuan'")), /reports\.days: columns\.0\.kind /);
  assert.match(await reasonOf(REPORT.replace("kind: 'fen'", "kind: 'percent', isTotalled: true")), /cannot be added up/);
  assert.match(await reasonOf(REPORT.replace('async read()', 'async reads()')), /reports\.days: has no read/);
  assert.match(await reasonOf(REPORT.replace("zh: '表'", String.raw`zh: 'a\u0007'`)), /reports\.days: title\.zh /);
  assert.match(await reasonOf(REPORT, { reports: ['days'], channels: ['acme'] }), /give reports a package of their own/);
  assert.match((await stateOf(reporting(REPORT), { manifest: { contributes: { reports: ['days'] }, needs: { network: ['collector.example.com'] } } })).reason ?? '', /a report talks to nobody/);
});
