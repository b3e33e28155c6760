/** 日间对账 joined: asking again what has ended, and comparing the day that is not over. Called by the composition root, of which it is a part. */
import type { CallWindow } from './alarms/call-window.js';
import type { Configuration } from './config/configuration-schema.js';
import type { StatementSource } from './domain/reconciliation-store.js';
import { breathe } from './edges/machine/breathe.js';
import type { SqliteMoneyStore } from './edges/database/money/sqlite-money-store.js';
import type { PaymentPorts } from './payments/ports.js';
import type { ReconciliationEngine, RunningDesk } from './reconciliation/ports.js';
import { NOT_ASKED } from './reconciliation/ask-ended-again.js';
import { createRunningDesk } from './reconciliation/running-desk.js';

export type RunningParts = {
  readonly configuration: Configuration;
  readonly store: SqliteMoneyStore;
  readonly payments: PaymentPorts;
  readonly calls: CallWindow;
  readonly isHealthy: (channel: string) => boolean;
  readonly sources: () => readonly StatementSource[];
  readonly engine: ReconciliationEngine;
};

/** A HIS that leaves more calls unanswered, or takes longer, has its windows to serve first. */
const SPARED = { unansweredPercent: 10, meanMs: 1_500 } as const;

export function composeRunning({ configuration: { hospital, his, reconciliation }, store, payments, calls, isHealthy, sources, engine }: RunningParts): RunningDesk {
  const { running } = store;
  // Notes and card terminals are compared by their own tasks.
  const isAsked = (id: string): boolean => payments.channels.find(id)?.methods.some((method) => !NOT_ASKED.includes(method)) === true;
  return createRunningDesk({
    ended: running, running, money: payments.store, channels: payments.channels, hospitals: payments.hospitals, hospitalId: hospital.id, policy: payments.policy, clock: payments.clock, random: payments.random,
    engine, isHealthy, sources: () => sources().filter(({ channels }) => channels.some(isAsked)), breathe, marginMs: reconciliation.runningMarginSeconds * 1000, listChecks: () => running.listChecks(),
    reasonToSpareHis() {
      const { unansweredPercent, meanMs } = calls.of(his.id);
      if (unansweredPercent > SPARED.unansweredPercent) return { zh: '医院系统有请求未应答', en: 'it leaves calls unanswered' };
      return meanMs > SPARED.meanMs ? { zh: '医院系统应答缓慢', en: 'it is slow' } : undefined;
    },
  });
}
