/** Times on screens are Beijing time, whatever zone the browser's machine is set to. */
const OFFSET_MS = 8 * 60 * 60 * 1000;

function shifted(instant: string): string | undefined {
  const at = Date.parse(instant);
  return Number.isNaN(at) ? undefined : new Date(at + OFFSET_MS).toISOString();
}

/** `2026-11-20 09:00:10` */
export function showTime(instant: string): string {
  return shifted(instant)?.slice(0, 19).replace('T', ' ') ?? instant;
}
/** `09:00:10.123` */
export function showClock(instant: string): string {
  return shifted(instant)?.slice(11, 23) ?? instant;
}
/** `2026-11-20` */
export function beijingDay(instant: string): string {
  return shifted(instant)?.slice(0, 10) ?? instant;
}
/** The instant of `2026-11-20 09:00:10` as it stands on a screen; undefined when it is none. */
export function instantOf(shown: string): string | undefined {
  const at = Date.parse(`${shown.replace(' ', 'T')}+08:00`);
  return Number.isNaN(at) ? undefined : new Date(at).toISOString();
}
/** The day so many days away from a day. */
export function dayPlus(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
