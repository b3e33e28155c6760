/** `npm test`: sets up what is missing and runs everything. The last line is `N passed, N failed, N skipped`. */
import { buildProduct, unitTestFolders } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';
import { beginTests, checkConsoleTypes, checkLint, checkTypes, endTests, finish, runTests } from './phases.mjs';
import { ensureSystemParts } from './system-parts.mjs';

const since = Date.now();
ensurePackages();
ensureSystemParts();
await checkTypes();
buildProduct();
// All beside each other: most of it waits, for answers that never come, for browsers and for processes that start, while two processors have less than half an hour of work for both.
beginTests('contract', ['test/dist/contract'], { concurrency: 4, timeoutMs: 360_000, filesPerProcess: 5, alone: /isolat/ });
beginTests('end-to-end', ['test/dist/end-to-end'], { concurrency: 1, timeoutMs: 420_000 });
// A day at the demo is one file of minutes.
beginTests('browser', ['test/dist/browser'], { timeoutMs: 480_000, first: ['role-days'] });
// Long, because it is served last.
beginTests('simulation', ['test/dist/simulation'], { timeoutMs: 1_500_000, isComputing: true });
await checkConsoleTypes();
await checkLint();
await runTests('architecture', ['test/dist/architecture'], { isComputing: true });
await runTests('unit', unitTestFolders(), { filesPerProcess: 15, isComputing: true });
await runTests('simulators', ['test/dist/simulators'], { filesPerProcess: 4 });
await endTests();
finish(since);
