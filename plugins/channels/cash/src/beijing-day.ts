const BEIJING_OFFSET_MS = 8 * 3_600_000;

/** The Beijing day (yyyy-MM-dd) of an instant. */
export function beijingDay(at: string | Date): string {
  return new Date(new Date(at).getTime() + BEIJING_OFFSET_MS).toISOString().slice(0, 10);
}

/** The day this many days before another. */
export function daysBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * 86_400_000).toISOString().slice(0, 10);
}
