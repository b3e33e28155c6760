import type { CaseDraft, CaseKind } from './order-change.js';

/** Cases about more than one order: a day, a till, a channel. The money store implements it. */
export type CaseBook = {
  /** While a case of this kind and subject is open it stands as it is. */
  openCase(draft: CaseDraft, now: Date): Promise<void>;
  /** What the case was about is in order again. */
  resolveCase(kind: CaseKind, subject: string, now: Date): Promise<void>;
};
