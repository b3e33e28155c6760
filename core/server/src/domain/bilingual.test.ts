import assert from 'node:assert/strict';
import test from 'node:test';
import { BilingualError, readBilingual, saidOf, shortened, writeBilingual } from './bilingual.js';

test('both languages come back from a column as they were said', () => {
  const said = { zh: '渠道回报 12.34 元', en: 'the channel reports 12.34 yuan' };
  assert.deepEqual(readBilingual(writeBilingual(said)), said);
});

test('a text that was written before, or by somebody else, is the same in both languages', () => {
  for (const text of ['the channel denies it', '', '{"zh":', '{"zh":1,"en":"x"}', '{"zh":"只有一种"}']) assert.deepEqual(readBilingual(text), { zh: text, en: text });
});

test('each language is cut for itself', () => {
  assert.deepEqual(shortened({ zh: '一二三', en: 'one two' }, 2), { zh: '一二', en: 'on' });
});

test('what was thrown is read in both languages, or as the program said it in one line, and never with the number of a person', () => {
  assert.deepEqual(saidOf(new BilingualError({ zh: '磁盘已满', en: 'the disk is full' })), { zh: '磁盘已满', en: 'the disk is full' });
  assert.deepEqual(saidOf(new Error('HIS refused 11010519491231002X\n    at row 3')), { zh: 'HIS refused [redacted]', en: 'HIS refused [redacted]' });
  assert.deepEqual(saidOf('gone'), { zh: 'gone', en: 'gone' });
});
