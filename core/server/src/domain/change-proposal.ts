/**
 * 变更申请: what decides where money goes without moving any (plugins, keys, routing) is proposed by one person and approved by one or two others, who see what is there now and what would be.
 */
import { createHash } from 'node:crypto';
import type { Bilingual } from './bilingual.js';
import type { ErrorCode, Outcome } from './errors.js';

export const CHANGE_KINDS = ['pluginInstall', 'pluginRollBack', 'pluginRemove', 'trustList', 'instanceStart', 'terminalPlace', 'rotationCarryOut', 'rotationTakeBack', 'application', 'applicationKey', 'configuration', 'parameter', 'liftFence', 'systemUpdate', 'systemBack'] as const;
export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** `approved` is carried out at once, or at the next start when the power went in between. */
export const CHANGE_STATES = ['proposed', 'firstApproved', 'approved', 'refused', 'expired', 'applied', 'superseded', 'failed'] as const;
export type ChangeState = (typeof CHANGE_STATES)[number];
/** What a state is called in Chinese, for sentences. */
export const CHANGE_STATE_WORDS = {
  proposed: '待审批', firstApproved: '待二级审批', approved: '已同意，待执行', refused: '已退回', expired: '已过期', applied: '已执行', superseded: '已失效（现状已变）', failed: '执行失败',
} as const satisfies Record<ChangeState, string>;

/** One thing that would be another than now. Of a secret only a fingerprint. */
export type ChangeLine = { readonly name: string; readonly before?: string | undefined; readonly after?: string | undefined };

/** Without the side that is not there. */
export function changeLine(name: string, before: string | undefined, after: string | undefined): ChangeLine {
  return { name, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) };
}

const PRINT_LETTERS = 16;
/** What differs between two flat pictures, in the order of their names. A fingerprint begins with `#` and is shown by its first letters. */
export function changedLines(prefix: string, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly ChangeLine[] {
  const short = (text: string | undefined): string | undefined => (text?.startsWith('#') === true ? text.slice(0, PRINT_LETTERS + 1) : text);
  return [...new Set([...before.keys(), ...after.keys()])].toSorted().filter((name) => before.get(name) !== after.get(name)).map((name) => changeLine(`${prefix}${name}`, short(before.get(name)), short(after.get(name))));
}

/** 0: made by one person before there were two. */
export type ChangeLevels = 0 | 1 | 2;

export type ChangeProposal = {
  readonly changeNo: string;
  readonly kind: ChangeKind;
  /** What is changed: `plugin city-card`. One open proposal of a subject at a time. */
  readonly subject: string;
  readonly lines: readonly ChangeLine[];
  /** Of all that would be carried out, with fingerprints in place of secrets. */
  readonly contentHash: string;
  /** Of what was there when it was shown. */
  readonly stateHash: string;
  readonly levels: ChangeLevels;
  /** Of what is shown: an approval is bound to it. */
  readonly hash: string;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly expiresAt: string;
  readonly state: ChangeState;
  readonly firstApprovedBy: string | undefined;
  readonly decidedBy: string | undefined;
  readonly decidedAt: string | undefined;
  /** Carried out, or given up. */
  readonly endedAt: string | undefined;
  readonly error: Bilingual | undefined;
};

export type NewChange = Pick<ChangeProposal, 'kind' | 'subject' | 'lines' | 'contentHash' | 'stateHash' | 'reason' | 'proposedBy'> & { readonly levels: 1 | 2; readonly content: unknown };

export function isOpenChange({ state }: Pick<ChangeProposal, 'state'>): boolean {
  return state === 'proposed' || state === 'firstApproved';
}
export function isLastChangeApproval({ levels, state }: Pick<ChangeProposal, 'levels' | 'state'>): boolean {
  return levels < 2 || state === 'firstApproved';
}

/** Why this person may not decide so now; undefined: he may. Taking back one's own is no approval. */
export function whyNotDecideChange(change: ChangeProposal, { hash, isApproved, by, now }: { readonly hash: string; readonly isApproved: boolean; readonly by: string; readonly now: Date }): ErrorCode | undefined {
  if (!isOpenChange(change)) return 'CONFLICT';
  if (change.hash !== hash) return 'APPROVAL_OVER';
  if (!isApproved) return undefined;
  if (Date.parse(change.expiresAt) <= now.getTime()) return 'APPROVAL_OVER';
  return [change.proposedBy, change.firstApprovedBy].includes(by) ? 'SECOND_PERSON_NEEDED' : undefined;
}

/** An account that somebody gave out, or whose password or roles he set, is not another person for what he wants; so long its owner has to notice. */
export const ACCOUNT_RESTS_MS = 72 * 60 * 60 * 1000;

export function hashOfChange(changeNo: string, { kind, subject, lines, contentHash, stateHash, levels, reason, proposedBy }: Omit<NewChange, 'content' | 'levels'> & { readonly levels: ChangeLevels }): string {
  return hashOf([changeNo, kind, subject, lines, contentHash, stateHash, levels, reason, proposedBy]);
}

/** SHA-256 over JSON whose keys are in order: the same thing has the same hash, whoever wrote it down. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(inOrder(value)).digest('hex');
}
/** JSON whose keys are in order. */
export function inOrder(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item: unknown) => (item === undefined ? 'null' : inOrder(item))).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const members = Object.entries(value).filter(([, member]) => member !== undefined).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${members.map(([key, member]) => `${JSON.stringify(key)}:${inOrder(member)}`).join(',')}}`;
}

export type ChangeDecision = { readonly changeNo: string; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string; readonly now: Date };

export type ChangeStore = {
  /** Whether two persons are needed: since there were two who could be, for ever. */
  needsTwo(): Promise<boolean>;
  /** While two are not needed yet it is approved by being asked for. */
  add(request: { readonly change: NewChange; readonly expiresAt: Date; readonly now: Date }): Promise<{ readonly kind: 'added'; readonly change: ChangeProposal } | { readonly kind: 'waits'; readonly changeNo: string }>;
  find(changeNo: string): Promise<ChangeProposal | undefined>;
  /** Open ones first, the newest first among each. */
  list(limit: number): Promise<readonly ChangeProposal[]>;
  /** When the oldest that may still be approved was proposed. */
  waitingSince(now: Date): Promise<Date | undefined>;
  /** What would be carried out, secrets and all. Forgotten with the end of the proposal. */
  contentOf(changeNo: string): Promise<unknown>;
  /** `recheck` reads the state again, inside the transaction: one that has moved ends the proposal, and nobody's approval counts. */
  decide(decision: ChangeDecision & { readonly recheck: (change: ChangeProposal) => Promise<Outcome<'same' | 'moved'>> }): Promise<Outcome<ChangeProposal>>;
  /** Only what is approved ends so. */
  end(changeNo: string, end: { readonly state: 'applied' | 'failed'; readonly error?: Bilingual | undefined; readonly now: Date }): Promise<void>;
  /** Open ones of a subject that something newer has taken the place of. */
  supersede(subject: string, now: Date): Promise<void>;
  expireBefore(now: Date): Promise<readonly ChangeProposal[]>;
  approved(): Promise<readonly ChangeProposal[]>;
};
