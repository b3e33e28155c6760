import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';

const SOURCES = join(resolve(import.meta.dirname, '../../..'), 'core/server/src');

/** What is refused here is met by a person at the console. Terminals and applications (`terminals`, `payments`, `edges/http/payment-api`, …) read English. */
const CONSOLE_ONLY = [
  'backups',
  'alarms', 'approvals', 'cases', 'changes', 'edges/http/console-api', 'fleet', 'hand-transfers', 'his-doctor', 'merchants', 'monitoring', 'numbered-forms', 'payouts', 'plugin-host', 'prepayment', 'reconciliation', 'reports', 'reveals', 'running-work',
  'saved-views', 'settlement', 'setup', 'shifts', 'statement-files', 'users', 'wallboard', 'window-desk',
];

/** A text as the detail itself, or as one of its choices, also through a function. What stands in `{ zh, en }`, what is `quoted` and what is only passed on is none. */
const ENGLISH_ONLY = /\brefused\([^,(){};]+?,\s*(?:[^{};'"`]*(?:'\w+'[^{};'"`]*)*(?:\?\?|\?|:)\s*)?(?:(?!quoted\()\w+\()*['"`]/g;

function englishOnly(text: string): readonly string[] {
  return [...text.matchAll(ENGLISH_ONLY)].map(([found]) => found);
}

test('the guard sees a detail that has no Chinese, and lets pass what has', () => {
  for (const wrong of [`refused('CONFLICT', 'it has ended')`, 'refused(\'CONFLICT\', `${day} is not over`)', `refused('CONFLICT', isOver ? 'it has ended' : 'it runs')`, `refused('CONFLICT', state === 'over' ? WORDS : 'it runs')`, `refused('CONFLICT', redactText('it has ended'))`, `refused(\n  'CONFLICT',\n  "it has ended")`]) {
    assert.equal(englishOnly(wrong).length, 1, wrong);
  }
  for (const right of [`refused('CONFLICT')`, `refused('CONFLICT', { zh: '已结束', en: 'it has ended' })`, `refused('CONFLICT', CASE_ENDED)`, `refused('NO_SUCH_ITEM', changeNo)`, `refused('CONFLICT', state === 'over' ? CASE_ENDED : { zh: '正在运行', en: 'it runs' })`, `refused('CONFLICT', given.join(', '))`, 'refused(\'CONFLICT\', quoted(`${runNo} ${number}`))']) {
    assert.deepEqual(englishOnly(right), [], right);
  }
});

test('whatever is refused at the console says why in Chinese, too', () => {
  const files = CONSOLE_ONLY.flatMap((folder) => readdirSync(join(SOURCES, folder), { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  const texts = files.map((name) => ({ name, text: readFileSync(join(SOURCES, name), 'utf8') }));
  assert.ok(texts.filter(({ text }) => text.includes('refused(')).length > 60, 'the sources are read');
  assert.deepEqual(texts.flatMap(({ name, text }) => englishOnly(text).map((found) => `${name} ${found}`)), []);
});
