import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Connection } from 'tedious';
import { startHisSimulator, type HisSimulator } from './his-simulator.js';
import { batch, close, connect, query } from './tedious-client.js';

let simulator: HisSimulator;
let connection: Connection;

before(async () => {
  simulator = await startHisSimulator({ personality: 'views' });
  connection = await connect(simulator);
});
after(async () => {
  await close(connection);
  await simulator.stop();
});

test('INFORMATION_SCHEMA tells procedures, their parameters and the columns of tables and views, by names in any case', async () => {
  const parameters = await query(connection, "SELECT PARAMETER_NAME, PARAMETER_MODE, DATA_TYPE, CHARACTER_MAXIMUM_LENGTH, NUMERIC_PRECISION, NUMERIC_SCALE FROM INFORMATION_SCHEMA.PARAMETERS WHERE SPECIFIC_NAME = 'USP_HOSPAY_REFUND' AND ORDINAL_POSITION IN (1, 3, 5)");
  assert.deepEqual(parameters.rows, [
    { PARAMETER_NAME: '@trade_no', PARAMETER_MODE: 'IN', DATA_TYPE: 'varchar', CHARACTER_MAXIMUM_LENGTH: 32, NUMERIC_PRECISION: null, NUMERIC_SCALE: null },
    { PARAMETER_NAME: '@refund_amount', PARAMETER_MODE: 'IN', DATA_TYPE: 'decimal', CHARACTER_MAXIMUM_LENGTH: null, NUMERIC_PRECISION: 12, NUMERIC_SCALE: 2 },
    { PARAMETER_NAME: '@his_refund_no', PARAMETER_MODE: 'INOUT', DATA_TYPE: 'varchar', CHARACTER_MAXIMUM_LENGTH: 32, NUMERIC_PRECISION: null, NUMERIC_SCALE: null },
  ]);
  const columns = await query(connection, "SELECT COLUMN_NAME, DATA_TYPE FROM his.INFORMATION_SCHEMA.COLUMNS WHERE TABLE_NAME = 'vw_sf_department' ORDER BY ORDINAL_POSITION");
  assert.deepEqual(columns.rows, [{ COLUMN_NAME: 'ksdm', DATA_TYPE: 'varchar' }, { COLUMN_NAME: 'ksmc', DATA_TYPE: 'nvarchar' }]);
  const kinds = await query(connection, "SELECT TABLE_TYPE FROM INFORMATION_SCHEMA.TABLES WHERE TABLE_NAME IN ('bill', 'vw_sf_receipt') ORDER BY TABLE_NAME");
  assert.deepEqual(kinds.rows, [{ TABLE_TYPE: 'BASE TABLE' }, { TABLE_TYPE: 'VIEW' }]);
  assert.deepEqual((await query(connection, 'SELECT 1 AS n FROM INFORMATION_SCHEMA.SEQUENCES')).errorNumbers, [208]);
});

test('FMTONLY answers with columns alone, carries nothing out, and ends with its text', async () => {
  const bills = simulator.hospital.listBills().length;
  const asked = await query(connection, "SET FMTONLY ON\nDELETE FROM dbo.bill_line\nSELECT bill_no, amount FROM dbo.bill");
  assert.deepEqual([asked.error, asked.rows], [undefined, []]);
  assert.deepEqual((await query(connection, 'SELECT COUNT(*) AS n FROM dbo.bill')).rows, [{ n: bills }]);
  assert.notDeepEqual((await query(connection, 'SELECT TOP 1 bill_no FROM dbo.bill_line')).rows, []);
});

test('a ##table is seen by every session and goes with the one that made it', async () => {
  const other = await connect(simulator);
  assert.equal((await batch(other, "CREATE TABLE ##basket (n int NOT NULL)\nINSERT INTO ##basket (n) VALUES (1)")).error, undefined);
  assert.deepEqual((await query(connection, 'SELECT n FROM ##basket')).rows, [{ n: 1 }]);
  assert.deepEqual((await batch(connection, 'CREATE TABLE ##basket (n int NOT NULL)')).errorNumbers, [2714]);
  await close(other);
  while (simulator.temporaryTables().length > 0) await new Promise((wake) => { setTimeout(wake, 5); });
  assert.deepEqual((await query(connection, 'SELECT n FROM ##basket')).errorNumbers, [208]);
  assert.equal((await batch(connection, "CREATE TABLE ##basket (n int NOT NULL)\nDROP TABLE ##basket")).error, undefined);
});

test('a server of 2000 is spoken to in TDS 7.1: results, amounts, Chinese, errors', async () => {
  const old = await connect(simulator, { options: { tdsVersion: '7_1' } });
  const { rows, rowCount } = await query(old, "SELECT TOP 2 dept_name, CAST(12.30 AS decimal(12,2)) AS amount, NULL AS nothing FROM dbo.department ORDER BY dept_code");
  assert.deepEqual(rows, [{ dept_name: '心血管内科', amount: 12.3, nothing: null }, { dept_name: '呼吸内科', amount: 12.3, nothing: null }]);
  assert.equal(rowCount, 2);
  assert.deepEqual((await query(old, 'SELECT 1 FROM dbo.not_there')).errorNumbers, [208]);
  assert.equal(simulator.logins.at(-1)?.tdsVersion, 0x71000001);
  await close(old);
});
