import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { after } from 'node:test';
import { createMemoryStore } from '@hospay/plugin-sdk/host';
import { SILENT_LOG } from '../domain/log.js';
import { bankLinkDirectory } from './guest-directories.js';
import { createPluginHost, type InstanceConfiguration } from './plugin-host.js';
import { SILENT_METRICS } from './ports.js';

const folders: string[] = [];
after(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

const ACCOUNT = '7111010182600123456';
const MANIFEST = {
  id: 'bank', version: '1.0.0', title: { zh: '测试', en: 'Bank' }, publisher: 'P', sdk: '^0.2.0', entry: 'dist/index.js',
  contributes: { bankLinks: ['bank'] }, needs: {}, limits: { callTimeoutMs: 1000, concurrency: 4 }, owner: 'O',
};
const PAY = `async pay({ instructionNo }, { signal }) { if (instructionNo === 'THROWS00') throw new Error('line'); if (instructionNo === 'SILENT00') return new Promise(() => {}); return instructionNo === 'ODD00000' ? { kind: 'accepted' } : { kind: 'accepted', awaitsBankApproval: signal.aborted } }`;
const QUERY = `async query() { return { kind: 'succeeded' } }`;
const STATEMENT = `async statement({ accountNo, day }) {
  const line = { bankLineNo: '1', direction: 'out', amountFen: 100, at: '2026-11-22T10:00:00+08:00', summary: 's', isReturn: false };
  const statement = { kind: 'statement', accountNo, day, openingFen: 1000, closingFen: 900, lines: [line], fileName: 'f', bytes: new Uint8Array([1]) };
  if (day === '2026-11-01') return { ...statement, closingFen: 901 };
  if (day === '2026-11-02') return { ...statement, closingFen: 800, lines: [line, line] };
  if (day === '2026-11-03') return { ...statement, day: '2026-11-04' };
  if (day === '2026-11-05') return { ...statement, bytes: 'no bytes' };
  return statement;
}`;
const linkOf = (parts: string, accounts = `['${ACCOUNT}']`): string => `export default { settings: { type: 'object', properties: {}, additionalProperties: false }, activate() { return { bankLinks: { bank: { accountNos: ${accounts}, ${parts} } } } } }`;
const CONFIGURATION: InstanceConfiguration = { id: 'bank-1', plugin: 'bank', settings: {}, enabled: true, accountNos: [ACCOUNT] };
const REQUEST = { instructionNo: 'T2026112200000001', fromAccountNo: ACCOUNT, payee: { accountNo: '6226000000000001', accountName: '张三', isPersonal: true }, amountFen: 100, purpose: '退款' } as const;
const REFERENCE = { instructionNo: REQUEST.instructionNo, fromAccountNo: ACCOUNT, amountFen: 100, requestedAt: '2026-11-22T00:00:00Z' } as const;

async function start(source: string, configuration: Partial<InstanceConfiguration> = {}) {
  const root = mkdtempSync(join(tmpdir(), 'hospay-bank-'));
  folders.push(root);
  for (const [path, text] of Object.entries({ 'plugin.json': JSON.stringify(MANIFEST), 'package.json': '{"type":"module"}', 'dist/index.js': source })) {
    mkdirSync(dirname(join(root, 'bank', path)), { recursive: true });
    writeFileSync(join(root, 'bank', path), text);
  }
  const waits: { ms: number; task: () => void }[] = [];
  const host = createPluginHost({
    folders: [root], clock: { now: () => new Date(0) }, log: SILENT_LOG, metrics: SILENT_METRICS, stores: { open: () => createMemoryStore() }, isFirstParty: () => true,
    timers: { after: (ms, task) => { const wait = { ms, task }; waits.push(wait); return { cancel: () => void (waits.includes(wait) && waits.splice(waits.indexOf(wait), 1)) }; } },
  });
  return { host, waits, view: await host.activate({ ...CONFIGURATION, ...configuration }) };
}

test('a bank link is called through the boundary: a throw, a silence and another shape are unknown, and an account that is not its own is never paid from', async () => {
  const { host, waits, view } = await start(linkOf(`${PAY}, ${QUERY}, ${STATEMENT}`));
  assert.deepEqual([view.state, view.kind], ['active', 'bankLink'], view.reason);
  const link = host.bankLink('bank-1') ?? assert.fail();
  assert.deepEqual(link.accountNos, [ACCOUNT]);
  assert.deepEqual(await link.pay(REQUEST), { kind: 'accepted', awaitsBankApproval: false });
  for (const instructionNo of ['THROWS00', 'ODD00000']) assert.equal((await link.pay({ ...REQUEST, instructionNo })).kind, 'unknown', instructionNo);
  const silent = link.pay({ ...REQUEST, instructionNo: 'SILENT00' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  (waits.find(({ ms }) => ms === 1000) ?? assert.fail('the deadline of the manifest')).task();
  assert.equal((await silent).kind, 'unknown');
  assert.deepEqual(await link.query(REFERENCE), { kind: 'succeeded' });
  const foreign = '7111010182600999999';
  assert.equal((await link.pay({ ...REQUEST, fromAccountNo: foreign })).kind, 'notSent');
  assert.equal((await link.query({ ...REFERENCE, fromAccountNo: foreign })).kind, 'unknown');
  assert.equal((await link.statement({ accountNo: foreign, day: '2026-11-22' })).kind, 'unknown');
  await host.deactivate('bank-1');
  assert.equal(host.bankLink('bank-1'), undefined);
  assert.equal((await link.pay(REQUEST)).kind, 'notSent', 'whoever still holds it is told that nothing was sent');
});

test('a statement that does not add up, has a movement twice or is of another day is kept and unusable; one without its file is unknown', async () => {
  const { host } = await start(linkOf(`${PAY}, ${QUERY}, ${STATEMENT}`));
  const link = host.bankLink('bank-1') ?? assert.fail();
  const read = (day: string) => link.statement({ accountNo: ACCOUNT, day });
  assert.equal((await read('2026-11-22')).kind, 'statement');
  for (const day of ['2026-11-01', '2026-11-02', '2026-11-03']) {
    const answer = await read(day);
    assert.deepEqual([answer.kind, 'bytes' in answer && answer.bytes.length], ['unusable', 1], day);
  }
  assert.equal((await read('2026-11-05')).kind, 'unknown');
});

test('a statement has the time its pages take, not the time of one call', async () => {
  const { host, waits } = await start(linkOf(`${PAY}, ${QUERY}, async statement() { return new Promise(() => {}) }`));
  const reading = (host.bankLink('bank-1') ?? assert.fail()).statement({ accountNo: ACCOUNT, day: '2026-11-22' });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(waits.some(({ ms }) => ms === 1000), false);
  (waits.find(({ ms }) => ms === 600_000) ?? assert.fail('ten minutes')).task();
  assert.equal((await reading).kind, 'unknown');
});

test('a link that cannot be asked, that names no account, or that pays from other accounts than the hospital says is not used', async () => {
  const reasonOf = async (source: string, configuration: Partial<InstanceConfiguration> = {}) => {
    const { view } = await start(source, configuration);
    return `${view.state}: ${view.reason ?? ''}`;
  };
  const whole = `${PAY}, ${QUERY}, ${STATEMENT}`;
  assert.match(await reasonOf(linkOf(`${PAY}, ${STATEMENT}`)), /^failed: .*has no query/);
  assert.match(await reasonOf(linkOf(whole, '[]')), /^failed: .*accountNos/);
  assert.match(await reasonOf(linkOf(whole, `['${ACCOUNT}', '${ACCOUNT}']`)), /^failed: .*accountNos/);
  assert.match(await reasonOf(linkOf(whole, `['7111010182600999999']`)), /^attention: the plugin pays from 7111010182600999999, the hospital says 7111010182600123456/);
  assert.match(await reasonOf(linkOf(whole, `['${ACCOUNT}', '7111010182600999999']`)), /^attention/, 'one account more than the hospital named');
  assert.match(await reasonOf(linkOf(whole), { accountNos: undefined }), /^attention: .*from no account/);
});

test('an account is found under the link the configuration names it for, and under nobody else while that one is not active', async () => {
  const { host } = await start(linkOf(`${PAY}, ${QUERY}, ${STATEMENT}`));
  const links = bankLinkDirectory(host, () => [{ id: 'bank-1', accountNos: [ACCOUNT] }, { id: 'bank-2', accountNos: ['1234'] }]);
  assert.equal(links.ofAccount(ACCOUNT)?.id, 'bank-1');
  assert.deepEqual([links.ofAccount('1234'), links.ofAccount('9999')], [undefined, undefined]);
  assert.deepEqual(links.list().map(({ id }) => id), ['bank-1']);
  await host.deactivate('bank-1');
  assert.deepEqual([links.ofAccount(ACCOUNT), links.list()], [undefined, []]);
});

test('a receipt is what it is called, of an account of the link, and absent where the link fetches none', async () => {
  const RECEIPT = `async receipt({ amountFen }) { const bytes = new TextEncoder().encode(amountFen === 1 ? '<html>' : '%PDF-1.4'); return { kind: 'receipt', receiptNo: 'HD1', mediaType: amountFen === 2 ? 'text/html' : 'application/pdf', bytes: amountFen === 3 ? '%PDF-' : bytes } }`;
  const { host } = await start(linkOf(`${PAY}, ${QUERY}, ${STATEMENT}, ${RECEIPT}`));
  const guest = bankLinkDirectory(host, () => [{ id: CONFIGURATION.id, accountNos: [ACCOUNT] }]).ofAccount(ACCOUNT);
  const asked = (amountFen: number, accountNo = ACCOUNT) => guest?.receipt?.({ accountNo, direction: 'out', amountFen, firstDay: '2026-11-22', lastDay: '2026-11-22', instructionNo: REQUEST.instructionNo });
  assert.deepEqual((await Promise.all([asked(100), asked(1), asked(2), asked(3), asked(100, '6222000000000000')])).map((outcome) => outcome?.kind), ['receipt', 'unknown', 'unknown', 'unknown', 'unknown']);
  const none = await start(linkOf(`${PAY}, ${QUERY}, ${STATEMENT}`));
  assert.equal(bankLinkDirectory(none.host, () => [{ id: CONFIGURATION.id, accountNos: [ACCOUNT] }]).ofAccount(ACCOUNT)?.receipt, undefined);
});
