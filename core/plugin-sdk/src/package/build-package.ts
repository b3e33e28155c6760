import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { PluginManifestSchema, type PluginManifest } from '../plugin.js';
import { writeArchive } from './archive.js';
import { PACKAGE_EXTENSION, packageHash, SUMS, sumsOf } from './package-files.js';

export type BuiltPackage = { readonly fileName: string; readonly bytes: Buffer; readonly manifest: PluginManifest; readonly hash: string; readonly parts: readonly string[] };

const ENTRY = 'dist/plugin.js';
/** Where CommonJS parts of a bundle find Node's own modules. */
const REQUIRE = `import { createRequire as hospayCreateRequire } from 'node:module';\nconst require = hospayCreateRequire(import.meta.url);`;

/**
 * Packs a built plugin folder into one unsigned file: the manifest, everything it runs in one module, the JSON schema of its settings, translations, icons, the list of what is inside
 * (CycloneDX) and its conformance report. The same folder gives the same bytes. The plugin's module is loaded once to read its settings schema.
 * @throws Error that says what is missing and what to do.
 */
export async function buildPackage(folder: string): Promise<BuiltPackage> {
  const root = resolve(folder);
  const manifest = readManifest(root);
  const entryPath = join(root, manifest.entry);
  if (!existsSync(entryPath)) throw new Error(`${manifest.entry} does not exist: build the plugin first`);
  const bundled = await build({
    entryPoints: [entryPath], bundle: true, platform: 'node', format: 'esm', target: 'node24', write: false, metafile: true, legalComments: 'inline', sourcemap: false, charset: 'utf8',
    absWorkingDir: root, banner: { js: REQUIRE }, logLevel: 'silent', loader: { '.node': 'empty' },
  });
  const inputs = Object.keys(bundled.metafile.inputs);
  const native = inputs.find((path) => path.endsWith('.node'));
  if (native !== undefined) throw new Error(`${native} is a native addon: a package holds JavaScript only`);
  const [output] = bundled.outputFiles;
  if (output === undefined) throw new Error('the bundler gave nothing');
  const files = new Map<string, Uint8Array>([
    ['plugin.json', json({ ...manifest, entry: ENTRY })],
    ['package.json', json({ type: 'module' })],
    [ENTRY, output.contents],
    ['schema/settings.json', json(await settingsSchemaOf(entryPath))],
    ['sbom.cdx.json', json(componentsOf(manifest, root, inputs))],
  ]);
  for (const path of extras(root)) files.set(path, readFileSync(join(root, path)));
  files.set(SUMS, Buffer.from(sumsOf(files), 'utf8'));
  return { fileName: `${manifest.id}-${manifest.version}${PACKAGE_EXTENSION}`, bytes: await writeArchive(files), manifest, hash: packageHash(files), parts: [...files.keys()].sort() };
}

function readManifest(root: string): PluginManifest {
  const path = join(root, 'plugin.json');
  if (!existsSync(path)) throw new Error(`${path} does not exist: give the folder of the plugin`);
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (!Check(PluginManifestSchema, value)) throw new Error('plugin.json does not fit the manifest schema: core/docs/plugin-authoring.md explains each key');
  return value;
}

async function settingsSchemaOf(entryPath: string): Promise<object> {
  const module: unknown = await import(pathToFileURL(entryPath).href);
  const definition = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  const settings = typeof definition === 'object' && definition !== null && 'settings' in definition ? definition.settings : undefined;
  if (typeof settings !== 'object' || settings === null) throw new Error('the entry has no default export made by definePlugin({ settings, activate })');
  const plain: object = JSON.parse(JSON.stringify(settings));
  return plain;
}

/** Files a vendor lays beside the manifest; nothing else of the folder is taken. */
function extras(root: string): string[] {
  const inside = (name: string, pattern: RegExp): string[] => (existsSync(join(root, name)) ? readdirSync(join(root, name)).filter((file) => pattern.test(file)).sort().map((file) => `${name}/${file}`) : []);
  return [...inside('i18n', /^[a-zA-Z-]+\.json$/), ...inside('icons', /^[a-z0-9-]+\.(svg|png)$/), ...(existsSync(join(root, 'conformance.json')) ? ['conformance.json'] : [])];
}

const ComponentSchema = Type.Object({ name: Type.String(), version: Type.String(), license: Type.Optional(Type.String()) });

/** What the bundle was made of, from what the bundler really read. No times and no paths: the same parts give the same list. */
function componentsOf(manifest: PluginManifest, root: string, inputs: readonly string[]): object {
  const components = new Map<string, object>();
  for (const input of inputs) {
    const part = packageAround(resolve(root, input));
    if (part === undefined || part.root === root) continue;
    const { name, version, license } = part;
    components.set(`${name}@${version}`, { type: 'library', name, version, purl: `pkg:npm/${name.replace('@', '%40')}@${version}`, ...(license === undefined ? {} : { licenses: [{ license: { id: license } }] }) });
  }
  return {
    bomFormat: 'CycloneDX', specVersion: '1.6', version: 1,
    metadata: { component: { type: 'application', name: manifest.id, version: manifest.version, publisher: manifest.publisher } },
    components: [...components.keys()].sort().map((key) => components.get(key)),
  };
}

function packageAround(path: string): { readonly root: string; readonly name: string; readonly version: string; readonly license?: string | undefined } | undefined {
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if (!existsSync(join(folder, 'package.json'))) continue;
    const value: unknown = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    // A folder's own `{"type":"module"}` is no package.
    if (Check(ComponentSchema, value)) return { root: folder, name: value.name, version: value.version, license: value.license };
  }
  return undefined;
}

function json(value: object): Uint8Array {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');
}
