import assert from 'node:assert/strict';
import test from 'node:test';
import type { MessageValue } from '@hospay/plugin-sdk/his-mapping';
import { signatureOf } from './encrypted-envelope.js';
import { changedMapping, exampleMapping } from './example-mapping.js';
import { messageForm } from './message-form.js';
import { readMapping } from './read-mapping.js';

const value = (name: string, text: string): MessageValue => ({ name, text, field: undefined });
const settings = { url: 'http://his.example/Service.asmx', user: 'U1', password: 'secret' };
const { service, message, operations } = exampleMapping;

function formOf(changes: Parameters<typeof changedMapping>[0] = {}, own: object = settings) {
  const mapping = readMapping(changedMapping(changes));
  return { form: messageForm(mapping, { ...settings, ...own }), mapping };
}

test('one method for all: its name and the message are two arguments', () => {
  const { form, mapping } = formOf();
  const { call } = form.write(mapping.operations.findPatient, [value('Card/Type', '2'), value('Card/No', '00<1>')]);
  assert.deepEqual(call, { method: 'Call', arguments: [{ name: 'name', text: 'B201', cdata: false }, { name: 'xml', text: '<Request><Card><Type>2</Type><No>00&lt;1&gt;</No></Card></Request>', cdata: false }] });
});

test('a method for each operation: credentials and values are arguments, in their order', () => {
  const { form, mapping } = formOf({
    service: { namespace: service.namespace, arguments: [{ name: 'user', is: 'user' }, { name: 'pwd', is: 'password' }, { name: 'out', is: 'empty' }] }, message: undefined, answerRoot: 'Response',
    operations: { ...operations, findPatient: { ...operations.findPatient, call: 'GetPatientInfo', parameters: [{ name: 'CardNo', from: 'cardNo' }] } },
  });
  const { call, read } = form.write(mapping.operations.findPatient, [value('CardNo', 'C1')]);
  assert.equal(call.method, 'GetPatientInfo');
  assert.deepEqual(call.arguments.map(({ name, text }) => [name, text]), [['user', 'U1'], ['pwd', 'secret'], ['out', ''], ['CardNo', 'C1']]);
  assert.equal(read('<Response><ResultCode>0</ResultCode></Response>').kind, 'answer');
  assert.equal(read('<Other><ResultCode>0</ResultCode></Other>').kind, 'garbled');
});

test('each message has a number of its own, and an answer that does not carry it is to another one', () => {
  const { form, mapping } = formOf({ message: { ...message, number: 'Head/MsgID', numberEcho: 'Head/MsgID', declaration: true } });
  const first = form.write(mapping.operations.findPatient, []);
  const second = form.write(mapping.operations.findPatient, []);
  const numbers = [first, second].map(({ call }) => /<MsgID>([0-9a-f]{32})<\/MsgID>/.exec(call.arguments[1]?.text ?? '')?.[1] ?? assert.fail('no number'));
  assert.notEqual(numbers[0], numbers[1]);
  const answer = (number: string): string => `<Response><Head><MsgID>${number}</MsgID></Head><ResultCode>1</ResultCode></Response>`;
  assert.equal(first.read(answer(numbers[0] ?? '')).kind, 'answer');
  assert.equal(first.read(answer(numbers[1] ?? '')).kind, 'garbled');
  assert.equal(first.read('<Response><ResultCode>1</ResultCode></Response>').kind, 'garbled');
});

test('an encrypted answer without a message has no list, not an empty one', () => {
  const { form, mapping } = formOf({ envelope: 'encrypted' }, { encryptionKey: '0123456789abcdef' });
  const signed = (code: string) => {
    const sign = signatureOf({ RETURN_CODE: code, RETURN_MSG: '', RES_ENCRYPTED: '' }, { signingKey: '0123456789abcdef', charset: 'utf-8' });
    return `<ROOT><RETURN_CODE>${code}</RETURN_CODE><RETURN_MSG/><SIGN_TYPE>MD5</SIGN_TYPE><SIGN>${sign}</SIGN><RES_ENCRYPTED/></ROOT>`;
  };
  const read = form.write(mapping.operations.queryConfirmation, []).read(signed('0'));
  assert.ok(read.kind === 'answer' && read.answer.sets.length === 0 && read.answer.out.get('return_code') === '0');
});

test('settings that lack what the mapping sends are refused when the adapter starts', () => {
  const encrypted = { envelope: 'encrypted' } as const;
  assert.throws(() => formOf(encrypted, { encryptionKey: undefined }), /settings\.encryptionKey: expected 16 bytes/);
  assert.throws(() => formOf(encrypted, { encryptionKey: '密'.repeat(16) }), /settings\.encryptionKey: expected 16 bytes/);
  assert.throws(() => formOf(encrypted, { user: undefined, encryptionKey: '0123456789abcdef' }), /settings\.user: missing/);
  assert.throws(() => formOf({ message: { ...message, password: 'Password' } }, { password: undefined }), /settings\.password: missing/);
  assert.throws(() => formOf({}, { basicAuthentication: true, password: undefined }), /settings\.password: missing/);
});
