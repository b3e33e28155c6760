import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { TYPES, type Connection } from 'tedious';
import { startHisSimulator, type HisSimulator } from './his-simulator.js';
import { batch, call, close, connect, query, run } from './tedious-client.js';

let simulator: HisSimulator;
let connection: Connection;

before(async () => {
  simulator = await startHisSimulator({ now: () => new Date('2026-05-06T01:30:15.250Z') });
  connection = await connect(simulator);
  const made = await batch(connection, `
    CREATE TABLE dbo.counter (name varchar(20) NOT NULL CONSTRAINT PK_counter PRIMARY KEY, n int NOT NULL CONSTRAINT CK_counter CHECK (n < 1000), price decimal(12,2) NULL, note nvarchar(10) NULL)
    INSERT INTO counter (name, n, price, note) VALUES ('A', 1, 0.10, N'甲'), ('b', 2, 0.20, N'乙'), ('c', 3, NULL, NULL)`);
  assert.equal(made.error, undefined);
});
after(async () => {
  await close(connection);
  await simulator.stop();
});

async function value(expression: string): Promise<unknown> {
  const { rows, error } = await batch(connection, `SELECT ${expression} AS v`);
  if (error) throw error;
  return rows[0]?.['v'];
}

test('decimals are exact: a tenth added ten times is one', async () => {
  const { rows } = await batch(connection, `
    DECLARE @sum decimal(12,2), @i int
    SELECT @sum = 0, @i = 0
    WHILE @i < 10 BEGIN SET @sum = @sum + 0.1; SET @i = @i + 1 END
    SELECT @sum AS total, CASE WHEN @sum = 1 THEN 'exact' ELSE 'float' END AS kind`);
  assert.deepEqual(rows, [{ total: 1, kind: 'exact' }]);
});

const expressions: readonly (readonly [string, unknown])[] = [
  ['7 / 2', 3], ['7.0 / 2', 3.5], ['7 % 4', 3], ['ROUND(1.005, 2)', 1.01], ['ROUND(-2.345, 2)', -2.35], ['CAST(12.345 AS decimal(12,2))', 12.35], ["CAST('12.3' AS decimal(12,2)) * 3", 36.9],
  ['FLOOR(-1.5)', -2], ['CEILING(1.2)', 2], ['ABS(-3)', 3],
  ["LEN('ab  ')", 2], ["DATALENGTH(N'中文')", 4], ["DATALENGTH('中文')", 4], ["LEFT('abcdef', 2) + RIGHT('abcdef', 2)", 'abef'], ["SUBSTRING('abcdef', 2, 3)", 'bcd'],
  ["REPLACE('aXbxc', 'x', '-')", 'a-b-c'], ["CHARINDEX('C', 'abc')", 3], ["LTRIM(RTRIM('  a '))", 'a'], ["STUFF('abc', 2, 1, 'XY')", 'aXYc'], ["UPPER('a') + LOWER('B')", 'Ab'],
  ["CONVERT(char(8), GETDATE(), 112)", '20260506'], ["CONVERT(varchar(8), GETDATE(), 108)", '09:30:15'], ["CONVERT(varchar(19), GETDATE(), 120)", '2026-05-06 09:30:15'],
  ["CONVERT(varchar(23), GETDATE(), 121)", '2026-05-06 09:30:15.250'], ["CONVERT(char(8), DATEADD(day, -7, GETDATE()), 112)", '20260429'], ["CONVERT(char(8), DATEADD(month, 1, '20260131'), 112)", '20260228'],
  ["DATEDIFF(day, '20260228', '20260301')", 1], ["DATEDIFF(minute, '2026-05-06 09:00:59', '2026-05-06 09:01:00')", 1], ['YEAR(GETDATE()) * 100 + MONTH(GETDATE())', 202605], ["DATEPART(weekday, '20260506')", 4],
  ["ISNULL(NULL, 'x')", 'x'], ['COALESCE(NULL, NULL, 5)', 5], ['NULLIF(1, 1)', null], ["CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END", 'two'], ["'a' + NULL", null],
  ["CASE WHEN 'ABC' = 'abc  ' THEN 1 ELSE 0 END", 1], ["CASE WHEN 'abc' LIKE 'A[b-d]_' THEN 1 ELSE 0 END", 1], ["CASE WHEN '100%' LIKE '100!%' ESCAPE '!' THEN 1 ELSE 0 END", 1],
  ["CASE WHEN NULL = NULL THEN 1 ELSE 0 END", 0], ["CASE WHEN 3 NOT IN (1, 2) AND 2 BETWEEN 1 AND 3 THEN 1 ELSE 0 END", 1], ["CAST('20260506' AS int) + 1", 20260507], ["RIGHT('000' + CONVERT(varchar(10), 42), 5)", '00042'],
];
for (const [expression, expected] of expressions) {
  test(`${expression} is ${String(expected)}`, async () => assert.deepEqual(await value(expression), expected));
}

