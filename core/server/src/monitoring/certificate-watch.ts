import { oneAfterAnother } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { AuditTrail } from '../domain/audit.js';
import { ALARM_ENDED, ALARM_ENDS_ITSELF } from '../domain/refusal-words.js';
import type { Timers } from '../domain/time.js';
import { checkCredentials, type CheckReport } from './check-credentials.js';
import { CONFIRMABLE_ALARMS, type CheckPorts, type CredentialAlarm, type CredentialEvent, type StoredCredential } from './ports.js';

export type CertificateWatch = {
  /** Checks soon, without holding up the start. */
  start(): void;
  /** Something changed: checks soon. Many calls are one check. */
  nudge(): void;
  /** For the daily task and for people. @throws when the database cannot be read or written. */
  checkNow(): Promise<CheckReport>;
  list(): Promise<readonly StoredCredential[]>;
  history(of: { readonly owner: string; readonly name: string }): Promise<readonly CredentialEvent[]>;
  readonly alarmDays: readonly number[];
  /** Open and ended ones, newest first. */
  alarms(): Promise<readonly CredentialAlarm[]>;
  openAlarms(): Promise<readonly CredentialAlarm[]>;
  /** A person says that a change or an unknown end is known. All other alarms end by themselves only. */
  confirm(id: number, by: string): Promise<Outcome<CredentialAlarm>>;
  /** What the last check knew, for metrics and health. */
  latest(): { readonly credentials: readonly StoredCredential[]; readonly openAlarms: readonly CredentialAlarm[] };
  stop(): Promise<void>;
};

export type CertificateWatchOptions = CheckPorts & { readonly timers: Timers; readonly audit: AuditTrail };

/** An upgrade or a reload changes several things at once. */
const NUDGE_DELAY_MS = 3_000;
const HISTORY_SHOWN = 50;
const ALARMS_SHOWN = 200;

export function createCertificateWatch(options: CertificateWatchOptions): CertificateWatch {
  const { store, clock, timers, log, audit } = options;
  let latest: ReturnType<CertificateWatch['latest']> = { credentials: [], openAlarms: [] };
  let soon: { cancel(): void } | undefined;
  let stopped = false;

  const inTurn = oneAfterAnother();
  const readAgain = async (): Promise<void> => {
    latest = { credentials: await store.list(), openAlarms: await store.openAlarms() };
  };
  const check = (): Promise<CheckReport> =>
    inTurn(async () => {
      const report = await checkCredentials(options);
      await readAgain();
      return report;
    });
  const nudge = (): void => {
    if (stopped || soon !== undefined) return;
    soon = timers.after(NUDGE_DELAY_MS, () => {
      soon = undefined;
      check().catch((error: unknown) => { log.error('keys and certificates could not be checked', { error }); });
    });
  };

  return {
    start: nudge,
    nudge,
    checkNow: check,
    list: () => store.list(),
    history: (of) => store.listEvents({ ...of, limit: HISTORY_SHOWN }),
    alarmDays: options.policy.alarmDays,
    openAlarms: () => store.openAlarms(),
    alarms: () => store.listAlarms({ limit: ALARMS_SHOWN }),
    confirm: (id, by) =>
      inTurn(async () => {
        const alarm = await store.findAlarm(id);
        if (alarm === undefined) return refused('NO_SUCH_ITEM');
        if (alarm.resolvedAt !== undefined) return refused('CONFLICT', ALARM_ENDED);
        if (!CONFIRMABLE_ALARMS.includes(alarm.kind)) return refused('CONFLICT', ALARM_ENDS_ITSELF);
        const end = { at: clock.now(), by: `user/${by}` };
        await store.resolve(id, end);
        await audit.record({ who: by, what: 'credentialAlarm.confirm', object: `${alarm.kind} of ${alarm.owner} ${alarm.name}`, before: { detail: alarm.detail.en } });
        await readAgain();
        return ok({ ...alarm, resolvedAt: end.at, resolvedBy: end.by });
      }),
    latest: () => latest,
    async stop() {
      stopped = true;
      soon?.cancel();
      await inTurn(() => Promise.resolve());
    },
  };
}
