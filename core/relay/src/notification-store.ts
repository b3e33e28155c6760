import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LONGEST_WAIT_MS } from './tunnel.js';
import { writeWhole } from './write-whole.js';

/** A notification exactly as its channel sent it: the signature is over these bytes. */
export type StoredNotification = {
  /** Path and query. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Of whoever sent it. */
  readonly address: string;
  readonly receivedAtMs: number;
};

export type NotificationStore = {
  readonly count: number;
  /** Durable when it returns. `full`: it is not kept, and its channel repeats it. */
  keep(notification: StoredNotification): 'kept' | 'full';
  /** Names, oldest first. What is older than channels repeat is gone. */
  list(nowMs: number): readonly string[];
  read(name: string): StoredNotification | undefined;
  remove(name: string): void;
};

export type StoreBounds = { readonly mostNotifications: number; readonly mostBytes: number; /** From one address. */ readonly mostOfAddress: number };
/** A busy hospital's hour. What does not fit is refused, the newest first: its channel has the most repeats left. */
export const STORE_BOUNDS: StoreBounds = { mostNotifications: 2_000, mostBytes: 64 * 1024 * 1024, mostOfAddress: 500 };

const ENDING = '.notification';
type Entry = { readonly bytes: number; readonly address: string; readonly receivedAtMs: number };

/**
 * One file for each notification, named by what it says: a repeat of the same news takes the place of the one before, with its fresher signature.
 * @param told called with what was found unreadable, and removed.
 */
export function openNotificationStore(folder: string, told: (name: string) => void, bounds: StoreBounds = STORE_BOUNDS): NotificationStore {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const entries = new Map<string, Entry>();
  const fileOf = (name: string): string => join(folder, name);
  const forget = (name: string): void => {
    rmSync(fileOf(name), { force: true });
    entries.delete(name);
  };
  const readFile = (name: string): { readonly notification: StoredNotification; readonly bytes: number } | undefined => {
    try {
      const content = readFileSync(fileOf(name));
      return { notification: decode(content), bytes: content.byteLength };
    } catch {
      told(name);
      forget(name);
      return undefined;
    }
  };
  for (const name of readdirSync(folder)) {
    // A draft the power cut short: its channel was never told that it was taken.
    if (!name.endsWith(ENDING)) rmSync(fileOf(name), { force: true, recursive: true });
    else {
      const found = readFile(name);
      if (found !== undefined) entries.set(name, { bytes: found.bytes, address: found.notification.address, receivedAtMs: found.notification.receivedAtMs });
    }
  }
  const isFull = (name: string, bytes: number, address: string): boolean => {
    const others = [...entries].filter(([other]) => other !== name).map(([, entry]) => entry);
    return others.length >= bounds.mostNotifications || others.reduce((sum, entry) => sum + entry.bytes, bytes) > bounds.mostBytes || others.filter((entry) => entry.address === address).length >= bounds.mostOfAddress;
  };
  return {
    get count() {
      return entries.size;
    },
    keep(notification) {
      const name = `${createHash('sha256').update(notification.target).update('\n').update(notification.body).digest('hex')}${ENDING}`;
      const content = encode(notification);
      if (isFull(name, content.byteLength, notification.address)) return 'full';
      writeWhole(fileOf(name), content, 0o600);
      entries.set(name, { bytes: content.byteLength, address: notification.address, receivedAtMs: notification.receivedAtMs });
      return 'kept';
    },
    list(nowMs) {
      for (const [name, { receivedAtMs }] of entries) if (nowMs - receivedAtMs > LONGEST_WAIT_MS) forget(name);
      return [...entries].sort(([, one], [, other]) => one.receivedAtMs - other.receivedAtMs).map(([name]) => name);
    },
    read: (name) => (entries.has(name) ? readFile(name)?.notification : undefined),
    remove: forget,
  };
}

/** A line of JSON, then the body as it came. */
function encode({ body, ...rest }: StoredNotification): Uint8Array {
  return Buffer.concat([Buffer.from(`${JSON.stringify(rest)}\n`), body]);
}

function decode(content: Buffer): StoredNotification {
  const end = content.indexOf('\n');
  const { target, headers, address, receivedAtMs } = JSON.parse(content.subarray(0, Math.max(end, 0)).toString('utf8')) as Omit<StoredNotification, 'body'>;
  if (typeof target !== 'string' || typeof address !== 'string' || !Number.isFinite(receivedAtMs)) throw new Error('not a notification');
  return { target, headers, address, receivedAtMs, body: content.subarray(end + 1) };
}
