/** `npm run new -- plugin <kind> <name>` and `npm run new -- adapter <name>`: makes a small complete package and says what to do with it. */
import { join, resolve } from 'node:path';

import { createPackage, type PackageKind } from './create-package.js';

const USAGE = `用法 / Usage:
  npm run new -- plugin channel <name>    a payment channel in plugins/channels/<name>
  npm run new -- plugin report <name>     a report (运营报表) in plugins/reports/<name>
  npm run new -- adapter <name>           a hospital adapter in hospital-adapters/<name>
<name>: lower-case words joined by hyphens, for example city-card`;

/** Runs the command line; gives the text to print and the exit status. */
export function runNew(request: { readonly root: string; readonly words: readonly string[] }): { readonly status: 0 | 1 | 2; readonly text: string } {
  const [sort, ...more] = request.words;
  const kind = sort === 'plugin' ? more.shift() : sort;
  const [name, ...rest] = more;
  if (!isPackageKind(kind) || (sort === 'plugin') === (kind === 'adapter') || name === undefined || rest.length > 0) return { status: 2, text: USAGE };
  const made = createPackage({ root: request.root, kind, name });
  if (made.kind === 'refused') return { status: 1, text: made.reason };
  return { status: 0, text: [`${made.folder} now holds:`, ...made.files.map((file) => `  ${file}`), '', 'Order of work:', ...orderOfWork(kind, made.folder)].join('\n') };
}

function isPackageKind(word: string | undefined): word is PackageKind {
  return word === 'channel' || word === 'report' || word === 'adapter';
}

function orderOfWork(kind: PackageKind, folder: string): string[] {
  return (kind === 'report' ? stepsOfReport(folder) : stepsOfLine(kind, folder)).map((step, index) => `  ${String(index + 1)}. ${step}`);
}

function stepsOfReport(folder: string): string[] {
  return [
    'npm install                      (joins the package to the workspace and the lock file)',
    `title, parameters and columns in ${folder}/src/report.ts, then read: sums of the reader, one cell for each column`,
    `which columns add up to which figure, in ${folder}/src/conformance.test.ts`,
    `npm run build && node --test ${folder}/dist/conformance.test.js   until every rule passes`,
    'raise the version in plugin.json with each release',
    'core/docs/plugin-authoring.md explains the contract and each rule',
  ];
}

function stepsOfLine(kind: 'channel' | 'adapter', folder: string): string[] {
  return [
    'npm install                      (joins the package to the workspace and the lock file)',
    `settings in ${folder}/src/settings.ts: what the hospital must enter; mark secrets with "x-secret"`,
    kind === 'channel'
      ? `charge and query in ${folder}/src/index.ts, then refund, close, notifications, statement`
      : `queryConfirmation and confirm in ${folder}/src/index.ts, then the questions, then RefundGuard and DayList`,
    'an error table as data: which codes are a definite refusal; everything else is unknown',
    `the far side in ${folder}/src/conformance.test.ts: a simulator over the real protocol, with its faults`,
    `npm run build && node --test ${folder}/dist/conformance.test.js   until every rule passes`,
    'name the hosts and secrets in plugin.json, and raise its version with each release',
    'core/docs/plugin-authoring.md explains each step and each rule',
  ];
}

if (import.meta.main) {
  const root = resolve(join(import.meta.dirname, '..', '..', '..', '..'));
  const { status, text } = runNew({ root, words: process.argv.slice(2) });
  console[status === 0 ? 'log' : 'error'](text);
  process.exitCode = status;
}
