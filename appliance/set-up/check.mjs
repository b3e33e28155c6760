/** `npm run check`: the fast loop. Types, lint, architecture, unit. */
import { unitTestFolders } from './build-product.mjs';
import { ensurePackages } from './packages.mjs';
import { checkLint, checkTypes, finish, runTests } from './phases.mjs';

const since = Date.now();
ensurePackages();
checkTypes();
checkLint();
runTests('architecture', ['test/dist/architecture']);
runTests('unit', unitTestFolders());
finish(since);
