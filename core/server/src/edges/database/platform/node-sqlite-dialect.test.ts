import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { after, afterEach, beforeEach } from 'node:test';
import { DatabaseError, DataTypes, QueryTypes, UniqueConstraintError, ValidationErrorItem, type Transaction } from 'sequelize';
import { openSequelize } from './open-platform-database.js';

const folder = mkdtempSync(join(tmpdir(), 'hospay-dialect-'));
after(() => rmSync(folder, { recursive: true }));
let files = 0;
let database = openSequelize(join(folder, '0.sqlite'));
beforeEach(() => (database = openSequelize(join(folder, `${(files += 1)}.sqlite`))));
afterEach(() => database.close());

async function makeCounter() {
  const counter = database.sequelize.define('counter', { id: { type: DataTypes.INTEGER, primaryKey: true, autoIncrement: true }, value: { type: DataTypes.INTEGER, allowNull: false }, flag: DataTypes.BOOLEAN, at: DataTypes.DATE, body: DataTypes.BLOB, key: { type: DataTypes.STRING, unique: true } }, { timestamps: false, freezeTableName: true });
  await counter.sync();
  return counter;
}
const valueOf = (row: { get(key: string): unknown } | null): number => Number(row?.get('value'));

test('20 concurrent read-modify-write transactions all succeed and none is lost', async () => {
  const counter = await makeCounter();
  await counter.create({ id: 1, value: 0 });
  await Promise.all(
    Array.from({ length: 20 }, () =>
      database.sequelize.transaction(async (transaction) => {
        const before = valueOf(await counter.findByPk(1, { transaction }));
        await new Promise((resolve) => setImmediate(resolve));
        await counter.update({ value: before + 1 }, { where: { id: 1 }, transaction });
      }),
    ),
  );
  assert.equal(valueOf(await counter.findByPk(1)), 20);
});

test('writes outside a transaction wait for the transaction that is open', async () => {
  const counter = await makeCounter();
  await counter.create({ id: 1, value: 0 });
  const gate = Promise.withResolvers<void>();
  const transaction = database.sequelize.transaction(async (opened) => {
    await counter.update({ value: 5 }, { where: { id: 1 }, transaction: opened });
    await gate.promise;
  });
  await new Promise((resolve) => setImmediate(resolve));
  const outside = counter.increment('value', { where: { id: 1 } });
  assert.equal(valueOf(await counter.findByPk(1)), 0, 'a reader sees the last committed value meanwhile');
  gate.resolve();
  await Promise.all([transaction, outside]);
  assert.equal(valueOf(await counter.findByPk(1)), 6);
});

test('a transaction that throws changes nothing and the next one goes on', async () => {
  const counter = await makeCounter();
  await counter.create({ id: 1, value: 1 });
  await assert.rejects(
    database.sequelize.transaction(async (transaction) => {
      await counter.update({ value: 9 }, { where: { id: 1 }, transaction });
      throw new Error('changed my mind');
    }),
    /changed my mind/,
  );
  await database.sequelize.transaction((transaction) => counter.increment('value', { where: { id: 1 }, transaction }));
  assert.equal(valueOf(await counter.findByPk(1)), 2);
});

test('a transaction holds the writer from its beginning, before its first write', async () => {
  await makeCounter();
  const other = new DatabaseSync(join(folder, `${files}.sqlite`), { timeout: 0 });
  await database.sequelize.transaction(async () => {
    assert.throws(() => other.exec('BEGIN IMMEDIATE'), /locked/);
  });
  other.exec('BEGIN IMMEDIATE; ROLLBACK');
  other.close();
});

test('a commit that fails leaves nothing to the next transaction', async () => {
  const { sequelize } = database;
  await sequelize.query('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
  await sequelize.query('CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)');
  await assert.rejects(sequelize.transaction((transaction) => sequelize.query('INSERT INTO child VALUES (7)', { transaction })), /FOREIGN KEY/);
  await sequelize.transaction((transaction) => sequelize.query('INSERT INTO parent VALUES (1)', { transaction }));
  assert.deepEqual(await sequelize.query('SELECT (SELECT count(*) FROM child) AS children, (SELECT count(*) FROM parent) AS parents', { type: QueryTypes.SELECT }), [{ children: 0, parents: 1 }]);
});

test('every handle has the durable pragmas, also the one of a transaction', async () => {
  const read = async (name: string, transaction?: Transaction) => {
    const rows = await database.sequelize.query<Record<string, unknown>>(`PRAGMA ${name}`, { type: QueryTypes.SELECT, ...(transaction === undefined ? {} : { transaction }) });
    return Object.values(rows[0] ?? {})[0];
  };
  await database.sequelize.transaction(async (transaction) => {
    assert.deepEqual([await read('journal_mode', transaction), await read('synchronous', transaction), await read('foreign_keys', transaction)], ['wal', 2, 1]);
  });
  assert.deepEqual([await read('journal_mode'), await read('synchronous')], ['wal', 2]);
});

test('values come back as they went in', async () => {
  const counter = await makeCounter();
  const at = new Date('2026-11-22T23:59:59.123Z');
  const created = await counter.create({ value: Number.MAX_SAFE_INTEGER, flag: true, at, body: Buffer.from([0, 255]), key: "O'Brien $1 中文" });
  const row = await counter.findByPk(Number(created.get('id')));
  assert.deepEqual([row?.get('value'), row?.get('flag'), row?.get('at'), row?.get('body'), row?.get('key')], [Number.MAX_SAFE_INTEGER, true, at, Buffer.from([0, 255]), "O'Brien $1 中文"]);
});

test('an integer beyond 2^53 is not silently wrong', async () => {
  const rows = await database.sequelize.query<{ big: unknown }>('SELECT 9007199254740993 AS big', { type: QueryTypes.SELECT });
  assert.equal(rows[0]?.big, '9007199254740993');
});

test('a broken unique key names its field; a broken NOT NULL is no unique key', async () => {
  const counter = await makeCounter();
  await counter.create({ value: 1, key: 'a' });
  await assert.rejects(counter.create({ value: 1, key: 'a' }), (error) => error instanceof UniqueConstraintError && error.errors.some((item) => item instanceof ValidationErrorItem && item.path === 'key'));
  await assert.rejects(database.sequelize.query('INSERT INTO counter (value) VALUES (NULL)'), (error) => error instanceof DatabaseError && !(error instanceof UniqueConstraintError));
});
