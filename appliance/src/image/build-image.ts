/** `npm run image`: the appliance as a disk, from this repository as it is built and from Debian's packages. As root on a Debian-family system; no loop devices, no containers. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { SDK_VERSION } from '@hospay/plugin-sdk';
import { readSigningKey } from '@hospay/plugin-sdk/package';
import { Parse } from 'typebox/value';
import { BuiltInKeysSchema } from '../update/update-keys.js';
import { indexBundle } from './bundle-index.js';
import { buildSystem } from './build-system.js';
import { writeDisk } from './disk.js';
import { compareOutputs } from './formats/compare-outputs.js';
import { readFormats, writeOutputs } from './formats/outputs.js';
import { debianBase, readPackageList } from './root-file-system.js';
import { tool } from './tool.js';
import { developmentKey, writeBundle } from './write-bundle.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const { values } = parseArgs({
  options: {
    output: { type: 'string', default: join(ROOT, 'data/image') },
    sources: { type: 'string', default: '/etc/apt/sources.list.d/debian.sources' },
    version: { type: 'string' },
    formats: { type: 'string' },
    // Outputs of another build of the same commit and packages: says which files are the same, and ends with 1 when one is not.
    compare: { type: 'string' },
    // For whoever works on the image: packed lightly, and the raw disk alone unless formats are named.
    quick: { type: 'boolean', default: false },
    // Of updates: who signs this one (one or two Ed25519 keys in PEM), and whose the machine takes from now on. Without them a key of this machine's own, for trying.
    'signing-key': { type: 'string', multiple: true },
    'update-keys': { type: 'string' },
    'upgrades-from': { type: 'string', default: '0.1.0' },
  },
});

const since = Date.now();
const say = (text: string): void => { process.stdout.write(`hospay: ${String(Math.round((Date.now() - since) / 1000)).padStart(4)} s  ${text}\n`); };
if (process.getuid?.() !== 0) throw new Error('the image is built as root: files in it belong to users that exist only there');
if (!existsSync(values.sources)) throw new Error(`${values.sources} is not there; name an apt sources file by --sources`);
const version = values.version ?? (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
// The time of the commit: the same commit gives the same times.
const epoch = Number(tool('git', ['log', '-1', '--format=%ct'], { cwd: ROOT }).trim());
const formats = readFormats(values.formats ?? (values.quick ? 'raw' : 'all'));
const output = resolve(values.output);
mkdirSync(output, { recursive: true });
// It lies in the data folder of the demo, whose backups take everything that does not say it can be made anew.
writeFileSync(join(output, 'CACHEDIR.TAG'), 'Signature: 8a477f597d28d172789f06886806bc55\n# Images of the appliance, made by npm run image.\n');

const packages = readPackageList(readFileSync(join(ROOT, 'appliance/image/packages.txt'), 'utf8'));
say(`Debian base of ${String(packages.length)} packages and what they need …`);
const base = debianBase({ packages, sources: values.sources, cache: join(output, 'cache'), epoch });
const signers = values['signing-key'] === undefined ? [developmentKey(join(output, 'keys/development.pem'))] : values['signing-key'].map((file) => readSigningKey(readFileSync(file, 'utf8')));
const updateKeys = values['update-keys'] === undefined ? signers.map(({ keyId, publicKeyPem }) => ({ keyId, publicKeyPem, title: 'development' })) : Parse(BuiltInKeysSchema, JSON.parse(readFileSync(values['update-keys'], 'utf8')));
const system = buildSystem({ repository: ROOT, base, output, version, epoch, compression: values.quick ? 1 : 19, updateKeys, say });
const { root, boot, target, starts } = system;
writeFileSync(join(output, `hospay-${version}.cdx.json`), system.bill);
say(`root: ${megabytes(root.file)}, hash ${root.rootHash.slice(0, 16)}…`);
const disk = join(output, `hospay-${version}.raw`);
await writeDisk({ file: disk, version, epoch, loader: join(base, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi'), boot: boot.a, root });
const outputs = [
  ...(await writeOutputs(formats, { output, name: `hospay-${version}`, version, epoch, target, productBill: system.productBill, sources: join(ROOT, 'appliance/image'), boot: starts, root, disk, say })),
  ...(values.quick ? [] : await makeBundle()),
];
const sums = await Promise.all(outputs.map(async (file) => `${await sha256(file)}  ${file.slice(output.length + 1)}\n`));
writeFileSync(join(output, 'SHA256SUMS'), sums.join(''));
say(`done: ${[disk, ...outputs].map((file) => file.slice(output.length + 1)).join(', ')}`);

if (values.compare !== undefined) {
  const names = [root.file, boot.a, boot.b, disk, ...outputs].map((file) => file.slice(output.length + 1));
  const compared = compareOutputs(output, resolve(values.compare), names);
  for (const { name, found } of compared) say(`${found.padEnd(10)} ${name}`);
  if (compared.some(({ found }) => found !== 'same')) process.exitCode = 1;
}

/** In a folder with nothing else in it: it is copied as it is to a drive, or to a mirror in the hospital's network. */
async function makeBundle(): Promise<string[]> {
  say('update bundle …');
  const file = join(output, `updates/hospay-${version}.hpu`);
  mkdirSync(dirname(file), { recursive: true });
  await writeBundle({ file, system, version, upgradesFrom: values['upgrades-from'], sdk: SDK_VERSION, epoch, notes: { zh: `版本 ${version}`, en: `Version ${version}` }, signers });
  say(`update bundle: ${megabytes(file)}`);
  return [file, await indexBundle(file, version)];
}

function megabytes(file: string): string {
  return `${String(Math.ceil(statSync(file).size / 1_000_000))} MB`;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
