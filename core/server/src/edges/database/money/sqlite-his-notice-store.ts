import { createHash } from 'node:crypto';
import { HIS_NOTICE_KINDS, HisNoticeSchema, type HisNotice, type HisNoticeKind } from '@hospay/plugin-sdk';
import { Check } from 'typebox/value';
import { ERRORS, type ErrorCode } from '../../../domain/errors.js';
import { HIS_NOTICE_STATES, hisNoticeTransitions } from '../../../domain/his-notice-states.js';
import type { EndNotice, HisNoticeStore, KeptNotice, NewNotice, StoredNotice } from '../../../domain/his-notice.js';
import { HIS_NOTICE_WORDS } from '../../../domain/state-words.js';
import type { GroupCommit } from './group-commit.js';
import type { JobTable } from './job-table.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly jobs: JobTable; readonly shared: SharedRows };

/** Notices of the HIS in the money database, in the money store's own transactions. */
export class SqliteHisNoticeStore implements HisNoticeStore {
  readonly #commits: GroupCommit;
  readonly #sql: Statements;
  readonly #jobs: JobTable;
  readonly #shared: SharedRows;

  constructor({ commits, sql, jobs, shared }: Parts) {
    this.#commits = commits;
    this.#sql = sql;
    this.#jobs = jobs;
    this.#shared = shared;
  }

  keep(notice: NewNotice, hasWork: boolean): Promise<KeptNotice> {
    return this.#commits.write<KeptNotice>(() => {
      const { noticeId, hospitalId, adapter, kind, noticeNo, content, receivedAt } = notice;
      const hash = hashOf(content);
      const known = this.#sql.get('SELECT * FROM his_notice WHERE hospital_id = ? AND adapter = ? AND kind = ? AND notice_no = ?', hospitalId, adapter, kind, noticeNo);
      if (known !== undefined) return this.#meetAgain(known, hash, new Date(receivedAt));
      const state = hasWork ? 'kept' : 'done';
      const at = new Date(receivedAt);
      this.#sql.insert('his_notice', {
        notice_id: noticeId, hospital_id: hospitalId, adapter, kind, notice_no: noticeNo, content: JSON.stringify(content), content_hash: hash, state, received_at: receivedAt, ended_at: hasWork ? null : receivedAt, repeats: 0,
      });
      // Of what only people read no state ever moves, and its row is removed one day.
      if (hasWork) this.#shared.saveEvent('', { axis: 'hisNotice', subject: noticeId, from: undefined, to: state, trigger: 'request', cause: { kind: 'request', id: `his/${adapter}/${kind}/${noticeNo}` } }, 0, at);
      if (hasWork) this.#jobs.schedule({ kind: 'advanceNotice', subject: noticeId, dueAt: at }, '');
      return { kind: 'kept', notice: this.#must(noticeId) };
    });
  }

  find(noticeId: string): Promise<StoredNotice | undefined> {
    return Promise.resolve(this.#find(noticeId));
  }

  findRefund({ hospitalId, hisRefundNo }: { readonly hospitalId: string; readonly hisRefundNo: string }): Promise<StoredNotice | undefined> {
    const row = this.#sql.get("SELECT * FROM his_notice WHERE hospital_id = ? AND kind = 'refundRequested' AND notice_no = ? ORDER BY (state = 'kept') DESC, received_at DESC LIMIT 1", hospitalId, hisRefundNo);
    return Promise.resolve(row === undefined ? undefined : noticeFrom(row));
  }

  end({ noticeId, outcome, now, case: draft, job, dueAt }: EndNotice): Promise<StoredNotice | undefined> {
    return this.#commits.write<StoredNotice | undefined>(() => {
      if (job !== undefined && !this.#jobs.isNewest(job)) return undefined;
      const before = this.#find(noticeId);
      if (before === undefined) return undefined;
      if (draft !== undefined) this.#shared.saveCase(draft, undefined, now);
      if (before.state === 'kept' && outcome.kind === 'undecided') this.#sql.update('his_notice', { news: outcome.news }, 'notice_id', noticeId);
      if (before.state === 'kept' && outcome.kind !== 'undecided') {
        hisNoticeTransitions.check('kept', outcome.kind, 'carryOut');
        this.#sql.update('his_notice', { state: outcome.kind, code: outcome.kind === 'refused' ? outcome.code : null, news: outcome.news ?? null, ended_at: now.toISOString() }, 'notice_id', noticeId);
        this.#shared.saveEvent('', { axis: 'hisNotice', subject: noticeId, from: 'kept', to: outcome.kind, trigger: 'carryOut', cause: { kind: job === undefined ? 'request' : 'timer', id: `hisNotice/${noticeId}` } }, 0, now);
        this.#shared.resolveCase('hisNoticeStuck', noticeId, now);
      }
      const after = this.#must(noticeId);
      if (after.state !== 'kept') this.#jobs.drop('advanceNotice', noticeId);
      else if (job !== undefined) this.#jobs.settle(job, { dueAt: dueAt ?? now });
      return after;
    });
  }

  removeRemindersBefore(before: Date): Promise<number> {
    return this.#commits.write(() => this.#sql.run(`DELETE FROM his_notice WHERE state = 'done' AND received_at < ? AND kind IN (${REMINDERS.map(() => '?').join(', ')})`, before.toISOString(), ...REMINDERS));
  }

  #meetAgain(known: Row, hash: string, now: Date): KeptNotice {
    const noticeId = text(known, 'notice_id');
    if (text(known, 'content_hash') !== hash) {
      const notice = noticeFrom(known);
      const kind = HIS_NOTICE_WORDS[notice.kind];
      const detail = { zh: `医院以同一单号再次推送${kind.zh} ${notice.noticeNo}，内容与首次不同；以首次为准。请与医院核对应以哪次为准`, en: `the HIS told its ${kind.en} ${notice.noticeNo} again with other content; the first stands. Ask the hospital which is right` };
      this.#shared.saveCase({ kind: 'hisNoticeChanged', subject: noticeId, severity: 2, detail }, undefined, now);
      return { kind: 'otherContent', notice };
    }
    this.#sql.run('UPDATE his_notice SET repeats = repeats + 1 WHERE notice_id = ?', noticeId);
    return { kind: 'known', notice: this.#must(noticeId) };
  }

  #find(noticeId: string): StoredNotice | undefined {
    const row = this.#sql.get('SELECT * FROM his_notice WHERE notice_id = ?', noticeId);
    return row === undefined ? undefined : noticeFrom(row);
  }
  #must(noticeId: string): StoredNotice {
    const found = this.#find(noticeId);
    if (found === undefined) throw new Error(`notice ${noticeId} vanished inside its own transaction`);
    return found;
  }
}

