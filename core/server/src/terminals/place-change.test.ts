import assert from 'node:assert/strict';
import { test } from 'node:test';
import { movesMoney } from './place-change.js';

const at = (campus: string | undefined, group: string | undefined) => ({ campus, group });
const byGroup = { name: 'ward', when: { terminalGroups: ['ward'] }, channels: ['icbc'] };
const byCampus = { name: 'east', when: { campuses: ['east'] }, channels: ['ccb'] };

test('moving a terminal is about money only where a route or a share of the settlement looks at where it stands', () => {
  assert.equal(movesMoney({ rules: [], shares: [] }, at('main', 'hall'), at('east', 'ward')), false);
  assert.equal(movesMoney({ rules: [byGroup], shares: [] }, at('main', 'hall'), at('east', 'hall')), false);
  assert.equal(movesMoney({ rules: [byGroup], shares: [] }, at('main', 'hall'), at('main', 'ward')), true);
  assert.equal(movesMoney({ rules: [byCampus], shares: [] }, at('main', 'hall'), at('main', 'ward')), false);
  assert.equal(movesMoney({ rules: [byCampus], shares: [] }, at('main', undefined), at(undefined, undefined)), true);
  assert.equal(movesMoney({ rules: [], shares: [{ campus: 'east', account: 'a' }] }, at('main', 'hall'), at('east', 'hall')), true);
  assert.equal(movesMoney({ rules: [byGroup, byCampus], shares: [{}] }, at('main', 'hall'), at('main', 'hall')), false);
});
