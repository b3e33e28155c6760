import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { spoiledMapping, preparedExample, type Json } from './example-mapping.js';
import { MappingError } from '@hospay/plugin-sdk/his-mapping';
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

test('the demo hospital is connected by its mapping file alone', async () => {
  const text = await readFile(new URL('../../../config/hospitals/demo/sqlserver-mapping.json', import.meta.url), 'utf8');
  const mapping = readMapping(JSON.parse(text));
  assert.equal(mapping.hospital, 'demo');
  assert.deepEqual([...mapping.dictionaries.keys()], ['departments']);
  assert.ok(mapping.operations.approveRefund);
});

test('a booking is not sent twice by itself, a read is after a deadlock or a lock timeout', () => {
  assert.deepEqual([...preparedExample.operations.confirm.retryOnErrors], []);
  assert.deepEqual([...preparedExample.operations.queryConfirmation.retryOnErrors], [1205, 1222]);
});

const mistakes: readonly { readonly name: string; readonly path: string; readonly value: Json | undefined; readonly complaint: RegExp }[] = [
  { name: 'an unknown key', path: 'operations.confirm.procedures', value: 'x', complaint: /^operations\.confirm\.procedures: unknown key$/ },
  { name: 'a missing query', path: 'operations.queryConfirmation', value: undefined, complaint: /^operations: missing queryConfirmation$/ },
  { name: 'a type without its size', path: 'operations.confirm.parameters.0.type', value: 'varchar', complaint: /^operations\.confirm\.parameters\[0\]\.type: expected a SQL type with its size/ },
  { name: 'an unknown request field', path: 'operations.confirm.parameters.0.from', value: 'orderNo', complaint: /parameters\[0\]\.from: expected one of tradeNo, .* got "orderNo"/ },
  { name: 'an amount sent without a unit', path: 'operations.confirm.parameters.1.money', value: undefined, complaint: /parameters\[1\]: "amountFen" needs money/ },
  { name: 'yuan in a whole-number type', path: 'operations.confirm.parameters.1.type', value: 'int', complaint: /yuan need a type with two decimals/ },
  { name: 'an amount read without a unit', path: 'operations.listOpenBills.fields.amountFen', value: { column: 'amount' }, complaint: /fields\.amountFen\.money: expected "yuan" or "fen"/ },
  { name: 'a needed field that is missing', path: 'operations.confirm.fields.settlementNo', value: undefined, complaint: /fields\.settlementNo: missing/ },
  { name: 'a field of another name', path: 'operations.confirm.fields.receipt', value: { out: 'settlement_no' }, complaint: /fields\.receipt: expected one of settlementNo/ },
  { name: 'an out parameter nobody declared', path: 'operations.confirm.fields.settlementNo', value: { out: 'sjh' }, complaint: /"sjh" is not an out parameter/ },
  { name: 'two sources for one field', path: 'operations.confirm.fields.settlementNo', value: { out: 'settlement_no', column: 'sjh' }, complaint: /exactly one of column, out/ },
  { name: 'a code with two meanings', path: 'operations.confirm.codes.rejected', value: ['303', '304'], complaint: /code "304" has two meanings/ },
  { name: 'unlisted codes taken for a refusal of a booking', path: 'operations.confirm.codes.otherwise', value: 'rejected', complaint: /codes\.otherwise: .*unknown/ },
  { name: 'a booking without return codes', path: 'operations.confirm.codes', value: undefined, complaint: /operations\.confirm\.codes: missing/ },
  { name: 'a list without a separator', path: 'operations.presettle.parameters.0.join', value: undefined, complaint: /"billNos" needs join/ },
  { name: 'an undeclared parameter in SQL text', path: 'operations.queryConfirmation.sql', value: 'SELECT 1 WHERE @trade_no = @other', complaint: /\.sql: @other is not among the parameters/ },
  { name: 'a query that does not show whose booking it found', path: 'operations.queryConfirmation.fields.bookedTradeNo', value: undefined, complaint: /bookedTradeNo: missing/ },
  { name: 'both a procedure and SQL text', path: 'operations.confirm.sql', value: 'SELECT 1', complaint: /exactly one of procedure and sql/ },
  { name: 'a procedure name with SQL in it', path: 'operations.confirm.procedure', value: "p;drop table x", complaint: /operations\.confirm\.procedure: expected text like/ },
  { name: 'a refund that could not be asked about', path: 'operations.approveRefund', value: { procedure: 'p', parameters: [], fields: { hisRefundNo: { column: 'x' } }, codes: { from: { column: 'c' }, ok: ['0'] } }, complaint: /come together/ },
  { name: 'insured fees that could not be booked', path: 'operations.insuranceDiagnoses', value: { procedure: 'p', parameters: [], fields: { kind: { column: 'k' }, code: { column: 'c' }, name: { column: 'n' } } }, complaint: /come together: what the platform settles with the insurance must be bookable; missing insuranceVisit, insuranceFees, confirmInsured/ },
];

for (const { name, path, value, complaint } of mistakes) {
  test(`a mapping with ${name} is refused by path`, () => {
    const complaints = complaintsOf(spoiledMapping(path, value));
    assert.ok(complaints.some((each) => complaint.test(each)), complaints.join('\n') || 'it was accepted');
  });
}
