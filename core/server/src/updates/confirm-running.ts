import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import type { Box } from './ports.js';

const ASK_EVERY_MS = 5_000;
/** Sooner than the machine's own gate loses patience: it knows less of why. */
const GIVE_UP_AFTER_MS = 15 * 60_000;

export type ConfirmRunningPorts = {
  readonly box: Box;
  readonly ready: () => Promise<{ readonly ok: boolean; readonly failing: readonly string[] }>;
  /** Channels that answered right before the update. */
  readonly expected: () => readonly string[];
  /** Asks a channel something harmless: a live query. */
  readonly answers: (channel: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly audit: AuditTrail;
  readonly log: Log;
};

/**
 * 试运行确认: a system on trial is committed once it is ready and every channel that answered before the update has answered it; otherwise the machine goes back by itself.
 * On a machine without a trial it does nothing. @returns when it is decided, or stopped
 */
export function confirmRunning({ box, ready, expected, answers, clock, timers, audit, log }: ConfirmRunningPorts): { readonly decided: Promise<void>; stop(): void } {
  let isStopped = false;
  let wake = (): void => {};
  let timer = { cancel() {} };
  const pause = () => new Promise<void>((go) => { wake = go; timer = timers.after(ASK_EVERY_MS, go); });
  const since = clock.now().getTime();
  const answered = new Set<string>();

  const missing = async (): Promise<Bilingual | undefined> => {
    const health = await ready();
    if (!health.ok) return { zh: `健康检查未通过：${health.failing.join('、')}`, en: `health checks fail: ${health.failing.join(', ')}` };
    await Promise.all(expected().filter((channel) => !answered.has(channel)).map(async (channel) => { if (await answers(channel).catch(() => false)) answered.add(channel); }));
    const silent = expected().filter((channel) => !answered.has(channel));
    return silent.length === 0 ? undefined : { zh: `更新前有应答的渠道没有应答：${silent.join('、')}`, en: `channels that answered before the update do not answer: ${silent.join(', ')}` };
  };
  const decide = async (): Promise<void> => {
    for (;;) {
      const status = await box.status();
      if (isStopped || (status.kind === 'ok' && !status.value.isTrying)) return;
      const why = status.kind === 'ok' ? await missing() : undefined;
      if (status.kind === 'ok' && why === undefined) {
        const { version } = status.value;
        const committed = await box.commit();
        if (committed.kind === 'ok') {
          log.info('the update is committed', { version });
          await audit.record({ who: 'system', what: 'update.commit', object: `system ${version}`, after: { channels: [...answered] } });
          return;
        }
        log.error('the update cannot be committed', { refused: committed.code, detail: committed.detail });
      } else if (status.kind === 'ok' && clock.now().getTime() - since >= GIVE_UP_AFTER_MS) {
        log.error('the update is taken back', { why: why?.en });
        await audit.record({ who: 'system', what: 'update.revert', object: `system ${status.value.version}`, after: { why: why?.zh ?? '' } });
        await box.revert(why ?? { zh: '未通过自检', en: 'it did not find itself well' });
        return;
      }
      if (isStopped) return;
      await pause();
    }
  };
  const decided = decide().catch((error: unknown) => { log.error('whether the update is good could not be decided', { error }); });
  return { decided, stop() { isStopped = true; timer.cancel(); wake(); } };
}
