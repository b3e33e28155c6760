/** Which terminals are on line now. Brokers announce it unsigned, so nothing of money depends on it. */
import type { Clock, Timers } from '../domain/time.js';

/** A terminal that reconnects within this has not been away (a switch rebooted, a cable was moved). */
const AWAY_AFTER_MS = 10_000;
/** `last seen` is written at most this often per terminal. */
const WRITE_EVERY_MS = 30_000;
const MOST_TERMINALS = 20_000;

export type Presence = { readonly online: boolean; readonly since: Date };

export type TerminalPresence = {
  /** The device said or did something. */
  saw(deviceId: string): void;
  /** Its birth or its last will. */
  announced(deviceId: string, state: 'online' | 'offline'): void;
  of(deviceId: string): Presence | undefined;
  stop(): void;
};

export function createTerminalPresence({ clock, timers, touchLastSeen, changed = () => {} }: { readonly clock: Clock; readonly timers: Timers; readonly touchLastSeen: (deviceId: string, at: Date) => Promise<void>; /** Told when one comes or goes, and of the first that is known of it. */ readonly changed?: (deviceId: string, isOnline: boolean) => void }): TerminalPresence {
  const known = new Map<string, Presence>();
  const leaving = new Map<string, { cancel(): void }>();
  const writtenAt = new Map<string, number>();

  const set = (deviceId: string, online: boolean): void => {
    if (known.get(deviceId)?.online === online || (known.size >= MOST_TERMINALS && !known.has(deviceId))) return;
    known.set(deviceId, { online, since: clock.now() });
    changed(deviceId, online);
  };
  const touch = (deviceId: string): void => {
    const now = clock.now();
    if (now.getTime() - (writtenAt.get(deviceId) ?? 0) < WRITE_EVERY_MS || (writtenAt.size >= MOST_TERMINALS && !writtenAt.has(deviceId))) return;
    writtenAt.set(deviceId, now.getTime());
    // A lost note of presence is worth neither an error nor a retry.
    touchLastSeen(deviceId, now).catch(() => writtenAt.delete(deviceId));
  };
  const arrive = (deviceId: string): void => {
    leaving.get(deviceId)?.cancel();
    leaving.delete(deviceId);
    set(deviceId, true);
    touch(deviceId);
  };

  return {
    saw: arrive,
    announced(deviceId, state) {
      if (state === 'online') return arrive(deviceId);
      if (known.get(deviceId)?.online !== true) return set(deviceId, false);
      leaving.get(deviceId)?.cancel();
      leaving.set(
        deviceId,
        timers.after(AWAY_AFTER_MS, () => {
          leaving.delete(deviceId);
          set(deviceId, false);
        }),
      );
    },
    of: (deviceId) => known.get(deviceId),
    stop() {
      for (const timer of leaving.values()) timer.cancel();
      leaving.clear();
    },
  };
}
