import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exampleOperations } from './example-operations.js';
import type { HisAnswer } from './his-answer.js';
import { GarbledAnswer, NotDecidedYet, readFound, readRows, readSingle, readVerdict } from './read-answer.js';

const { listOpenBills, findPatient, presettle, confirm, queryConfirmation, listSlots } = exampleOperations;
const context = { request: { tradeNo: 'T1' }, offset: '+08:00', now: () => new Date('2026-01-05T00:00:00Z') };

function answered(rows: readonly Readonly<Record<string, unknown>>[], columns = Object.keys(rows[0] ?? {})): HisAnswer {
  const lower = (row: Readonly<Record<string, unknown>>) => new Map(Object.entries(row).map(([name, value]) => [name.toLowerCase(), value]));
  return { sets: [{ columns: columns.map((name) => name.toLowerCase()), rows: rows.map(lower) }], out: new Map(), returnStatus: 0 };
}

function outOf(values: Readonly<Record<string, unknown>>): HisAnswer {
  return { sets: [], out: new Map(Object.entries(values)), returnStatus: 0 };
}

const bill = (amount: unknown) => answered([{ BillNo: 'B1  ', amount }]);

test('amounts come exactly, whether the driver gives a number or text', () => {
  for (const [raw, fen] of [[0.1, 10], [0.29, 29], [1234567.89, 123_456_789], ['12.3400', 1234], ['0', 0], ['7', 700], [1.1, 110], [9_999_999.99, 999_999_999]] as const) {
    assert.equal(readRows(listOpenBills, bill(raw), context)[0]?.['amountFen'], fen, String(raw));
  }
});

test('an amount that is not an amount makes the whole answer garbage', () => {
  for (const raw of [null, '', 'abc', '1,234.00', 12.345, '12.345', -5, '1e3', Number.NaN, Number.POSITIVE_INFINITY, true, new Date(0), 10_000_000.01, 1e15]) {
    assert.throws(() => readRows(listOpenBills, bill(raw), context), GarbledAnswer, String(raw));
  }
});

test('an answer about another card or patient than was asked about is garbage, in any of its rows', () => {
  const echoing = { ...listOpenBills, reading: { ...listOpenBills.reading, echo: [{ column: 'patient', repeats: 'patientId' }] } };
  const asked = { ...context, request: { patientId: 'P1' } };
  const rows = (...patients: unknown[]) => answered(patients.map((patient) => ({ BillNo: 'B1', amount: 1, patient })), ['BillNo', 'amount', 'patient']);
  assert.equal(readRows(echoing, rows('P1  ', 'P1'), asked).length, 2);
  assert.deepEqual(readRows(echoing, rows(), asked), []);
  for (const wrong of [rows('P2'), rows('P1', 'P2'), rows(null), rows('')]) assert.throws(() => readRows(echoing, wrong, asked), /asked about one patientId, answered about (another|none)/);
  assert.throws(() => readRows(echoing, answered([{ BillNo: 'B1', amount: 1 }]), asked), /column "patient" appears 0 times/);
});

test('fen columns take whole numbers only', () => {
  const quote = (self: unknown) => answered([{ quote: 'Q', total: 1000, fund: 0, account: 0, self }]);
  assert.equal(readSingle(presettle, quote(1000), context)['selfPayFen'], 1000);
  assert.equal(readSingle(presettle, quote('1000'), context)['selfPayFen'], 1000);
  assert.throws(() => readSingle(presettle, quote(10.5), context), GarbledAnswer);
  assert.equal(readSingle(presettle, quote(1000), context)['validUntil'], '2026-01-05T00:15:00.000Z');
});

test('a refund written as a negative amount is read as its magnitude where the mapping says so', () => {
  const row = answered([{ trade_no: 'T1', sjh: 'S1', je: -12.5, jlzt: '1' }]);
  assert.equal(readFound(queryConfirmation, row, context)?.['amountFen'], 1250);
});

test('a missing column, a missing result set and a doubled column are garbage even when there are no rows', () => {
  assert.deepEqual(readRows(listOpenBills, answered([], ['BILLNO', 'Amount', 'other']), context), []);
  assert.throws(() => readRows(listOpenBills, answered([], ['billno']), context), GarbledAnswer);
  assert.throws(() => readRows(listOpenBills, answered([], ['billno', 'amount', 'amount']), context), GarbledAnswer);
  assert.throws(() => readRows(listOpenBills, outOf({}), context), GarbledAnswer);
});

test('"absent" is believed only from an empty result set of the right shape, or a state listed as absent', () => {
  const columns = ['trade_no', 'sjh', 'je', 'jlzt'];
  assert.equal(readFound(queryConfirmation, answered([], columns), context), undefined);
  assert.equal(readFound(queryConfirmation, answered([{ trade_no: 'T1', sjh: 'S1', je: 1, jlzt: '9' }]), context), undefined);
  assert.throws(() => readFound(queryConfirmation, answered([{ trade_no: 'T1', sjh: 'S1', je: 1, jlzt: '7' }]), context), GarbledAnswer);
  assert.throws(() => readFound(queryConfirmation, answered([{ error: 'Timeout expired' }]), context), GarbledAnswer);
  const row = { trade_no: 'T1', sjh: 'S1', je: 1, jlzt: '1' };
  assert.throws(() => readFound(queryConfirmation, answered([row, row]), context), GarbledAnswer);
});

