import assert from 'node:assert/strict';
import test from 'node:test';

import { startHisSimulator } from './his-simulator.js';

test('a program of the hospital that speaks no TDS calls the same procedures, with text in and text out', async (context) => {
  const his = await startHisSimulator({ now: () => new Date('2026-05-06T01:30:00Z') });
  context.after(() => his.stop());
  const ask = his.counter('soap');
  const found = await ask('usp_hospay_find_patient', { card_type: '2', card_no: 'C0000002' });
  assert.equal(found.kind, 'answer');
  assert.equal(found.answer.rows[0]?.['patient_id'], 'P0000002');
  const bill = his.hospital.listOpenBills('P0000002')[0] ?? assert.fail('no open bill');
  const quoted = await ask('usp_hospay_presettle', { patient_id: 'P0000002', bill_nos: bill.billNo });
  assert.equal(quoted.kind, 'answer');
  assert.equal(quoted.answer.out['ret_code'], '0');
  assert.equal(quoted.answer.out['total'], (bill.amountFen / 100).toFixed(2), 'amounts are exact decimals');
  assert.equal(his.calls.at(-1)?.application, 'soap');
});

test('its calls meet the faults planned for a procedure, before and after the work is done', async (context) => {
  const his = await startHisSimulator();
  context.after(() => his.stop());
  const ask = his.counter('tcp');
  his.faults.add({ procedure: 'usp_hospay_ping', fault: { kind: 'drop-before-execute' } });
  his.faults.add({ procedure: 'usp_hospay_ping', fault: { kind: 'server-error', number: 50_000, text: '系统忙' } });
  his.faults.add({ procedure: 'usp_hospay_ping', fault: { kind: 'garbage-values' } });
  assert.deepEqual(await ask('usp_hospay_ping', {}), { kind: 'drop' });
  assert.deepEqual(await ask('usp_hospay_ping', {}), { kind: 'serverError', text: '系统忙' });
  const garbled = await ask('usp_hospay_ping', {});
  assert.equal(garbled.kind, 'answer');
  assert.equal(garbled.answer.rows[0]?.['server_time'], '#&%');
  const asked = await ask('usp_hospay_no_such_thing', {});
  assert.equal(asked.kind, 'serverError', 'what the server would refuse is told as it would');
});
