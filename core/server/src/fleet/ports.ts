/** The fleet of terminals (终端管理): what they report, what is wrong with them, what they are told. Shapes shared with the edges and with the terminals' desk. */
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Clock } from '../domain/time.js';

// ── Groups (终端分组) ──

export const TERMINAL_KINDS = ['kiosk', 'window', 'doctorStation'] as const;
/** Notices to everybody go here. No group may be called so, nor like a kind. */
export const EVERYBODY = 'all';
/** Notices to one terminal go here. No group's id has a slash. */
export const audienceOf = (deviceId: string): string => `terminal/${deviceId}`;
export type TerminalGroup = { readonly id: string; readonly title: string };

// ── Positions (安装位置) ──

/** One act of a person; more are chosen in several. */
export const MOST_PUT_AT_ONCE = 200;
/** Where somebody who has to go there finds it, beside its campus: 楼栋, 楼层, 区域, 位置说明. */
export type TerminalPosition = { readonly building?: string | undefined; readonly floor?: string | undefined; readonly area?: string | undefined; readonly spot?: string | undefined };
export type StoredPosition = TerminalPosition & { readonly terminal: string };
export type TerminalPositionRows = {
  list(): Promise<readonly StoredPosition[]>;
  /** The same for all of them, in one transaction; undefined: it is forgotten. */
  put(terminals: readonly string[], position: TerminalPosition | undefined, act: { readonly by: string; readonly at: Date }): Promise<void>;
};
export type PositionDesk = {
  list(): Promise<readonly StoredPosition[]>;
  /** All of them or none. Errors: NO_SUCH_ITEM. */
  put(request: { readonly terminals: readonly string[]; readonly position: TerminalPosition | undefined; readonly by: string }): Promise<Outcome<{ readonly count: number }>>;
};

// ── Reports (上报) ──

export const FAULT_COMPONENTS = [
  'printer', 'cardDispenser', 'cardReader', 'idReader', 'insuranceReader', 'scanner', 'pinPad', 'cashBox', 'camera', 'screen', 'network', 'application',
] as const;
export type FaultComponent = (typeof FAULT_COMPONENTS)[number];
/** `critical`: it cannot serve; `warning`: it will soon not; `notice`: somebody should know. */
export const FAULT_LEVELS = ['critical', 'warning', 'notice'] as const;
export type FaultLevel = (typeof FAULT_LEVELS)[number];
export type Fault = { readonly component: FaultComponent; readonly code: string; readonly level: FaultLevel; readonly detail?: string | undefined };
export type StoredFault = Fault & { readonly id: number; readonly terminal: string; readonly raisedAt: Date; readonly clearedAt: Date | undefined };

/** A heartbeat. `faults` is all that is wrong now: what is not named any more is cleared, so a lost message can leave nothing hanging. */
export type DeviceReport = {
  readonly software: string;
  /** A fingerprint of the machine (hash of its hardware's names), where the terminal knows one. */
  readonly machine?: string | undefined;
  /** The terminal's own clock, uncorrected. */
  readonly clockMs: number;
  readonly faults: readonly Fault[];
};
/** What is known of a terminal beside its registration. */
export type TerminalState = {
  readonly terminal: string;
  readonly software: string | undefined;
  readonly machine: string | undefined;
  readonly clockSkewMs: number | undefined;
  readonly reportedAt: Date | undefined;
  readonly configurationVersion: number | undefined;
  readonly configurationHash: string | undefined;
  readonly configurationError: string | undefined;
  readonly configurationAt: Date | undefined;
};

// ── Presence (在线记录) ──

/** The platform's own rows: who cannot reach it was not away. */
export const PLATFORM = '';
/** From coming to leaving; open while it is there. */
export type PresenceStay = { readonly terminal: string; readonly since: Date; readonly until: Date | undefined };
export type PresenceStore = {
  /** Does nothing when it is there already. */
  begin(terminal: string, at: Date): Promise<void>;
  /** Does nothing when it is not there. */
  end(terminal: string, at: Date): Promise<void>;
  open(): Promise<readonly Pick<PresenceStay, 'terminal' | 'since'>[]>;
  /** Stays that touch a time, in their order. */
  between(from: Date, to: Date): Promise<readonly PresenceStay[]>;
  /** When it was first there, as far as it is kept. */
  firstOf(terminal: string): Promise<Date | undefined>;
};

/** A day of a kiosk (自助机可用率), of the hours in which it should be on. `availableMs`: on line, without a critical fault. `platformDownMs`: away because the platform was. Faults: how often, and how long. */
export type TerminalDay = {
  readonly terminal: string; readonly day: string; readonly dueMs: number; readonly onlineMs: number; readonly availableMs: number; readonly outages: number; readonly longestMs: number; readonly platformDownMs: number;
  readonly paper: FaultTally; readonly printer: FaultTally; readonly cashBox: FaultTally;
};
export type FaultTally = { readonly count: number; readonly ms: number };

