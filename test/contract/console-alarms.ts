/** Alarms as the console's house has them: the real watch and desk over the real database, measuring what a test writes down, telling a far side that a test makes well or ill. */
import { createAlarmDesk } from '@hospay/server/alarms/alarm-desk.js';
import { createAlarmWatch } from '@hospay/server/alarms/alarm-watch.js';
import { createAlarmDelivery } from '@hospay/server/alarms/deliver-alarms.js';
import { webhookChannel } from '@hospay/server/edges/alarm-delivery/webhook-channel.js';
import type { MeasureSource } from '@hospay/server/alarms/ports.js';
import { MEASURES, type MeasureId } from '@hospay/server/domain/alarm-measures.js';
import { rulesInForce } from '@hospay/server/domain/alarm-rules.js';
import type { AuditTrail } from '@hospay/server/domain/audit.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import type { Clock } from '@hospay/server/domain/time.js';
import type { PlatformDatabase } from '@hospay/server/edges/database/platform/open-platform-database.js';
import { SYSTEM_RANDOM } from '@hospay/server/edges/machine/system-random.js';
import { SYSTEM_TIMERS } from '@hospay/server/edges/machine/system-timers.js';
import type { CollectorView } from '@hospay/server/operations/ports.js';
import { startReceiver } from './alarm-listeners.js';

export async function consoleAlarms({ platform: { alarms: store }, clock, audit, changed }: { readonly changed: () => void; readonly platform: PlatformDatabase; readonly clock: Clock; readonly audit: AuditTrail }) {
  const receiver = await startReceiver();
  const said = new Map<MeasureId, Readonly<Record<string, number>>>();
  const sources = MEASURES.filter(({ id }) => id !== 'measuresMissing').map(({ id }): MeasureSource => ({ measures: [id], everyMs: 5_000, read: () => Object.entries(said.get(id) ?? {}).map(([subject, value]) => ({ measure: id, subject, value })) }));
  const rules = rulesInForce({});
  const channels = [webhookChannel({ id: 'it-office', leastSeverity: 2, url: receiver.url, template: 'hospay', secret: 'a-secret-of-the-receiver-0001' }, { clock, timers: SYSTEM_TIMERS, random: SYSTEM_RANDOM })];
  const delivery = createAlarmDelivery({ store, channels, hospitalName: '示范医院', clock, timers: { after: () => ({ cancel() {} }) }, log: SILENT_LOG });
  const watch = createAlarmWatch({ rules, sources, store, channels, sampleMs: 86_400_000, clock, timers: SYSTEM_TIMERS, log: SILENT_LOG, changed });
  await watch.start();
  return {
    desk: createAlarmDesk({ rules, store, watch, delivery, channels, clock, audit }),
    watch, delivery, receiver,
    /** One that has taken all, and one that is away. */
    collectors: (): readonly CollectorView[] => [
      { id: 'centre', target: 'log.hospital.test:6514 tls', behind: 0, takenSeq: 12, takenAt: clock.now(), waitingSeconds: 0, problem: undefined },
      { id: 'copy', target: '10.1.2.3:6514 tls', behind: 7, takenSeq: 5, takenAt: clock.now(), waitingSeconds: 1_200.4, problem: 'ECONNREFUSED' },
    ],
    say(measure: MeasureId, value: number | Readonly<Record<string, number>>) { said.set(measure, typeof value === 'number' ? { '': value } : value); },
    async stop() {
      await watch.stop();
      await receiver.stop();
    },
  };
}
