import assert from 'node:assert/strict';
import { connect as connectSocket } from 'node:net';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import { Request, TYPES, type Connection } from 'tedious';
import { startHisSimulator, type HisSimulator } from './his-simulator.js';
import { batch, call, close, connect, query, type Parameter } from './tedious-client.js';

let simulator: HisSimulator;
let connection: Connection;

before(async () => {
  simulator = await startHisSimulator();
  connection = await connect(simulator);
});
after(async () => {
  await close(connection);
  await simulator.stop();
});

test('a wrong password is refused with 18456', async () => {
  await assert.rejects(connect(simulator, { password: 'guess' }), /Login failed for user 'hospay'/);
});

test('another database name is refused at login', async () => {
  await assert.rejects(connect(simulator, { options: { database: 'payroll' } }), /Login failed|Cannot open database/);
});

test('a client that insists on encryption learns there is none', async () => {
  await assert.rejects(connect(simulator, { options: { encrypt: true } }), /encryption/i);
});

test('clients of SQL Server 2005 to 2012 dialects of TDS are answered', async () => {
  for (const tdsVersion of ['7_2', '7_3_A', '7_3_B', '7_4']) {
    const older = await connect(simulator, { options: { tdsVersion } });
    const { rows } = await query(older, 'SELECT 40 + 2 AS n');
    assert.deepEqual(rows, [{ n: 42 }], tdsVersion);
    await close(older);
  }
});

test('the session knows who logged in and from which application', async () => {
  const { rows } = await query(connection, "SELECT SUSER_SNAME() AS login, APP_NAME() AS application, DB_NAME() AS db, @@TRANCOUNT AS depth");
  assert.deepEqual(rows, [{ login: 'hospay', application: 'simulator test', db: 'his', depth: 0 }]);
});

const at = new Date(2026, 4, 6, 9, 30, 15, 120);
const roundTrips: readonly (Omit<Parameter, 'name' | 'output'> & { readonly title: string; readonly value: unknown; readonly expected?: unknown })[] = [
  { title: 'int', type: TYPES.Int, value: -2_147_483_648 },
  { title: 'bigint', type: TYPES.BigInt, value: '9007199254740993', expected: '9007199254740993' },
  { title: 'smallint', type: TYPES.SmallInt, value: -32_768 },
  { title: 'tinyint', type: TYPES.TinyInt, value: 255 },
  { title: 'bit', type: TYPES.Bit, value: true },
  { title: 'decimal(12,2)', type: TYPES.Decimal, value: 1_234_567.89, precision: 12, scale: 2 },
  { title: 'negative decimal(12,2)', type: TYPES.Decimal, value: -0.01, precision: 12, scale: 2 },
  { title: 'decimal(5,4)', type: TYPES.Decimal, value: 0.6, precision: 5, scale: 4 },
  { title: 'numeric(18,0)', type: TYPES.Numeric, value: 999_999_999_999, precision: 18, scale: 0 },
  { title: 'money', type: TYPES.Money, value: -1234.5678 },
  { title: 'smallmoney', type: TYPES.SmallMoney, value: 12.5 },
  { title: 'float', type: TYPES.Float, value: 0.1 },
  { title: 'real', type: TYPES.Real, value: 0.5 },
  { title: 'varchar in code page 936', type: TYPES.VarChar, value: '心血管内科', length: 40 },
  { title: 'char in code page 936, padded', type: TYPES.Char, value: '科', length: 4, expected: '科  ' },
  { title: 'nvarchar with a rare name', type: TYPES.NVarChar, value: '王龑䶮', length: 40 },
  { title: 'nvarchar beyond the basic plane', type: TYPES.NVarChar, value: '𠮷', length: 40 },
  { title: 'nchar, padded', type: TYPES.NChar, value: '䶮', length: 3, expected: '䶮  ' },
  { title: 'an empty string', type: TYPES.NVarChar, value: '', length: 10 },
  { title: 'nvarchar(max)', type: TYPES.NVarChar, value: '门诊'.repeat(5000), length: Number.POSITIVE_INFINITY },
  { title: 'varchar(max)', type: TYPES.VarChar, value: '缴费'.repeat(6000), length: Number.POSITIVE_INFINITY },
  { title: 'date', type: TYPES.Date, value: new Date(2026, 4, 6) },
  { title: 'datetime', type: TYPES.DateTime, value: at },
  { title: 'smalldatetime', type: TYPES.SmallDateTime, value: new Date(2026, 4, 6, 9, 30) },
  { title: 'datetime2', type: TYPES.DateTime2, value: at, scale: 7 },
  { title: 'time', type: TYPES.Time, value: new Date(1970, 0, 1, 23, 59, 58, 500), scale: 3 },
  { title: 'uniqueidentifier', type: TYPES.UniqueIdentifier, value: 'A972C577-DFB0-064E-1189-0154C99310DA' },
  { title: 'varbinary', type: TYPES.VarBinary, value: Buffer.from('00ff10', 'hex'), length: 16 },
  { title: 'varbinary(max)', type: TYPES.VarBinary, value: Buffer.alloc(9000, 7), length: Number.POSITIVE_INFINITY },
];

