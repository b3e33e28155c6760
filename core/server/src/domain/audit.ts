/** One act worth answering for: who did what to which thing, what it was before and after, and why. */
export type AuditAct = {
  /** Login, application id or `system`. */
  readonly who: string;
  /** Verb in the hospital's words: `refund.request`, `terminal.claim`. */
  readonly what: string;
  /** Kind and id: `order H20261122…`. */
  readonly object: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string;
};

/** The audit log as use cases see it: it can be written, never changed. Resolves when the act is durable. */
export type AuditTrail = { record(act: AuditAct): Promise<void> };