test('padding is trimmed, words are translated, a badly written birthday is left out', () => {
  const patient = { patid: 'P1        ', hzxm: '张三', birth: '19800230', sex: '2' };
  assert.deepEqual(readRows(findPatient, answered([patient]), context), [{ patientId: 'P1', name: '张三', sex: 'female' }]);
  assert.equal(readRows(findPatient, answered([{ ...patient, birth: '19800229', sex: 'X' }]), context)[0]?.['sex'], 'unknown');
  assert.equal(readRows(findPatient, answered([{ ...patient, birth: '19800229' }]), context)[0]?.['birthday'], '1980-02-29');
});

test('an id that is too long is garbage, a text that is too long is cut', () => {
  assert.throws(() => readRows(findPatient, answered([{ patid: 'P'.repeat(33), hzxm: '', birth: null, sex: '1' }]), context), GarbledAnswer);
  assert.equal(readRows(findPatient, answered([{ patid: 'P', hzxm: '名'.repeat(200), birth: null, sex: '1' }]), context)[0]?.['name'], '名'.repeat(100));
});

test('listed return codes mean what they say; a code nobody listed, or none, is unknown', () => {
  const kindOf = (code: unknown) => readVerdict(confirm, outOf({ ret_code: code, ret_msg: '提示' })).kind;
  assert.equal(kindOf(0), 'ok');
  assert.equal(kindOf('303 '), 'rejected');
  assert.equal(kindOf(304), 'mismatch');
  assert.equal(kindOf(302), 'alreadyPaid');
  assert.equal(kindOf(99), 'unknown');
  assert.equal(kindOf(-1), 'unknown');
  assert.equal(kindOf(null), 'unknown');
  assert.equal(readVerdict(confirm, outOf({})).kind, 'unknown');
});

test('a confirm that says ok without its numbers is garbage, not success', () => {
  assert.throws(() => readSingle(confirm, outOf({ ret_code: 0, settlement_no: null, booked_trade_no: 'T1', booked_amount: 1 }), context), GarbledAnswer);
  assert.throws(() => readSingle(confirm, outOf({ ret_code: 0, settlement_no: 'S1', booked_trade_no: 'T1' }), context), GarbledAnswer);
});

test('the HIS\'s own word for "nothing" is neither a refusal nor an empty row', () => {
  assert.deepEqual(readVerdict(queryConfirmation, outOf({ code: '900301' })), { kind: 'empty' });
  assert.equal(readVerdict(queryConfirmation, outOf({ code: '900302' })).kind, 'unknown');
});

test('a number that does not look like the HIS\'s is garbage, where the mapping tells how they look', () => {
  const shaped = { ...confirm, fields: new Map([...confirm.fields, ['settlementNo', { out: 'settlement_no', pattern: 'S\\d{4}' }]]) };
  const read = (settlementNo: string) => readSingle(shaped, { sets: [], out: new Map([['settlement_no', settlementNo], ['booked_amount', '1.00']]), returnStatus: undefined }, context);
  assert.equal(read('S0001')['settlementNo'], 'S0001');
  for (const text of ['#&%', 'S00012', 'xS0001', 'S0001\nx']) assert.throws(() => read(text), GarbledAnswer, text);
});

test('a count is a whole number, and nothing else', () => {
  const slots = (sys: unknown) => answered([{ hyid: 'S1', kssj: '2026-01-05T09:00:00', jssj: '2026-01-05T09:10:00', sys }]);
  assert.deepEqual(readRows(listSlots, slots('3 '), context)[0], { slotId: 'S1', beginsAt: '2026-01-05T09:00:00+08:00', endsAt: '2026-01-05T09:10:00+08:00', remaining: 3 });
  for (const raw of ['', '3.5', '-1', 'x', null]) assert.throws(() => readRows(listSlots, slots(raw), context), GarbledAnswer, String(raw));
});

test('a HIS that says only F and why in words is understood by its words, and words nobody listed are not a refusal of a booking', () => {
  const codes = {
    from: { column: '#1' }, message: { column: '#2' }, ok: ['T'],
    byMessage: [{ contains: '已结算', means: 'alreadyPaid' }, { contains: '金额', means: 'mismatch' }, { contains: '不存在', means: 'rejected' }, { contains: '超时', means: 'unknown' }],
  } as const;
  const saysF = { ...confirm, reading: { ...confirm.reading, codes: { ...codes, ok: [...codes.ok], byMessage: [...codes.byMessage] } } };
  const kindOf = (code: string, message: string) => readVerdict(saysF, answered([{ '#1': code, '#2': message }])).kind;
  assert.equal(kindOf('T', '已结算'), 'ok', 'what is ok stays ok, whatever is said beside it');
  assert.deepEqual(['处方已结算', '金额不符', '划价单不存在', '锁超时', '系统错误'].map((message) => kindOf('F', message)), ['alreadyPaid', 'mismatch', 'rejected', 'unknown', 'unknown']);
});

test('a row the HIS has not decided on yet is neither found nor absent', () => {
  const query = { ...queryConfirmation, reading: { ...queryConfirmation.reading, state: { column: 'jlzt', booked: ['1'], absent: ['9'], pending: ['0'] } } };
  const row = (jlzt: string) => answered([{ trade_no: 'T1', sjh: null, je: null, jlzt }]);
  assert.throws(() => readFound(query, row('0'), context), NotDecidedYet);
  assert.equal(readFound(query, row('9'), context), undefined);
});
