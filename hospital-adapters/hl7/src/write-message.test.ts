import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isContinued, wholeAcknowledgement } from './acknowledgement.js';
import { parsePosition, type Hl7Position } from './hl7-position.js';
import { groupsOf, readMessage, valueAt, type ReceivedMessage } from './read-message.js';
import { writeMessage, type MessageHeader } from './write-message.js';

const at = (text: string): Hl7Position => parsePosition(text) ?? assert.fail(text);
const header: MessageHeader = {
  sendingApplication: 'HOS|PAY', sendingFacility: '', receivingApplication: 'HIS', receivingFacility: '湖滨', type: 'QBP^Q22^QBP_Q21', controlId: 'N1', writtenAt: '20260506093000+0800', processingId: 'P', version: '2.5.1',
  wantsAcknowledgements: '', characterSet: 'utf-8', declaresCharacterSet: true,
};
const reading = (text: string): ReceivedMessage => {
  const read = readMessage(Buffer.from(text), 'utf-8');
  return read.kind === 'message' ? read.message : assert.fail(read.reason);
};

test('values stand where the mapping says, segments in the order of their first value', () => {
  const text = writeMessage(header, [
    { position: at('QPD-1.1'), texts: ['Q22'] }, { position: at('QPD-3[2].2'), texts: ['b&'] }, { position: at('QPD-3[1].1'), texts: ['a'] }, { position: at('QPD-4'), texts: ['B1', 'B~2'] },
    { position: at('ZZZ[2]-1'), texts: ['second'] }, { position: at('ZZZ[1]-1.2.2'), texts: ['deep'] }, { position: at('RCP-1'), texts: [''] },
  ]).toString();
  assert.deepEqual(text.split('\r'), [
    'MSH|^~\\&|HOS\\F\\PAY||HIS|湖滨|20260506093000+0800||QBP^Q22^QBP_Q21|N1|P|2.5.1||||||UNICODE UTF-8',
    'QPD|Q22|N1|a~^b\\T\\|B1~B\\R\\2', 'ZZZ|second', 'ZZZ|^&deep', 'RCP', '',
  ]);
});

test('in the enhanced mode both acknowledgements are asked for, and MSH-18 is left out where nobody may read it', () => {
  const text = writeMessage({ ...header, wantsAcknowledgements: 'AL', declaresCharacterSet: false }, [{ position: at('EVN-1'), texts: ['P03'] }]).toString();
  assert.deepEqual(text.split('\r').slice(0, 2), ['MSH|^~\\&|HOS\\F\\PAY||HIS|湖滨|20260506093000+0800||QBP^Q22^QBP_Q21|N1|P|2.5.1|||AL|AL', 'EVN|P03|20260506093000+0800']);
});

test('a value is found by place, by repetition, and by the mark of its repetition', () => {
  const message = reading('MSH|^~\\&|A||B||2026||RSP^K22|9|P|2.5\rPID|1||P1^^^HIS^PI~990101^^^GA^NI||张三^三|""\rPV1|1\rPID|2||P2^^^HIS^PI\r');
  const value = (text: string) => valueAt(message, at(text));
  assert.equal(value('PID-3'), 'P1');
  assert.equal(value('PID-3[2].1'), '990101');
  assert.equal(value('PID-3[5=NI].1'), '990101');
  assert.equal(value('PID-3[5=XX].1'), undefined);
  assert.equal(value('PID[2]-3[5=PI].1'), 'P2');
  assert.equal(value('PID-6'), undefined, '"" is HL7\'s explicit nothing');
  assert.equal(value('PID-99'), undefined);
  assert.equal(value('MSH-10'), '9');
  assert.deepEqual(groupsOf(message, ['PID', 'PV1']).map((group) => group.map(({ name }) => name)), [['PID', 'PV1'], ['PID']]);
});

test('separators of the message\'s own, line ends of other systems', () => {
  const message = reading('MSH#@*!%#A\r\nPID#1##P1@@@HIS@PI*X!S!Y#\r\n');
  assert.equal(valueAt(message, at('PID-3[2].1')), 'X@Y');
  assert.equal(valueAt(reading('MSH|^~\\&|A\nPID|1||P1\n'), at('PID-3')), 'P1');
  assert.equal(valueAt(reading('MSH|^~\\&|A\rZPY|1|请到\n取药\r'), at('ZPY-2')), '请到\n取药');
});

test('an acknowledgement is read with the status of a query and every error, and two errors are not one', () => {
  const whole = (text: string, code = 'ERR-5.1') => wholeAcknowledgement(reading(`MSH|^~\\&|A\r${text}`), at(code));
  assert.equal(whole('MSA|AA|1\r'), 'AA');
  assert.equal(whole('MSA|AA|1\rQAK|T|NF\r'), 'AA/NF');
  assert.equal(whole('MSA|AR|1\rERR|||207^x|E|300304^金额不符\r'), 'AR:300304');
  assert.equal(whole('MSA|AR|1\rERR|||207^x|E|300304\r', 'ERR-3.1'), 'AR:207');
  assert.equal(whole('MSA|AR|1\rERR|||207|E|1\rERR|||207|E|2\r'), 'AR:1+2');
  assert.equal(whole('MSA|AA|1\rERR|||0|I|0\rERR|||0|W|9\r'), 'AA', 'information and warnings are no errors');
  assert.equal(whole('MSA|AA|1\rERR|||207|E|9\r'), 'AA:9', 'accepted with an error is not plain acceptance');
  assert.equal(whole('MSA|AR|1|no|||300304\r', 'MSA-6'), 'AR:300304', 'version 2.3 has no ERR-5');
});

test('a rest that is still to come is seen in every place HL7 has for it', () => {
  const continued = (text: string) => isContinued(reading(text));
  assert.equal(continued('MSH|^~\\&|A\rMSA|AA|1\rQAK|T|OK||3|3|0\rDSC|\r'), false);
  assert.equal(continued('MSH|^~\\&|A\rQAK|T|OK||9|3|6\r'), true);
  assert.equal(continued('MSH|^~\\&|A\rDSC|next\r'), true);
  assert.equal(continued('MSH|^~\\&|A||||2026||RSP^Z01|1|P|2.5||next\r'), true);
});
