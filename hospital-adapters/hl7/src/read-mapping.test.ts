import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { MappingError } from '@hospay/plugin-sdk/his-mapping';
import { exampleMapping } from './example-mapping.js';
import { readMapping } from './read-mapping.js';

function complaintsOf(input: unknown): readonly string[] {
  try {
    readMapping(input);
  } catch (error) {
    if (error instanceof MappingError) return error.complaints;
    throw error;
  }
  return [];
}

test('the lakeside hospital is connected by its mapping file alone', async () => {
  const mapping = readMapping(JSON.parse(await readFile(new URL('../../../config/hospitals/lakeside/hl7-mapping.json', import.meta.url), 'utf8')));
  assert.equal(mapping.hospital, 'lakeside');
  assert.ok(mapping.operations.approveRefund);
  assert.ok(mapping.operations.confirmInsured);
});

const refused = [{ name: 'FT1-2', from: 'tradeNo' }, { name: 'FT1-11.1.1', from: 'amountFen', money: 'yuan' }];
const mistakes: readonly { readonly name: string; readonly operation: string; readonly change: Readonly<Record<string, unknown>>; readonly complaint: RegExp }[] = [
  { name: 'a place that is no position', operation: 'confirm', change: { parameters: [{ name: 'FT1.2', from: 'tradeNo' }] }, complaint: /^operations\.confirm\.parameters\[0\]\.name: expected a position such as .*, got "FT1\.2"$/ },
  { name: 'a value in the header', operation: 'confirm', change: { parameters: [{ name: 'MSH-10', from: 'tradeNo' }] }, complaint: /parameters\[0\]\.name: the header is written from/ },
  { name: 'a value sent into a marked repetition', operation: 'confirm', change: { parameters: [{ name: 'PID-3[5=PI].1', from: 'patientId' }] }, complaint: /numbered repetition/ },
  { name: 'one place written twice', operation: 'confirm', change: { parameters: [...refused, { name: 'FT1-2', constant: 'x' }] }, complaint: /parameters\[2\]\.name: "FT1-2" is written twice/ },
  { name: 'a column outside of its rows', operation: 'listOpenBills', change: { fields: { billNo: { column: 'PID-3' }, amountFen: { column: 'ZBL-2', money: 'yuan' } } }, complaint: /fields\.billNo\.column: PID is not among the segments of a row \(ZBL\)/ },
  { name: 'rows that are no segments', operation: 'listOpenBills', change: { rows: 'ZBL-1' }, complaint: /\.rows: expected the segments of one row/ },
  { name: 'a list without rows', operation: 'listOpenBills', change: { rows: undefined }, complaint: /\.rows: missing/ },
  { name: 'AR alone taken for a refusal of a booking', operation: 'confirm', change: { codes: { from: { out: 'acknowledgement' }, ok: ['AA'], rejected: ['AR'] } }, complaint: /codes\.rejected: "AR" alone is no refusal/ },
  { name: 'AE alone taken for a mismatch', operation: 'confirm', change: { codes: { from: { out: 'acknowledgement' }, ok: ['AA'], mismatch: ['AE'] } }, complaint: /codes\.mismatch: "AE" alone is no refusal/ },
  { name: 'a booking without codes', operation: 'confirm', change: { codes: undefined }, complaint: /\.codes: missing/ },
  { name: 'a message type that is none', operation: 'confirm', change: { call: 'DFT-P03' }, complaint: /^operations\.confirm\.call: expected text like/ },
  { name: 'an answer nobody named', operation: 'confirm', change: { answer: undefined }, complaint: /^operations\.confirm: missing answer|must have required/ },
  { name: 'an amount without a unit', operation: 'confirm', change: { parameters: [{ name: 'FT1-11', from: 'amountFen' }] }, complaint: /"amountFen" needs money/ },
];

for (const { name, operation, change, complaint } of mistakes) {
  test(`a mapping with ${name} is refused by path`, () => {
    const mapping = exampleMapping();
    assert.deepEqual(complaintsOf(mapping), []);
    mapping.operations[operation] = Object.fromEntries(Object.entries({ ...mapping.operations[operation], ...change }).filter(([, value]) => value !== undefined));
    const complaints = complaintsOf(mapping);
    assert.ok(complaints.some((each) => complaint.test(each)), complaints.join('\n') || 'it was accepted');
  });
}

test('an error code at a place that is none is refused', () => {
  assert.match(complaintsOf({ ...exampleMapping(), errorCode: 'ERR' }).join(), /^errorCode: expected a position/);
});