const failures: readonly (readonly [string, number])[] = [
  ['SELECT 1 +', 102], ['SELEC 1', 2812], ['BEGIN SELEC 1 END', 102], ['SELECT FROM counter', 156], ['SELECT * FROM no_such_table', 208], ['SELECT nope FROM counter', 207], ['SELECT @nobody', 137], ["SELECT CAST('x' AS int)", 245],
  ["SELECT CAST('x' AS decimal(12,2))", 8114], ['SELECT 1 / 0', 8134], ['SELECT CAST(300 AS tinyint)', 8115], ['SELECT CAST(123456 AS decimal(5,2))', 8115], ["SELECT CONVERT(datetime, '2026-13-01')", 241],
  ["INSERT INTO counter (name, n) VALUES ('A', 1)", 2627], ["INSERT INTO counter (name, n) VALUES ('a', 1)", 2627], ["INSERT INTO counter (name, n) VALUES ('z', NULL)", 515], ["INSERT INTO counter (name, n) VALUES ('z', 5000)", 547],
  ["INSERT INTO counter (name, n, note) VALUES ('z', 1, N'十一个字放不进十个字宽')", 8152], ['INSERT INTO doctor (doctor_code, doctor_name, dept_code) VALUES (\'D9\', N\'某\', \'none\')', 547],
  ['COMMIT TRANSACTION', 3902], ['ROLLBACK TRANSACTION', 3903], ["RAISERROR(N'床位已满 %d', 16, 1, 3)", 50000], ['EXEC usp_missing', 2812], ["SELECT STRING_AGG(name, ',') FROM counter", 195], ['SELECT IIF(1 = 1, 2, 3)', 195],
  ['SELECT name, COUNT(*) FROM counter', 8120], ['SELECT n + 1 FROM counter GROUP BY name', 8120], ['SELECT (SELECT name FROM counter) AS many', 512],
  ['SELECT x.name FROM (SELECT name FROM counter ORDER BY name) x', 1033], ["SELECT 'open", 105], ['CREATE TABLE counter (n int)', 2714], ['DROP TABLE no_such_table', 3701], ['SELECT name FROM counter WHERE n', 4145], ['SET LOUD ON', 195],
];
for (const [sql, number] of failures) {
  test(`${sql} fails with ${number}`, async () => {
    const { errorNumbers } = await batch(connection, sql);
    assert.deepEqual(errorNumbers, [number]);
  });
}

test('the words of an error are the server\'s own', async () => {
  const { error } = await batch(connection, "RAISERROR(N'床位已满: 剩 %d, %s', 16, 1, 3, N'儿科')");
  assert.equal(error?.message, '床位已满: 剩 3, 儿科');
});

test('joins, grouping, a view, a common table and paging by row number', async () => {
  await batch(connection, 'CREATE VIEW dbo.department_bills AS SELECT d.dept_name AS dept, b.bill_no, b.amount FROM bill b JOIN department d ON d.dept_code = b.dept_code');
  const { rows, error } = await batch(connection, `
    WITH sums (dept, bills, total) AS (SELECT v.dept, COUNT(*), SUM(v.amount) FROM department_bills v GROUP BY v.dept HAVING COUNT(*) > 1)
    SELECT TOP 2 x.dept, x.bills FROM (SELECT s.*, ROW_NUMBER() OVER (ORDER BY s.bills DESC, s.dept) AS position FROM sums s) x WHERE x.position <= 2 ORDER BY x.position`);
  assert.equal(error, undefined);
  assert.equal(rows.length, 2);
});

test('a grouped column may be dressed, and a subquery of one row is a value', async () => {
  const { rows, error } = await batch(connection, "SELECT UPPER(c.name) + '!' AS label, COUNT(*) AS n, (SELECT MAX(n) FROM counter) - (SELECT n FROM counter WHERE name = 'A') AS spread FROM counter c GROUP BY name ORDER BY name DESC");
  assert.equal(error, undefined);
  assert.deepEqual(rows[0], { label: 'C!', n: 1, spread: 2 });
});

