/** Every terminal with all that is known of it, for screens. */
import type { Terminal } from '../terminals/ports.js';
import type { ConfigurationAnnouncements, DesiredConfiguration, StoredFault, TerminalAlarm, TerminalState } from './ports.js';
import type { TerminalWatch } from './terminal-watch.js';

export const CONFIGURATION_STATES = ['none', 'current', 'behind', 'failed'] as const;
export type TerminalInFleet = {
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  readonly campus: string | undefined;
  readonly group: string | undefined;
  readonly status: Terminal['status'];
  readonly online: boolean;
  readonly since: Date | undefined;
  readonly lastSeenAt: Date | undefined;
  readonly address: string | undefined;
  readonly state: TerminalState | undefined;
  readonly keySince: Date | undefined;
  /** `asked`: the terminal has not answered yet. `overlap`: the key before is still accepted. */
  readonly rotation: 'none' | 'asked' | 'overlap';
  readonly configuration: { readonly state: (typeof CONFIGURATION_STATES)[number]; readonly desiredVersion: number | undefined };
  readonly faults: readonly StoredFault[];
  readonly alarms: readonly TerminalAlarm[];
};

export type FleetListParts = {
  readonly terminals: readonly Terminal[];
  readonly presenceOf: (deviceId: string) => { readonly online: boolean; readonly since: Date } | undefined;
  readonly watch: Pick<TerminalWatch, 'stateOf' | 'addressOf' | 'faultsOf' | 'openAlarms'>;
  readonly configuration: Pick<ConfigurationAnnouncements, 'desiredOf'>;
  readonly now: Date;
};

export function listFleet({ terminals, presenceOf, watch, configuration, now }: FleetListParts): readonly TerminalInFleet[] {
  const alarms = watch.openAlarms();
  return terminals.map((terminal) => {
    const { deviceId: id, kind, title, campus, group, status, lastSeenAt, keySince, nextKey, previousKey, rotationAskedAt } = terminal;
    const presence = presenceOf(id);
    const state = watch.stateOf(id);
    const desired = configuration.desiredOf(terminal);
    const isOverlapping = nextKey !== undefined || (previousKey !== undefined && previousKey.until > now);
    return {
      id, kind, title, campus, group, status, online: presence?.online ?? false, since: presence?.since, lastSeenAt, address: watch.addressOf(id), state, keySince,
      rotation: isOverlapping ? 'overlap' : rotationAskedAt === undefined ? 'none' : 'asked',
      configuration: { state: configurationState(desired, state), desiredVersion: desired?.version },
      faults: watch.faultsOf(id), alarms: alarms.filter((alarm) => alarm.terminal === id),
    };
  });
}

function configurationState(desired: DesiredConfiguration | undefined, state: TerminalState | undefined): (typeof CONFIGURATION_STATES)[number] {
  if (desired === undefined) return 'none';
  if (state?.configurationVersion !== desired.version || state.configurationHash !== desired.hash) return 'behind';
  return state.configurationError === undefined ? 'current' : 'failed';
}
