import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonOf, refused, retold } from './errors.js';

test('a refusal that is handed on keeps both languages, each changed in the same way', () => {
  const refusal = refused('CONFLICT', { zh: '变更单 1234 尚待审批', en: '1234 waits for approval' });
  assert.deepEqual(refusal, { kind: 'refused', code: 'CONFLICT', detail: '1234 waits for approval', detailZh: '变更单 1234 尚待审批' });
  assert.deepEqual(retold(refusal, (text) => text.replace('1234', '****')), { kind: 'refused', code: 'CONFLICT', detail: '**** waits for approval', detailZh: '变更单 **** 尚待审批' });
  assert.deepEqual(retold(refused('CONFLICT', 'query: after'), (text) => text.toUpperCase()), { kind: 'refused', code: 'CONFLICT', detail: 'QUERY: AFTER' });
  assert.deepEqual(retold(refused('CONFLICT'), () => 'never asked'), { kind: 'refused', code: 'CONFLICT' });
});

test('as one text it says its code and why; what is only technical is the same in both', () => {
  assert.deepEqual(reasonOf(refused('CONFLICT', { zh: '已结束', en: 'it has ended' })), { zh: '当前状态不允许该操作（CONFLICT）：已结束', en: 'CONFLICT: it has ended' });
  assert.deepEqual(reasonOf(refused('NO_SUCH_ITEM')), { zh: '未找到（NO_SUCH_ITEM）', en: 'NO_SUCH_ITEM' });
  assert.equal(reasonOf(refused('NO_SUCH_ITEM', 'BG1')).zh, '未找到（NO_SUCH_ITEM）：BG1');
});
