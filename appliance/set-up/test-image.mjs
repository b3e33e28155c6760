/** `npm run test:image`: builds the image and starts it in QEMU. `-- --image <raw disk>` tests one that is built. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildProduct } from './build-product.mjs';
import { ensurePackages, NODE } from './packages.mjs';
import { finish, runTests } from './phases.mjs';
import { ROOT, run, say, seconds, stopBecause } from './say.mjs';
import { ensureImageTestParts, ensureImageTools } from './system-parts.mjs';

const { values } = parseArgs({ options: { image: { type: 'string' } } });
const since = Date.now();
ensurePackages();
ensureImageTools();
ensureImageTestParts();
buildProduct();
const output = join(ROOT, 'data/image');
const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
const image = values.image ?? join(output, `hospay-${version}.raw`);
if (values.image === undefined) {
  const built = run(NODE, ['--enable-source-maps', join(ROOT, 'appliance/dist/image/build-image.js'), '--output', output, '--version', version, '--formats', 'raw,iso,qcow2']);
  if (built.status !== 0) stopBecause('the image was not built; the messages above say why.');
  say(`image built after ${seconds(since)}`);
}
if (!existsSync(image)) stopBecause(`there is no ${image}`);
process.env.HOSPAY_IMAGE = image;
// Where the Debian base of further versions lies, and the key this image trusts.
process.env.HOSPAY_IMAGE_WORK = output;
const compressed = image.replace(/\.raw$/, '.qcow2');
if (existsSync(compressed)) process.env.HOSPAY_COMPRESSED = compressed;
const installer = image.replace(/\.raw$/, '-installer.iso');
if (existsSync(installer)) process.env.HOSPAY_INSTALLER = installer;
await runTests('image', ['test/dist/image'], { concurrency: 1, timeoutMs: 7_200_000 });
finish(since);
