import assert from 'node:assert/strict';
import test from 'node:test';
import { messageAnswer, prepareMessage, type MessageOperationMapping } from './message-mapping.js';
import { maskValues, runMessage, type Exchange } from './message-line.js';
import type { OperationName } from './canonical-operations.js';

const codes = { from: { out: 'code' }, ok: ['0'], unknown: ['99'] } as const;
const FIND: MessageOperationMapping = {
  call: '1003', rows: 'row', parameters: [{ name: 'CardNo', from: 'cardNo' }], echo: [{ column: 'card', repeats: 'cardNo' }],
  fields: { patientId: { column: 'id' }, name: { column: 'name' }, sex: { column: 'sex', translate: {}, otherwise: 'unknown' } }, codes: { ...codes, ok: ['0'], unknown: ['99'], empty: ['1'] },
};
const CONFIRM: MessageOperationMapping = {
  call: '4905', parameters: [{ name: 'OrderNo', from: 'tradeNo' }],
  fields: { settlementNo: { out: 'no' }, amountFen: { out: 'fee', money: 'fen' } }, codes: { ...codes, ok: ['0'], unknown: ['99'] },
};

function prepared(name: OperationName, mapping: MessageOperationMapping) {
  const complaints: string[] = [];
  const operation = prepareMessage(name, name, mapping, complaints);
  assert.deepEqual(complaints, []);
  return operation;
}

const find = prepared('findPatient', FIND);
const confirm = prepared('confirm', CONFIRM);
const answered = (operation: typeof find, out: Record<string, string>, rows: Record<string, string>[] = []): Exchange =>
  ({ kind: 'answered', answer: messageAnswer(operation, { rows: rows.map((row) => new Map(Object.entries(row))), out: new Map(Object.entries(out)) }) });

function run(operation: typeof find, exchange: Exchange, request: Record<string, string> = { cardNo: 'C1', tradeNo: 'T00001' }) {
  const warnings: object[] = [];
  const log = { info: () => undefined, warn: (message: string, facts = {}) => { warnings.push({ message, ...facts }); } };
  const line = { exchange: () => Promise.resolve(exchange), codePage: 'cp936', offset: '+08:00', slowCallMs: 0, log, now: () => new Date(0) };
  return runMessage(line, operation, request, new AbortController().signal).then((outcome) => ({ outcome, warnings }));
}

test('an answer that does not repeat what was asked is the answer to another request', async () => {
  assert.equal((await run(find, answered(find, { code: '0' }, [{ card: 'C1', id: 'P1' }]))).outcome.kind, 'ok');
  const stray = (await run(find, answered(find, { code: '0' }, [{ card: 'C1', id: 'P1' }, { card: 'C2', id: 'P2' }]))).outcome;
  assert.ok(stray.kind === 'unknown' && /to another request: card/.test(stray.reason), JSON.stringify(stray));
  assert.equal((await run(find, answered(find, { code: '0' }, [{ id: 'P1' }]))).outcome.kind, 'unknown', 'one that is left out repeats nothing');
  assert.equal((await run(find, answered(find, { code: '1' }))).outcome.kind, 'empty', 'nothing has nothing to repeat');
});

test('what came of a message is told as it is: only a read can be refused by what is no return code', async () => {
  const refused = { kind: 'refused', code: 'HIS_FAULT_Client', message: 'no such method' } as const;
  assert.equal((await run(find, refused)).outcome.kind, 'rejected');
  assert.deepEqual((await run(confirm, refused)).outcome, { kind: 'unknown', reason: 'confirm: HIS_FAULT_Client: no such method', mayStillRun: true });
  assert.deepEqual((await run(confirm, { kind: 'lost', reason: 'the deadline passed' })).outcome, { kind: 'unknown', reason: 'confirm: the deadline passed', mayStillRun: true });
  assert.deepEqual((await run(confirm, { kind: 'notSent', reason: 'no connection' })).outcome, { kind: 'unknown', reason: 'notSent: no connection' });
  assert.deepEqual((await run(confirm, { kind: 'unwritable', message: 'x' })).outcome, { kind: 'rejected', code: 'HIS_VALUE_NOT_REPRESENTABLE', message: 'x', unsent: true });
  assert.deepEqual((await run(confirm, answered(confirm, { code: '99' }))).outcome, { kind: 'unknown', reason: 'confirm: return code 99' }, 'an answer: the HIS has finished');
});

test('a slow call is told with our own numbers and the size of everything else', async () => {
  const { warnings } = await run(confirm, answered(confirm, { code: '0' }));
  assert.match(JSON.stringify(warnings), /"message":"HIS call was slow","operation":"confirm","call":"4905".*"parameters":"OrderNo=T00001"/);
  assert.equal(maskValues([{ name: 'CardNo', text: 'C0000001', field: 'cardNo' }, { name: 'Password', text: 'geheim', field: undefined }]), 'CardNo=***(8) Password=***(6)');
});

test('an echo names one place and a field that is sent', () => {
  const complaints: string[] = [];
  prepareMessage('findPatient', 'operations.findPatient', { ...FIND, echo: [{ column: 'a', out: 'b', repeats: 'cardNo' }, { out: 'c', repeats: 'cardType' }] }, complaints);
  assert.deepEqual(complaints, ['operations.findPatient.echo[0]: expected exactly one of column and out', 'operations.findPatient.echo[1].repeats: "cardType" is not among the parameters that are sent']);
});
