import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from './built-artefacts.js';
import { DEMO_HOSPITAL, HOSPITALS } from './hospitals.js';

test('every hospital of the demo has its profile, and every such profile is a hospital of the demo', () => {
  const profiles = readdirSync(join(ROOT, 'config/profiles')).filter((name) => name.startsWith('demo-')).map((name) => name.slice('demo-'.length, -'.yaml'.length));
  assert.deepEqual([...HOSPITALS.keys()].filter((name) => name !== DEMO_HOSPITAL).toSorted(), profiles.toSorted());
});
