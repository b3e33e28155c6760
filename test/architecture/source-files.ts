/** Every source file of the repository with what it imports, read once. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

/** test/dist/architecture → repository root. */
export const ROOT = resolve(import.meta.dirname, '../../..');

export type SourceFile = {
  /** Relative to the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Repository files it imports (relative imports and workspace packages resolved). */
  readonly files: readonly string[];
  /** npm packages it imports, without Node's own modules. */
  readonly packages: readonly string[];
};

const IGNORED = new Set(['node_modules', 'dist', '.git', 'generated', 'data', 'results']);

export function filesUnder(folder: string, ending: RegExp): string[] {
  const absolute = join(ROOT, folder);
  if (!existsSync(absolute)) return [];
  return readdirSync(absolute, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return IGNORED.has(entry.name) ? [] : filesUnder(path, ending);
    return ending.test(entry.name) ? [path] : [];
  });
}

export function readSources(folders: readonly string[] = ['core', 'plugins', 'hospital-adapters', 'appliance', 'test']): SourceFile[] {
  return folders.flatMap((folder) => filesUnder(folder, /\.(ts|mts|vue|mjs)$/)).filter((path) => !path.endsWith('.d.ts')).map(readSource);
}

/** Import and export declarations, side-effect imports and literal dynamic imports. */
const IMPORT = /(?:^|\n)\s*(?:import|export)\s[^;'"]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function readSource(path: string): SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  const files = new Set<string>();
  const packages = new Set<string>();
  for (const match of text.matchAll(IMPORT)) {
    const target = match[1] ?? match[2] ?? match[3] ?? '';
    if (target.startsWith('.')) files.add(resolveRelative(path, target));
    else if (!target.startsWith('node:') && !target.startsWith('@/') && !target.startsWith('virtual:')) packages.add(packageName(target));
    const workspaceFile = resolveWorkspace(target);
    if (workspaceFile !== undefined) files.add(workspaceFile);
  }
  return { path, text, files: [...files], packages: [...packages] };
}

function resolveRelative(from: string, target: string): string {
  const path = relative(ROOT, resolve(ROOT, dirname(from), target));
  for (const candidate of [path.replace(/\.js$/, '.ts'), `${path}.ts`, path, join(path, 'index.ts')]) {
    if (existsSync(join(ROOT, candidate)) && /\.[a-z]+$/.test(candidate)) return candidate;
  }
  return path;
}

const WORKSPACES: Readonly<Record<string, string>> = {
  '@hospay/plugin-sdk': 'core/plugin-sdk',
  '@hospay/payment-sdk': 'core/payment-sdk',
  '@hospay/terminal-sdk': 'core/terminal-sdk',
  '@hospay/server': 'core/server',
  '@hospay/appliance': 'appliance',
  '@hospay/channel-wechat-pay': 'plugins/channels/wechat-pay',
  '@hospay/channel-sandbox': 'plugins/channels/sandbox',
  '@hospay/hospital-adapter-hl7': 'hospital-adapters/hl7',
  '@hospay/hospital-adapter-sqlserver': 'hospital-adapters/sqlserver',
};

function resolveWorkspace(target: string): string | undefined {
  const name = packageName(target);
  const folder = WORKSPACES[name];
  if (folder === undefined) return undefined;
  const rest = target.slice(name.length + 1);
  if (rest === '') return `${folder}/src/index.ts`;
  if (rest === 'testkit') return `${folder}/src/testkit/index.ts`;
  return `${folder}/src/${rest.replace(/\.js$/, '.ts')}`;
}

function packageName(target: string): string {
  return target.split('/').slice(0, target.startsWith('@') ? 2 : 1).join('/');
}
