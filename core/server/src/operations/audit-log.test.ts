import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { after } from 'node:test';
import { createAuditLog } from './audit-log.js';
import type { AuditRow, AuditStore } from './ports.js';
import { witnessFile } from './witness-file.js';

const folder = mkdtempSync(join(tmpdir(), 'hospay-audit-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;

function makeLog() {
  const rows: AuditRow[] = [];
  const store: AuditStore & { fail?: 'before' | 'after' | undefined } = {
    async append(row) {
      if (store.fail === 'before') throw new Error('disk full');
      rows.push(row);
      if (store.fail === 'after') throw new Error('answer lost');
    },
    async last() {
      return rows.at(-1);
    },
    async read({ afterSeq, limit }) {
      return rows.filter(({ seq }) => seq > afterSeq).slice(0, limit);
    },
  };
  const witnessPath = join(folder, `witness-${(files += 1)}`);
  const clock = { now: () => new Date('2026-11-22T00:00:00Z') };
  const open = () => createAuditLog({ store, witness: witnessFile(witnessPath), clock });
  return { rows, store, open, witnessPath };
}

async function withThreeActs() {
  const made = makeLog();
  const log = made.open();
  await Promise.all(['one', 'two', 'three'].map((object) => log.record({ who: 'cashier', what: 'refund.request', object, before: { paidFen: 100 }, after: { paidFen: 0 }, reason: 'wrong bill' })));
  return { ...made, log };
}

test('after an act that could not be written none can be, until one is written again', async () => {
  const { open, store, rows } = makeLog();
  const log = open();
  assert.equal(await log.canRecord(), true);
  assert.equal(rows.length, 0);
  store.fail = 'before';
  await assert.rejects(log.record({ who: 'a', what: 'b', object: 'c' }));
  assert.equal(await log.canRecord(), false);
  store.fail = undefined;
  assert.equal(await log.canRecord(), true);
  assert.deepEqual(rows.map(({ what }) => what), ['audit.resume']);
});

test('acts recorded at the same time form one gapless chain that verifies, and goes on after a restart', async () => {
  const { log, rows, open } = await withThreeActs();
  await open().record({ who: 'system', what: 'start', object: 'core' });
  assert.deepEqual(rows.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.deepEqual(await log.verify(), { rows: 4, findings: [] });
});

test('an altered row is found, whichever field was altered', async () => {
  for (const change of [{ who: 'x' }, { what: 'x' }, { object: 'x' }, { before: 'x' }, { after: null }, { reason: null }, { at: 'x' }, { hash: '0'.repeat(64) }]) {
    const { log, rows } = await withThreeActs();
    rows[1] = { ...(rows[1] ?? assert.fail()), ...change };
    assert.ok((await log.verify()).findings.some(({ kind }) => kind === 'altered'), JSON.stringify(change));
  }
});

test('a row taken out of the middle is found', async () => {
  const { log, rows } = await withThreeActs();
  rows.splice(1, 1);
  assert.ok((await log.verify()).findings.some((finding) => finding.kind === 'gap' && finding.foundSeq === 3));
});

test('rows cut off at the end are found by the witness alone', async () => {
  const { log, rows } = await withThreeActs();
  rows.pop();
  assert.deepEqual((await log.verify()).findings, [{ kind: 'truncated', lastSeq: 2, witnessedSeq: 3 }]);
});

test('a chain rewritten from scratch is found by the witness alone', async () => {
  const { rows, open, log } = await withThreeActs();
  const other = makeLog();
  const forger = other.open();
  for (const object of ['one', 'two', 'forged']) await forger.record({ who: 'cashier', what: 'refund.request', object });
  rows.splice(0, 3, ...other.rows);
  assert.deepEqual((await log.verify()).findings, [{ kind: 'replaced', seq: 3 }]);
  assert.deepEqual((await open().verify()).findings, [{ kind: 'replaced', seq: 3 }]);
});

test('an act that could not be stored is refused to its caller and leaves no gap', async () => {
  const { log, store, rows } = await withThreeActs();
  store.fail = 'before';
  await assert.rejects(log.record({ who: 'a', what: 'b', object: 'c' }), /disk full/);
  store.fail = undefined;
  await log.record({ who: 'a', what: 'b', object: 'd' });
  assert.deepEqual(rows.map(({ seq }) => seq), [1, 2, 3, 4]);
  assert.deepEqual((await log.verify()).findings, []);
});

test('an act whose storing was reported as failed but happened is found before the next one', async () => {
  const { log, store, rows } = await withThreeActs();
  store.fail = 'after';
  await assert.rejects(log.record({ who: 'a', what: 'b', object: 'c' }), /answer lost/);
  store.fail = undefined;
  await log.record({ who: 'a', what: 'b', object: 'd' });
  assert.deepEqual(rows.map(({ seq }) => seq), [1, 2, 3, 4, 5]);
  assert.deepEqual((await log.verify()).findings, []);
});

test('names, numbers and keys do not enter the audit log', async () => {
  const { log, rows } = await withThreeActs();
  await log.record({ who: 'cashier', what: 'patient.find', object: 'card 110101199003070718', after: { name: 'canary', phone: '13812345678' }, reason: '13812345678' });
  assert.doesNotMatch(JSON.stringify(rows), /canary|13812345678|110101199003070718/);
});

test('a damaged witness file is reported, not ignored', async () => {
  const { log, witnessPath } = await withThreeActs();
  writeFileSync(witnessPath, 'nonsense');
  await assert.rejects(log.verify(), /damaged/);
});