// ── Alarms (告警) ──

export const TERMINAL_ALARMS = ['cloned', 'machineChanged', 'retiredKey', 'clockSkew'] as const;
export type TerminalAlarmKind = (typeof TERMINAL_ALARMS)[number];
/** Alarms a person ends by saying that the terminal was moved; the clock's ends by itself. */
export const ANSWERABLE_ALARMS: readonly TerminalAlarmKind[] = ['cloned', 'machineChanged', 'retiredKey'];
/** One of the machines that use the same identity, as far as it can be told. */
export type Sighting = {
  /** Names one run of the terminal's software. */
  readonly boot: string | undefined;
  readonly machine: string | undefined;
  readonly address: string | undefined;
  readonly software: string | undefined;
  readonly seq: number;
  readonly at: Date;
};
export type NewTerminalAlarm = {
  readonly terminal: string;
  readonly kind: TerminalAlarmKind;
  readonly severity: 1 | 2 | 3;
  readonly detail: Bilingual;
  /** Both machines, the one known first. */
  readonly sightings: readonly Sighting[];
  readonly raisedAt: Date;
};
export type TerminalAlarm = NewTerminalAlarm & { readonly id: number; readonly lastSeenAt: Date; readonly resolvedAt: Date | undefined; readonly resolvedBy: string | undefined };

// ── Configuration (期望/上报配置) ──

export const CONFIGURATION_SCOPES = ['defaults', 'group', 'terminal'] as const;
export type ConfigurationScope = (typeof CONFIGURATION_SCOPES)[number];
export type ConfigurationDocument = Readonly<Record<string, unknown>>;
/** One layer. `scopeId` is empty for the defaults. `revision` grows over all layers of the hospital. */
export type ConfigurationLayer = { readonly scope: ConfigurationScope; readonly scopeId: string; readonly revision: number; readonly document: ConfigurationDocument; readonly changedAt: Date; readonly changedBy: string };
/** What a terminal is to have: defaults, its group's and its own laid over one another. `hash`: SHA-256 of the canonical document, hexadecimal. */
export type DesiredConfiguration = { readonly version: number; readonly hash: string; readonly document: ConfigurationDocument };
export type ReportedConfiguration = { readonly version: number; readonly hash: string; readonly error?: string | undefined };

/** A value and the layer that has it. */
export type ConfigurationSource = { readonly scope: ConfigurationScope; readonly scopeId: string; readonly value: unknown };
/** A value a terminal is to have. `below`: what it lies over, the nearest first. */
export type ExplainedValue = ConfigurationSource & { readonly path: string; readonly below: readonly ConfigurationSource[] };
/** No `before`: it is new; no `after`: it goes. */
export type ValueChange = { readonly path: string; readonly before?: unknown; readonly after?: unknown };
export type ConfigurationChange = { readonly scope: ConfigurationScope; readonly scopeId: string; /** The one the person has seen, 0 for a layer that is new. */ readonly revision: number; readonly document: unknown };
/** What a change would come to. `terminals`: those that would get another configuration. */
export type ConfigurationPreview = { readonly changes: readonly ValueChange[]; readonly terminals: readonly string[] };

// ── Notices (通知) ──

export const NOTICE_SEVERITIES = ['information', 'warning', 'outOfService'] as const;
export type NoticeSeverity = (typeof NOTICE_SEVERITIES)[number];
export type NewNotice = {
  /** `all`, a kind, a group, or one terminal (`audienceOf`). */
  readonly audience: string;
  readonly severity: NoticeSeverity;
  readonly zh: string;
  readonly en: string | undefined;
  readonly validFrom: Date;
  readonly validUntil: Date;
};
export type Notice = NewNotice & { readonly noticeId: string; readonly createdAt: Date; readonly createdBy: string; readonly withdrawnAt: Date | undefined; readonly withdrawnBy: string | undefined };

// ── What is announced ──

export type ConfiguredTerminal = { readonly deviceId: string; readonly group: string | undefined };
/** Which terminals have to hear of a change: all, those of a group, or one. */
export type ConfigurationConcerns = { readonly group?: string; readonly terminal?: string };
export type ConfigurationAnnouncements = {
  /** Undefined: nobody has configured anything. */
  desiredOf(terminal: ConfiguredTerminal): DesiredConfiguration | undefined;
  onChanged(listener: (concerns: ConfigurationConcerns) => void): () => void;
};
export type NoticeAnnouncements = {
  /** What every audience is to hear now; those that hear nothing have an empty list. */
  board(): Promise<Map<string, readonly Notice[]>>;
  onChanged(listener: () => void): () => void;
};

