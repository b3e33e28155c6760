import type { AlarmRule } from '../../api/console-api';

export type Unit = AlarmRule['unit'];
type Say = (key: string, values?: Record<string, unknown>) => string;

/** A value in the unit people read: seconds as minutes or hours, megabytes as gigabytes once they are many. */
export function showReading(unit: Unit, value: number, t: Say): string {
  switch (unit) {
    case 'flag': return t(value > 0 ? 'monitoring.wrong' : 'monitoring.well');
    case 'count': return short(value);
    case 'percent': return `${short(value)} %`;
    case 'milliseconds': return value >= 10_000 ? `${short(value / 1000)} s` : `${short(value)} ms`;
    case 'megabytes': return value >= 10_240 ? `${short(value / 1024)} GB` : `${short(value)} MB`;
    case 'seconds': return value === 0 ? '0' : showSpan(value, t);
  }
}

/** `3 分钟` */
export function showSpan(seconds: number, t: Say): string {
  if (seconds < 120) return t('age.seconds', { count: Math.round(seconds) });
  if (seconds < 7_200) return t('age.minutes', { count: Math.floor(seconds / 60) });
  return seconds < 172_800 ? t('age.hours', { count: Math.floor(seconds / 3600) }) : t('age.days', { count: Math.floor(seconds / 86_400) });
}

function short(value: number): string {
  return String(Math.abs(value) < 10 ? Math.round(value * 10) / 10 : Math.round(value));
}
