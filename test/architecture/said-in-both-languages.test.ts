import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const SOURCES = join(resolve(import.meta.dirname, '../../..'), 'core/server/src');

/** The sources that say something to people: cases, alarms, news, refusals; reports, API documents and the table of errors have words of their own. The type sees that both languages are there; what stands in them is looked at here. */
const SPEAKERS = readdirSync(SOURCES, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts') && !/^(reports\/|edges\/http\/|domain\/errors\.ts)/.test(name))
  .map((name) => ({ name, text: readFileSync(join(SOURCES, name), 'utf8') }))
  .filter(({ name, text }) => name === 'domain/bilingual.ts' || /from '[^']*\/(bilingual|own-words|state-words)\.js'|openCase\(|saveCase\(/.test(text));

/** Every text that is written as one, with what is put into it taken out. */
function textsIn(language: 'zh' | 'en'): readonly { readonly where: string; readonly text: string }[] {
  return SPEAKERS.flatMap(({ name, text: source }) => source.split('\n').flatMap((line, index) =>
    [...line.matchAll(new RegExp(String.raw`\b${language}: (['"\`].*?)(?=, (?:zh|en): | \}|$)`, 'g'))].map(([, text = '']) => ({ where: `${name}:${String(index + 1)}`, text: text.replaceAll(/\$\{[^{}]*\}/g, '') }))));
}

test('what the server says to people is Chinese in Chinese and English in English', () => {
  const [chinese, english] = [textsIn('zh'), textsIn('en')];
  assert.ok(chinese.length > 200 && english.length > 200, `${String(chinese.length)} texts in Chinese, ${String(english.length)} in English`);
  // Of values alone at least the punctuation is Chinese.
  assert.deepEqual(chinese.filter(({ text }) => !/[\p{Script=Han}：；，（]/u.test(text)), []);
  assert.deepEqual(english.filter(({ text }) => /\p{Script=Han}/u.test(text)), []);
});

test('amounts are told in yuan, and states by their words', () => {
  for (const { where, text } of [...textsIn('zh'), ...textsIn('en')]) assert.doesNotMatch(text, /\bfen\b/i, where);
  for (const { where, text } of textsIn('zh')) assert.doesNotMatch(text, /\b(payment|refund|succeeded|unknown|pending|closed)\b/, where);
});

test('nobody quotes himself: only what somebody else said is the same in both languages', () => {
  const quoting = SPEAKERS.filter(({ name, text }) => name !== 'domain/bilingual.ts' && /\bquoted\(['"`](?!\$\{)/.test(text)).map(({ name }) => name);
  assert.deepEqual(quoting, []);
});
