import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { filesUnder, readSources, ROOT, type SourceFile } from './source-files.js';
import { mayImport, zoneOf } from './zones.js';

const sources = readSources();
const production = sources.filter((file) => !file.path.endsWith('.test.ts') && !file.path.startsWith('test/'));

test('imports go only where the table allows, with no exemption', () => {
  const wrong = production.flatMap((file) =>
    file.files
      .filter((imported) => !mayImport(zoneOf(file.path), zoneOf(imported), imported))
      .map((imported) => `${file.path} → ${imported}`),
  );
  assert.deepEqual(wrong, []);
});

test('the import table bites: a wrong import is reported', () => {
  assert.equal(mayImport('domain', 'edges/http', 'core/server/src/edges/http/http-server.ts'), false);
  assert.equal(mayImport('edges/mqtt', 'edges/http', 'core/server/src/edges/http/http-server.ts'), false);
  assert.equal(mayImport('plugins/channels/wechat-pay', 'domain', 'core/server/src/domain/order.ts'), false);
  assert.equal(mayImport('payments', 'refunds', 'core/server/src/refunds/request-refund.ts'), false);
  for (const zone of ['domain', 'config', 'payments', 'plugin-sdk', 'edges/database']) assert.equal(mayImport('relay', zone, 'core/server/src/domain/order.ts'), false, zone);
  assert.equal(mayImport('edges/relay', 'relay', 'core/relay/src/tunnel.ts'), true);
  assert.equal(mayImport('edges/relay', 'relay', 'core/relay/src/notification-store.ts'), false);
  assert.equal(mayImport('edges/http', 'relay', 'core/relay/src/tunnel.ts'), false);
  assert.equal(mayImport('appliance', 'platform.ts', 'core/server/src/platform.ts'), false);
});

test('no file imports itself through others: zero cycles', () => {
  assert.deepEqual(findCycles(sources), []);
});

test('the cycle search finds a cycle', () => {
  const file = (path: string, files: string[]): SourceFile => ({ path, text: '', files, packages: [] });
  assert.equal(findCycles([file('a', ['b']), file('b', ['c']), file('c', ['a'])]).length, 1);
});

test('the top level holds what the design names and nothing else', () => {
  const allowed = new Set([
    'core', 'plugins', 'appliance', 'config', 'hospital-adapters', 'test', 'package.json', 'package-lock.json', 'README.md', 'README.zh-CN.md', 'LICENSE',
    'CHANGELOG.md', 'tsconfig.json', 'tsconfig.base.json', 'node_modules', 'data', 'tsconfig.tsbuildinfo',
  ]);
  const strangers = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !allowed.has(name));
  assert.deepEqual(strangers, []);
});

test('no folder or file is named by a word that says nothing', () => {
  const banned = /(^|[-/])(utils?|helpers?|common|managers?|services?|base|misc|stuff)(\.|[-/]|$)/;
  const named = sources.map((file) => file.path).filter((path) => banned.test(path.replace(/^core\/server\/src\/|\.ts$/g, '')));
  assert.deepEqual(named, []);
});

test('the container is known to one file', () => {
  const usersOf = (name: string) => production.filter((file) => file.packages.includes(name)).map((file) => file.path);
  assert.deepEqual(usersOf('tsyringe'), ['core/server/src/platform-container.ts']);
  // The certificate library wants the polyfill, and the relay has no container that brings it.
  assert.deepEqual(usersOf('reflect-metadata'), ['core/relay/src/relay-identity.ts', 'core/server/src/platform.ts']);
});

test('ORM code stays with the platform database', () => {
  const users = production.filter((file) => file.packages.includes('sequelize') || file.packages.includes('umzug')).map((file) => dirname(file.path));
  assert.ok(users.length > 0);
  assert.deepEqual([...new Set(users)].filter((folder) => !folder.startsWith('core/server/src/edges/database/')), []);
});

test('every declared dependency is used, every used package is declared', () => {
  const problems: string[] = [];
  for (const manifest of filesUnder('.', /^package\.json$/).filter((path) => path !== 'package.json')) {
    const folder = dirname(manifest);
    const parsed = JSON.parse(readFileSync(join(ROOT, manifest), 'utf8')) as { name?: string; dependencies?: Record<string, string>; devDependencies?: Record<string, string> };
    const declared = { ...parsed.dependencies, ...parsed.devDependencies };
    const own = sources.filter((file) => file.path.startsWith(`${folder}/`));
    const used = new Set(own.flatMap((file) => file.packages).filter((name) => name !== parsed.name));
    for (const name of used) if (!(name in declared)) problems.push(`${folder} uses ${name} without declaring it`);
    const everything = own.map((file) => file.text).join('\n');
    for (const name of Object.keys(declared)) {
      const isTool = name.startsWith('@types/') || ['typescript', 'vue-tsc', 'vite'].includes(name);
      if (!isTool && !used.has(name) && !everything.includes(name)) problems.push(`${folder} declares ${name} without using it`);
    }
  }
  assert.deepEqual(problems, []);
});

