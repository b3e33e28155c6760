/** A HIS that changes under its mapping: noticed on the first connection and by ping, told by path, and never turned into another value. */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { HospitalBench } from '@hospay/plugin-sdk/testkit';
import { makeSqlServerSubject, type SqlServerSubject, type SubjectOptions } from './hospital-adapter-sqlserver-subject.js';
import { makeShapeSubject, type Shape } from './hospital-adapter-sqlserver-shapes-subject.js';

async function open(context: TestContext, options: SubjectOptions = {}, shape?: Shape) {
  const subject = shape === undefined ? await makeSqlServerSubject(options) : await makeShapeSubject(shape, { settings: { schemaCheckEveryMs: 0 } });
  context.after(() => subject.stop?.());
  const bench = new HospitalBench(subject);
  const findings = async () => {
    const pinged = await subject.adapter.ping?.(bench.context());
    assert.ok(pinged?.kind === 'ok', JSON.stringify(pinged));
    return pinged.value.findings ?? [];
  };
  return { subject, bench, his: subject.his, findings };
}

const warnings = ({ logLines }: SqlServerSubject): string[] => logLines.filter(({ message }) => message === 'the HIS differs from the mapping').map(({ facts }) => `${facts['path']}: ${facts['difference']}`);

/** The vendor's update: the procedure again, with something else in its text. */
const CONFIRM_QUERY = 'ALTER PROCEDURE dbo.usp_hospay_query_confirmation @trade_no varchar(32) AS SELECT trade_no, settlement_no, receipt_no, amount AS total_amount, status, pickup_window, guide FROM dbo.settlement WHERE trade_no = @trade_no';

for (const shape of [undefined, 'router', 'basket', 'views', 'middleTables'] as const) {
  test(`a HIS that fits its mapping has nothing to tell (${shape ?? 'procedures'})`, async (context) => {
    const { subject, findings } = await open(context, {}, shape);
    assert.deepEqual(await findings(), []);
    assert.deepEqual(subject.logLines, []);
  });
}

test('on the first connection procedures, parameters and types that differ are told by path, to the log and by ping', async (context) => {
  const { subject, his, findings } = await open(context);
  await his.hospital.update(`DROP PROCEDURE dbo.usp_hospay_departments
GO
ALTER PROCEDURE dbo.usp_hospay_find_patient @card_type int, @card_number varchar(32) AS SELECT 1 AS patient_id
GO
ALTER PROCEDURE dbo.usp_hospay_day_list @day char(8), @page int, @page_size int, @branch varchar(10) AS SELECT 1 AS kind`);
  await findings();
  assert.deepEqual(warnings(subject).toSorted(), [
    'dictionaries.departments: the HIS has no procedure dbo.usp_hospay_departments, or this login may not see it',
    'operations.findPatient.parameters[0]: @card_type of dbo.usp_hospay_find_patient is int, the mapping says varchar(4)',
    'operations.findPatient.parameters[1]: dbo.usp_hospay_find_patient has no parameter @card_no',
    'operations.findPatient: dbo.usp_hospay_find_patient has a parameter @card_number that the mapping does not send',
    'operations.listDay: dbo.usp_hospay_day_list has a parameter @branch that the mapping does not send',
  ]);
  assert.deepEqual((await findings()).toSorted(), warnings(subject).toSorted());
});

test('an OUTPUT that is none any more, a smaller amount, a column of another code page', async (context) => {
  const { subject, his, findings } = await open(context);
  await his.hospital.update(`ALTER PROCEDURE dbo.usp_hospay_refund @trade_no varchar(32), @refund_no varchar(32), @refund_amount decimal(8,1), @reason varchar(80), @his_refund_no varchar(32), @ret_code int OUTPUT, @ret_msg nvarchar(200) OUTPUT AS SELECT @ret_code = 99`);
  await findings();
  assert.deepEqual(warnings(subject).toSorted(), [
    'operations.approveRefund.parameters[2]: @refund_amount of dbo.usp_hospay_refund is decimal(8,1) and holds less than decimal(12,2) of the mapping',
    'operations.approveRefund.parameters[3]: @reason of dbo.usp_hospay_refund is varchar(80), the mapping says nvarchar(80): characters outside of the server\'s code page become question marks',
    'operations.approveRefund.parameters[4]: @his_refund_no of dbo.usp_hospay_refund is no OUTPUT parameter',
  ]);
});

test('a value the server would shorten without a word is not sent; one that fits is, and the vendor\'s repair ends it', async (context) => {
  const { subject, bench, his, findings } = await open(context, { settings: { schemaCheckEveryMs: 0 } });
  const { request } = await bench.newPayment();
  const narrow = (length: number) => his.hospital.update(`ALTER PROCEDURE dbo.usp_hospay_query_confirmation @trade_no varchar(${length}) AS
SELECT trade_no, settlement_no, receipt_no, amount, booked_time, status, pickup_window, guide FROM dbo.settlement WHERE trade_no = @trade_no`);
  await narrow(10);
  assert.deepEqual(await findings(), ['operations.queryConfirmation.parameters[0]: @trade_no of dbo.usp_hospay_query_confirmation is varchar(10), the mapping says varchar(32): the server would shorten a longer value']);
  const asked = his.calls.length;
  const cut = await bench.query(request.tradeNo);
  assert.match(cut.kind === 'unknown' ? cut.reason : JSON.stringify(cut), /^notSent: the HIS no longer fits the mapping: @trade_no of dbo\.usp_hospay_query_confirmation is varchar\(10\)/);
  assert.equal(his.calls.length, asked, 'nothing was asked under half a number');
  assert.deepEqual(await bench.query('SHORT'), { kind: 'absent' });
  await narrow(32);
  assert.deepEqual(await findings(), []);
  assert.deepEqual(await bench.query(request.tradeNo), { kind: 'absent' });
  assert.equal(subject.logLines.at(-1)?.message, 'the HIS fits the mapping again');
});

