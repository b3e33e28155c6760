import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './built-artefacts.js';
import { allPortsAt, DEMO_PORTS, movePorts } from './ports.js';

test('moved, a profile names every port of the demo at its new place and none at the old, and nothing else is changed', () => {
  const text = readFileSync(join(ROOT, 'config/profiles/demo.yaml'), 'utf8');
  const moved = movePorts(text, 10_000);
  for (const port of allPortsAt(0)) assert.doesNotMatch(moved, new RegExp(`(?<!\\d)${String(port)}(?!\\d)`), String(port));
  assert.ok(moved.includes(`http://127.0.0.1:${String(DEMO_PORTS.wechat + 10_000)}`));
  assert.equal(movePorts(moved, 0), moved);
  assert.equal(text.split('\n').length, moved.split('\n').length);
  assert.ok(moved.includes('898310148160001'), 'a merchant number is no port');
});
