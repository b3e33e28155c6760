/** What working on cases (差错处理) needs from outside, and what the console asks of it. */
import type { AuditTrail } from '../domain/audit.js';
import type { CaseStore, CaseWay, CaseWork } from '../domain/case-work.js';
import type { Outcome } from '../domain/errors.js';
import type { Clock } from '../domain/time.js';

/** Keeps the bytes of attachments, encrypted. */
export type CaseFiles = {
  /** Resolves with their SHA-256 when they are on the disk. */
  keep(bytes: Uint8Array): Promise<string>;
  /** Undefined: not there, or not what it was. */
  open(sha256: string): Promise<Uint8Array | undefined>;
};

export type CasePorts = { readonly cases: CaseStore; readonly files: CaseFiles; readonly audit: AuditTrail; readonly clock: Clock };

/** Every act answers the case as it is then. All refuse NO_SUCH_ITEM. */
export type CaseDesk = {
  findCase(request: { readonly id: number }): Promise<Outcome<CaseWork>>;
  /** Taking it again is harmless; taking another's makes it one's own, and both are kept. Refuses CONFLICT when it has ended. */
  takeCase(request: { readonly id: number; readonly by: string }): Promise<Outcome<CaseWork>>;
  /** `isContact`: a talk with the patient (患者联系记录). */
  noteCase(request: { readonly id: number; readonly text: string; readonly isContact: boolean; readonly by: string }): Promise<Outcome<CaseWork>>;
  /** 附件: PDF, pictures, Office documents, text, up to 8 MiB; also after the case has ended. Refuses MALFORMED_REQUEST. */
  attachFile(request: { readonly id: number; readonly name: string; readonly bytes: Uint8Array; readonly by: string }): Promise<Outcome<CaseWork>>;
  /** Opening it is audited. */
  openFile(request: { readonly id: number; readonly seq: number; readonly by: string }): Promise<Outcome<{ readonly name: string; readonly mediaType: string; readonly bytes: Uint8Array }>>;
  /** Refuses CASE_ENDS_ITSELF (not this way, or by no person), CONFLICT (ended, or another proposal waits). */
  proposeEnd(request: { readonly id: number; readonly way: CaseWay; readonly reason: string; readonly by: string }): Promise<Outcome<CaseWork>>;
  /** Refuses SECOND_PERSON_NEEDED, APPROVAL_OVER (not what was shown, or too old), CONFLICT (nothing is proposed, or it has ended). */
  decideEnd(request: { readonly id: number; readonly hash: string; readonly isApproved: boolean; readonly reason: string; readonly by: string }): Promise<Outcome<CaseWork>>;
};
