/** What is known of each terminal beside its registration, from its own reports: software, clock, faults, alarms. Memory is the truth for screens; the database is written when something changed. */
import { oneAfterAnother } from '@hospay/plugin-sdk';
import type { Bilingual } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { ALARM_ENDED, ALARM_ENDS_ITSELF } from '../domain/refusal-words.js';
import { createCloneWatch, type CloneFinding } from './clone-watch.js';
import { ANSWERABLE_ALARMS, type DeviceReport, type Fault, type FleetDesk, type FleetPorts, type NewTerminalAlarm, type ReportedConfiguration, type Sighting, type StoredFault, type TerminalAlarm, type TerminalState } from './ports.js';

export type WatchPolicyOfFleet = { readonly clockSkewAlarmMs: number; readonly reportEverySeconds: number };

export type TerminalWatch = Pick<FleetDesk, 'heard' | 'clockOff' | 'report' | 'configurationReported'> & {
  start(): Promise<void>;
  /** A terminal signed in from this address. */
  arrived(deviceId: string, address: string | undefined): void;
  stateOf(deviceId: string): TerminalState | undefined;
  addressOf(deviceId: string): string | undefined;
  faultsOf(deviceId: string): readonly StoredFault[];
  openFaults(): readonly StoredFault[];
  openAlarms(): readonly TerminalAlarm[];
  listAlarms(): Promise<readonly TerminalAlarm[]>;
  listFaults(deviceId: string): Promise<readonly StoredFault[]>;
  /** A person says that it is one machine that was moved, and not two. */
  answerMoved(id: number, answer: { readonly by: string; readonly reason: string }): Promise<Outcome<TerminalAlarm>>;
  /** Enrolled anew or revoked: alarms about the machine it was end with it. */
  changed(deviceId: string, change: 'enrolled' | 'revoked', by: string): Promise<void>;
  /** What was begun is written. */
  settled(): Promise<void>;
};

/** A heartbeat that says nothing new is written this rarely. */
const WRITE_EVERY_MS = 5 * 60_000;
/** A second of skew more or less is not news. */
const SKEW_STEP_MS = 1_000;
const ALARMS_SHOWN = 200;
const FAULTS_SHOWN = 200;

