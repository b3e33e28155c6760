import { chinaText } from '../machinery/china-time.js';

export { chinaDay, chinaText as chinaBillTime } from '../machinery/china-time.js';

/** `2026-11-22T23:05:00+08:00`, as in every JSON body (RFC 3339, whole seconds). */
export function chinaRfc3339(time: Date): string {
  return `${chinaText(time).replace(' ', 'T')}+08:00`;
}

/** The hour of the day in China, 0 to 23. */
export function chinaHour(time: Date): number {
  return Number(chinaText(time).slice(11, 13));
}

/** Reads RFC 3339 text with an explicit offset; `undefined` when the text is anything else. */
export function parseRfc3339(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return undefined;
  const time = new Date(text);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
