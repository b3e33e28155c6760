/** Builds what changed: TypeScript, the kiosk page, the checkout page, the console. Output whose source is gone is removed, so that no dead test runs. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { NODE } from './packages.mjs';
import { ROOT, run, say, seconds, stopBecause } from './say.mjs';

/** Folders with unit tests beside their source. */
export function unitTestFolders() {
  return typeScriptPackages()
    .filter(({ path }) => path !== 'test')
    .map(({ output }) => relative(ROOT, output));
}

/** Output folder → source folder of every TypeScript package. */
export function typeScriptPackages() {
  const references = JSON.parse(readFileSync(join(ROOT, 'tsconfig.json'), 'utf8')).references;
  return references.map(({ path }) => {
    const { compilerOptions } = JSON.parse(readFileSync(join(ROOT, path, 'tsconfig.json'), 'utf8'));
    return { path, source: join(ROOT, path, compilerOptions.rootDir), output: join(ROOT, path, compilerOptions.outDir) };
  });
}

/** @returns {boolean} whether the types are in order (the output is written either way). */
export function buildTypeScript() {
  for (const folder of typeScriptPackages()) pruneOutput(folder);
  return run(NODE, [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), '-b']).status === 0;
}

export function buildProduct() {
  const since = Date.now();
  say('building …');
  if (!buildTypeScript()) stopBecause('the TypeScript build failed; the messages above say where.');
  buildWhenChanged('terminal pages', ['core/terminal-sdk/kiosk', 'core/terminal-sdk/counter', 'core/terminal-sdk/src', 'core/terminal-sdk/build-kiosk.mjs'], 'core/terminal-sdk/dist/kiosk', [join(ROOT, 'core/terminal-sdk/build-kiosk.mjs')]);
  buildWhenChanged('checkout page', ['core/checkout-page/src', 'core/checkout-page/build-page.mjs'], 'core/checkout-page/dist', [join(ROOT, 'core/checkout-page/build-page.mjs')]);
  buildWhenChanged('console', ['core/console/src', 'core/console/index.html', 'core/console/vite.config.ts', 'core/console/package.json'], 'core/console/dist', [join(ROOT, 'node_modules/vite/bin/vite.js'), 'build', 'core/console', '--logLevel', 'warn']);
  say(`built in ${seconds(since)}`);
}

function buildWhenChanged(name, sources, output, args) {
  const stamp = join(ROOT, output, '.built-from');
  const hash = hashOf(sources.map((source) => join(ROOT, source)));
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  const result = run(NODE, args, { capture: true });
  if (result.status !== 0) stopBecause(`the ${name} did not build:\n${result.stdout}\n${result.stderr}`);
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, hash);
}

function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths.flatMap(filesUnder).sort()) hash.update(relative(ROOT, path)).update(readFileSync(path));
  return hash.digest('hex');
}

function pruneOutput({ source, output }) {
  for (const file of filesUnder(output)) {
    const match = /^(.*)\.js$/.exec(relative(output, file));
    if (match === null || /^(kiosk|counter)\//.test(match[1])) continue;
    if (!existsSync(join(source, `${match[1]}.ts`))) {
      for (const ending of ['.js', '.js.map', '.d.ts']) rmSync(join(output, `${match[1]}${ending}`), { force: true });
    }
  }
}

export function filesUnder(path) {
  if (!existsSync(path)) return [];
  if (statSync(path).isFile()) return [path];
  return readdirSync(path, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && !folderOf(entry).includes('node_modules'))
    .map((entry) => join(folderOf(entry), entry.name));
}

/** Node before 20.12 calls it `path`. */
function folderOf(entry) {
  return entry.parentPath ?? entry.path;
}
