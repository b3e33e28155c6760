/** `npm test`: sets up what is missing and runs everything. The last line is `N passed, N failed, N skipped`. */
import { buildProduct, unitTestFolders } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';
import { beginTests, checkConsoleTypes, checkLint, checkTypes, finish, runTests } from './phases.mjs';
import { ensureSystemParts } from './system-parts.mjs';

const since = Date.now();
ensurePackages();
ensureSystemParts();
checkTypes();
buildProduct();
// Beside everything else: most of the rest waits, for answers that never come, for browsers and for processes that start. Long, because it is served last.
const simulated = beginTests('simulation', ['test/dist/simulation'], { concurrency: 2, timeoutMs: 1_500_000 });
checkConsoleTypes();
checkLint();
runTests('architecture', ['test/dist/architecture']);
runTests('unit', unitTestFolders(), { filesPerProcess: 15 });
runTests('simulators', ['test/dist/simulators']);
// Much of it waits for answers that never come.
runTests('contract', ['test/dist/contract'], { concurrency: 6, timeoutMs: 360_000, filesPerProcess: 5, alone: /isolat/ });
runTests('end-to-end', ['test/dist/end-to-end'], { timeoutMs: 420_000 });
// A day at the demo is one file of minutes.
runTests('browser', ['test/dist/browser'], { timeoutMs: 480_000 });
await simulated();
finish(since);
