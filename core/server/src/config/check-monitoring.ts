import { isIP } from 'node:net';
import { ALARM_RULE_IDS, rulesInForce, whyContradictory } from '../domain/alarm-rules.js';
import type { MonitoringConfiguration } from './monitoring-schema.js';

/** What a schema cannot say of monitoring: rules that exist, thresholds that agree with what is shipped, and a delivery that can work. */
export function checkMonitoring({ rules, delivery, auditCollectors, snmp }: MonitoringConfiguration, refuse: (key: string, expects: string, nextStep: string) => void): void {
  for (const id of Object.keys(rules)) {
    if (!ALARM_RULE_IDS.some((known) => known === id)) refuse(`monitoring.rules.${id}`, `must name an alarm rule; known: ${ALARM_RULE_IDS.join(', ')}`, 'correct the id');
  }
  for (const rule of rulesInForce(rules)) {
    const why = whyContradictory(rule);
    if (why !== undefined) refuse(`monitoring.rules.${rule.id}`, `thresholds must not contradict each other: ${why}`, 'give raise and clear together');
  }
  const ids = [...delivery.email, ...delivery.webhooks, ...delivery.syslog].map(({ id }) => id);
  for (const id of new Set(ids.filter((one, index) => ids.indexOf(one) !== index))) refuse('monitoring.delivery', `ids of delivery channels must differ; "${id}" is used twice`, 'rename one of them');
  delivery.email.forEach(({ security, username, password }, index) => {
    if (username !== undefined && security === 'none') refuse(`monitoring.delivery.email.${String(index)}.security`, 'must be startTls or tls where there is a password', 'use TLS, or a relay that needs no password');
    if ((username === undefined) !== (password === undefined)) refuse(`monitoring.delivery.email.${String(index)}.password`, 'username and password go together', 'give both or neither');
  });
  delivery.webhooks.forEach(({ template, secret }, index) => {
    if (template === 'hospay' && secret === undefined) refuse(`monitoring.delivery.webhooks.${String(index)}.secret`, 'is required where the template is hospay: the receiver must know who writes', 'set it as { secret: NAME }');
  });
  const collectors = auditCollectors.map(({ id }) => id);
  for (const id of new Set(collectors.filter((one, index) => collectors.indexOf(one) !== index))) refuse('monitoring.auditCollectors', `ids of collectors must differ; "${id}" is used twice`, 'rename one of them');
  auditCollectors.forEach(({ clientCertificateFile, clientKey }, index) => {
    if ((clientCertificateFile === undefined) !== (clientKey === undefined)) refuse(`monitoring.auditCollectors.${String(index)}.clientKey`, 'clientCertificateFile and clientKey go together', 'give both or neither');
  });
  if (snmp === undefined) return;
  if (isIP(snmp.host) === 0) refuse('monitoring.snmp.host', 'must be an address', 'write 0.0.0.0, or one of this machine');
  snmp.allowedSources.forEach((source, index) => { if (!isNetwork(source)) refuse(`monitoring.snmp.allowedSources.${String(index)}`, 'must be an address, or a network as 10.1.0.0/16', 'correct it'); });
  for (const name of new Set(snmp.users.map((user) => user.name).filter((one, index, all) => all.indexOf(one) !== index))) refuse('monitoring.snmp.users', `names of users must differ; "${name}" is used twice`, 'rename one of them');
  snmp.users.forEach(({ authenticationPassword, privacyPassword }, index) => { if (authenticationPassword === privacyPassword) refuse(`monitoring.snmp.users.${String(index)}.privacyPassword`, 'must differ from authenticationPassword', 'make another one'); });
}

function isNetwork(source: string): boolean {
  const [address = '', bits] = source.split('/');
  const family = isIP(address);
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128));
}
