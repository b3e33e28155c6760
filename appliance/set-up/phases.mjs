/** Runs groups of tests and adds up what they say. A group that cannot run is a failure, never a silence. */
import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';
import { basename, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildTypeScript, filesUnder } from './build-product.mjs';
import { NODE } from './packages.mjs';
import { ROOT, say, seconds } from './say.mjs';

const totals = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
/** Name → what runs beside the rest and is not counted yet. */
const beside = new Map();
// A process that a signal ends tells no "exit", and what it began would go on without it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => process.exit(1));
/** While nothing ends it is said this often what is waited for. */
const STILL_RUNNING_EVERY_MS = 60_000;
/** What only computes, in virtual time or without any, is served last: it takes what the others leave while they wait. */
export const COMPUTES = 10;

export function checkTypes() {
  return phase('types', () => countOne('tsc -b', buildTypeScript()));
}

export function checkConsoleTypes() {
  return phase('console types', async () => countOne('vue-tsc', (await begin([join(ROOT, 'core/console/check-types.mjs')], { niceness: COMPUTES })) === 0));
}

export function checkLint() {
  return phase('lint', async () => countOne('oxlint', (await begin([join(ROOT, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'], { niceness: COMPUTES })) === 0));
}

/**
 * Runs a group to its end and counts it.
 *
 * @param {string[]} folders where the built test files are, relative to the root
 * @param {object} [how]
 * @param {number} [how.concurrency] processes at once
 * @param {number} [how.filesPerProcess] files that share a process, one after another: half of what a short file costs is loading the modules it imports
 * @param {RegExp} [how.alone] files that measure their process have one of their own
 * @param {string[]} [how.first] files by the beginning of their names, the longest: begun last, one would run on alone while a processor idles
 * @param {number} [how.niceness] above that of this process: groups beside it with a lower one are served first
 */
export function runTests(name, folders, how) {
  return phase(name, async () => {
    const group = testRun(name, folders, how);
    if (group !== undefined) count(name, group.report, await begin(group.args, group));
  });
}

/** Begins a group beside what follows. What it prints is kept in a file until `endTests` shows it; @see runTests for the parameters. */
export function beginTests(name, folders, how) {
  const group = testRun(name, folders, how);
  if (group === undefined) return;
  const since = Date.now();
  const printed = `${group.report}.log`;
  // A file, not a pipe: nobody reads while other groups print.
  const output = openSync(printed, 'w');
  const ended = begin(group.args, { ...group, output }).then((status) => ({ name, status, report: group.report, printed, took: seconds(since) }));
  closeSync(output);
  beside.set(name, ended);
  say(`── ${name}: begun, shown when it has ended`);
}

/** Waits for what was begun, and shows and counts each group as it ends. */
export async function endTests() {
  const since = Date.now();
  while (beside.size > 0) {
    let timer;
    const aWhile = new Promise((resolve) => { timer = setTimeout(resolve, STILL_RUNNING_EVERY_MS); });
    const group = await Promise.race([...beside.values(), aWhile]);
    clearTimeout(timer);
    if (group === undefined) {
      say(`── still running after ${seconds(since)}: ${[...beside.keys()].join(', ')}`);
      continue;
    }
    beside.delete(group.name);
    say(`── ${group.name}`);
    process.stdout.write(readFileSync(group.printed));
    count(group.name, group.report, group.status);
    say(`── ${group.name}: ${group.took} beside the others`);
  }
}

/** Starts the pinned runtime; resolves with its exit code, null when it was killed or did not start. */
function begin(args, { niceness = 0, env = {}, output = 'inherit' }) {
  const child = spawn(NODE, args, { cwd: ROOT, stdio: [output === 'inherit' ? 'inherit' : 'ignore', output, output], env: { ...process.env, ...env } });
  if (child.pid !== undefined) setPriority(child.pid, Math.min(19, getPriority() + niceness));
  const stop = () => child.kill();
  process.once('exit', stop);
  return new Promise((resolve) => {
    const end = (status) => {
      process.off('exit', stop);
      resolve(status);
    };
    child.once('error', () => { end(null); });
    child.once('close', end);
  });
}

function testFiles(name, folders, first) {
  const files = folders
    .flatMap((folder) => filesUnder(join(ROOT, folder)))
    .filter((file) => file.endsWith('.test.js'))
    .map((file) => relative(ROOT, file))
    .sort();
  if (files.length === 0) countOne(`${name}: no test file in ${folders.join(', ')}`, false);
  for (const beginning of first) if (!files.some((file) => startsWith(file, beginning))) countOne(`${name}: no test file ${beginning} to begin with`, false);
  const rank = (file) => (first.findIndex((beginning) => startsWith(file, beginning)) + first.length + 1) % (first.length + 1);
  return files.sort((one, other) => rank(one) - rank(other));
}

function startsWith(file, beginning) {
  return basename(file).startsWith(beginning);
}

function chunksOf(files, size) {
  return Array.from({ length: Math.ceil(files.length / size) }, (_, index) => files.slice(index * size, (index + 1) * size));
}

/** Writes files that each run some test files in one process, every one as a suite under its own name: its hooks are its own. Numbered, because the runner takes files by their names. */
function together(name, chunks) {
  const folder = join(ROOT, 'test/results/together', name.replaceAll(' ', '-'));
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return chunks.map((chunk, index) => {
    const file = join(folder, `${String(index + 1).padStart(3, '0')}.test.js`);
    const lines = chunk.map((one) => `describe(${JSON.stringify(one)}, { timeout: Infinity }, () => import(${JSON.stringify(pathToFileURL(join(ROOT, one)).href)}));`);
    writeFileSync(file, ["import { describe } from 'node:test';", ...lines, ''].join('\n'));
    return relative(ROOT, file);
  });
}

/** What runs a group, and where its report will lie; nothing when it has no file. */
function testRun(name, folders, { concurrency = 2, timeoutMs = 240_000, filesPerProcess = 1, alone = /^$/, first = [], niceness = 0 } = {}) {
  const found = testFiles(name, folders, first);
  if (found.length === 0) return undefined;
  const isShared = (file) => filesPerProcess > 1 && !alone.test(file) && !first.some((beginning) => startsWith(file, beginning));
  const files = [...found.filter((file) => !isShared(file)).map((file) => [file]), ...chunksOf(found.filter(isShared), filesPerProcess)];
  const report = join(ROOT, 'test/results', `${name.replaceAll(' ', '-')}.tap`);
  mkdirSync(join(ROOT, 'test/results'), { recursive: true });
  rmSync(report, { force: true });
  return {
    report,
    args: [
      '--enable-source-maps', '--import', new URL('end-after-tests.mjs', import.meta.url).href, '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${timeoutMs}`,
      '--test-reporter=spec', '--test-reporter-destination=stdout', '--test-reporter=tap', `--test-reporter-destination=${report}`, ...together(name, files),
    ],
    niceness,
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

async function phase(name, work) {
  const since = Date.now();
  say(`── ${name}`);
  await work();
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
