/** A HIS with one procedure for everything: what goes in as a document, and what is no document. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { readMapping } from '@hospay/hospital-adapter-sqlserver';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeShapeSubject, type ShapeOptions } from './hospital-adapter-sqlserver-shapes-subject.js';
import type { DemoMapping } from './hospital-adapter-sqlserver-subject.js';

async function openRouter(context: TestContext, options: ShapeOptions = {}) {
  const subject = await makeShapeSubject('router', options);
  context.after(() => subject.stop?.());
  return { subject, bench: new HospitalBench(subject), his: subject.his };
}

const reasonOf = (result: { readonly kind: string; readonly reason?: string }): string => (result.kind === 'unknown' ? (result.reason ?? '') : JSON.stringify(result));

test('a card number with markup and quotes arrives as it is, in one typed parameter beside the method', async (context) => {
  const { subject, bench, his } = await openRouter(context);
  const cardNo = `<a href='x'>&amp; "1" --`;
  assert.deepEqual(await subject.adapter.findPatient({ cardType: 'visitCard', cardNo }, bench.context()), { kind: 'ok', value: [] });
  const call = his.calls.findLast(({ procedure }) => procedure === 'usp_gateway/patientquery');
  assert.equal(call?.values.get('@card_no'), cardNo, 'the hospital reads the same characters');
  assert.deepEqual([...(call?.values.keys() ?? [])].slice(0, 2), ['@method', '@request'], 'and nothing was put into SQL');
});

test('an exception text instead of a document is unknown, whatever it was asked', async (context) => {
  const { subject, bench, his } = await openRouter(context);
  const { request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_gateway/settle', fault: { kind: 'server-error', number: 1205 } });
  assert.match(reasonOf(await bench.confirm(request)), /the router answered not XML/);
  his.faults.add({ procedure: 'usp_gateway/billlist', fault: { kind: 'server-error', number: 9002 } });
  assert.match(reasonOf(await subject.adapter.listOpenBills({ patientId: 'P0000002' }, bench.context())), /the router answered not XML/);
  his.faults.add({ procedure: 'usp_gateway/settlequery', fault: { kind: 'server-error', number: 9002 } });
  assert.match(reasonOf(await bench.query(request.tradeNo)), /the router answered not XML/, 'nor is it "not booked"');
});

test('behind an exception text the work may go on, so no refusal of that number is believed for a while', async (context) => {
  const { subject, bench, his } = await openRouter(context);
  const { bill, request } = await bench.newPayment();
  his.faults.add({ procedure: 'usp_gateway/settle', fault: { kind: 'server-error', number: 50_000, text: 'Timeout expired.' } });
  assert.equal((await bench.confirm(request)).kind, 'unknown');
  await subject.control.payAtWindow(bill);
  assert.match(reasonOf(await bench.confirm(request)), /may still be running/);
});

test('a document of another root is the answer to something else', async (context) => {
  const { bench } = await openRouter(context, { changeMapping: (mapping) => { Object.assign(routerOf(mapping), { answerRoot: 'Reply' }); } });
  const bill = await bench.control.makeBill();
  assert.match(reasonOf(await bench.presettle(bill)), /a document <Response> instead of <Reply>/);
});

test('a document longer than the parameter, or with a character its code page lacks, is refused unsent and never cut', async (context) => {
  const { bench, his } = await openRouter(context, { changeMapping: (mapping) => { routerOf(mapping).parameters[1] = { name: 'request', type: 'varchar(80)', from: 'message' }; } });
  const refusalOf = async (cardNo: string) => {
    const result = await bench.adapter.findPatient({ cardType: 'visitCard', cardNo }, bench.context());
    return result.kind === 'rejected' ? result.code : result.kind;
  };
  assert.equal(await refusalOf('C0000002'), 'ok');
  assert.equal(await refusalOf('0'.repeat(32)), 'HIS_VALUE_TOO_LONG');
  assert.equal(await refusalOf('䶮'), 'HIS_VALUE_NOT_REPRESENTABLE');
  assert.equal(await refusalOf('a\u0001b'), 'HIS_VALUE_NOT_REPRESENTABLE');
  assert.equal(his.calls.filter(({ procedure }) => procedure === 'usp_gateway/patientquery').length, 1);
});

test('the document may come back in an OUT parameter, beside the gateway\'s own code and message', async (context) => {
  const { bench, his } = await openRouter(context, {
    changeMapping: (mapping) => {
      Object.assign(routerOf(mapping), {
        procedure: 'dbo.usp_gateway_out',
        parameters: [
          { name: 'request', type: 'nvarchar(4000)', from: 'message' }, { name: 'platform', type: 'varchar(20)', constant: 'HOSPAY' }, { name: 'method', type: 'varchar(40)', from: 'method' },
          { name: 'response', type: 'nvarchar(max)', direction: 'out' }, { name: 'ret', type: 'int', direction: 'out' }, { name: 'msg', type: 'nvarchar(200)', direction: 'out' },
        ],
        answer: { out: 'response' }, declaration: '<?xml version="1.0" encoding="utf-16"?>',
      });
    },
  });
  const { request } = await bench.newPayment();
  const booked = await bench.book(request);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'ok', value: booked });
  assert.match(his.calls.findLast(({ procedure }) => procedure === 'usp_gateway/settle')?.values.get('@request') ?? '', /^<\?xml version="1\.0" encoding="utf-16"\?><Request><OrderNo>/);
  his.faults.add({ procedure: 'usp_gateway/settlequery', fault: { kind: 'garbage-values' } });
  assert.equal((await bench.query(request.tradeNo)).kind, 'unknown');
});

test('a document the server cuts into rows of one column is read whole, and half of one is no document', async (context) => {
  const { subject, bench, his } = await openRouter(context);
  const cut = (rows: string) => his.hospital.update(`ALTER PROCEDURE dbo.usp_gateway @method varchar(40), @request varchar(8000) AS
BEGIN
  SET NOCOUNT ON
  CREATE TABLE #answer (document nvarchar(max) NOT NULL)
  INSERT INTO #answer (document) EXEC xp_gateway @method, @request
  ${rows}
END`);
  const bill = await bench.control.makeBill();
  const listed = () => subject.adapter.listOpenBills({ patientId: bill.patientId }, bench.context());
  const whole = await listed();
  await cut('SELECT SUBSTRING(document, 1, 100) AS part FROM #answer UNION ALL SELECT SUBSTRING(document, 101, 8000) FROM #answer');
  assert.deepEqual(await listed(), whole);
  await cut('SELECT SUBSTRING(document, 1, 100) AS part FROM #answer');
  assert.match(reasonOf(await listed()), /the router answered not XML/);
  await cut("SELECT document, 'other' AS more FROM #answer UNION ALL SELECT N'<other/>', 'x'");
  assert.deepEqual(await listed(), whole, 'of several columns the first row counts');
});

test('"already paid" is success only for our trade number and our amount', async (context) => {
  const { bench, his } = await openRouter(context);
  const first = await bench.newPayment();
  his.faults.add({ procedure: 'usp_gateway/settle', fault: { kind: 'already-paid', by: 'ourselves' } });
  assert.equal((await bench.confirm(first.request)).kind, 'ok');
  const second = await bench.newPayment();
  his.faults.add({ procedure: 'usp_gateway/settle', fault: { kind: 'already-paid', by: 'window' } });
  assert.equal((await bench.confirm(second.request)).kind, 'rejected');
  const third = await bench.newPayment();
  await bench.book(third.request);
  await his.hospital.alterSettlement(third.request.tradeNo, 100);
  assert.match(reasonOf(await bench.confirm(third.request)), /another amount/);
});

test('a router that does not fit is refused when it is read, by path', () => {
  const operation = { call: 'X', parameters: [], fields: {}, codes: { from: { out: 'c' }, ok: ['0'] } };
  const complaintsOf = (router: object): string => {
    try {
      readMapping({ format: 'hospay-sqlserver-mapping/1', hospital: 'x', codePage: 'cp936', router, operations: { ping: operation } });
    } catch (error) {
      return String(error);
    }
    return '';
  };
  assert.match(complaintsOf({ procedure: 'p', root: 'R', parameters: [{ name: 'm', type: 'varchar(9)', from: 'method' }] }), /router\.parameters: expected exactly one parameter from "message"/);
  assert.match(complaintsOf({ procedure: 'p', root: 'R', parameters: [{ name: 'x', type: 'varchar(9)', from: 'message', cut: true }] }), /a document is never cut/);
  assert.match(complaintsOf({ procedure: 'p', root: 'R', answer: { out: 'nothing' }, parameters: [{ name: 'x', type: 'varchar(9)', from: 'message' }] }), /router\.answer\.out: "nothing" is not an out parameter/);
  assert.match(complaintsOf({ procedure: 'p', root: 'R', parameters: [{ name: 'x', type: 'varchar(9)', from: 'tradeNo' }] }), /router\.parameters\[0\]\.from: expected one of method, message/);
});

function routerOf(mapping: DemoMapping): { parameters: object[] } {
  const { router } = mapping;
  assert.ok(router !== undefined);
  return router;
}