export function createTerminalWatch({ store, clock, log, audit, policy }: FleetPorts & { readonly policy: WatchPolicyOfFleet }): TerminalWatch {
  const states = new Map<string, TerminalState>();
  const writtenAt = new Map<string, number>();
  const faults = new Map<string, readonly StoredFault[]>();
  const addresses = new Map<string, string>();
  const highestSeq = new Map<string, number>();
  const clones = createCloneWatch();
  const inTurn = oneAfterAnother();
  let alarms: readonly TerminalAlarm[] = [];

  const inBackground = (what: string, deviceId: string, work: () => Promise<void>): void => {
    inTurn(work).catch((error: unknown) => { log.error(what, { device: deviceId, error }); });
  };
  const raise = async (alarm: NewTerminalAlarm): Promise<void> => {
    const isNew = await store.raise(alarm);
    alarms = await store.openAlarms();
    if (isNew) log[alarm.severity === 3 ? 'warn' : 'error']('a terminal raised an alarm', { device: alarm.terminal, kind: alarm.kind, detail: alarm.detail.en, sightings: alarm.sightings.map(describe) });
  };
  const resolveKind = async (terminal: string, kinds: readonly TerminalAlarm['kind'][], by: string): Promise<void> => {
    const open = alarms.filter((alarm) => alarm.terminal === terminal && kinds.includes(alarm.kind));
    for (const { id, kind } of open) {
      await store.resolve(id, { at: clock.now(), by });
      log.info('an alarm of a terminal ended', { device: terminal, kind, by });
    }
    if (open.length > 0) alarms = await store.openAlarms();
  };
  const noteState = async (terminal: string, change: Partial<Omit<TerminalState, 'terminal'>>, urgency: 'now' | 'sometime'): Promise<void> => {
    const known = states.get(terminal) ?? blankState(terminal);
    const next = { ...known, ...change };
    states.set(terminal, next);
    const now = clock.now().getTime();
    if (urgency === 'sometime' && now - (writtenAt.get(terminal) ?? 0) < WRITE_EVERY_MS) return;
    writtenAt.set(terminal, now);
    const { terminal: _of, ...rest } = next;
    await store.saveState(terminal, rest);
  };
  const found = (deviceId: string, { kind, sightings, detail }: CloneFinding): void => {
    inBackground('an alarm was not kept', deviceId, () => raise({ terminal: deviceId, kind, severity: 1, detail, sightings, raisedAt: clock.now() }));
  };
  const judgeClock = async (deviceId: string, skewMs: number): Promise<void> => {
    const known = states.get(deviceId)?.clockSkewMs;
    await noteState(deviceId, { clockSkewMs: skewMs }, known === undefined || Math.abs(known - skewMs) >= SKEW_STEP_MS ? 'now' : 'sometime');
    if (Math.abs(skewMs) <= policy.clockSkewAlarmMs) return resolveKind(deviceId, ['clockSkew'], 'cleared');
    const [first] = [clones.latest(deviceId)];
    await raise({ terminal: deviceId, kind: 'clockSkew', severity: 2, detail: skewDetail(skewMs), sightings: first === undefined ? [] : [first], raisedAt: clock.now() });
  };
  /** Another machine than the one known: moved, repaired, or copied. If the known one speaks again, it is copied. */
  const judgeMachine = async (deviceId: string, { machine, software }: DeviceReport): Promise<void> => {
    const known = states.get(deviceId);
    if (machine === undefined) return;
    if (known?.machine === undefined) return noteState(deviceId, { machine }, 'now');
    const open = alarms.find((alarm) => alarm.terminal === deviceId && alarm.kind === 'machineChanged');
    const address = addresses.get(deviceId);
    const latest = clones.latest(deviceId);
    const sighting: Sighting = { boot: latest?.boot, machine, address, software, seq: latest?.seq ?? 0, at: clock.now() };
    if (known.machine !== machine) {
      const before: Sighting = { boot: undefined, machine: known.machine, address: undefined, software: known.software, seq: 0, at: known.reportedAt ?? clock.now() };
      if (open === undefined) await raise({ terminal: deviceId, kind: 'machineChanged', severity: 2, detail: { zh: '另一台机器以该终端的密钥通信', en: 'another machine reports with its key' }, sightings: [before, sighting], raisedAt: clock.now() });
    } else if (open !== undefined) {
      await raise({ terminal: deviceId, kind: 'cloned', severity: 1, detail: { zh: '两台机器以同一密钥通信', en: 'two machines report with the same key' }, sightings: [open.sightings[1] ?? sighting, sighting], raisedAt: clock.now() });
    }
  };
  const judgeFaults = async (deviceId: string, reported: readonly Fault[]): Promise<void> => {
    const open = faults.get(deviceId) ?? [];
    const isSame = (left: Fault, right: Fault) => left.component === right.component && left.code === right.code && left.level === right.level;
    const raised = reported.filter((fault, index) => !open.some((known) => isSame(known, fault)) && reported.findIndex((one) => isSame(one, fault)) === index);
    const cleared = open.filter((known) => !reported.some((fault) => isSame(known, fault)));
    if (raised.length === 0 && cleared.length === 0) return;
    await store.changeFaults(deviceId, { raise: raised, clear: cleared.map(({ id }) => id), at: clock.now() });
    faults.set(deviceId, await store.openFaults(deviceId));
    for (const { component, code, level } of raised) log[level === 'critical' ? 'error' : 'warn']('a terminal reports a fault', { device: deviceId, component, code, level });
    for (const { component, code } of cleared) log.info('a fault of a terminal is cleared', { device: deviceId, component, code });
  };

  return {
    async start() {
      for (const state of await store.listStates()) states.set(state.terminal, state);
      for (const fault of await store.openFaults()) faults.set(fault.terminal, [...(faults.get(fault.terminal) ?? []), fault]);
      alarms = await store.openAlarms();
    },
    arrived(deviceId, address) {
      if (address !== undefined) addresses.set(deviceId, address);
    },
    heard(message) {
      const { deviceId, seq } = message;
      highestSeq.set(deviceId, Math.max(seq, highestSeq.get(deviceId) ?? 0));
      const state = states.get(deviceId);
      const finding = clones.heard(message, { address: addresses.get(deviceId), machine: state?.machine, software: state?.software, at: clock.now() });
      if (finding !== undefined) found(deviceId, finding);
    },
    clockOff({ deviceId, seq, skewMs }) {
      // A number that is not new may belong to a recording somebody plays back.
      if (seq <= (highestSeq.get(deviceId) ?? 0)) return;
      highestSeq.set(deviceId, seq);
      inBackground('a skewed clock was not noted', deviceId, () => judgeClock(deviceId, skewMs));
    },
    report(deviceId, report) {
      const now = clock.now();
      return inTurn(async () => {
        const isNews = states.get(deviceId)?.software !== report.software;
        await judgeMachine(deviceId, report);
        await noteState(deviceId, { software: report.software, reportedAt: now }, isNews ? 'now' : 'sometime');
        await judgeClock(deviceId, report.clockMs - now.getTime());
        await judgeFaults(deviceId, report.faults);
        return ok({ serverTimeMs: clock.now().getTime(), reportEverySeconds: policy.reportEverySeconds });
      });
    },
    configurationReported: (deviceId, { version, hash, error }: ReportedConfiguration) =>
      inTurn(async () => {
        const known = states.get(deviceId);
        if (known?.configurationVersion === version && known.configurationHash === hash && known.configurationError === error) return;
        await noteState(deviceId, { configurationVersion: version, configurationHash: hash, configurationError: error, configurationAt: clock.now() }, 'now');
        if (error !== undefined) log.warn('a terminal did not apply its configuration', { device: deviceId, version, error });
      }),
    stateOf: (deviceId) => states.get(deviceId),
    addressOf: (deviceId) => addresses.get(deviceId),
    faultsOf: (deviceId) => faults.get(deviceId) ?? [],
    openFaults: () => [...faults.values()].flat(),
    openAlarms: () => alarms,
    listAlarms: () => store.listAlarms({ limit: ALARMS_SHOWN }),
    listFaults: (deviceId) => store.listFaults({ terminal: deviceId, limit: FAULTS_SHOWN }),
    answerMoved: (id, { by, reason }) =>
      inTurn(async () => {
        const alarm = await store.findAlarm(id);
        if (alarm === undefined) return refused('NO_SUCH_ITEM');
        if (alarm.resolvedAt !== undefined) return refused('CONFLICT', ALARM_ENDED);
        if (!ANSWERABLE_ALARMS.includes(alarm.kind)) return refused('CONFLICT', ALARM_ENDS_ITSELF);
        const end = { at: clock.now(), by: `user/${by}` };
        await store.resolve(id, end);
        // The machine that reports now is the one; if the other speaks again, there are two after all.
        const machine = alarm.kind === 'machineChanged' ? alarm.sightings[1]?.machine : undefined;
        if (machine !== undefined) await noteState(alarm.terminal, { machine }, 'now');
        clones.forget(alarm.terminal);
        alarms = await store.openAlarms();
        await audit.record({ who: by, what: 'terminalAlarm.moved', object: `terminal ${alarm.terminal}`, before: { kind: alarm.kind, detail: alarm.detail.en, sightings: alarm.sightings.map(describe) }, reason });
        return ok({ ...alarm, resolvedAt: end.at, resolvedBy: end.by });
      }),
    changed: (deviceId, change, by) =>
      inTurn(async () => {
        clones.forget(deviceId);
        highestSeq.delete(deviceId);
        await resolveKind(deviceId, ['cloned', 'machineChanged', 'retiredKey', 'clockSkew'], by);
        await noteState(deviceId, change === 'enrolled' ? { ...withoutTerminal(blankState(deviceId)) } : { clockSkewMs: undefined }, 'now');
        if (change === 'revoked') await judgeFaults(deviceId, []);
      }),
    settled: () => inTurn(() => Promise.resolve()),
  };
}

function blankState(terminal: string): TerminalState {
  return { terminal, software: undefined, machine: undefined, clockSkewMs: undefined, reportedAt: undefined, configurationVersion: undefined, configurationHash: undefined, configurationError: undefined, configurationAt: undefined };
}
function withoutTerminal({ terminal: _of, ...rest }: TerminalState): Omit<TerminalState, 'terminal'> {
  return rest;
}

/** For logs and the audit log: which machine it was, as short as can be. */
export function describe({ boot, machine, address, software, seq }: Sighting): string {
  return [address ?? 'address unknown', machine === undefined ? undefined : `machine ${machine.slice(0, 12)}`, boot === undefined ? undefined : `run ${boot.slice(0, 8)}`, software, `number ${String(seq)}`].filter((part) => part !== undefined).join(', ');
}

function skewDetail(skewMs: number): Bilingual {
  const seconds = String(Math.round(Math.abs(skewMs) / 1000));
  return { zh: `终端时钟${skewMs > 0 ? '快' : '慢'} ${seconds} 秒`, en: `its clock is ${seconds} s ${skewMs > 0 ? 'ahead' : 'behind'}` };
}
