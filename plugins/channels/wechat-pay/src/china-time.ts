const CHINA_OFFSET_MS = 8 * 3_600_000;

/** RFC 3339 in China's zone with whole seconds, as WeChat Pay wants `time_expire`: `2026-11-22T23:05:00+08:00`. */
export function chinaTime(time: string): string {
  return `${new Date(new Date(time).getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 19)}+08:00`;
}

/** Reads the times of a bill, `2026-11-22 23:05:00`, which are China's; `undefined` for anything else. */
export function chinaTimeOfBill(text: string): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})$/.exec(text);
  const time = match === null ? '' : `${match[1] ?? ''}T${match[2] ?? ''}+08:00`;
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}

/** `20261122230500`, as API v2 writes times; China's. */
export function chinaDigits(time: string): string {
  return chinaTime(time).slice(0, 19).replace(/\D/g, '');
}

/** Reads the times of API v2; `undefined` for anything else. */
export function chinaTimeOfDigits(text: string): string | undefined {
  return chinaTimeOfBill(text.replace(/^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/, '$1-$2-$3 $4:$5:$6'));
}
