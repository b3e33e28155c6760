/** `npm run check`: the fast loop. Types, lint, architecture, unit. */
import { unitTestFolders } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';
import { checkConsoleTypes, checkLint, checkTypes, finish, runTests } from './phases.mjs';

const since = Date.now();
ensurePackages();
await checkTypes();
await checkConsoleTypes();
await checkLint();
await runTests('architecture', ['test/dist/architecture']);
await runTests('unit', unitTestFolders(), { filesPerProcess: 15 });
finish(since);
