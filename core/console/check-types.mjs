/**
 * Checks the console's types. vue-tsc needs a compiler API that TypeScript 7 has not; this package carries TypeScript 6 for it alone.
 * Ends with a code other than 0 when something is wrong.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const compiler = require.resolve('typescript/lib/tsc');
const { version } = require('typescript/package.json');
if (!version.startsWith('6.')) throw new Error(`core/console must resolve TypeScript 6, not ${version}: run npm install`);
process.argv.push('--noEmit', '-p', join(import.meta.dirname, 'tsconfig.json'));
require('vue-tsc').run(compiler);
