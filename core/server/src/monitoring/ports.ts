/** What the certificate watch (证书与密钥监控) needs from outside, and the shapes it shares with the edges. */
import type { Credential, CredentialHolder, CredentialKind } from '@hospay/plugin-sdk';
import type { AuditTrail } from '../domain/audit.js';
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Clock } from '../domain/time.js';

/** The platform's own keys are kept under this owner; all others under the id of their plugin instance. */
export const PLATFORM_OWNER = 'platform';

/** One owner's keys and certificates as they are now. */
export type CredentialReading = {
  readonly owner: string;
  readonly credentials: readonly Credential[];
  /** False: something may be missing from the list only because nobody could be asked. */
  readonly isComplete: boolean;
  /** Why a plugin that runs did not answer. */
  readonly problem: string | undefined;
};
export type CredentialSource = { read(): Promise<readonly CredentialReading[]> };

export type StoredCredential = {
  readonly owner: string;
  readonly name: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly useZh: string;
  readonly useEn: string;
  readonly holder: CredentialHolder;
  readonly kind: CredentialKind;
  readonly serial: string | undefined;
  readonly subject: string | undefined;
  readonly issuer: string | undefined;
  readonly notBefore: Date | undefined;
  readonly notAfter: Date | undefined;
  readonly fingerprint: string | undefined;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Since when it has had this fingerprint. */
  readonly since: Date;
  /** False: it was there and is not listed any more. */
  readonly isPresent: boolean;
};

export const CREDENTIAL_EVENTS = ['appeared', 'replaced', 'gone', 'returned'] as const;
export type CredentialEventKind = (typeof CREDENTIAL_EVENTS)[number];
export type CredentialEvent = {
  readonly owner: string;
  readonly name: string;
  readonly at: Date;
  readonly what: CredentialEventKind;
  readonly before: string | undefined;
  readonly after: string | undefined;
  /** The new one had passed a rehearsal before it came. */
  readonly wasRehearsed: boolean;
};

/** What can be wrong with a key or certificate. `notListed` is about its whole owner. */
export const CREDENTIAL_ALARMS = [
  'expiring', 'expired', 'notYetValid', 'missing', 'unreadable', 'keyMismatch', 'serialMismatch', 'changed', 'notListed', 'expiryUnknown', 'old',
] as const;
export type CredentialAlarmKind = (typeof CREDENTIAL_ALARMS)[number];
/** 1 urgent, 2 important, 3 to know, as cases have them. */
export type AlarmSeverity = 1 | 2 | 3;
/** Alarms a person may end by saying that it is known; all others end when what they tell of has ended. */
export const CONFIRMABLE_ALARMS: readonly CredentialAlarmKind[] = ['changed', 'expiryUnknown', 'old'];

export type NewCredentialAlarm = {
  readonly owner: string;
  /** Empty for `notListed`. */
  readonly name: string;
  readonly kind: CredentialAlarmKind;
  /** `expiring`: the threshold that was passed. */
  readonly thresholdDays: number | undefined;
  readonly severity: AlarmSeverity;
  readonly detail: Bilingual;
  readonly raisedAt: Date;
  /** Unique with owner, name and kind: one occasion raises one alarm, whatever is restarted in between. */
  readonly occasion: string;
};
/** How an alarm ended. `grown`: a later threshold took its place. `replaced`, `gone`: what became of the credential. `cleared`: it is well again. Else `user/<login>` who confirmed it. */
export const ENDS_THAT_MAY_COME_BACK: readonly string[] = ['replaced', 'gone', 'cleared'];
export type CredentialAlarm = Omit<NewCredentialAlarm, 'occasion'> & { readonly id: number; readonly resolvedAt: Date | undefined; readonly resolvedBy: string | undefined };

/** One change of one credential: its row, what is remembered of it, and an alarm that belongs to it. All in one transaction. */
export type CredentialChange = { readonly credential: StoredCredential; readonly event?: CredentialEvent | undefined; readonly alarm?: NewCredentialAlarm | undefined };

export type CredentialStore = {
  list(): Promise<readonly StoredCredential[]>;
  save(change: CredentialChange): Promise<void>;
  /** Newest first. */
  listEvents(filter: { readonly owner: string; readonly name: string; readonly limit: number }): Promise<readonly CredentialEvent[]>;
  openAlarms(): Promise<readonly CredentialAlarm[]>;
  /** Open and resolved, newest first. */
  listAlarms(filter: { readonly limit: number }): Promise<readonly CredentialAlarm[]>;
  findAlarm(id: number): Promise<CredentialAlarm | undefined>;
  /** False: this occasion has raised its alarm already. One that had ended by itself and is true again is opened again. */
  raise(alarm: NewCredentialAlarm): Promise<boolean>;
  resolve(id: number, end: { readonly at: Date; readonly by: string }): Promise<void>;
};

export type WatchPolicy = {
  /** Thresholds in days. */
  readonly alarmDays: readonly number[];
  /** A shared secret older than this is named. Undefined: its age is only shown. */
  readonly sharedSecretDays: number | undefined;
};

export type CheckPorts = {
  readonly sources: readonly CredentialSource[];
  readonly store: CredentialStore;
  /** Fingerprints that passed a rehearsal for this owner: when one of them comes, nobody is surprised. */
  readonly rehearsedFingerprints: (owner: string) => Promise<ReadonlySet<string>>;
  readonly policy: WatchPolicy;
  readonly clock: Clock;
  readonly log: Log;
};

