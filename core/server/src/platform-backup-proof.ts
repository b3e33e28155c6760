/** A restored set against everything that must hold in it (恢复演练), joined from the parts that know. Part of the composition root; runs beside the payments or at the command line. */
import { readdir, readFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Manifest, ProofOfSet } from './backups/ports.js';
import { BilingualError, quoted, type Bilingual } from './domain/bilingual.js';
import { MONEY_MIGRATIONS } from './edges/database/money/schema.js';
import { verifyLedger } from './edges/database/money/verify-ledger.js';
import { verifyOrders } from './edges/database/money/verify-orders.js';
import { applicationStore } from './edges/database/platform/application-store.js';
import { auditEventStore } from './edges/database/platform/audit-event-store.js';
import { ALL_MIGRATIONS } from './edges/database/platform/migrations/all-migrations.js';
import { defineModels } from './edges/database/platform/models.js';
import { openSequelize } from './edges/database/platform/open-platform-database.js';
import { createSecretBox, type SecretBox } from './edges/database/platform/secret-box.js';
import { terminalStore } from './edges/database/platform/terminal-store.js';
import { createAuditLog } from './operations/audit-log.js';

const SEALED = /^v1\.([0-9a-f]{8})\./;
/** Of each folder of sealed files so many of the newest are opened. */
const MOST_FILES_OPENED = 500;
const SEALED_FOLDERS = ['case-files', 'bank-receipts'] as const;

/** `folder`: the unpacked data folder. Databases are opened so that nothing can write them. What is wrong is said; nothing is repaired. */
export async function proveData(folder: string, manifest: Manifest): Promise<ProofOfSet> {
  const problems: Bilingual[] = [];
  const wrong = (zh: string, en: string): void => { if (problems.length < 50) problems.push({ zh, en }); };
  for (const { path, schema } of manifest.databases) {
    const known: readonly string[] = path.endsWith('money.sqlite') ? MONEY_MIGRATIONS.map(({ name }) => name) : path.endsWith('platform.sqlite') ? ALL_MIGRATIONS.map(({ name }) => name) : [];
    // What a newer version only added does not hinder this one: so it is on a machine whose update went back.
    const expanding = known.length === 0 ? [] : check(join(folder, basename(path)), (database) => expandingMigrations(database, path.endsWith('money.sqlite') ? 'money_migration' : 'schema_migration'));
    const strange = schema.filter((name) => !known.includes(name) && !expanding.includes(name));
    // Nothing else can be judged by a program that does not know the tables.
    if (strange.length > 0) throw new BilingualError({ zh: `${basename(path)} 由更新版本的平台写成（${strange.join('、')}），请用那个版本恢复`, en: `a newer version of the platform wrote ${basename(path)} (${strange.join(', ')}): restore it with that version` });
    const found = check(join(folder, basename(path)), (database) => (database.prepare('PRAGMA quick_check(3)').all().map((row) => String(row['quick_check']))).filter((line) => line !== 'ok'));
    for (const line of found) wrong(`${basename(path)} 已损坏：${line}`, `${basename(path)} is damaged: ${line}`);
  }
  const { ledger, orders } = check(join(folder, 'money.sqlite'), (database) => ({ ledger: verifyLedger(database), orders: verifyOrders(database) }));
  for (const problem of ledger.problems) wrong(`账本：${problem}`, `ledger: ${problem}`);
  for (const { rule, subject, detail } of orders.violations) wrong(`订单 ${subject}：${detail}（${rule}）`, `order ${subject}: ${detail} (${rule})`);
  if (ledger.head.seq !== manifest.journal.seq || (ledger.head.seq > 0 && ledger.head.hash !== manifest.journal.hash)) wrong('账本末条凭证与清单不符', 'the last journal is not the one of the manifest');
  const platform = await provePlatform(folder, manifest, wrong);
  return { problems, takenAt: manifest.takenAt, journals: ledger.journals, entries: ledger.entries, orders: orders.orders, ...platform };
}

function expandingMigrations(database: DatabaseSync, table: string): readonly string[] {
  const isMarked = database.prepare(`PRAGMA table_info(${table})`).all().some((column) => column['name'] === 'expands');
  return isMarked ? database.prepare(`SELECT name FROM ${table} WHERE expands = 1`).all().map(({ name }) => String(name)) : [];
}

