import { oneAfterAnother } from '@hospay/plugin-sdk';
import type { FleetPorts, PresenceStore } from './ports.js';
import { PLATFORM } from './ports.js';

/** When terminals come and go (在线记录), one row for each stay: what availability is reckoned from. Nothing waits for it: a row that is lost makes a report less exact, never a payment late. */
export type PresenceLog = {
  /** Ends what an earlier run left open, and notes that the platform is there. */
  start(): Promise<void>;
  noted(terminal: string, isOnline: boolean): void;
  /** Everybody leaves with the platform. */
  stop(): Promise<void>;
};

export type PresenceLogPorts = Pick<FleetPorts, 'clock' | 'log'> & { readonly store: PresenceStore; /** When each terminal was last heard: the last that is known of a run that was killed. */ readonly lastSeen: () => Promise<ReadonlyMap<string, Date>> };

export function createPresenceLog({ store, lastSeen, clock, log }: PresenceLogPorts): PresenceLog {
  const inTurn = oneAfterAnother();
  let isStarted = false;

  const endAll = async (endOf: (terminal: string, since: Date) => Date): Promise<void> => {
    for (const { terminal, since } of await store.open()) await store.end(terminal, endOf(terminal, since));
  };
  return {
    start: () =>
      inTurn(async () => {
        const seen = await lastSeen();
        const last = [...seen.values()].reduce((latest, at) => (at > latest ? at : latest), new Date(0));
        // Of a run that was killed nobody knows more than when it was last heard.
        await endAll((terminal, since) => {
          const at = terminal === PLATFORM ? last : (seen.get(terminal) ?? since);
          return at > since ? at : since;
        });
        await store.begin(PLATFORM, clock.now());
        isStarted = true;
      }),
    noted(terminal, isOnline) {
      if (!isStarted) return;
      const at = clock.now();
      inTurn(() => (isOnline ? store.begin(terminal, at) : store.end(terminal, at))).catch((error: unknown) => { log.warn('the coming or going of a terminal was not noted', { device: terminal, error }); });
    },
    stop: () =>
      inTurn(async () => {
        isStarted = false;
        const now = clock.now();
        await endAll(() => now);
      }),
  };
}
