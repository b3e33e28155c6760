/** Bundles of further versions of the image that is tested, signed by the key it trusts: built as the image is, from the same Debian base. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildSystem } from '@hospay/appliance/image/build-system.js';
import { debianBase, readPackageList } from '@hospay/appliance/image/root-file-system.js';
import { developmentKey, writeBundle } from '@hospay/appliance/image/write-bundle.js';
import { SDK_VERSION } from '@hospay/plugin-sdk';
import { ROOT } from '../end-to-end/appliance-under-test.js';

/** @param change a last hand on its root: what makes it broken. @returns the bundle's file */
export async function buildUpdate({ version, folder, change }: { readonly version: string; readonly folder: string; readonly change?: (root: string) => void }): Promise<string> {
  const image = process.env['HOSPAY_IMAGE'] ?? '';
  const output = mkdtempSync(join(tmpdir(), 'hospay-update-'));
  try {
    const cache = join(process.env['HOSPAY_IMAGE_WORK'] ?? dirname(image), 'cache');
    if (!existsSync(cache)) throw new Error(`no Debian base in ${cache}: name the folder the image was built in by HOSPAY_IMAGE_WORK`);
    const key = developmentKey(join(dirname(cache), 'keys/development.pem'));
    const epoch = 1_795_000_000;
    const base = debianBase({ packages: readPackageList(readFileSync(join(ROOT, 'appliance/image/packages.txt'), 'utf8')), sources: '/etc/apt/sources.list.d/debian.sources', cache, epoch });
    const system = buildSystem({ repository: ROOT, base, output, version, epoch, compression: 1, updateKeys: [{ keyId: key.keyId, publicKeyPem: key.publicKeyPem, title: 'development' }], say: () => {}, ...(change === undefined ? {} : { change }) });
    const file = join(folder, `hospay-${version}.hpu`);
    await writeBundle({ file, system, version, upgradesFrom: '0.1.0', sdk: SDK_VERSION, epoch, notes: { zh: `版本 ${version}`, en: `Version ${version}` }, signers: [key] });
    return file;
  } finally {
    rmSync(output, { recursive: true, force: true });
  }
}

/** A core that ends as soon as it starts. */
export function breakCore(root: string): void {
  writeFileSync(join(root, 'opt/hospay/core/server/dist/main.js'), 'process.exit(70);\n');
}

/** The same of a machine that is a relay. */
export function breakRelay(root: string): void {
  writeFileSync(join(root, 'opt/hospay/core/relay/dist/main.js'), 'process.exit(70);\n');
}
