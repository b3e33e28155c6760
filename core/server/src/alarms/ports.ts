/** What alarms (告警) need from outside, and the shapes they share with the edges. */
import type { MeasureId, Reading } from '../domain/alarm-measures.js';
import type { AlarmRule, Severity } from '../domain/alarm-rules.js';
import type { Outcome } from '../domain/errors.js';

/** Where readings come from. It gives every subject of its measures or throws; a subject it no longer names is gone. */
export type MeasureSource = {
  readonly measures: readonly MeasureId[];
  /** How often it is worth asking. */
  readonly everyMs: number;
  read(): Promise<readonly Reading[]> | readonly Reading[];
};

export type Alarm = {
  readonly id: number;
  readonly rule: string;
  readonly subject: string;
  readonly severity: Severity;
  /** What was measured when it was raised. */
  readonly value: number;
  readonly raisedAt: Date;
  readonly acknowledgedAt: Date | undefined;
  readonly acknowledgedBy: string | undefined;
  readonly clearedAt: Date | undefined;
};

export const ALARM_ACTS = ['raised', 'acknowledged', 'cleared'] as const;
/** Why an alarm ended: its value is well again, its subject is gone (a channel was removed), or its rule was switched off. */
export const CLEAR_CAUSES = ['well', 'subjectGone', 'ruleOff'] as const;
export type ClearCause = (typeof CLEAR_CAUSES)[number];
/** Append-only. `note`: what a person wrote, or a `ClearCause`. */
export type AlarmAct = { readonly alarm: number; readonly what: (typeof ALARM_ACTS)[number]; readonly at: Date; readonly who: string; readonly note: string; readonly value: number | undefined };

/** Nothing is delivered while a mute (静默) holds; alarms are kept and shown as ever. `rule` empty: everything. */
export type Mute = { readonly id: number; readonly rule: string; readonly since: Date; readonly until: Date; readonly by: string; readonly reason: string };
export type NewMute = Omit<Mute, 'id'>;

/** One alarm's news for one delivery channel. Unique by alarm, channel and what: restarts and retries tell nobody twice what was acknowledged. */
export type Delivery = { readonly id: number; readonly alarm: Alarm; readonly channel: string; readonly what: 'raised' | 'cleared'; readonly attempts: number; readonly since: Date; readonly dueAt: Date };

/** One hour of one measure. */
export type HourOfReadings = { readonly hour: Date; readonly measure: MeasureId; readonly subject: string; readonly least: number; readonly most: number; readonly average: number; readonly samples: number };

export type AlarmStore = {
  openAlarms(): Promise<readonly Alarm[]>;
  find(id: number): Promise<Alarm | undefined>;
  /** Newest first, open and cleared. */
  list(filter: { readonly before: number | undefined; readonly limit: number }): Promise<readonly Alarm[]>;
  /** In their order. */
  actsOf(alarms: readonly number[]): Promise<readonly AlarmAct[]>;
  /** The alarm, its act and what is to be delivered, in one transaction. Undefined: this rule has an open alarm for this subject. */
  raise(alarm: { readonly rule: string; readonly subject: string; readonly severity: Severity; readonly value: number; readonly at: Date; readonly channels: readonly string[] }): Promise<Alarm | undefined>;
  /** Whoever was told that it was raised is to be told that it cleared; whoever was not is told neither. */
  clear(id: number, end: { readonly at: Date; readonly cause: ClearCause; readonly value: number | undefined }): Promise<void>;
  /** False: it has been acknowledged or is cleared. */
  acknowledge(id: number, act: { readonly at: Date; readonly by: string; readonly note: string }): Promise<boolean>;
  /** Mutes that end after `now`. */
  mutes(now: Date): Promise<readonly Mute[]>;
  addMute(mute: NewMute): Promise<Mute>;
  /** False: it is over already. */
  endMute(id: number, at: Date): Promise<boolean>;
  /** Oldest first. */
  waiting(channel: string): Promise<readonly Delivery[]>;
  /** Also of alarms that cleared while they were being told: whoever was told hears of the end, too. */
  delivered(ids: readonly number[], at: Date): Promise<void>;
  postpone(ids: readonly number[], retry: { readonly dueAt: Date; readonly problem: string }): Promise<void>;
  /** Given up: nobody will try again. */
  drop(ids: readonly number[], end: { readonly at: Date; readonly problem: string }): Promise<void>;
  /** Every open or ended delivery of a channel, newest first. */
  listDeliveries(filter: { readonly channel: string; readonly limit: number }): Promise<readonly { readonly state: 'waiting' | 'delivered' | 'dropped'; readonly what: 'raised' | 'cleared'; readonly attempts: number; readonly since: Date; readonly endedAt: Date | undefined; readonly problem: string | undefined }[]>;
  saveHours(hours: readonly HourOfReadings[]): Promise<void>;
  listHours(filter: { readonly measure: MeasureId; readonly subject: string; readonly since: Date }): Promise<readonly HourOfReadings[]>;
  /** Cleared alarms with their acts and deliveries, ended mutes and hours from before. How many alarms. */
  removeBefore(time: Date, hoursBefore: Date): Promise<number>;
};

