/** The masked names the core has shown to each terminal, so that a quote is labelled by the core's own word and not by the terminal's. */
import { LRUCache } from 'lru-cache';
import type { Clock } from '../domain/time.js';

/** One patient's visit to a terminal. */
const SESSION_MS = 30 * 60_000;
const MOST_LABELS = 20_000;

export type PatientLabels = {
  remember(deviceId: string, patient: { readonly patientId: string; readonly name: string }): void;
  /** The masked name from this terminal's last patient.find, or the masked patient id. */
  of(deviceId: string, patientId: string): string;
};

export function createPatientLabels(clock: Clock): PatientLabels {
  // `ttlResolution: 0` keeps the cache from arming timers of its own: time is the platform's.
  const labels = new LRUCache<string, string>({ max: MOST_LABELS, ttl: SESSION_MS, ttlResolution: 0, perf: { now: () => clock.now().getTime() } });
  return {
    remember(deviceId, { patientId, name }) {
      labels.set(`${deviceId}/${patientId}`, name);
    },
    of: (deviceId, patientId) => labels.get(`${deviceId}/${patientId}`) ?? maskedId(patientId),
  };
}

function maskedId(patientId: string): string {
  const characters = [...patientId];
  return `${'*'.repeat(4)}${characters.length <= 4 ? '' : characters.slice(-4).join('')}`;
}
