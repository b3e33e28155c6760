/** Runs one built program on the pinned runtime, after setting up and building what is missing: `run-built.mjs <file> [arguments]`. */
import { join } from 'node:path';
import { buildTypeScript } from './build-product.mjs';
import { ensurePackages, NODE } from './packages.mjs';
import { ROOT, run, stopBecause } from './say.mjs';

const [file, ...rest] = process.argv.slice(2);
ensurePackages();
if (!buildTypeScript()) stopBecause('the TypeScript build failed; the messages above say where.');
process.exit(run(NODE, ['--enable-source-maps', join(ROOT, file), ...rest]).status ?? 1);
