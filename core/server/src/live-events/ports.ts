/**
 * Live events (实时推送): screens are told that something changed, never what it became. An event carries a topic and ids; the page then asks the ordinary route, with its own rights.
 * They announce and steer nothing: one that is lost costs a page some seconds.
 */
import type { Right } from '../users/ports.js';

/** Each topic with the right it takes to hear of it. `own`: only whoever it is about. */
export const LIVE_TOPICS = {
  orders: 'read', cases: 'read', approvals: 'read', changes: 'readMachine', payouts: 'read', prepayment: 'read', arrivals: 'read', settlements: 'read', periods: 'read', reconciliation: 'read', windowDesk: 'read', forms: 'read', quickPay: 'read',
  tasks: 'readMachine', queue: 'readMachine', alarms: 'readMachine', certificates: 'readMachine', plugins: 'readMachine', terminals: 'readMachine', dictionaries: 'readMachine', hisNotices: 'read', hisDoctor: 'readMachine', applications: 'readMachine',
  shifts: 'shifts', tills: 'shifts', displays: 'operate', backups: 'readMachine', audit: 'audit', users: 'seeUsers', exports: 'own', work: 'own',
} as const satisfies Readonly<Record<string, Right | 'own'>>;
export type LiveTopic = keyof typeof LIVE_TOPICS;

/** `ids`: which of the topic, numbers of the platform and never of a patient; empty when it is not known or there are many. `seq` counts from 1 in each run of the platform. */
export type LiveEvent = { readonly seq: number; readonly topic: LiveTopic; readonly ids: readonly string[]; readonly onlyFor: string | undefined };

export type LiveListener = { changed(event: LiveEvent): void; /** Sessions may have ended, or rights changed. */ sessionsChanged(): void };

export type EventHub = {
  /** Something of the topic has changed and is committed. What comes close together is told as one. `onlyFor`: the login it is about, of a topic that is one's own. */
  publish(topic: LiveTopic, ids?: readonly string[], onlyFor?: string): void;
  sessionsChanged(): void;
  /** Where a listener who begins now stands: `<generation>-<seq>`. */
  mark(): string;
  markOf(event: LiveEvent): string;
  /** What came after a mark; undefined when that is not known any more: of another run, or too long ago. */
  since(mark: string): readonly LiveEvent[] | undefined;
  listen(listener: LiveListener): () => void;
  stop(): void;
};