// ── Rehearsal of a rotation (轮换演练) ──

export type Settings = Readonly<Record<string, unknown>>;

/** A setting that a rotation may change. */
export type RotatableSetting = {
  readonly path: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly isSecret: boolean;
  readonly choices: readonly string[];
  readonly isLong: boolean;
};

/** An instance as it runs now. `configured` ones have their settings in the hospital's files, which only a person changes. */
export type RotationSubject = {
  readonly instance: string;
  readonly plugin: string;
  readonly origin: 'configured' | 'installed';
  readonly settings: Settings;
  readonly rotatable: readonly RotatableSetting[];
  readonly credentials: readonly Credential[];
};

/** What came of starting a candidate beside the running instance. Texts may quote what the plugin or the far side said. */
export type TrialReport =
  | { readonly kind: 'refused'; readonly reason: string }
  | {
      readonly kind: 'ran';
      readonly credentials: readonly Credential[];
      readonly listProblem: string | undefined;
      /** Rules of the quick run that it broke. Undefined: it was not played, because this plugin cannot be cut from the network. */
      readonly broken: readonly string[] | undefined;
      readonly connection: { readonly result: 'answered' | 'silent' | 'skipped'; readonly found: string };
    };

/** Where a rehearsal plays: the plugin host behind it. */
export type RehearsalStage = {
  list(): Promise<readonly RotationSubject[]>;
  find(instance: string): Promise<RotationSubject | undefined>;
  /** The settings an instance runs with, without asking it anything. */
  settingsOf(instance: string): { readonly origin: RotationSubject['origin']; readonly settings: Settings } | undefined;
  /** Settings as they may be shown and hashed, by their paths: of secrets fingerprints that begin with `#`. */
  masked(instance: string, settings: Settings): ReadonlyMap<string, string>;
  /** Every secret of these settings: what may stand in no text that leaves the platform. */
  secretsIn(instance: string, settings: Settings): readonly string[];
  /** Removes what the instance's settings schema has no place for in the variant that was chosen. */
  tidy(instance: string, settings: Settings): Settings;
  tryOut(instance: string, settings: Settings): Promise<TrialReport>;
  /** Starts the instance with other settings beside the old, routes to it, drains the old. What fails leaves the old running. */
  replaceSettings(instance: string, settings: Settings): Promise<Outcome<{ readonly found: string }>>;
};

export const REHEARSAL_STEPS = ['start', 'list', 'pairing', 'validity', 'overlap', 'quickRun', 'connection'] as const;
export type RehearsalStepName = (typeof REHEARSAL_STEPS)[number];
export type RehearsalStep = {
  readonly step: RehearsalStepName;
  readonly result: 'passed' | 'warning' | 'failed' | 'skipped';
  readonly found: readonly Bilingual[];
};

/** `passed` may be carried out within a day; `active` may be taken back. The keys of all others are forgotten. */
export const ROTATION_STATES = ['failed', 'passed', 'active', 'takenBack', 'outdated'] as const;
export type RotationState = (typeof ROTATION_STATES)[number];
/** What a state is called in Chinese, for sentences. */
export const ROTATION_STATE_WORDS = { failed: '演练未通过', passed: '演练通过', active: '已执行', takenBack: '已退回', outdated: '已失效' } as const satisfies Record<RotationState, string>;
export type Rotation = {
  readonly id: number;
  readonly instance: string;
  readonly state: RotationState;
  readonly changedPaths: readonly string[];
  readonly steps: readonly RehearsalStep[];
  readonly fingerprints: readonly { readonly name: string; readonly fingerprint: string }[];
  readonly rehearsedAt: Date;
  readonly rehearsedBy: string;
  readonly carriedOutAt: Date | undefined;
  readonly carriedOutBy: string | undefined;
  readonly takenBackAt: Date | undefined;
};
/** Candidate and previous settings are sealed. */
export type RotationStore = {
  add(rotation: Omit<Rotation, 'id' | 'carriedOutAt' | 'carriedOutBy' | 'takenBackAt'>, settings: { readonly previous: Settings; readonly candidate: Settings } | undefined): Promise<Rotation>;
  find(id: number): Promise<Rotation | undefined>;
  /** Newest first. */
  list(filter: { readonly limit: number }): Promise<readonly Rotation[]>;
  /** What ran when it was rehearsed, and what was rehearsed. Undefined when they are not kept any more. */
  settingsOf(id: number): Promise<{ readonly previous: Settings; readonly candidate: Settings } | undefined>;
  carriedOut(id: number, by: string, at: Date): Promise<void>;
  takenBack(id: number, at: Date): Promise<void>;
  /** Forgets the candidates and earlier settings of everything of this instance but `id`. */
  outdateOthers(instance: string, id: number): Promise<void>;
  /** Forgets candidates that nobody has carried out since. */
  outdateRehearsedBefore(time: Date): Promise<void>;
  rehearsedFingerprints(owner: string): Promise<ReadonlySet<string>>;
};

export type RotationPorts = {
  readonly stage: RehearsalStage;
  readonly rotations: RotationStore;
  readonly policy: WatchPolicy;
  readonly clock: Clock;
  readonly audit: AuditTrail;
};
