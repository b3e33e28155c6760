import { scheduleJob, type Job } from 'node-schedule';
import type { Log } from '../../domain/log.js';
import type { TaskTimer } from '../../tasks/ports.js';

/** node-schedule answers null to a time that passes while it is being armed. A second is nothing to a task and plenty for arming. */
const ARMING_MARGIN_MS = 1000;

/**
 * node-schedule as an alarm clock for one time each. Its traps are kept outside: it returns null for a time it cannot fire at and fires every minute for a
 * date that is none, forgets what falls into a stop, does not guard overlaps, and lets a throwing job end the process.
 */
export function nodeScheduleTimer({ log, now }: { readonly log: Log; readonly now: () => Date }): TaskTimer {
  const arm = (when: Date, fire: () => void): Job | null => scheduleJob(when, fire);
  return {
    at(when, fire) {
      if (Number.isNaN(when.getTime())) throw new Error('a task was to be scheduled for a date that is none');
      const guarded = () => {
        try {
          fire();
        } catch (error) {
          log.error('a scheduled task threw at its start', { error });
        }
      };
      const job = arm(when, guarded) ?? arm(new Date(now().getTime() + ARMING_MARGIN_MS), guarded);
      if (job === null) throw new Error(`nothing can be scheduled for ${when.toISOString()}`);
      job.on('error', (error: unknown) => log.error('a scheduled task failed', { error }));
      return {
        cancel() {
          job.cancel();
        },
      };
    },
  };
}
