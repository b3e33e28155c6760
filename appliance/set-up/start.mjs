/** `npm start`: sets up what is missing, builds, and runs the demo appliance until Ctrl-C. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildProduct } from './build-product.mjs';
import { ensurePackages, NODE } from './packages.mjs';
import { ROOT } from './say.mjs';

ensurePackages();
buildProduct();
const demo = spawn(NODE, ['--enable-source-maps', join(ROOT, 'appliance/dist/demo/demo.js'), ...process.argv.slice(2)], { stdio: 'inherit' });
// The terminal sends Ctrl-C to the whole group: the demo stops itself in order, and we wait for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { demo.kill(signal); });
demo.on('exit', (code) => { process.exit(code ?? 1); });
