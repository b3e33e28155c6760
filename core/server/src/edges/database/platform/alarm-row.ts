import type { Alarm } from '../../../alarms/ports.js';
import type { AlarmRow } from './models.js';

export function asAlarm({ id, rule, subject, severity, value, raisedAt, acknowledgedAt, acknowledgedBy, clearedAt }: AlarmRow): Alarm {
  return {
    id, rule, subject, severity: severity === 1 ? 1 : severity === 2 ? 2 : 3, value, raisedAt, acknowledgedAt: acknowledgedAt ?? undefined, acknowledgedBy: acknowledgedBy ?? undefined, clearedAt: clearedAt ?? undefined,
  };
}
