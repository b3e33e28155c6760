/** Where messages go. One device is one branch: the broker's rules follow from the names alone. */

export const TOPIC_ROOT = 'hospay/v1';

/** Ids of devices: what fits into a topic level, a file of a broker and a log without escaping. */
export const DEVICE_ID_PATTERN = '^[A-Za-z0-9][A-Za-z0-9_-]{0,62}$';
const DEVICE_ID = new RegExp(DEVICE_ID_PATTERN);

export const topics = {
  up: (device: string, operation: string) => `${TOPIC_ROOT}/d/${device}/up/${operation}`,
  reply: (device: string) => `${TOPIC_ROOT}/d/${device}/dn/reply`,
  command: (device: string, operation: string) => `${TOPIC_ROOT}/d/${device}/dn/cmd/${operation}`,
  /** Retained: birth, and the broker's last will. */
  state: (device: string) => `${TOPIC_ROOT}/d/${device}/state`,
  configDesired: (device: string) => `${TOPIC_ROOT}/d/${device}/config/desired`,
  configReported: (device: string) => `${TOPIC_ROOT}/d/${device}/config/reported`,
  /** Retained: the present notices to everybody (`all`), a kind or a group. */
  groupNotice: (group: string) => `${TOPIC_ROOT}/g/${group}/notice`,
  /** Retained: those to this terminal alone; its audience is `terminal/{device}`. */
  ownNotice: (device: string) => `${TOPIC_ROOT}/g/terminal/${device}/notice`,
  enrolRequest: (claimId: string) => `${TOPIC_ROOT}/enroll/${claimId}/req`,
  enrolReply: (claimId: string) => `${TOPIC_ROOT}/enroll/${claimId}/rep`,
} as const;

/** What the core listens to. */
export const CORE_FILTERS = { up: `${TOPIC_ROOT}/d/+/up/+`, state: `${TOPIC_ROOT}/d/+/state`, configReported: `${TOPIC_ROOT}/d/+/config/reported` } as const;

export type DeviceTopic =
  | { readonly kind: 'up'; readonly device: string; readonly operation: string }
  | { readonly kind: 'state'; readonly device: string }
  | { readonly kind: 'configReported'; readonly device: string };

/** Reads a topic a device may publish to; undefined for any other. */
export function readDeviceTopic(topic: string): DeviceTopic | undefined {
  const [product, version, branch, device, kind, rest, ...more] = topic.split('/');
  if (`${product ?? ''}/${version ?? ''}` !== TOPIC_ROOT || branch !== 'd' || device === undefined || !DEVICE_ID.test(device) || more.length > 0) return undefined;
  if (kind === 'state' && rest === undefined) return { kind: 'state', device };
  if (kind === 'config' && rest === 'reported') return { kind: 'configReported', device };
  if (kind === 'up' && rest !== undefined && /^[a-z]+\.[A-Za-z]+$/.test(rest) && rest.length <= 64) return { kind: 'up', device, operation: rest };
  return undefined;
}

/** The claim id of an enrolment topic, or undefined. */
export function readEnrolTopic(topic: string): { readonly kind: 'request' | 'reply'; readonly claimId: string } | undefined {
  const [product, version, branch, claimId, kind, ...more] = topic.split('/');
  if (`${product ?? ''}/${version ?? ''}` !== TOPIC_ROOT || branch !== 'enroll' || claimId === undefined || !/^[0-9a-f]{64}$/.test(claimId) || more.length > 0) return undefined;
  if (kind === 'req') return { kind: 'request', claimId };
  return kind === 'rep' ? { kind: 'reply', claimId } : undefined;
}

export function isDeviceId(text: string): boolean {
  return DEVICE_ID.test(text);
}
