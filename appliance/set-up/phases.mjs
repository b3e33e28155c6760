/** Runs groups of tests and adds up what they say. A group that cannot run is a failure, never a silence. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTypeScript, filesUnder } from './build-product.mjs';
import { NODE } from './packages.mjs';
import { ROOT, run, say, seconds } from './say.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

export function checkTypes() {
  phase('types', () => countOne('tsc -b', buildTypeScript()));
}

export function checkConsoleTypes() {
  phase('console types', () => countOne('vue-tsc', run(NODE, [join(ROOT, 'core/console/check-types.mjs')]).status === 0));
}

export function checkLint() {
  phase('lint', () => countOne('oxlint', run(NODE, [join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings']).status === 0));
}

/**
 * @param {string[]} folders where the built test files are, relative to the root
 * @param {object} [how]
 * @param {number} [how.filesPerProcess] files that share a process, one after another: half of what a short file costs is loading the modules it imports
 * @param {RegExp} [how.alone] files that measure their process have one of their own
 */
export function runTests(name, folders, { concurrency = 2, timeoutMs = 240_000, filesPerProcess = 1, alone = /^$/ } = {}) {
  phase(name, () => {
    const found = testFiles(name, folders);
    if (found.length === 0) return;
    const files = filesPerProcess === 1 ? found : [...together(name, found.filter((file) => !alone.test(file)), filesPerProcess), ...found.filter((file) => alone.test(file))];
    const { args, env, report } = testRun(name, files, { concurrency, timeoutMs });
    count(name, report, run(NODE, args, { env }).status);
  });
}

/**
 * Begins a group that only computes, in virtual time: it gets what the groups beside it leave of the processors while they wait, and takes nothing
 * from them. What it prints is kept until the returned function has waited for its end.
 */
export function beginTests(name, folders, { concurrency = 2, timeoutMs = 240_000 } = {}) {
  const files = testFiles(name, folders);
  if (files.length === 0) return () => Promise.resolve();
  const since = Date.now();
  const { args, env, report } = testRun(name, files, { concurrency, timeoutMs });
  // A file, not a pipe: nobody reads while the other groups run.
  const printed = `${report}.log`;
  const output = openSync(printed, 'w');
  const child = spawn(NODE, args, { cwd: ROOT, stdio: ['ignore', output, output], env: { ...process.env, ...env } });
  closeSync(output);
  if (child.pid !== undefined) setPriority(child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
  process.once('exit', () => child.kill());
  const ended = new Promise((resolve) => {
    child.once('error', () => { resolve(null); });
    child.once('close', resolve);
  });
  return async () => {
    say(`── ${name}, begun ${seconds(since)} ago beside the others`);
    const status = await ended;
    process.stdout.write(readFileSync(printed));
    count(name, report, status);
    say(`── ${name}: ended after ${seconds(since)}`);
  };
}

function testFiles(name, folders) {
  const files = folders
    .flatMap((folder) => filesUnder(join(ROOT, folder)))
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => relative(ROOT, file))
    .sort();
  if (files.length === 0) countOne(`${name}: no test file in ${folders.join(', ')}`, false);
  return files;
}

/** Writes files that each run several test files in one process, every one as a suite under its own name: its hooks are its own. */
function together(name, files, perProcess) {
  const folder = join(ROOT, 'test/results/together', name.replaceAll(' ', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const chunks = Array.from({ length: Math.ceil(files.length / perProcess) }, (_, index) => files.slice(index * perProcess, (index + 1) * perProcess));
  return chunks.map((chunk, index) => {
    const file = join(folder, `${String(index + 1).padStart(2, '0')}.test.js`);
    const lines = chunk.map((one) => `describe(${JSON.stringify(one)}, { timeout: Infinity }, () => import(${JSON.stringify(pathToFileURL(join(ROOT, one)).href)}));`);
    writeFileSync(file, ["import { describe } from 'node:test';", ...lines, ''].join('\n'));
    return relative(ROOT, file);
  });
}

function testRun(name, files, { concurrency, timeoutMs }) {
  const report = join(ROOT, 'test/results', `${name.replaceAll(' ', '-')}.tap`);
  mkdirSync(join(ROOT, 'test/results'), { recursive: true });
  rmSync(report, { force: true });
  return {
    report,
    args: [
      '--enable-source-maps', '--import', new URL('end-after-tests.mjs', import.meta.url).href, '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`,
      '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${report}`, ...files,
    ],
    // Hundreds of processes import the same modules: compiled once.
    env: { NODE_COMPILE_CACHE: join(ROOT, 'test/results/compile-cache') },
  };
}

function count(name, report, status) {
  const tap = existsSync(report) ? readFileSync(report, 'utf8') : '';
  const passed = number(tap, /^# pass (\d+)$/m);
  const failed = number(tap, /^# fail (\d+)$/m) + number(tap, /^# cancelled (\d+)$/m);
  totals.passed += passed;
  totals.failed += failed;
  totals.skipped += number(tap, /^# skipped (\d+)$/m) + number(tap, /^# todo (\d+)$/m);
  if (failed > 0) failures.push(`${name}: ${failed} failed`);
  if (status !== 0 && failed === 0) countOne(`${name}: the runner ended with ${status}`, false);
  if (passed + failed === 0) countOne(`${name}: no test ran`, false);
}

/** Prints the closing line and ends the process. */
export function finish(since) {
  for (const failure of failures) say(`FAILED ${failure}`);
  say(`took ${seconds(since)}`);
  process.stdout.write(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped\n`);
  process.exit(totals.failed === 0 ? 0 : 1);
}

function phase(name, work) {
  const since = Date.now();
  say(`── ${name}`);
  work();
  say(`── ${name}: ${seconds(since)}`);
}

function countOne(name, isPassed) {
  if (isPassed) totals.passed += 1;
  else {
    totals.failed += 1;
    failures.push(name);
  }
}

function number(text, pattern) {
  return Number(pattern.exec(text)?.[1] ?? 0);
}
