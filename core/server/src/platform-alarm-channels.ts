/** Where alarms leave the house, as the configuration says. */
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { resolve } from 'node:path';
import type { AlarmChannel } from './alarms/ports.js';
import type { Configuration } from './config/configuration-schema.js';
import type { Log } from './domain/log.js';
import type { Clock, RandomSource, Timers } from './domain/time.js';
import { emailChannel } from './edges/alarm-delivery/email-channel.js';
import { syslogChannel } from './edges/alarm-delivery/syslog-channel.js';
import { webhookChannel } from './edges/alarm-delivery/webhook-channel.js';

type Ports = { readonly configFolder: string; readonly clock: Clock; readonly timers: Timers; readonly random: RandomSource; readonly log: Log };

/** @throws when an authority's file cannot be read: alarms that silently reach nobody are a broken configuration. */
export function alarmChannels({ monitoring: { delivery } }: Configuration, { configFolder, clock, timers, random, log }: Ports): readonly AlarmChannel[] {
  const authority = (file: string | undefined): string | undefined => (file === undefined ? undefined : readFileSync(resolve(configFolder, file), 'utf8'));
  return [
    ...delivery.email.map(({ authorityFile, username, password, ...email }) => emailChannel({ ...email, username, password, authorityPem: authority(authorityFile), clientName: clientName() }, { timers, log })),
    ...delivery.webhooks.map(({ secret, ...webhook }) => webhookChannel({ ...webhook, secret }, { clock, timers, random })),
    ...delivery.syslog.map(({ authorityFile, ...syslog }) => syslogChannel({ ...syslog, authorityPem: authority(authorityFile), hostname: hostname() }, { timers })),
  ];
}

/** RFC 5321 4.1.4: a name, or an address literal where there is none to give. */
function clientName(): string {
  return /^[0-9A-Za-z.-]{1,253}$/.test(hostname()) ? hostname() : '[127.0.0.1]';
}