// ── Certificates (终端证书) ──

export type TerminalCertificate = { readonly serial: string; readonly terminal: string; readonly notBefore: Date; readonly notAfter: Date; readonly fingerprint: string; readonly revokedAt: Date | undefined };
export type IssuedCertificate = { readonly certificate: string; readonly authority: string; readonly notAfter: string };
/** The platform's small authority for terminals. */
export type TerminalAuthority = {
  /** A certificate in the name of the device from a signed request (PKCS #10, base64 of DER); what else it asks for does not count. */
  issue(deviceId: string, csr: string): Promise<Outcome<IssuedCertificate>>;
  revokeAll(deviceId: string): Promise<void>;
};

// ── Stores ──

export type FleetStore = {
  listGroups(): Promise<readonly TerminalGroup[]>;
  /** False: the id exists. */
  addGroup(group: TerminalGroup, now: Date): Promise<boolean>;
  renameGroup(group: TerminalGroup): Promise<boolean>;
  /** `inUse`: terminals or a notice still name it. Its layer of configuration goes with it. */
  removeGroup(id: string, now: Date): Promise<'removed' | 'inUse' | 'none'>;

  listStates(): Promise<readonly TerminalState[]>;
  findState(terminal: string): Promise<TerminalState | undefined>;
  saveState(terminal: string, state: Partial<Omit<TerminalState, 'terminal'>>): Promise<void>;

  openFaults(terminal?: string): Promise<readonly StoredFault[]>;
  /** Newest first. */
  listFaults(filter: { readonly terminal: string; readonly limit: number }): Promise<readonly StoredFault[]>;
  /** Faults that touch a time. */
  faultsBetween(from: Date, to: Date): Promise<readonly StoredFault[]>;
  /** Raises what is new and clears what is gone, in one transaction. */
  changeFaults(terminal: string, change: { readonly raise: readonly Fault[]; readonly clear: readonly number[]; readonly at: Date }): Promise<void>;

  openAlarms(): Promise<readonly TerminalAlarm[]>;
  listAlarms(filter: { readonly limit: number }): Promise<readonly TerminalAlarm[]>;
  findAlarm(id: number): Promise<TerminalAlarm | undefined>;
  /** An open one of the same terminal and kind is only renewed; true when it is new. */
  raise(alarm: NewTerminalAlarm): Promise<boolean>;
  /** False: it had ended. */
  resolve(id: number, end: { readonly at: Date; readonly by: string }): Promise<boolean>;

  listLayers(): Promise<readonly ConfigurationLayer[]>;
  /** Takes the next revision. Undefined: the layer has another revision than expected. */
  saveLayer(layer: Omit<ConfigurationLayer, 'revision'>, expectedRevision: number): Promise<ConfigurationLayer | undefined>;
  /** The revision a terminal's version must not fall below because it moved to another group. */
  notePlaced(terminal: string): Promise<void>;
  placedRevisions(): Promise<ReadonlyMap<string, number>>;

  addNotice(notice: Notice): Promise<void>;
  withdrawNotice(noticeId: string, end: { readonly at: Date; readonly by: string }): Promise<Notice | undefined>;
  /** Newest first. */
  listNotices(filter: { readonly limit: number }): Promise<readonly Notice[]>;
  /** Neither withdrawn nor over. */
  liveNotices(now: Date): Promise<readonly Notice[]>;

  /** Ended rows this old are forgotten. Returns how many. */
  removeBefore(time: Date): Promise<number>;
};

export type FleetPorts = { readonly store: FleetStore; readonly clock: Clock; readonly log: Log; readonly audit: AuditTrail };

/** One message of a terminal whose signature verified. */
export type Heard = { readonly deviceId: string; readonly boot: string | undefined; readonly seq: number; readonly ts: number; readonly key: 'current' | 'next' | 'previous' | 'retired' };

/** What the terminals' desk hands to the fleet. `heard` and `clockOff` neither throw nor wait: nothing here may hold up a payment. */
export type FleetDesk = {
  heard(message: Heard): void;
  /** A signed message whose time is too far off to be taken; it may be a recording, unless its number is new. */
  clockOff(message: { readonly deviceId: string; readonly seq: number; readonly skewMs: number }): void;
  report(deviceId: string, report: DeviceReport): Promise<Outcome<{ readonly serverTimeMs: number; readonly reportEverySeconds: number }>>;
  configurationReported(deviceId: string, reported: ReportedConfiguration): Promise<void>;
  issueCertificate(deviceId: string, csr: string): Promise<Outcome<IssuedCertificate>>;
  /** By which terminals verify notices: an uncompressed P-256 point, base64url. */
  readonly noticeKey: string;
};