async function provePlatform(folder: string, manifest: Manifest, wrong: (zh: string, en: string) => void): Promise<{ readonly auditRows: number; readonly secrets: number }> {
  const file = join(folder, 'platform.sqlite');
  const box = openBox(folder);
  let secrets = proveKeyIds(file, box.keyId, wrong);
  const { sequelize, close } = openSequelize(file, 'readOnly');
  try {
    const models = defineModels(sequelize);
    const { rows, findings } = await createAuditLog({ store: auditEventStore(models), witness: { read: () => Promise.resolve(manifest.audit.seq === 0 ? undefined : manifest.audit), write: () => Promise.resolve() }, clock: { now: () => new Date(0) } }).verify();
    for (const finding of findings) wrong(`审计日志：${JSON.stringify(finding)}`, `audit log: ${JSON.stringify(finding)}`);
    const opened = await openSecrets(models, manifest.hospital, box.secretBox);
    secrets += opened.count;
    for (const text of opened.failed) wrong(`加密值打不开：${text}`, `a sealed value does not open: ${text}`);
    for (const place of SEALED_FOLDERS) secrets += await proveSealedFiles(join(folder, place), box.secretBox, wrong);
    return { auditRows: rows, secrets };
  } finally {
    await close();
  }
}

/** With the key of the set, as terminals and applications will need them tomorrow. */
async function openSecrets(models: ReturnType<typeof defineModels>, hospital: string, box: SecretBox): Promise<{ readonly count: number; readonly failed: readonly string[] }> {
  const failed: string[] = [];
  let count = 0;
  const open = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      if ((await work()) !== undefined) count += 1;
    } catch (error) {
      failed.push(error instanceof Error ? error.message : String(error));
    }
  };
  const applications = applicationStore(models, hospital, box);
  for (const { id } of await applications.list()) await open(() => applications.secretOf(id));
  // Reading a terminal opens its keys.
  const terminals = terminalStore(models, hospital, box);
  await open(() => terminals.list());
  return { count, failed };
}

function openBox(folder: string): { readonly keyId: string; readonly secretBox: SecretBox } {
  const secretBox = createSecretBox(readFileSync(join(folder, 'keys', 'platform.key')));
  const keyId = SEALED.exec(secretBox.seal('', 'which key'))?.[1] ?? '';
  return { keyId, secretBox };
}

/** Every sealed value of every table says which key it needs. */
function proveKeyIds(file: string, keyId: string, wrong: (zh: string, en: string) => void): number {
  return check(file, (database) => {
    let sealed = 0;
    for (const { name: table } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
      for (const { name: column } of database.prepare(`SELECT name FROM pragma_table_info(?) WHERE name LIKE '%sealed%' OR name LIKE '%content%'`).all(String(table))) {
        const rows = database.prepare(`SELECT substr("${String(column)}", 4, 8) AS key, count(*) AS n FROM "${String(table)}" WHERE "${String(column)}" LIKE 'v1.________.%' GROUP BY 1`).all();
        for (const { key, n } of rows) {
          sealed += Number(n);
          if (key !== keyId) wrong(`${String(table)} 中有 ${String(n)} 个值须用另一把密钥（${String(key)}）`, `${String(n)} values of ${String(table)} need another key (${String(key)})`);
        }
      }
    }
    return sealed;
  });
}

async function proveSealedFiles(folder: string, box: SecretBox, wrong: (zh: string, en: string) => void): Promise<number> {
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.sealed')).slice(-MOST_FILES_OPENED);
  for (const name of names) {
    try {
      box.open(await readFile(join(folder, name), 'utf8'), `file/${name}`);
    } catch {
      wrong(`附件 ${name} 打不开`, `the file ${name} does not open`);
    }
  }
  return names.length;
}

function check<Value>(file: string, work: (database: DatabaseSync) => Value): Value {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    database.exec('PRAGMA query_only = ON; PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
    return work(database);
  } catch (error) {
    throw new BilingualError({ zh: `${basename(file)} 读不出：${quoted(error instanceof Error ? error.message : String(error)).zh}`, en: `${basename(file)} cannot be read: ${error instanceof Error ? error.message : String(error)}` });
  } finally {
    database.close();
  }
}
