const OFFSET_MS = 8 * 3_600_000;

/** `yyyy-MM-dd HH:mm:ss` in China: always UTC+8, with no daylight saving, whatever the machine's own zone is. */
export function chinaText(time: Date): string {
  return new Date(time.getTime() + OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

export function chinaDay(time: Date): string {
  return chinaText(time).slice(0, 10);
}

/** `undefined` when the text is not such a time. */
export function chinaMoment(text: string): Date | undefined {
  if (!/^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$/.test(text)) return undefined;
  const time = new Date(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(time.getTime()) ? undefined : time;
}