// ── Delivery ──

/** One line of a message. Texts and ids only: nothing personal is ever measured. */
export type AlarmLine = {
  readonly alarm: number; readonly what: 'raised' | 'cleared'; readonly rule: string; readonly subject: string; readonly severity: Severity; readonly zh: string; readonly en: string;
  readonly repairZh: string; readonly repairEn: string; readonly value: string; readonly at: string;
};
/** What one channel is told at once: one alarm, or a digest (摘要) of many. `id` is the same when it is tried again. */
export type AlarmMessage = { readonly id: string; readonly hospital: string; readonly at: string; readonly isTest: boolean; readonly lines: readonly AlarmLine[]; readonly more: number };
export type Sent = { readonly ok: true } | { readonly ok: false; readonly problem: string };

/** A way alarms leave the house. `send` never throws for what the far side does; `problem` carries no password and no address of a person. */
export type AlarmChannel = {
  readonly id: string;
  readonly kind: 'email' | 'webhook' | 'syslog';
  /** For screens: host and port. */
  readonly target: string;
  /** Alarms of this severity and more urgent ones. */
  readonly leastSeverity: Severity;
  send(message: AlarmMessage): Promise<Sent>;
};

// ── The desk ──

/** An open alarm as people see it: with what is measured now, and whether its news is held back. */
export type Problem = Alarm & { readonly valueNow: number | undefined; readonly isMuted: boolean };
export type ReadingNow = Reading & { readonly at: Date };
export type ChannelOnScreen = Pick<AlarmChannel, 'id' | 'kind' | 'target' | 'leastSeverity'> & {
  readonly waitingSeconds: number;
  /** Its newest news that was told or is still to be told. `problem`: why the last attempt failed. */
  readonly last: { readonly state: 'waiting' | 'delivered' | 'dropped'; readonly at: Date; readonly attempts: number; readonly problem: string | undefined } | undefined;
};
export const TREND_RANGES = ['hour', 'day', 'month'] as const;
export type TrendRange = (typeof TREND_RANGES)[number];

/** Alarms for people: what is wrong, what is measured, acknowledging, muting, testing. Every act is audited. */
export type AlarmDesk = {
  readonly rules: readonly AlarmRule[];
  /** Most severe first, then oldest. */
  problems(): Promise<readonly Problem[]>;
  readings(): readonly ReadingNow[];
  mutes(): Promise<readonly Mute[]>;
  channels(): Promise<readonly ChannelOnScreen[]>;
  history(filter: { readonly before: number | undefined; readonly limit: number }): Promise<readonly (Alarm & { readonly acts: readonly AlarmAct[] })[]>;
  /** `hour` and `day` from memory, the highest of each span; `month` from whole hours. */
  trend(of: { readonly measure: MeasureId; readonly subject: string; readonly range: TrendRange }): Promise<readonly { readonly at: Date; readonly value: number }[]>;
  /** Errors: NO_SUCH_ITEM; CONFLICT when it has cleared or somebody was there before. */
  acknowledge(request: { readonly id: number; readonly by: string; readonly note: string }): Promise<Outcome<Alarm>>;
  /** Errors: NO_SUCH_ITEM for a rule that is not in force; MUTE_TIME_WRONG. */
  mute(request: { readonly rule: string; readonly until: Date; readonly by: string; readonly reason: string }): Promise<Outcome<Mute>>;
  /** Errors: NO_SUCH_ITEM. */
  endMute(request: { readonly id: number; readonly by: string }): Promise<Outcome<{ readonly id: number }>>;
  /** Errors: NO_SUCH_ITEM. What the far side did with a test alarm, now. */
  test(request: { readonly channel: string; readonly by: string }): Promise<Outcome<Sent>>;
};
