import type { StoredFault, TerminalAlarm } from './ports.js';
import { FAULT_LEVELS, TERMINAL_ALARMS } from './ports.js';

type Gauge = { readonly name: string; readonly help: string; readonly labels: readonly string[]; read(): readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[] };
export type FleetObserving = {
  readonly metrics: { observedGauges(gauge: Gauge): void };
  readonly health: { add(check: { readonly name: string; readonly kind: 'notice'; readonly deadlineMs: number; check(): { readonly ok: true } | { readonly ok: false; readonly reason: string } }): unknown };
  readonly openAlarms: () => readonly TerminalAlarm[];
  readonly openFaults: () => readonly StoredFault[];
};

/** Terminals for monitoring systems: alarms and faults, and a notice in the health report that takes nothing out of service. */
export function observeFleet({ metrics, health, openAlarms, openFaults }: FleetObserving): void {
  metrics.observedGauges({
    name: 'hospay_terminal_alarms_open', help: 'Open alarms about terminals', labels: ['kind'],
    read: () => TERMINAL_ALARMS.map((kind) => ({ labels: { kind }, value: openAlarms().filter((alarm) => alarm.kind === kind).length })),
  });
  metrics.observedGauges({
    name: 'hospay_terminal_faults_open', help: 'Faults terminals report and have not cleared', labels: ['level'],
    read: () => FAULT_LEVELS.map((level) => ({ labels: { level }, value: openFaults().filter((fault) => fault.level === level).length })),
  });
  health.add({
    name: 'terminals in the house', kind: 'notice', deadlineMs: 1_000,
    check() {
      const [worst, ...others] = openAlarms().filter(({ severity }) => severity === 1);
      return worst === undefined ? { ok: true } : { ok: false, reason: `terminal ${worst.terminal}: ${worst.kind}${others.length === 0 ? '' : `, and ${String(others.length)} more`}` };
    },
  });
}
