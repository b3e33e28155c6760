import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AGREEMENT_OPERATIONS, type PluginManifest } from '@hospay/plugin-sdk';
import { checkContributions } from './check-contributions.js';

const manifest: PluginManifest = {
  id: 'cards', version: '1.0.0', title: { zh: '卡', en: 'Cards' }, publisher: 'Vendor', sdk: '^0.2.0', entry: 'dist/index.js', contributes: { channels: ['cards'] }, needs: {}, limits: { callTimeoutMs: 1_000, concurrency: 1 }, owner: 'Vendor',
};
const nothing = (): void => {};
const channels = { cards: { merchantNo: 'M1', methods: ['quickPay'], charge: nothing, query: nothing } };
const agreements = Object.fromEntries(AGREEMENT_OPERATIONS.map((operation) => [operation, nothing]));

test('agreements come whole, and only beside the channel that charges them', () => {
  assert.deepEqual(checkContributions(manifest, { channels, agreements: { cards: agreements } }), []);
  const { queryBinding: _queryBinding, ...withoutQuestion } = agreements;
  assert.deepEqual(checkContributions(manifest, { channels, agreements: { cards: withoutQuestion } }), ['agreements.cards: has no queryBinding']);
  assert.deepEqual(checkContributions(manifest, { channels, agreements: { others: agreements } }), ['agreements.others belongs to a channel that is not contributed']);
});
