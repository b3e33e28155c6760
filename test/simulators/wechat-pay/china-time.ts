/**
 * Times as WeChat Pay writes them: always UTC+8, with no daylight saving, whatever the machine's own zone is.
 */
const CHINA_OFFSET_MS = 8 * 3_600_000;

/** `2026-11-22T23:05:00+08:00`, as in every JSON body (RFC 3339, whole seconds). */
export function chinaRfc3339(time: Date): string {
  return `${shifted(time).slice(0, 19)}+08:00`;
}

/** `2026-11-22 23:05:00`, as in bill files. */
export function chinaBillTime(time: Date): string {
  return shifted(time).slice(0, 19).replace('T', ' ');
}

/** `2026-11-22`, the day a bill row belongs to. */
export function chinaDay(time: Date): string {
  return shifted(time).slice(0, 10);
}

/** The hour of the day in China, 0 to 23. */
export function chinaHour(time: Date): number {
  return Number(shifted(time).slice(11, 13));
}

/** Reads RFC 3339 text with an explicit offset; `undefined` when the text is anything else. */
export function parseRfc3339(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}

function shifted(time: Date): string {
  return new Date(time.getTime() + CHINA_OFFSET_MS).toISOString();
}
