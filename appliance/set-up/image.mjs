/** `npm run image`: installs the tools that build an image, builds the product and the image. */
import { join } from 'node:path';
import { buildProduct } from './build-product.mjs';
import { ensurePackages, NODE } from './packages.mjs';
import { ROOT, run } from './say.mjs';
import { ensureImageTools } from './system-parts.mjs';

ensurePackages();
ensureImageTools();
buildProduct();
process.exit(run(NODE, ['--enable-source-maps', join(ROOT, 'appliance/dist/image/build-image.js'), ...process.argv.slice(2)]).status ?? 1);