for (const { title, expected, ...sent } of roundTrips) {
  test(`${title} goes in and comes back as a column`, async () => {
    const { rows, error } = await query(connection, 'SELECT @given AS given', [{ name: 'given', ...sent }]);
    assert.equal(error, undefined);
    assert.deepEqual(plain(rows[0]?.['given']), plain(expected ?? sent.value));
  });

  test(`${title} comes back through an OUTPUT parameter, and so does its NULL`, async () => {
    const { outputs, error } = await query(connection, 'SELECT @returned = @given, @nothing = NULL', [
      { name: 'given', ...sent }, { name: 'returned', ...sent, value: null, output: true }, { name: 'nothing', ...sent, output: true },
    ]);
    assert.equal(error, undefined);
    assert.deepEqual(plain(outputs['returned']), plain(expected ?? sent.value));
    assert.equal(outputs['nothing'], null);
  });
}

/** Dates carry a driver's own fraction property; only the instant matters here. */
function plain(value: unknown): unknown {
  return value instanceof Date ? value.getTime() : value;
}

test('a rare name sent as varchar loses its rare character, as code page 936 has none', async () => {
  const { rows } = await query(connection, 'SELECT CAST(@name AS varchar(40)) AS lossy, @name AS kept', [{ name: 'name', type: TYPES.NVarChar, value: '王䶮', length: 40 }]);
  assert.deepEqual(rows, [{ lossy: '王?', kept: '王䶮' }]);
});

test('rows with NULLs among values keep their columns apart', async () => {
  const { rows } = await batch(connection, "SELECT NULL AS a, 1 AS b, CAST(NULL AS nvarchar(max)) AS c, 'x' AS d UNION ALL SELECT 2, NULL, N'y', NULL");
  assert.deepEqual(rows, [{ a: null, b: 1, c: null, d: 'x' }, { a: 2, b: null, c: 'y', d: null }]);
});

test('a prepared statement runs again with other values and can be dropped', async () => {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const seen: unknown[] = [];
  let step = 0;
  const request = new Request('SELECT @n * 2 AS twice', (error) => {
    if (error) { reject(error); return; }
    step++;
    if (step === 1) connection.execute(request, { n: 4 });
    else if (step === 2) connection.unprepare(request);
    else resolve();
  });
  request.on('prepared', () => connection.execute(request, { n: 21 }));
  request.addParameter('n', TYPES.Int);
  request.on('row', (columns: readonly { readonly value: unknown }[]) => seen.push(columns[0]?.value));
  connection.prepare(request);
  await promise;
  assert.deepEqual(seen, [42, 8]);
});

test('a procedure asked for with wrong parameters is refused with the documented numbers', async () => {
  const missing = await call(connection, 'usp_hospay_find_patient', [{ name: 'card_type', type: TYPES.VarChar, value: '2' }]);
  assert.deepEqual(missing.errorNumbers, [201]);
  const unknownName = await call(connection, 'usp_hospay_ping', [{ name: 'loudly', type: TYPES.Int, value: 1 }]);
  assert.deepEqual(unknownName.errorNumbers, [8145]);
  const wrongType = await call(connection, 'usp_hospay_day_list', [
    { name: 'day', type: TYPES.VarChar, value: '20260506' }, { name: 'page', type: TYPES.VarChar, value: 'first' }, { name: 'page_size', type: TYPES.Int, value: 10 },
  ]);
  assert.deepEqual(wrongType.errorNumbers, [8114]);
  const noProcedure = await call(connection, 'usp_of_another_vendor');
  assert.deepEqual(noProcedure.errorNumbers, [2812]);
});

test('a reset connection forgets its transaction and its temporary tables', async () => {
  await batch(connection, 'CREATE TABLE #basket (n int); INSERT INTO #basket VALUES (1)');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  connection.reset((error) => (error ? reject(error) : resolve()));
  await promise;
  const { errorNumbers } = await batch(connection, 'SELECT * FROM #basket');
  assert.deepEqual(errorNumbers, [208]);
});

test('bytes that are not TDS end only their own connection', async () => {
  const socket = connectSocket(simulator.port, simulator.host);
  await once(socket, 'connect');
  socket.write('GET / HTTP/1.1\r\nhost: his\r\n\r\n');
  socket.write(Buffer.alloc(40_000, 0x41));
  socket.resume();
  socket.on('error', () => undefined);
  await once(socket, 'close');
  const { rows } = await call(connection, 'usp_hospay_ping');
  assert.equal(rows.length, 1);
});
