import { ALARM_RULE_IDS, rulesInForce, whyContradictory } from '../domain/alarm-rules.js';
import type { MonitoringConfiguration } from './monitoring-schema.js';

/** What a schema cannot say of monitoring: rules that exist, thresholds that agree with what is shipped. */
export function checkMonitoring({ rules }: MonitoringConfiguration, refuse: (key: string, expects: string, nextStep: string) => void): void {
  for (const id of Object.keys(rules)) {
    if (!ALARM_RULE_IDS.some((known) => known === id)) refuse(`monitoring.rules.${id}`, `must name an alarm rule; known: ${ALARM_RULE_IDS.join(', ')}`, 'correct the id');
  }
  for (const rule of rulesInForce(rules)) {
    const why = whyContradictory(rule);
    if (why !== undefined) refuse(`monitoring.rules.${rule.id}`, `thresholds must not contradict each other: ${why}`, 'give raise and clear together');
  }
}
