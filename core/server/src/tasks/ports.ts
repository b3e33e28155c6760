/** What running tasks needs from outside. */
import type { Bilingual } from '../domain/bilingual.js';

/** What to do at start with firings that fell into a stop. Either way each of them is a row. */
export type MissedPolicy = 'runOnce' | 'skip';

export type TaskDefinition = { readonly name: string; readonly rule: string; readonly missed: MissedPolicy; readonly enabled: boolean };

/** `missed`: the platform was stopped. `overlapped`: the run before was still going. `interrupted`: the platform stopped in the middle of it. */
export const TASK_RUN_STATES = ['running', 'succeeded', 'failed', 'missed', 'overlapped', 'interrupted'] as const;
export type TaskRunState = (typeof TASK_RUN_STATES)[number];
/** Why it ran: the rule, a start after missed firings, or a person. */
export const TASK_RUN_CAUSES = ['rule', 'catchUp', 'person'] as const;
export type TaskRunCause = (typeof TASK_RUN_CAUSES)[number];

export type TaskRun = {
  readonly id: number;
  readonly task: string;
  /** When the rule said it should run; unique per task. */
  readonly fireTime: Date;
  readonly state: TaskRunState;
  readonly cause: TaskRunCause;
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  readonly result: Bilingual | undefined;
};
export type NewTaskRun = Omit<TaskRun, 'id'>;

export type StoredTask = TaskDefinition & { readonly createdAt: Date };

export type TaskStore = {
  /** Adds new definitions and updates rule and policy of known ones. `enabled` of a known task stays what people set in the console. */
  define(definitions: readonly TaskDefinition[], now: Date): Promise<void>;
  list(): Promise<readonly StoredTask[]>;
  setEnabled(name: string, enabled: boolean, now: Date): Promise<boolean>;
  /** Writes a run; undefined when this firing has a row already. */
  addRun(run: NewTaskRun): Promise<number | undefined>;
  finishRun(id: number, end: { readonly state: TaskRunState; readonly finishedAt: Date; readonly result: Bilingual }): Promise<void>;
  lastFireTime(task: string): Promise<Date | undefined>;
  /** Newest first. */
  listRuns(filter: { readonly task?: string; readonly limit: number }): Promise<readonly TaskRun[]>;
  /** Runs still `running` were cut off with the process before. Returns how many. */
  markInterrupted(now: Date): Promise<number>;
  removeRunsBefore(time: Date): Promise<number>;
};

/** Fires once at a time of day, on the machine's or the simulation's clock. */
export type TaskTimer = {
  /** @throws when it cannot fire at that time. */
  at(when: Date, fire: () => void): { cancel(): void };
};
