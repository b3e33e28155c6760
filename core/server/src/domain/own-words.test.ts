import assert from 'node:assert/strict';
import test from 'node:test';
import { heard, own } from './own-words.js';

test('what the platform says of itself is read in both languages, with the same values', () => {
  assert.deepEqual(heard(own('balanceChanged', '80.39', '90.00')), { zh: '现余额 80.39 元，审批时为 90.00 元', en: 'the balance is 80.39 yuan now, 90.00 yuan were approved' });
  assert.deepEqual(heard(own('refundTaken', '1.00', 'T1')).zh, '订单 T1 退款 1.00 元', 'the order of the values is that of each language');
});

test('what somebody else says is quoted, also inside the platform’s own words', () => {
  assert.deepEqual(heard('SYSTEMERROR 系统繁忙'), { zh: 'SYSTEMERROR 系统繁忙', en: 'SYSTEMERROR 系统繁忙' });
  assert.deepEqual(heard(own('refusedWhenRepeated', 'E01 余额不足')), { zh: '再次请求时被拒绝：E01 余额不足', en: 'refused when asked again: E01 余额不足' });
  assert.equal(heard(own('refundTogetherRefused', 'R1', own('hisSilent'))).zh, '同属一笔的退款单 R1 被医院拒绝：医院未答复', 'own words inside own words are told too');
  assert.equal(heard(own('billNotReady', 'no daily file is configured')).zh, '账单未出：“no daily file is configured”', 'a sentence of somebody else stands in quotation marks');
  assert.equal(heard('').zh, '');
});

test('a code of an error is told by its text, alone and as a value', () => {
  assert.equal(heard('STORE_UNAVAILABLE').zh, '系统存储不可用，未受理');
  assert.match(heard(own('shareOpen', 'T1', 'STORE_UNAVAILABLE')).zh, /^订单 T1 的退款尚未受理：系统存储不可用/);
});

test('several of the platform’s own sentences in one text are each told; one stranger among them leaves all as they are', () => {
  const both = `${own('registrationRefunding', 'GH1')}; ${own('registrationAtWindow', 'GH2', 'HIS_REFUND_UNDECIDED')}`;
  assert.match(heard(both).zh, /^挂号 GH1：退款中；挂号 GH2：须到窗口办理（/);
  assert.equal(heard(`${own('registrationRefunding', 'GH1')}; the HIS is tired`).zh, `${own('registrationRefunding', 'GH1')}; the HIS is tired`);
});

test('a text that was cut at its end is still told', () => {
  const long = own('refusedMaybeCarriedOut', '很长'.repeat(400));
  assert.match(heard(long.slice(0, 500)).zh, /^被拒绝，但先前的请求仍可能生效：很长/);
});
