const CHINA_OFFSET_MS = 8 * 3_600_000;

/** `yyyy-MM-dd HH:mm:ss` in China's zone: how Alipay writes every time. */
export function chinaTime(time: Date): string {
  return new Date(time.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** Reads Alipay's times (fractions of a second are dropped) as RFC 3339; `undefined` for anything else. */
export function fromChinaTime(text: string | undefined): string | undefined {
  const match = /^(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2})(\.\d{1,6})?$/.exec(text ?? '');
  const time = match === null ? '' : `${match[1] ?? ''}T${match[2] ?? ''}+08:00`;
  return Number.isNaN(Date.parse(time)) ? undefined : time;
}
