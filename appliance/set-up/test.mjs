/** `npm test`: sets up what is missing and runs everything. The last line is `N passed, N failed, N skipped`. */
import { buildProduct, unitTestFolders } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';
import { beginTests, COMPUTES, checkConsoleTypes, checkLint, checkTypes, endTests, finish, runTests } from './phases.mjs';
import { ensureSystemParts } from './system-parts.mjs';

/** Their deadlines are tens of seconds; those of contract tests a second. */
const WAITS_LONG = 5;
/** A minute and more each: silence of a HIS, servers of backups, a unit of the machine for every plugin. */
const SLOW_CONTRACTS = ['hospital-adapter-sqlserver.', 'backup-servers', 'continuous-backup', 'hospital-adapter-sqlserver-shapes', 'plugin-packages', 'console-api-second-factor', 'plugin-units'];
const since = Date.now();
ensurePackages();
ensureSystemParts();
await checkTypes();
buildProduct();
// All beside each other: most of it waits, for answers that never come, for browsers and for processes that start. The shorter the deadlines of a group, the sooner it is served.
beginTests('contract', ['test/dist/contract'], { concurrency: 4, timeoutMs: 900_000, filesPerProcess: 8, first: SLOW_CONTRACTS, alone: /isolat/ });
// Beside the others a core that is killed 56 times takes more than twice what it takes alone.
beginTests('end-to-end', ['test/dist/end-to-end'], { timeoutMs: 1_500_000, first: ['kill-nine'], niceness: WAITS_LONG });
// A day at the demo is one file of minutes.
beginTests('browser', ['test/dist/browser'], { timeoutMs: 900_000, filesPerProcess: 3, alone: /browser\/(?!console-)/, first: ['role-days', 'kiosk-errands', 'wallboard'], niceness: WAITS_LONG });
// Long, because it is served last.
beginTests('simulation', ['test/dist/simulation'], { timeoutMs: 1_500_000, niceness: COMPUTES });
await checkConsoleTypes();
await checkLint();
await runTests('architecture', ['test/dist/architecture'], { niceness: COMPUTES });
await runTests('unit', unitTestFolders(), { filesPerProcess: 15 });
await runTests('simulators', ['test/dist/simulators'], { filesPerProcess: 4 });
await endTests();
finish(since);