test('a column a procedure no longer gives makes its answer unknown, never another value', async (context) => {
  const { bench, his } = await open(context);
  const { request } = await bench.newPayment();
  await bench.book(request);
  await his.hospital.update(CONFIRM_QUERY);
  const found = await bench.query(request.tradeNo);
  assert.match(found.kind === 'unknown' ? found.reason : JSON.stringify(found), /column "amount" appears 0 times/);
});

test('columns that views and middle tables have lost are told by path', async (context) => {
  const views = await open(context, {}, 'views');
  await views.his.hospital.update(`DROP VIEW dbo.vw_sf_bill_line
GO
CREATE VIEW dbo.vw_sf_bill_line AS SELECT b.patient_id AS patid, l.bill_no AS hjxh, l.line_no AS mxxh, l.item_code AS xmdm, l.item_name AS xmmc, l.spec AS ypgg, l.unit AS ypdw, l.qty AS ypsl, l.amount AS zje
FROM dbo.bill_line l INNER JOIN dbo.bill b ON b.bill_no = l.bill_no
GO
DROP VIEW dbo.vw_sf_department`);
  assert.deepEqual((await views.findings()).toSorted(), [
    'dictionaries.departments: the HIS has no table or view dbo.vw_sf_department, or this login may not see it',
    'operations.listBillLines: dbo.vw_sf_bill_line has no column je',
  ]);
  const tables = await open(context, {}, 'middleTables');
  await tables.his.hospital.update(`DROP VIEW dbo.vw_mid_booking
GO
DROP TABLE dbo.mid_payment
GO
CREATE TABLE dbo.mid_payment (trade_no varchar(20) NOT NULL PRIMARY KEY, quote_no varchar(32) NOT NULL, patient_id varchar(20) NOT NULL, amount decimal(12,2) NOT NULL, paid_time char(16) NOT NULL, pay_method varchar(16) NOT NULL, channel_trade_no varchar(64) NOT NULL, status int NULL)`);
  const told = (await tables.findings()).join('\n');
  assert.match(told, /operations\.confirm: dbo\.mid_payment has no column terminal_no/);
  assert.match(told, /operations\.confirm\.parameters\[0\]: dbo\.mid_payment\.trade_no is varchar\(20\), the mapping says varchar\(32\): the server would shorten/);
  assert.match(told, /operations\.confirm\.outcome: dbo\.mid_payment has no column ret_code/);
  assert.match(told, /operations\.queryConfirmation: the HIS has no table or view dbo\.vw_mid_booking/);
});

test('a text that selects is asked what it would answer with, and nothing of it runs', async (context) => {
  const { bench, his, findings } = await open(context, {
    changeMapping: ({ operations }) => {
      operations['queryRefundApproval'] = { sql: 'SELECT his_refund_no, refund_number FROM dbo.settlement_refund WHERE refund_no = @refund_no', parameters: [{ name: 'refund_no', type: 'varchar(32)', from: 'refundNo' }], fields: { hisRefundNo: { column: 'his_refund_no' } } };
      operations['queryConfirmation'] = {
        sql: 'SELECT trade_no, settlement_no, amount FROM dbo.settlement WHERE trade_no = @trade_no', parameters: [{ name: 'trade_no', type: 'varchar(32)', from: 'tradeNo' }],
        fields: { bookedTradeNo: { column: 'trade_no' }, settlementNo: { column: 'settlement_no' }, amountFen: { column: 'total', money: 'yuan' } },
      };
    },
  });
  assert.deepEqual((await findings()).toSorted(), [
    'operations.queryConfirmation.fields.amountFen: the text gives no column total',
    'operations.queryRefundApproval: the HIS does not take the text of queryRefundApproval',
  ]);
  assert.ok(bench && his.calls.every(({ procedure }) => procedure !== 'batch'));
});

test('a server that does not tell its schema keeps nobody from paying, and is asked again by ping', async (context) => {
  const { subject, bench, his, findings } = await open(context, { settings: { schemaCheckEveryMs: 0 } });
  his.faults.add({ procedure: 'metadata', fault: { kind: 'server-error', number: 229 } });
  const { request } = await bench.newPayment();
  assert.equal((await bench.confirm(request)).kind, 'ok');
  assert.deepEqual(subject.logLines.map(({ message }) => message), ['the HIS could not be compared with the mapping']);
  await his.hospital.update('DROP PROCEDURE dbo.usp_hospay_departments');
  assert.equal((await findings()).length, 1);
});

test('the schema is looked at once, and by ping only when that is a while ago', async (context) => {
  const { bench, his, findings } = await open(context);
  const questions = () => his.calls.filter(({ procedure }) => procedure === 'metadata').length;
  await findings();
  const first = questions();
  assert.ok(first > 0);
  await bench.newPayment();
  his.faults.add({ procedure: 'usp_hospay_find_patient', fault: { kind: 'delay-before', delayMs: 40 }, times: 2 });
  await Promise.all([1, 2].map(() => bench.adapter.findPatient({ cardType: 'visitCard', cardNo: 'C0000002' }, bench.context())));
  assert.equal(his.logins.length, 2, 'a second connection');
  await findings();
  assert.equal(questions(), first);
});
