import { beijingDay, fen } from '@hospay/plugin-sdk';
import { readBilingual } from '../../../domain/bilingual.js';
import { CASE_ACT_KINDS, CASE_WAYS, dueAt, hashOfProposal, PROPOSAL_LASTS_MS, waysOf, type AddCaseActResult, type CaseAct, type CaseAttachment, type CaseProposal, type CaseStore, type CaseWork, type DecideEndResult, type ProposeEndResult } from '../../../domain/case-work.js';
import type { AccountName, Entry } from '../../../domain/ledger.js';
import { CASE_KINDS, type CaseKind } from '../../../domain/order-change.js';
import { entriesOfWriteOff } from '../../../domain/reconciliation-postings.js';
import type { GroupCommit } from './group-commit.js';
import type { LedgerWriter } from './ledger-writer.js';
import { number, optionalText, text, type Row } from './rows.js';
import type { SharedRows } from './sqlite-presettlement-store.js';
import type { Statements } from './statements.js';

type Parts = { readonly commits: GroupCommit; readonly sql: Statements; readonly ledger: LedgerWriter; readonly shared: Pick<SharedRows, 'resolveCase'> };

/** What people do about cases, in the money store's own transactions: a write-off, the differences it ends and its case are one. */
export class SqliteCaseStore implements CaseStore {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  find(id: number): Promise<CaseWork | undefined> {
    return Promise.resolve(this.#find(id));
  }

