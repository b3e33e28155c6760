import assert from 'node:assert/strict';
import test from 'node:test';
import { cell } from './csv-cell.js';

test('a text that a spreadsheet would run gets an apostrophe, and RFC 4180 quoting where it needs some', () => {
  for (const text of ['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1']) assert.ok(cell(text).replace(/^"/, '').startsWith("'"), text);
  assert.equal(cell('plain 文字'), 'plain 文字');
  assert.equal(cell('a,"b"'), '"a,""b"""');
  assert.equal(cell('=HYPERLINK("x","y")'), '"\'=HYPERLINK(""x"",""y"")"');
  assert.equal(cell('12.34'), '12.34');
});