/** Nothing was done by them. */
const REMINDERS = ['billsChanged', 'arrears', 'medicineReady', 'visitDone', 'reportReady', 'queueCalled'] as const satisfies readonly HisNoticeKind[];

/** The order of the values says nothing. */
function hashOf(content: HisNotice): string {
  return createHash('sha256').update(JSON.stringify(Object.entries(content).sort(([one], [other]) => (one < other ? -1 : 1)))).digest('hex');
}

function noticeFrom(row: Row): StoredNotice {
  const content: unknown = JSON.parse(text(row, 'content'));
  const kind = HIS_NOTICE_KINDS.find((known) => known === text(row, 'kind'));
  const state = HIS_NOTICE_STATES.find((known) => known === text(row, 'state'));
  if (kind === undefined || state === undefined || !Check(HisNoticeSchema, content)) throw new Error(`notice ${text(row, 'notice_id')} cannot be read`);
  return {
    noticeId: text(row, 'notice_id'), hospitalId: text(row, 'hospital_id'), adapter: text(row, 'adapter'), kind, noticeNo: text(row, 'notice_no'), content, state, code: codeFrom(optionalText(row, 'code')),
    news: optionalText(row, 'news'), receivedAt: text(row, 'received_at'), endedAt: optionalText(row, 'ended_at'), repeats: number(row, 'repeats'),
  };
}

function codeFrom(code: string | undefined): ErrorCode | undefined {
  return Object.keys(ERRORS).find((known): known is ErrorCode => known === code);
}