  add({ id, kind, text: said, by, now }: Parameters<CaseStore['add']>[0]): Promise<AddCaseActResult> {
    return this.#parts.commits.write<AddCaseActResult>(() => {
      const found = this.#find(id);
      if (found === undefined) return { kind: 'notFound' };
      // What was learned afterwards may still be written down; nobody takes a case that has ended.
      if (found.state === 'ended' && kind === 'taken') return { kind: 'ended' };
      if (kind !== 'taken' || found.owner !== by) this.#write(id, { kind, by, at: now.toISOString(), text: said });
      return { kind: 'added' };
    });
  }

  attach({ id, attachment: { name, mediaType, bytes, sha256, by }, now }: Parameters<CaseStore['attach']>[0]): ReturnType<CaseStore['attach']> {
    return this.#parts.commits.write<Awaited<ReturnType<CaseStore['attach']>>>(() => {
      if (this.#find(id) === undefined) return { kind: 'notFound' };
      const find = () => this.#parts.sql.get('SELECT seq FROM case_attachment WHERE case_id = ? AND sha256 = ?', id, sha256);
      if (find() === undefined) this.#parts.sql.insert('case_attachment', { case_id: id, name, media_type: mediaType, bytes, sha256, by_login: by, at: now.toISOString() });
      const kept = find();
      return kept === undefined ? { kind: 'notFound' } : { kind: 'attached', seq: number(kept, 'seq') };
    });
  }

  propose({ id, way, reason, by, now }: Parameters<CaseStore['propose']>[0]): Promise<ProposeEndResult> {
    return this.#parts.commits.write<ProposeEndResult>(() => {
      const found = this.#find(id);
      if (found === undefined) return { kind: 'notFound' };
      if (found.state === 'ended') return { kind: 'ended' };
      if (!found.ways.includes(way)) return { kind: 'notThisWay' };
      const { proposal: waiting, hangingFen } = found;
      const isLive = waiting !== undefined && Date.parse(waiting.expiresAt) > now.getTime() && waiting.amountFen === hangingFen;
      if (isLive) return waiting.by === by && waiting.way === way && waiting.reason === reason ? { kind: 'proposed', proposal: waiting } : { kind: 'waits', by: waiting.by };
      const proposed = { way, amountFen: hangingFen, reason, by, at: now.toISOString() };
      const hash = hashOfProposal(id, proposed);
      this.#write(id, { kind: 'proposed', by, at: proposed.at, text: reason }, { way, amount_fen: hangingFen, proposal_hash: hash });
      return { kind: 'proposed', proposal: { ...proposed, hash, expiresAt: new Date(now.getTime() + PROPOSAL_LASTS_MS).toISOString() } };
    });
  }

  decide({ id, hash, isApproved, reason, by, now }: Parameters<CaseStore['decide']>[0]): Promise<DecideEndResult> {
    return this.#parts.commits.write<DecideEndResult>(() => {
      const found = this.#find(id);
      if (found === undefined) return { kind: 'notFound' };
      if (found.state === 'ended') return { kind: 'ended' };
      const { proposal } = found;
      if (proposal === undefined) return { kind: 'nothingProposed' };
      if (proposal.hash !== hash) return { kind: 'notWhatWasShown' };
      // Withdrawing one's own proposal needs nobody else.
      if (isApproved && proposal.by === by) return { kind: 'ownProposal' };
      if (isApproved && Date.parse(proposal.expiresAt) <= now.getTime()) return { kind: 'expired' };
      if (isApproved && (proposal.amountFen !== found.hangingFen || !found.ways.includes(proposal.way))) return { kind: 'notWhatWasShown' };
      this.#write(id, { kind: isApproved ? 'approved' : 'rejected', by, at: now.toISOString(), text: reason }, { way: proposal.way, amount_fen: proposal.amountFen, proposal_hash: hash, proposed_by: proposal.by });
      if (isApproved) this.#end(found, proposal, now);
      return { kind: 'decided' };
    });
  }

  #end({ id, kind, subject }: CaseWork, { way, hash }: CaseProposal, now: Date): void {
    const { sql, ledger, shared } = this.#parts;
    const writtenOff = this.#hanging(kind, subject).flatMap(({ entry, source }) => entriesOfWriteOff([entry], source));
    if (writtenOff.length > 0) ledger.post({ bizType: 'caseAct', bizId: String(id), step: 'writtenOff', entries: writtenOff }, { tradeNo: '', cause: { kind: 'operator', id: `case/${String(id)}/${hash}` }, at: now.toISOString() });
    for (const row of sql.all('SELECT id, posted FROM reconciliation_difference WHERE case_kind = ? AND case_subject = ? AND settled_at IS NULL', kind, subject)) {
      const posted = JSON.parse(optionalText(row, 'posted') ?? '[]') as Entry[];
      const ofRow = posted.filter(isSuspense).flatMap((entry) => entriesOfWriteOff([entry], sourceOf(entry.account)));
      sql.run('UPDATE reconciliation_difference SET settled_at = ?, settled_how = ?, settled_by_day = ?, posted = ? WHERE id = ?', now.toISOString(), way === 'writeOff' ? 'writtenOff' : 'explained', beijingDay(now), JSON.stringify([...posted, ...ofRow]), number(row, 'id'));
    }
    shared.resolveCase(kind, subject, now);
  }

  #find(id: number): CaseWork | undefined {
    const row = this.#parts.sql.get('SELECT * FROM discrepancy_case WHERE id = ?', id);
    const kind = row === undefined ? undefined : CASE_KINDS.find((known) => known === text(row, 'kind'));
    if (row === undefined || kind === undefined) return undefined;
    const [subject, openedAt, resolvedAt] = [text(row, 'subject'), text(row, 'opened_at'), optionalText(row, 'resolved_at')];
    const rows = this.#parts.sql.all('SELECT * FROM case_act WHERE case_id = ? ORDER BY seq', id);
    const hangingFen = resolvedAt === undefined ? this.#hanging(kind, subject).reduce((sum, { entry }) => sum + (entry.account.startsWith('2091/') ? entry.amountFen : -entry.amountFen), 0) : 0;
    const lastWord = rows.findLast((act) => ['proposed', 'approved', 'rejected'].includes(text(act, 'kind')));
    const proposal = lastWord !== undefined && text(lastWord, 'kind') === 'proposed' ? proposalFrom(lastWord) : undefined;
    const taken = rows.findLast((act) => text(act, 'kind') === 'taken');
    return {
      id, kind, subject, tradeNo: optionalText(row, 'trade_no'), severity: number(row, 'severity'), detail: readBilingual(text(row, 'detail')), openedAt, resolvedAt, dueAt: dueAt(number(row, 'severity'), new Date(openedAt)).toISOString(),
      state: resolvedAt !== undefined ? 'ended' : proposal !== undefined ? 'proposed' : taken !== undefined ? 'taken' : 'open', owner: taken === undefined ? undefined : text(taken, 'by_login'),
      hangingFen, ways: resolvedAt === undefined ? waysOf(kind, hangingFen) : [], proposal: resolvedAt === undefined ? proposal : undefined, acts: rows.map(actFrom), attachments: this.#parts.sql.all('SELECT * FROM case_attachment WHERE case_id = ? ORDER BY seq', id).map(attachmentFrom),
    };
  }

  /** What stands on the suspense accounts of statements under a case. Tills hang under their shifts, and are counted there. */
  #hanging(kind: CaseKind, subject: string): readonly { readonly entry: Entry; readonly source: string }[] {
    const rows = this.#parts.sql.all("SELECT a.name, c.net_fen FROM clear_balance c JOIN account a ON a.id = c.account_id WHERE c.clear_key = ? AND a.code IN ('1191', '2091') AND c.net_fen <> 0 ORDER BY a.name", `${kind}/${subject}`);
    return rows.map((row) => {
      const account = text(row, 'name') as AccountName;
      const netFen = number(row, 'net_fen');
      if (netFen < 0) throw new Error(`${account} hangs below zero under ${kind}/${subject}`);
      return { entry: { account, side: account.startsWith('2091/') ? 'credit' : 'debit', amountFen: fen(netFen), phase: 'final', clearKey: `${kind}/${subject}` }, source: sourceOf(account) };
    });
  }

  #write(id: number, { kind, by, at, text: said }: CaseAct, more: Readonly<Record<string, string | number>> = {}): void {
    this.#parts.sql.insert('case_act', { case_id: id, kind, by_login: by, at, text: said, ...more });
  }
}

const isSuspense = ({ account }: Entry): boolean => account.startsWith('2091/') || account.startsWith('1191/');
function sourceOf(account: AccountName): string {
  return account.slice(account.indexOf('/') + 1);
}

function attachmentFrom(row: Row): CaseAttachment {
  return { seq: number(row, 'seq'), name: text(row, 'name'), mediaType: text(row, 'media_type'), bytes: number(row, 'bytes'), sha256: text(row, 'sha256'), by: text(row, 'by_login'), at: text(row, 'at') };
}
function actFrom(row: Row): CaseAct {
  const kind = CASE_ACT_KINDS.find((known) => known === text(row, 'kind'));
  if (kind === undefined) throw new Error(`no such act on a case: ${text(row, 'kind')}`);
  return { kind, by: text(row, 'by_login'), at: text(row, 'at'), text: text(row, 'text') };
}
function proposalFrom(row: Row): CaseProposal {
  const way = CASE_WAYS.find((known) => known === text(row, 'way'));
  if (way === undefined) throw new Error(`no such way to end a case: ${text(row, 'way')}`);
  const at = text(row, 'at');
  return { hash: text(row, 'proposal_hash'), way, amountFen: number(row, 'amount_fen'), reason: text(row, 'text'), by: text(row, 'by_login'), at, expiresAt: new Date(Date.parse(at) + PROPOSAL_LASTS_MS).toISOString() };
}
