import type { Clock } from '../domain/time.js';
import type { CertificateWatch } from './certificate-watch.js';

type Gauge = { readonly name: string; readonly help: string; readonly labels: readonly string[]; read(): readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[] };
export type Observing = {
  readonly metrics: { observedGauges(gauge: Gauge): void };
  readonly health: { add(check: { readonly name: string; readonly kind: 'notice'; readonly deadlineMs: number; check(): { readonly ok: true } | { readonly ok: false; readonly reason: string } }): unknown };
  readonly latest: CertificateWatch['latest'];
  readonly clock: Clock;
};

/** Keys and certificates for monitoring systems: seconds to the end, open alarms, and a notice in the health report that takes nothing out of service. */
export function observeCertificates({ metrics, health, latest, clock }: Observing): void {
  metrics.observedGauges({
    name: 'hospay_credential_expires_seconds', help: 'Seconds until a key or certificate ends; negative once it has', labels: ['owner', 'name', 'holder', 'kind'],
    read: () =>
      latest().credentials.flatMap(({ owner, name, holder, kind, notAfter, isPresent }) =>
        isPresent && notAfter !== undefined ? [{ labels: { owner, name, holder, kind }, value: Math.round((notAfter.getTime() - clock.now().getTime()) / 1000) }] : [],
      ),
  });
  metrics.observedGauges({
    name: 'hospay_credential_alarms_open', help: 'Open alarms about keys and certificates', labels: ['severity'],
    read: () => [1, 2, 3].map((severity) => ({ labels: { severity: String(severity) }, value: latest().openAlarms.filter((alarm) => alarm.severity === severity).length })),
  });
  health.add({
    name: 'keys and certificates', kind: 'notice', deadlineMs: 1_000,
    check() {
      const [worst, ...others] = latest().openAlarms.filter(({ severity }) => severity < 3);
      return worst === undefined ? { ok: true } : { ok: false, reason: `${worst.owner} ${worst.name}: ${worst.kind}${others.length === 0 ? '' : `, and ${String(others.length)} more`}` };
    },
  });
}
