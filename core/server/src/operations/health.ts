import type { Timers } from '../domain/time.js';

export type CheckResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };
export type HealthCheck = {
  readonly name: string;
  /** `live`: a failure means the process should be restarted. `ready`: it should not get traffic now. `notice`: somebody should look; traffic goes on. */
  readonly kind: 'live' | 'ready' | 'notice';
  readonly deadlineMs: number;
  check(): Promise<CheckResult> | CheckResult;
};
/** `degraded`: a notice is not well; `ok` does not depend on it. */
export type HealthReport = { readonly ok: boolean; readonly degraded: boolean; readonly checks: readonly ({ readonly name: string } & CheckResult)[] };

export type Health = {
  /** Adds a check; the returned function removes it. */
  add(check: HealthCheck): () => void;
  /** For /healthz. */
  live(): Promise<HealthReport>;
  /** For /readyz: everything live and ready. */
  ready(): Promise<HealthReport>;
};

/** Collects the parts' own answers to "are you well?". A check that throws or does not answer in time is a failure with that reason. */
export function createHealth({ timers }: { readonly timers: Timers }): Health {
  const checks = new Map<string, HealthCheck>();
  const report = async (wanted: (check: HealthCheck) => boolean): Promise<HealthReport> => {
    const asked = [...checks.values()].filter(wanted);
    const results = await Promise.all(asked.map(async (check) => ({ name: check.name, ...(await runCheck(check, timers)) })));
    const failed = asked.filter((_check, index) => results[index]?.ok === false);
    return { ok: failed.every(({ kind }) => kind === 'notice'), degraded: failed.some(({ kind }) => kind === 'notice'), checks: results };
  };
  return {
    add(check) {
      if (checks.has(check.name)) throw new Error(`a health check named ${check.name} exists already`);
      checks.set(check.name, check);
      return () => checks.delete(check.name);
    },
    live: () => report(({ kind }) => kind === 'live'),
    ready: () => report(() => true),
  };
}

async function runCheck(check: HealthCheck, timers: Timers): Promise<CheckResult> {
  const deadline = Promise.withResolvers<CheckResult>();
  const timer = timers.after(check.deadlineMs, () => deadline.resolve({ ok: false, reason: `no answer within ${check.deadlineMs} ms` }));
  try {
    return await Promise.race([deadline.promise, (async () => check.check())()]);
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'failed' };
  } finally {
    timer.cancel();
  }
}