test('UPDATE and DELETE reach through FROM and say how many rows they met', async () => {
  const updated = await query(connection, "UPDATE c SET n = c.n + w.more FROM counter c INNER JOIN (SELECT 'b' AS name, 40 AS more) w ON w.name = c.name SELECT @@ROWCOUNT AS met");
  assert.deepEqual(updated.rows, [{ met: 1 }]);
  const { rows } = await batch(connection, "SELECT n FROM counter WITH (NOLOCK) WHERE name = 'B'");
  assert.deepEqual(rows, [{ n: 42 }]);
  const deleted = await batch(connection, "INSERT INTO counter (name, n) VALUES ('x', 1), ('y', 1); DELETE FROM counter WHERE name IN ('x', 'y')");
  assert.equal(deleted.rowCount, 4);
});

test('a batch goes on after an error that ends only its statement', async () => {
  const { rows, errorNumbers } = await batch(connection, "INSERT INTO counter (name, n) VALUES ('A', 1); SELECT @@ERROR AS e; SELECT @@ERROR AS cleared");
  assert.deepEqual(errorNumbers, [2627]);
  assert.deepEqual(rows, [{ e: 2627 }, { cleared: 0 }]);
});

test('XACT_ABORT ends the batch and the transaction with it', async () => {
  const { rows, errorNumbers } = await batch(connection, "SET XACT_ABORT ON; BEGIN TRAN; INSERT INTO counter (name, n) VALUES ('gone', 1); INSERT INTO counter (name, n) VALUES ('A', 1); SELECT 1 AS never; COMMIT");
  assert.deepEqual(errorNumbers, [2627]);
  assert.deepEqual(rows, []);
  const left = await batch(connection, "SET XACT_ABORT OFF; SELECT @@TRANCOUNT AS depth, COUNT(*) AS n FROM counter WHERE name = 'gone'");
  assert.deepEqual(left.rows, [{ depth: 0, n: 0 }]);
});

test('CATCH sees what went wrong inside a called procedure', async () => {
  await batch(connection, "CREATE PROCEDURE usp_break @name varchar(20) AS INSERT INTO counter (name, n) VALUES (@name, 1)");
  const { rows, error } = await batch(connection, "BEGIN TRY EXEC usp_break 'A' END TRY BEGIN CATCH SELECT ERROR_NUMBER() AS number, ERROR_PROCEDURE() AS inside END CATCH SELECT ERROR_NUMBER() AS outside");
  assert.equal(error, undefined);
  assert.deepEqual(rows, [{ number: 2627, inside: 'usp_break' }, { outside: null }]);
});

test('a procedure returns its status and its OUTPUT values to the batch that called it', async () => {
  await batch(connection, 'CREATE PROCEDURE usp_double @n int, @twice int OUTPUT, @more int = 5 AS SET @twice = @n * 2 + @more RETURN 7');
  const { rows } = await batch(connection, 'DECLARE @t int, @s int EXEC @s = usp_double 4, @t OUTPUT SELECT @t AS t, @s AS s EXEC usp_double @n = 1, @twice = @t OUTPUT, @more = 0 SELECT @t AS t');
  assert.deepEqual(rows, [{ t: 13, s: 7 }, { t: 2 }]);
  const { outputs, status } = await call(connection, 'dbo.usp_double', [{ name: 'n', type: TYPES.Int, value: 10 }, { name: 'twice', type: TYPES.Int, value: null, output: true }]);
  assert.deepEqual([outputs['twice'], status], [25, 7]);
});

test('sp_executesql inside T-SQL and INSERT ... EXEC work as documented', async () => {
  const { rows, error } = await batch(connection, `
    DECLARE @answer int
    DECLARE @t TABLE (n int)
    EXEC sp_executesql N'SET @out = @in + 1', N'@in int, @out int OUTPUT', @in = 41, @out = @answer OUTPUT
    INSERT INTO @t EXEC (N'SELECT 1 AS n UNION ALL SELECT 2')
    SELECT @answer AS answer, (SELECT SUM(n) FROM @t) AS total`);
  assert.equal(error, undefined);
  assert.deepEqual(rows, [{ answer: 42, total: 3 }]);
});

test('SELECT into a variable keeps the old value when no row comes', async () => {
  const { rows } = await batch(connection, "DECLARE @n int SET @n = 9 SELECT @n = n FROM counter WHERE name = 'nobody' SELECT @n AS n, @@ROWCOUNT AS met");
  assert.deepEqual(rows, [{ n: 9, met: 0 }]);
});

