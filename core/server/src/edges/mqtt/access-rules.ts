/** Who may say and hear what at a broker. Everything not listed is denied. The generated Mosquitto rules say the same (a test runs both). */
import { EVERYBODY } from '../../fleet/ports.js';
import { readDeviceTopic, readEnrolTopic, topics, TOPIC_ROOT } from '../../terminals/ports.js';

export type Identity =
  | { readonly kind: 'core' }
  | { readonly kind: 'device'; readonly deviceId: string; readonly groups: readonly string[] }
  /** A terminal that has no key yet, on the enrolment listener. */
  | { readonly kind: 'newcomer' };

export function mayPublish(identity: Identity, packet: { readonly topic: string; readonly retain: boolean }): boolean {
  switch (identity.kind) {
    case 'core':
      return isOurs(packet.topic);
    case 'newcomer':
      return !packet.retain && readEnrolTopic(packet.topic)?.kind === 'request';
    case 'device': {
      const target = readDeviceTopic(packet.topic);
      // Money messages are never retained: a retained one would be handed to whoever subscribes years later.
      return target?.device === identity.deviceId && (target.kind !== 'up' || !packet.retain);
    }
  }
}

export function maySubscribe(identity: Identity, filter: string): boolean {
  switch (identity.kind) {
    case 'core':
      return isOurs(filter);
    case 'newcomer':
      return readEnrolTopic(filter)?.kind === 'reply';
    case 'device':
      return readableBy(identity.deviceId, identity.groups).includes(filter);
  }
}

/** The filters of one device, exactly as it must subscribe to them. */
export function readableBy(deviceId: string, groups: readonly string[]): readonly string[] {
  return [topics.reply(deviceId), topics.command(deviceId, '+'), topics.configDesired(deviceId), ...groups.map(topics.groupNotice), topics.groupNotice(EVERYBODY), topics.ownNotice(deviceId)];
}

function isOurs(topic: string): boolean {
  return topic.startsWith(`${TOPIC_ROOT}/`);
}
