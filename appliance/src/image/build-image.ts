/** `npm run image`: the appliance as a disk, from this repository as it is built and from Debian's packages. As root on a Debian-family system; no loop devices, no containers. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { billOfMaterials, readDpkgStatus, type DebianPackage } from './bill-of-materials.js';
import { writeDisk } from './disk.js';
import { compareOutputs } from './formats/compare-outputs.js';
import { readFormats, writeOutputs } from './formats/outputs.js';
import { packProduct } from './pack-product.js';
import { composeRoot, debianBase, readPackageList } from './root-file-system.js';
import { tool } from './tool.js';
import { unifiedKernel } from './unified-kernel.js';
import { verifiedRoot } from './verified-root.js';

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

const packages = readPackageList(readFileSync(join(ROOT, 'appliance/image/packages.txt'), 'utf8'));
say(`Debian base of ${String(packages.length)} packages and what they need …`);
const base = debianBase({ packages, sources: values.sources, cache: join(output, 'cache'), epoch });
say('root file system …');
const target = join(output, 'root');
const { kernel, initrd } = composeRoot({ base, overlay: join(ROOT, 'appliance/image/rootfs'), target, epoch });
const npmPackages = packProduct(ROOT, join(target, 'opt/hospay'), version);
const osRelease = `NAME="Hospay appliance"\nID=hospay\nVERSION_ID=${version}\nPRETTY_NAME="Hospay appliance ${version}"\n`;
writeFileSync(join(target, 'usr/lib/os-release'), osRelease);
const billOf = (name: string, debian: readonly DebianPackage[]): string => JSON.stringify(billOfMaterials({ name, version, epoch, npm: npmPackages, debian, copyrightOf: (one) => textIn(join(target, 'usr/share/doc', one, 'copyright')) }), null, 1);
const bill = billOf('Hospay appliance', readDpkgStatus(readFileSync(join(target, 'usr/share/hospay/dpkg-status'), 'utf8')));
for (const file of [join(target, 'usr/share/hospay/sbom.cdx.json'), join(output, `hospay-${version}.cdx.json`)]) writeFileSync(file, bill);
say('squashfs and dm-verity …');
const root = verifiedRoot(target, join(output, 'root.img'), { epoch, name: version, compression: values.quick ? 1 : 19 });
say(`root: ${megabytes(root.file)}, hash ${root.rootHash.slice(0, 16)}…`);
const boot = join(output, 'hospay-a.efi');
const starts = { stub: join(base, 'usr/lib/systemd/boot/efi/linuxx64.efi.stub'), kernel, initrd, osRelease };
unifiedKernel({ ...starts, file: boot, commandLine: commandLineOf('a', root) });
const disk = join(output, `hospay-${version}.raw`);
await writeDisk({ file: disk, version, epoch, loader: join(base, 'usr/lib/systemd/boot/efi/systemd-bootx64.efi'), boot, root });
const outputs = await writeOutputs(formats, { output, name: `hospay-${version}`, version, epoch, target, productBill: billOf('Hospay', []), sources: join(ROOT, 'appliance/image'), boot: starts, root, disk, say });
const sums = await Promise.all(outputs.map(async (file) => `${await sha256(file)}  ${file.slice(output.length + 1)}\n`));
writeFileSync(join(output, 'SHA256SUMS'), sums.join(''));
say(`done: ${[disk, ...outputs].map((file) => file.slice(output.length + 1)).join(', ')}`);

if (values.compare !== undefined) {
  const names = [root.file, boot, disk, ...outputs].map((file) => file.slice(output.length + 1));
  const compared = compareOutputs(output, resolve(values.compare), names);
  for (const { name, found } of compared) say(`${found.padEnd(10)} ${name}`);
  if (compared.some(({ found }) => found !== 'same')) process.exitCode = 1;
}

function commandLineOf(slot: 'a' | 'b', { rootHash, hashOffset }: { readonly rootHash: string; readonly hashOffset: number }): string {
  return `root=/dev/mapper/hospay-root rootfstype=squashfs ro panic=30 hospay.slot=${slot} hospay.roothash=${rootHash} hospay.hashoffset=${String(hashOffset)} console=tty0 console=ttyS0,115200 quiet loglevel=3 systemd.show_status=false mitigations=auto`;
}

function textIn(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}

function megabytes(file: string): string {
  return `${String(Math.ceil(statSync(file).size / 1_000_000))} MB`;
}

async function sha256(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}
