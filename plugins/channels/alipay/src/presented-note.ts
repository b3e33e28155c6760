/**
 * What the channel notes about something it has shown to the patient: Alipay knows no trade until the code is scanned or the page is opened, so
 * "no such trade" before this time means "not yet".
 */
export function presentedUntil(expiresAt: string): string {
  return `presented-until ${expiresAt}`;
}

/** The end of what was shown; `undefined` when the note says nothing of it. */
export function endOfPresented(channelNote: string | undefined): number | undefined {
  const [, time = ''] = /^presented-until (\S+)$/.exec(channelNote ?? '') ?? [];
  const end = Date.parse(time);
  return Number.isNaN(end) ? undefined : end;
}