test('a transaction of the driver commits, rolls back and keeps a savepoint', async () => {
  const step = (start: (done: (error?: Error | null) => void) => void): Promise<void> => new Promise((resolve, reject) => start((error) => (error ? reject(error) : resolve())));
  await step((done) => connection.beginTransaction(done));
  await batch(connection, "INSERT INTO counter (name, n) VALUES ('kept', 1)");
  await step((done) => connection.saveTransaction(done, 'half'));
  await batch(connection, "INSERT INTO counter (name, n) VALUES ('dropped', 1)");
  await step((done) => connection.rollbackTransaction(done, 'half'));
  assert.equal(await value('@@TRANCOUNT'), 1);
  await step((done) => connection.commitTransaction(done));
  assert.equal(await value("(SELECT COUNT(*) FROM counter WHERE name IN ('kept', 'dropped'))"), 1);
  await step((done) => connection.beginTransaction(done));
  await batch(connection, "DELETE FROM counter WHERE name = 'kept'");
  await step((done) => connection.rollbackTransaction(done));
  assert.equal(await value("(SELECT COUNT(*) FROM counter WHERE name = 'kept')"), 1);
});

test('a second writer waits no longer than its LOCK_TIMEOUT, then fails with 1222', async () => {
  const other = await connect(simulator);
  await batch(connection, "BEGIN TRAN; UPDATE counter SET n = 7 WHERE name = 'A'");
  const blocked = await batch(other, "SET LOCK_TIMEOUT 30; UPDATE counter SET n = 8 WHERE name = 'A'");
  assert.deepEqual(blocked.errorNumbers, [1222]);
  const unseen = await batch(other, "SELECT n FROM counter WHERE name = 'A'");
  assert.deepEqual(unseen.rows, [{ n: 1 }]);
  const waiting = batch(other, "SET LOCK_TIMEOUT -1; UPDATE counter SET n = n + 1 WHERE name = 'A'; SELECT n FROM counter WHERE name = 'A'");
  await batch(connection, 'COMMIT');
  assert.deepEqual((await waiting).rows, [{ n: 8 }]);
  await batch(connection, "UPDATE counter SET n = 1 WHERE name = 'A'");
  await close(other);
});

test('a connection that goes away gives back its lock and its changes', async () => {
  const other = await connect(simulator);
  await batch(other, "BEGIN TRAN; UPDATE counter SET n = 99 WHERE name = 'A'");
  await close(other);
  const { rows, error } = await batch(connection, "SET LOCK_TIMEOUT 2000; UPDATE counter SET n = n + 1 WHERE name = 'A'; SELECT n FROM counter WHERE name = 'A'; UPDATE counter SET n = 1 WHERE name = 'A'; SET LOCK_TIMEOUT -1");
  assert.equal(error, undefined);
  assert.deepEqual(rows, [{ n: 2 }]);
});

test('a cancelled statement stops, and the connection lives on', async () => {
  const loops = run('DECLARE @i int SET @i = 0 WHILE 1 = 1 SET @i = @i + 1', [], (request) => {
    connection.execSqlBatch(request);
    setTimeout(() => connection.cancel(), 20);
  });
  const { error } = await loops;
  assert.ok(error && 'code' in error && error.code === 'ECANCEL');
  const waits = run("WAITFOR DELAY '00:10:00'", [], (request) => {
    connection.execSqlBatch(request);
    setTimeout(() => connection.cancel(), 20);
  });
  assert.match(String((await waits).error?.message), /Canceled/);
  assert.equal(await value('1'), 1);
});

test('a request that runs into its own timeout leaves a usable connection', async () => {
  const impatient = await connect(simulator, { options: { requestTimeout: 60 } });
  const { error } = await batch(impatient, "WAITFOR DELAY '00:10:00'");
  assert.ok(error && 'code' in error && error.code === 'ETIMEOUT');
  assert.deepEqual((await batch(impatient, 'SELECT 1 AS n')).rows, [{ n: 1 }]);
  await close(impatient);
});

test('what a transaction defined is gone when it rolls back', async () => {
  await batch(connection, 'BEGIN TRAN; CREATE TABLE short_lived (n int); ROLLBACK');
  assert.deepEqual((await batch(connection, 'SELECT * FROM short_lived')).errorNumbers, [208]);
});

test('the settings a driver sends at login are understood, and an older hospital may leave them out', async () => {
  const bare = await connect(simulator, {
    options: {
      enableAnsiNull: false, enableAnsiNullDefault: false, enableAnsiPadding: false, enableAnsiWarnings: false, enableArithAbort: false, enableConcatNullYieldsNull: false, enableQuotedIdentifier: false,
      enableNumericRoundabort: false, enableCursorCloseOnCommit: false, abortTransactionOnError: true, packetSize: 512,
    },
  });
  const { rows } = await batch(bare, "SELECT REPLICATE('宽', 1000) AS wide");
  assert.equal(String(rows[0]?.['wide']).length, 1000);
  await close(bare);
});
