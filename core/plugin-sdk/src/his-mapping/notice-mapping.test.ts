import assert from 'node:assert/strict';
import test from 'node:test';
import { bindNoticeAnswer, prepareNotices, readNotice, type NoticeMapping } from './notice-mapping.js';

const WORDS = { accepted: '0', refused: '1', processing: '2', unknown: '9' };
const result = (translate: Record<string, string>): NoticeMapping['answer'][number] => ({ name: 'Code', from: 'result', translate });
const state: NoticeMapping['answer'][number] = { name: 'State', from: 'state', optional: true, translate: { processing: '4', blocked: '4', succeeded: '2', refused: '3' } };
const refund: NoticeMapping = { call: '6001', fields: { hisRefundNo: { out: 'No' }, tradeNo: { out: 'Order' }, refundFen: { out: 'Fee', money: 'yuan' }, reason: { out: 'Why' } }, answer: [result(WORDS)] };
const question: NoticeMapping = { call: '6002', fields: { hisRefundNo: { out: 'No' } }, answer: [result(WORDS), state] };

function complaintsOf(mappings: Readonly<Record<string, NoticeMapping>>): readonly string[] {
  const complaints: string[] = [];
  prepareNotices(mappings, 'notices', complaints);
  return complaints;
}
const told = (translate: Record<string, string>) => complaintsOf({ refundRequested: { ...refund, answer: [result(translate)] }, refundQueried: question }).join('\n');

test('a mapping that would tell what is under way like a refusal, or like what is done, is not read', () => {
  assert.deepEqual(complaintsOf({ refundRequested: refund, refundQueried: question }), []);
  assert.match(told({ ...WORDS, processing: '1' }), /processing is told like refused/);
  assert.match(told({ ...WORDS, unknown: '1' }), /unknown is told like refused/);
  assert.match(told({ ...WORDS, accepted: '1' }), /accepted is told like refused/);
  assert.match(told({ ...WORDS, unknown: '0' }), /unknown is told like accepted/);
  assert.match(told({ ...WORDS, processing: '0' }), /processing is told like accepted/);
  assert.match(told({ accepted: '0', refused: '1', unknown: '9' }), /missing processing/);
  assert.match(complaintsOf({ refundRequested: { ...refund, answer: [{ name: 'Code', constant: '0' }] }, refundQueried: question }).join('\n'), /missing a value from result/);
  const blocked = { ...state, translate: { processing: '4', blocked: '3', succeeded: '2', refused: '3' } };
  assert.match(complaintsOf({ refundRequested: refund, refundQueried: { ...question, answer: [result(WORDS), blocked] } }).join('\n'), /state blocked is told like refused/);
});

test('complaints name what a notice lacks: its number, whose money, a unit, the question, a name that exists', () => {
  const { refundFen: _fee, ...noAmount } = refund.fields;
  const { tradeNo: _order, ...nobody } = refund.fields;
  assert.match(complaintsOf({ refundRequested: { ...refund, fields: noAmount }, refundQueried: question }).join('\n'), /notices\.refundRequested\.fields\.refundFen: missing/);
  assert.match(complaintsOf({ refundRequested: { ...refund, fields: nobody }, refundQueried: question }).join('\n'), /expected tradeNo or receiptNo/);
  assert.match(complaintsOf({ refundRequested: { ...refund, fields: { ...refund.fields, refundFen: { out: 'Fee' } } }, refundQueried: question }).join('\n'), /a HIS amount without a unit/);
  assert.match(complaintsOf({ refundRequested: refund }).join('\n'), /notices\.refundQueried: missing/);
  assert.match(complaintsOf({ refundGiven: refund }).join('\n'), /notices\.refundGiven: expected one of/);
  assert.match(complaintsOf({ refundRequested: refund, refundQueried: { ...question, call: '6001' } }).join('\n'), /"6001" is two kinds/);
  assert.match(complaintsOf({ refundRequested: { ...refund, rows: 'List' }, refundQueried: question }).join('\n'), /only a stopped clinic has rows/);
});

const hospital = { offset: '+08:00', now: () => new Date(0), codePage: undefined };
const message = (values: Readonly<Record<string, string>>) => ({ rows: [], out: new Map(Object.entries(values)) });

test('a notice is read to the fen; an amount that is none, of nothing, a lost character in a number or a missing number is no notice', () => {
  const prepared = prepareNotices({ refundRequested: refund, refundQueried: question }, 'notices', []).get('refundRequested');
  assert.ok(prepared);
  const sent = { no: 'TF1', order: 'H1', fee: '12.30', why: '退药' };
  assert.deepEqual(readNotice(prepared, message(sent), hospital), { kind: 'notice', notice: { kind: 'refundRequested', hisRefundNo: 'TF1', tradeNo: 'H1', refundFen: 1_230, reason: '退药' } });
  for (const spoiled of [{ fee: '12.3.0' }, { fee: '0' }, { fee: '-12.30' }, { fee: '12.305' }, { no: '' }, { no: 'TF\ufffd' }, { no: 'T'.repeat(65) }]) {
    assert.equal(readNotice(prepared, message({ ...sent, ...spoiled }), hospital).kind, 'malformed', JSON.stringify(spoiled));
  }
  assert.equal(readNotice(prepared, message({ ...sent, why: '退\ufffd' }), hospital).kind, 'notice', 'what people read may have lost a character');
});

test('a stopped clinic is one notice of all its rows, each registration once', () => {
  const stopped: NoticeMapping = { call: '5001', rows: 'List', separator: ',', fields: { noticeNo: { out: 'No' }, hisRegistrationNos: { column: 'Reg' }, cancelledAtHis: { out: 'Done', translate: { 1: 'yes', 0: 'no' } }, reason: { constant: '停诊' } }, answer: [result(WORDS)] };
  const complaints: string[] = [];
  const prepared = prepareNotices({ clinicStopped: stopped }, 'notices', complaints).get('clinicStopped');
  assert.deepEqual(complaints, []);
  assert.ok(prepared);
  const rows = ['G1', 'G2, G3', 'G1'].map((text) => new Map([['reg', text]]));
  const read = readNotice(prepared, { rows, out: new Map([['no', 'TZ1'], ['done', '1']]) }, hospital);
  assert.deepEqual(read, { kind: 'notice', notice: { kind: 'clinicStopped', noticeNo: 'TZ1', hisRegistrationNos: ['G1', 'G2', 'G3'], cancelledAtHis: 'yes', reason: '停诊' } });
  assert.equal(readNotice(prepared, { rows: [], out: new Map([['no', 'TZ1'], ['done', '1']]) }, hospital).kind, 'malformed');
});

test('the HIS is told in its own words', () => {
  const prepared = prepareNotices({ refundRequested: refund, refundQueried: question }, 'notices', []).get('refundQueried');
  assert.ok(prepared);
  const notice = { kind: 'refundQueried', hisRefundNo: 'TF1' } as const;
  const texts = (answer: Parameters<typeof bindNoticeAnswer>[2]) => {
    const bound = bindNoticeAnswer(prepared, notice, answer, hospital);
    return bound.kind === 'bound' ? bound.values.map(({ text }) => text) : bound;
  };
  assert.deepEqual(texts({ kind: 'accepted', state: 'blocked', refundFen: 100 }), ['0', '4']);
  assert.deepEqual(texts({ kind: 'processing' }), ['2', '']);
});
