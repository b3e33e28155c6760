/** `npm start`: sets up what is missing, builds, and runs the demo appliance until Ctrl-C. `--days-ago 3`: as if it were three days ago, so that what takes days can be seen in minutes. `--port-offset 10000`: beside something that has the usual ports. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildProduct } from './build-product.mjs';
import { ensurePackages, NODE } from './packages.mjs';
import { ROOT, stopBecause } from './say.mjs';

const given = process.argv.slice(2);
const asked = given.indexOf('--days-ago');
const daysAgo = asked === -1 ? '0' : given.splice(asked, 2)[1] ?? '';
if (!/^\d{1,2}$/.test(daysAgo)) stopBecause('--days-ago: expected a number of days below 100.');
const moved = given.indexOf('--port-offset');
const portOffset = moved === -1 ? '0' : given.splice(moved, 2)[1] ?? '';
if (!/^\d{1,5}$/.test(portOffset) || Number(portOffset) > 47_000) stopBecause('--port-offset: expected a number up to 47000.');

ensurePackages();
buildProduct();
const demo = spawn(NODE, ['--enable-source-maps', ...(daysAgo === '0' ? [] : ['--import', new URL('clock-of-days-ago.mjs', import.meta.url).href]), join(ROOT, 'appliance/dist/demo/demo.js'), ...given], {
  stdio: 'inherit', env: { ...process.env, HOSPAY_DEMO_DAYS_AGO: daysAgo, HOSPAY_DEMO_PORT_OFFSET: portOffset },
});
// The terminal sends Ctrl-C to the whole group: the demo stops itself in order, and we wait for it.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { demo.kill(signal); });
demo.on('exit', (code) => { process.exit(code ?? 1); });
