import { PUSH_KINDS, STATEMENT_SCOPES, type Delivery, type KeptStatementFile, type PushKind, type Receiver, type StatementFile, type StatementFileStore, type StatementScope } from '../../../statement-files/ports.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly jobs: JobTable; readonly hospitalId: string };

export const NEWEST_SQL = 'SELECT * FROM statement_file WHERE hospital_id = ? AND scope = ? AND app_id = ? AND day = ? ORDER BY version DESC LIMIT 1';
const WITH_DELIVERY = 'SELECT f.*, d.app_id AS sent_to, d.what, d.attempts, d.last_problem, d.delivered_at FROM statement_file f LEFT JOIN statement_delivery d ON d.file_id = f.id';
const ORDER = 'ORDER BY f.day DESC, f.scope DESC, f.app_id, f.version DESC';

/** Statement files of one hospital: append-only rows, and beside them what became of sending them. */
export function sqliteStatementFileStore({ commits, sql, jobs, hospitalId }: Parts): StatementFileStore {
  const found = ({ scope, appId }: Receiver, from: string, to: string): Row[] => sql.all(`${WITH_DELIVERY} WHERE f.hospital_id = ? AND f.scope = ? AND f.app_id = ? AND f.day >= ? AND f.day <= ? ${ORDER}`, hospitalId, scope, appId, from, to);
  return {
    newest({ scope, appId, day }) {
      const row = sql.get(NEWEST_SQL, hospitalId, scope, appId, day);
      return row === undefined ? undefined : fileFrom(row);
    },
    find(id) {
      const row = sql.get(`${WITH_DELIVERY} WHERE f.id = ? AND f.hospital_id = ?`, id, hospitalId);
      return row === undefined ? undefined : keptFrom(row);
    },
    list: ({ receiver, from, to }) => (receiver === undefined ? sql.all(`${WITH_DELIVERY} WHERE f.hospital_id = ? AND f.day >= ? AND f.day <= ? ${ORDER}`, hospitalId, from, to) : found(receiver, from, to)).map(keptFrom),
    add: (file, push) => commits.write(() => {
      const { scope, appId, day, version, payments, paymentFen, refunds, refundFen, bodySha256, fileName, bytes, sha256, madeAt } = file;
      sql.insert('statement_file', { hospital_id: hospitalId, scope, app_id: appId, day, version, payments, payment_fen: paymentFen, refunds, refund_fen: refundFen, body_sha256: bodySha256, file_name: fileName, bytes, sha256, made_at: madeAt });
      const row = sql.get(NEWEST_SQL, hospitalId, scope, appId, day);
      if (row === undefined || number(row, 'version') !== version) throw new Error(`version ${String(version)} of ${fileName} is not the newest of its day`);
      if (push !== undefined) {
        sql.insert('statement_delivery', { file_id: number(row, 'id'), app_id: push.application, what: push.what, attempts: 0, last_problem: null, delivered_at: null });
        jobs.schedule({ kind: 'sendStatementFile', subject: String(number(row, 'id')), dueAt: new Date(madeAt) }, '');
      }
      return fileFrom(row);
    }),
    mark() {
      const row = sql.get('SELECT event_id, made_at FROM statement_mark WHERE hospital_id = ?', hospitalId);
      return row === undefined ? undefined : { eventId: number(row, 'event_id'), at: text(row, 'made_at') };
    },
    moveMark: (eventId, at) => commits.write(() => {
      sql.run('INSERT INTO statement_mark (hospital_id, event_id, made_at) VALUES (?,?,?) ON CONFLICT (hospital_id) DO UPDATE SET event_id = excluded.event_id, made_at = excluded.made_at', hospitalId, eventId, at.toISOString());
    }),
    attempted: (job, outcome) => commits.write(() => {
      if (!jobs.isNewest(job)) return false;
      const id = Number(job.subject);
      if (outcome.kind === 'delivered') sql.run('UPDATE statement_delivery SET attempts = attempts + 1, last_problem = NULL, delivered_at = coalesce(delivered_at, ?) WHERE file_id = ?', outcome.at.toISOString(), id);
      else sql.run('UPDATE statement_delivery SET attempts = attempts + 1, last_problem = ? WHERE file_id = ?', outcome.problem, id);
      return jobs.settle(job, outcome.kind === 'delivered' ? 'done' : { dueAt: outcome.dueAt });
    }),
  };
}

function fileFrom(row: Row): StatementFile {
  return {
    id: number(row, 'id'), scope: known<StatementScope>(STATEMENT_SCOPES, text(row, 'scope')), appId: text(row, 'app_id'), day: text(row, 'day'), version: number(row, 'version'), payments: number(row, 'payments'), paymentFen: number(row, 'payment_fen'),
    refunds: number(row, 'refunds'), refundFen: number(row, 'refund_fen'), bodySha256: text(row, 'body_sha256'), fileName: text(row, 'file_name'), bytes: number(row, 'bytes'), sha256: text(row, 'sha256'), madeAt: text(row, 'made_at'),
  };
}
function keptFrom(row: Row): KeptStatementFile {
  const what = optionalText(row, 'what');
  const delivery: Delivery | undefined = what === undefined ? undefined : { application: text(row, 'sent_to'), what: known<PushKind>(PUSH_KINDS, what), attempts: number(row, 'attempts'), lastProblem: optionalText(row, 'last_problem'), deliveredAt: optionalText(row, 'delivered_at') };
  return { ...fileFrom(row), delivery };
}
function known<Word extends string>(words: readonly Word[], word: string): Word {
  const found = words.find((one) => one === word);
  if (found === undefined) throw new Error(`no such word: ${word}`);
  return found;
}
