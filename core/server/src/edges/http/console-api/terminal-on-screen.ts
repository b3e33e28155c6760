import { textOfFault } from '../../../fleet/fault-view.js';
import type { ConfigurationLayer, Notice, StoredFault, TerminalAlarm } from '../../../fleet/ports.js';
import { ANSWERABLE_ALARMS } from '../../../fleet/ports.js';
import type { WaitingTerminal } from '../../../terminals/ports.js';
import type { TerminalOnScreen } from './ports.js';

export function viewTerminal({ id, kind, title, campus, group, status, online, since, lastSeenAt, address, state, keySince, rotation, configuration, faults, alarms }: TerminalOnScreen) {
  return {
    id, kind, title, campus, group, status, online, since: since?.toISOString(), lastSeenAt: lastSeenAt?.toISOString(), address, software: state?.software, machine: state?.machine, reportedAt: state?.reportedAt?.toISOString(),
    clockSkewMs: state?.clockSkewMs, keySince: keySince?.toISOString(), rotation,
    configuration: { state: configuration.state, desiredVersion: configuration.desiredVersion, reportedVersion: state?.configurationVersion, error: state?.configurationError, reportedAt: state?.configurationAt?.toISOString() },
    faults: faults.map(viewFault), alarms: alarms.map(viewTerminalAlarm),
  };
}
export function viewFault(fault: StoredFault) {
  const { id, component, code, level, detail, raisedAt, clearedAt } = fault;
  return { id, component, code, level, detail, raisedAt: raisedAt.toISOString(), clearedAt: clearedAt?.toISOString(), ...textOfFault(fault) };
}
export function viewTerminalAlarm({ id, terminal, kind, severity, detail, sightings, raisedAt, lastSeenAt, resolvedAt, resolvedBy }: TerminalAlarm) {
  return {
    id, terminal, kind, severity, detail, sightings: sightings.map(({ at, ...sighting }) => ({ ...sighting, at: at.toISOString() })), raisedAt: raisedAt.toISOString(), lastSeenAt: lastSeenAt.toISOString(),
    resolvedAt: resolvedAt?.toISOString(), resolvedBy, answerable: ANSWERABLE_ALARMS.includes(kind) && resolvedAt === undefined,
  };
}
export function viewWaiting({ claimId, software, machine, address, askedAt, expiresAt }: WaitingTerminal) {
  return { claimId, software, machine, address, askedAt: askedAt.toISOString(), expiresAt: expiresAt.toISOString() };
}
export function viewLayer({ scope, scopeId, revision, document, changedAt, changedBy }: ConfigurationLayer) {
  return { scope, scopeId, revision, document, changedAt: changedAt.toISOString(), changedBy };
}
export function viewNotice({ noticeId, audience, severity, zh, en, validFrom, validUntil, createdAt, createdBy, withdrawnAt, withdrawnBy }: Notice, now: Date) {
  const state = withdrawnAt !== undefined ? ('withdrawn' as const) : validUntil <= now ? ('over' as const) : validFrom > now ? ('planned' as const) : ('shown' as const);
  return {
    noticeId, audience, severity, zh, en, validFrom: validFrom.toISOString(), validUntil: validUntil.toISOString(), createdAt: createdAt.toISOString(), createdBy, withdrawnAt: withdrawnAt?.toISOString(), withdrawnBy, state,
  };
}
