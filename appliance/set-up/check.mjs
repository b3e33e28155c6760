/** `npm run check`: the fast loop. Types, lint, architecture, unit. */
import { unitTestFolders } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';
import { checkConsoleTypes, checkLint, checkTypes, finish, runTests } from './phases.mjs';

const since = Date.now();
ensurePackages();
checkTypes();
checkConsoleTypes();
checkLint();
runTests('architecture', ['test/dist/architecture']);
runTests('unit', unitTestFolders(), { filesPerProcess: 15 });
finish(since);
