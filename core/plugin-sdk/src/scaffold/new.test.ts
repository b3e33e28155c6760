import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';

import { Value } from 'typebox/value';

import { PluginManifestSchema } from '../plugin.js';
import { runNew } from './new.js';

const REPOSITORY = resolve(join(import.meta.dirname, '..', '..', '..', '..'));
const made: string[] = [];

after(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

for (const [kind, folder, firstRule] of [
  ['plugin channel', 'plugins/channels/city-card', 'charge.paid'],
  ['plugin report', 'plugins/reports/city-card', 'rows.fitColumns'],
  ['adapter', 'hospital-adapters/city-card', 'patient.find'],
] as const) {
  test(`a new ${kind} compiles, declares itself rightly, and visibly fails the rules it does not keep yet`, () => {
    const root = copyOfRepository();
    const outcome = runNew({ root, words: [...kind.split(' '), 'city-card'] });
    assert.equal(outcome.status, 0, outcome.text);
    assert.match(outcome.text, /Order of work:\n {2}1\. /);

    const manifest: unknown = JSON.parse(readFileSync(join(root, folder, 'plugin.json'), 'utf8'));
    assert.ok(Value.Check(PluginManifestSchema, manifest), 'plugin.json fits the manifest schema');
    assert.match(readFileSync(join(root, 'tsconfig.json'), 'utf8'), new RegExp(`"path": "${folder}"`));
    assert.match(readFileSync(join(root, 'package.json'), 'utf8'), kind === 'plugin channel' ? /"plugins\/channels\/\*"/ : kind === 'plugin report' ? /"plugins\/reports\/\*"/ : /"hospital-adapters\/city-card",\n {4}"appliance"/);

    const compiled = run(root, [join(REPOSITORY, 'node_modules/typescript/bin/tsc'), '-p', join(root, folder)]);
    assert.equal(compiled.status, 0, compiled.output);

    const tested = run(root, ['--test', join(root, folder, 'dist/conformance.test.js')]);
    assert.equal(tested.status, 1, 'the suite fails until it is written');
    assert.match(tested.output, new RegExp(`(✖|not ok).*${firstRule}`));
    assert.doesNotMatch(tested.output, /SyntaxError|ERR_MODULE_NOT_FOUND/);
  });
}

test('an existing folder is refused and left alone', () => {
  const root = copyOfRepository();
  mkdirSync(join(root, 'plugins/channels/mine'), { recursive: true });
  const outcome = runNew({ root, words: ['plugin', 'channel', 'mine'] });
  assert.equal(outcome.status, 1);
  assert.match(outcome.text, /plugins\/channels\/mine already exists/);
  assert.ok(!existsSync(join(root, 'plugins/channels/mine/package.json')));
});

test('a bad name is refused with an example of a good one', () => {
  const root = copyOfRepository();
  for (const name of ['Mine', '../escape', 'a--b', '-a', 'a_b', '微信', '1st', '', 'x'.repeat(41)]) {
    const outcome = runNew({ root, words: ['plugin', 'channel', name] });
    assert.equal(outcome.status, 1, name);
    assert.match(outcome.text, /city-card/);
  }
});

test('anything else gets the usage', () => {
  for (const words of [[], ['plugin'], ['plugin', 'city-card'], ['plugin', 'adapter', 'a'], ['channel', 'a'], ['thing', 'name'], ['plugin', 'channel', 'a', 'b']]) {
    const outcome = runNew({ root: REPOSITORY, words });
    assert.equal(outcome.status, 2);
    assert.match(outcome.text, /npm run new -- plugin channel <name>/);
  }
});

/** A folder that looks like the repository to the scaffold and the compiler. */
function copyOfRepository(): string {
  const root = mkdtempSync(join(tmpdir(), 'hospay-new-'));
  made.push(root);
  mkdirSync(join(root, 'core'));
  for (const file of ['package.json', 'tsconfig.json', 'tsconfig.base.json']) cpSync(join(REPOSITORY, file), join(root, file));
  symlinkSync(join(REPOSITORY, 'core/plugin-sdk'), join(root, 'core/plugin-sdk'));
  symlinkSync(join(REPOSITORY, 'node_modules'), join(root, 'node_modules'));
  return root;
}

function run(folder: string, words: readonly string[]): { readonly status: number | null; readonly output: string } {
  // Without its parent's context the inner test run reports like any other.
  const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: folder, encoding: 'utf8', env: environment, timeout: 120_000 });
  return { status, output: `${stdout}${stderr}` };
}
