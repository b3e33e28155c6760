import assert from 'node:assert/strict';
import { test } from 'node:test';
import { statementSources } from './statement-sources.js';

test('instances of one plugin for one merchant number share its statement; the same number at another channel, and an instance that is not active, do not', () => {
  const instances = [{ id: 'kiosk', plugin: 'wechat-pay' }, { id: 'cash', plugin: 'cash' }, { id: 'window', plugin: 'wechat-pay' }, { id: 'sub', plugin: 'wechat-pay' }, { id: 'asleep', plugin: 'alipay' }];
  const merchants: Readonly<Record<string, string>> = { kiosk: 'M1', window: 'M1', sub: 'M2', cash: 'M1' };
  assert.deepEqual(statementSources(instances, (id) => merchants[id]), [{ source: 'kiosk', channels: ['kiosk', 'window'] }, { source: 'cash', channels: ['cash'] }, { source: 'sub', channels: ['sub'] }]);
  assert.deepEqual(statementSources(instances.slice(0, 2), (id) => merchants[id], { kiosk: '23:00' }), [{ source: 'kiosk', channels: ['kiosk'], cutOff: '23:00' }, { source: 'cash', channels: ['cash'] }]);
});
