/** What the channel notes about a code or page it has handed out: UnionPay may know no order before the patient acts, so "no such order" until this time means "not yet". */
export function presentedUntil(expiresAt: string): string {
  return `presented-until ${expiresAt}`;
}

/** The end of what was handed out; `undefined` when the note says nothing of it. */
export function endOfPresented(channelNote: string | undefined): number | undefined {
  const [, time = ''] = /^presented-until (\S+)$/.exec(channelNote ?? '') ?? [];
  const end = Date.parse(time);
  return Number.isNaN(end) ? undefined : end;
}