test('every error code is explained in core/docs/errors.md, every state in core/docs/payment-states.md and every alarm rule in core/docs/alarm-rules.md', async () => {
  const { alarmRulesDocument, alarmRulesForOperators, errorsDocument, statesDocument } = await import('@hospay/server/write-docs.js');
  assert.equal(readFileSync(join(ROOT, 'core/docs/errors.md'), 'utf8'), errorsDocument(), 'run: npm run docs');
  assert.equal(readFileSync(join(ROOT, 'core/docs/payment-states.md'), 'utf8'), statesDocument(), 'run: npm run docs');
  assert.equal(readFileSync(join(ROOT, 'core/docs/alarm-rules.md'), 'utf8'), alarmRulesDocument(), 'run: npm run docs');
  const manual = readFileSync(join(ROOT, 'appliance/docs/monitoring-manual.zh-CN.md'), 'utf8');
  assert.ok(manual.includes('`channel-out`'));
  assert.equal(manual, alarmRulesForOperators(manual), 'run: npm run docs');
});

test('the glossary knows every account of the chart, every state and every case', async () => {
  const glossary = readFileSync(join(ROOT, 'core/docs/glossary.md'), 'utf8');
  const { glossaryWords } = await import('@hospay/server/write-docs.js');
  assert.deepEqual(glossaryWords().filter((word) => !glossary.includes(`\`${word}\``)), []);
});

test('links between documents lead somewhere', () => {
  const broken: string[] = [];
  for (const path of filesUnder('.', /\.md$/)) {
    for (const match of readFileSync(join(ROOT, path), 'utf8').matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)) {
      const target = join(dirname(path), match[1] ?? '');
      if (!existsSync(join(ROOT, target))) broken.push(`${path} → ${match[1] ?? ''}`);
    }
  }
  assert.deepEqual(broken, []);
});

test('test/README.md maps money-safety bugs to tests that exist', () => {
  const readme = readFileSync(join(ROOT, 'test/README.md'), 'utf8');
  const everyTest = sources.filter((file) => file.path.endsWith('.test.ts') || file.path.startsWith('test/') || file.path.includes('/testkit/')).map((file) => file.text).join('\n');
  const rows = [...readme.matchAll(/^\| (\d+) \|[^|]*\|([^|]*)\|/gm)];
  const named = rows.flatMap((row) => [...(row[2] ?? '').matchAll(/`([^`]+)`/g)].map((match) => ({ bug: row[1], name: match[1] ?? '' })));
  assert.ok(rows.length >= 20, 'the table lists the bugs this product can meet');
  assert.deepEqual(named.filter(({ name }) => !everyTest.includes(name)), []);
});

test('a hospital is connected by a mapping of at most 200 lines', () => {
  const mappings = filesUnder('config/hospitals', /-mapping\.json$/).filter((path) => !path.startsWith('config/hospitals/demo/'));
  assert.ok(mappings.length >= 10);
  // The demo's shows every operation there is.
  assert.deepEqual(mappings.filter((path) => readFileSync(join(ROOT, path), 'utf8').split('\n').length > 201), []);
});

test('nobody decides money with a float: no toFixed, parseFloat or division by 100 in code that carries fen', () => {
  const wrong = production
    .filter((file) => /\.(ts|vue)$/.test(file.path) && !file.path.endsWith('plugin-sdk/src/money.ts'))
    .flatMap((file) => file.text.split('\n').flatMap((line, index) => (/[Ff]en\b[^;]*(\/\s*100\b|\.toFixed\()|parseFloat\([^)]*([Ff]en|yuan|amount)/.test(line) ? [`${file.path}:${String(index + 1)}`] : [])));
  assert.deepEqual(wrong, []);
});

function findCycles(files: readonly SourceFile[]): string[] {
  const imports = new Map(files.map((file) => [file.path, file.files]));
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) {
      cycles.push([...trail.slice(at), path].join(' → '));
      return;
    }
    if (done.has(path)) return;
    for (const next of imports.get(path) ?? []) if (imports.has(next)) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const file of files) visit(file.path, []);
  return cycles;
}
