import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { parse } from 'yaml';
import { SETUP_EVENTS } from '@hospay/server/setup/ports.js';

const ROOT = resolve(import.meta.dirname, '../../..');
const SOURCES = join(ROOT, 'core/server/src');
type Words = { readonly [key: string]: string | Words };

/** What is written into the audit log, in the sources: every plain name behind `what:` in a record. Of names that are put together there, those of the set-up come from its list. */
function auditedActs(): readonly string[] {
  const files = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const acts = files.flatMap((name) => [...readFileSync(join(SOURCES, name), 'utf8').matchAll(/audit\.record\(\{[^\n]*?what: (.*?), object/g)].flatMap(([, expression = '']) => [...expression.matchAll(/'([a-zA-Z]+(?:\.[a-zA-Z]+)+)'/g)].map(([, act = '']) => act)));
  return [...new Set([...acts, ...SETUP_EVENTS.map((event) => `setup.${event}`)])].toSorted();
}
function wordOf(words: Words, path: string): unknown {
  return path.split('.').reduce<string | Words | undefined>((inside, key) => (typeof inside === 'object' ? inside[key] : undefined), words);
}

async function wordsOf(file: string, name: string): Promise<Words> {
  const words = (await import(pathToFileURL(join(ROOT, `core/console/src/words/${file}.ts`)).href)) as Record<string, Words>;
  return words[name] ?? assert.fail(file);
}
const LANGUAGES = [['zh-cn', 'zhCn'], ['en', 'en']] as const;

test('every task of the configuration has a name in both languages', async () => {
  const { tasks } = parse(readFileSync(join(ROOT, 'config/defaults.yaml'), 'utf8')) as { readonly tasks: readonly { readonly name: string }[] };
  assert.ok(tasks.length > 15);
  for (const [file, name] of LANGUAGES) {
    const words = await wordsOf(file, name);
    assert.deepEqual(tasks.filter((task) => typeof wordOf(words, `taskName.${task.name}`) !== 'string'), [], file);
  }
});

test('whatever the audit log may say has a word in both languages', async () => {
  const acts = auditedActs();
  assert.ok(acts.length > 80 && acts.includes('session.begin') && acts.includes('user.secondFactor.reset'), `${String(acts.length)} acts`);
  for (const [file, name] of LANGUAGES) {
    const words = await wordsOf(file, name);
    assert.deepEqual(acts.filter((act) => typeof wordOf(words, `auditAct.${act}`) !== 'string'), [], file);
  }
});

/** Every title and description below a schema of settings, with where it stands. */
function textsOf(schema: unknown, path: string): readonly { readonly path: string; readonly text: string }[] {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => textsOf(one, `${path}[${String(index)}]`));
  if (typeof schema !== 'object' || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    const isText = (key === 'title' || key === 'description') && typeof value === 'string';
    return isText ? [{ path: `${path}.${key}`, text: value }] : textsOf(value, `${path}.${key}`);
  });
}

test('settings of our plugins are titled and described in Chinese and in English', async () => {
  const folders = ['plugins/bank-links', 'plugins/channels', 'plugins/quick-pay', 'plugins/examples', 'hospital-adapters'].flatMap((folder) => readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [join(folder, entry.name)] : [])));
  const texts: { readonly path: string; readonly text: string }[] = [];
  for (const folder of folders) {
    const { default: plugin } = (await import(pathToFileURL(join(ROOT, folder, 'dist/index.js')).href)) as { readonly default: { readonly settings: unknown } };
    texts.push(...textsOf(plugin.settings, folder));
  }
  assert.ok(texts.length > 250, `${String(texts.length)} texts`);
  assert.deepEqual(texts.filter(({ text }) => text.split(' / ').length < 2 || !/\p{Script=Han}/u.test(text.split(' / ')[0] ?? '')).map(({ path, text }) => `${path}: ${text}`), []);
});
