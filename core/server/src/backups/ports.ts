/** Backups (备份): one consistent set of everything a box needs to stand up again, what is told of it, and what it takes to make one. */
import type { Bilingual } from '../domain/bilingual.js';
import type { AuditTrail } from '../domain/audit.js';
import type { Outcome } from '../domain/errors.js';
import type { Log } from '../domain/log.js';
import type { Clock, Timers } from '../domain/time.js';
import type { WorkHear } from '../running-work/ports.js';

/** The form of a set. A program that does not know it touches nothing of it. */
export const BACKUP_FORMAT = 1;
export const MANIFEST_NAME = 'manifest.json';
/** A folder without this file is no target: an unmounted disk leaves an empty folder behind, and the system disk would fill up instead. */
export const TARGET_MARK = '.hospay-backup-target';

export type ChainMark = { readonly seq: number; readonly hash: string };
export type SavedFile = { readonly path: string; readonly bytes: number; readonly sha256: string };
/** `schema`: the names of its migrations, in their order; none for what has no versions. */
export type SavedDatabase = SavedFile & { readonly schema: readonly string[] };

/** The last entry of a set: what does not end with it is not whole. Every file of the set is listed. */
export type Manifest = {
  readonly formatVersion: number;
  readonly product: 'hospay';
  readonly name: string;
  readonly version: string;
  readonly hospital: string;
  readonly profile: string;
  readonly takenAt: string;
  /** Of the snapshot in the set, not of the moment it was packed. */
  readonly journal: ChainMark;
  readonly audit: ChainMark;
  readonly databases: readonly SavedDatabase[];
  readonly files: readonly SavedFile[];
  /** Increments of this run with a higher number go on from this set. Absent: it stands alone. */
  readonly follows?: StreamMark | undefined;
  /** When its databases were copied, as the machine counts since its start: see `IncrementManifest`. */
  readonly copiedAtMs?: number | undefined;
};

/** A run of the platform, and the number of its last increment. */
export type StreamMark = { readonly stream: string; readonly no: number };

/**
 * An increment (增量): what changed in the databases and files since the one before it, a minute ago. Put into the set they follow, one after the other, they make the data of that minute.
 * A page of a set may be newer than that of an increment that was begun before the databases were copied: so they are applied up to one that was begun later (`beganAtMs` behind `copiedAtMs`), or not at all.
 */
export type IncrementManifest = {
  readonly formatVersion: number;
  readonly product: 'hospay';
  readonly kind: 'increment';
  readonly name: string;
  readonly version: string;
  readonly hospital: string;
  readonly stream: string;
  readonly no: number;
  readonly takenAt: string;
  /** Milliseconds since the machine started: a clock that is set meanwhile changes nothing. */
  readonly beganAtMs: number;
  /** These are in it, and perhaps some more. */
  readonly journal: ChainMark;
  readonly audit: ChainMark;
  /** Changed pages of databases, `data/NAME.pages` each. */
  readonly pages: readonly SavedFile[];
  readonly files: readonly SavedFile[];
  /** That the box made it whose set it follows: see `sealOf`. */
  readonly seal: string;
};

/** A hospital's own key, kept where the box is not; or the vendor's. Its identity is needed to read a set when the box is gone. */
export type Recipient = { readonly recipient: string; readonly title: string };

export type TargetState =
  /** Object storage has no end that it would tell of. */
  | { readonly kind: 'ready'; readonly freeBytes: number | undefined }
  | { readonly kind: 'unusable'; readonly said: Bilingual };

export type StoredSet = { readonly name: string; readonly bytes: number };

export const TARGET_PROTOCOLS = ['folder', 'sftp', 's3', 'smb', 'nfs'] as const;
export type TargetProtocol = (typeof TARGET_PROTOCOLS)[number];

/** Where sets lie: a folder (a disk, a share the system mounts), or a server the core reaches by itself. Each verb of a server has a deadline. */
export type BackupTarget = {
  readonly id: string;
  readonly protocol: TargetProtocol;
  /** As people find it: a folder, an address; without anything that lets in. */
  readonly place: string;
  /** Whether sets could be written now. Never throws. */
  state(): Promise<TargetState>;
  /** Only what bears the name of a set, whole ones alone. @throws when the target cannot be read */
  list(): Promise<readonly StoredSet[]>;
  /** The same of increments. */
  increments(): Promise<readonly StoredSet[]>;
  /** Both, by one question. */
  all(): Promise<readonly StoredSet[]>;
  /** A set or an increment. Not seen by anybody before `finish`. @throws BilingualError when there is no room, no right, no mount */
  begin(name: string): Promise<TargetFile>;
  /** @throws BilingualError when there is none of this name */
  read(name: string): Promise<AsyncIterable<Uint8Array>>;
  remove(name: string): Promise<void>;
  /** Takes away what a run that was broken off left behind. */
  clean(): Promise<void>;
};
export type TargetFile = { write(chunk: Uint8Array): Promise<void>; finish(): Promise<void>; discard(): Promise<void> };

/** What one target has of a set. */
export type CopyOfSet = { readonly target: string; readonly verifiedAt?: string | undefined; readonly problem?: Bilingual | undefined };

export const SET_STATES = ['running', 'good', 'failed', 'removed'] as const;
/** `good`: at least one target has it, read back and equal. `removed`: the keep rules took the last copy away. */
export type SetState = (typeof SET_STATES)[number];

export type BackupSet = {
  readonly name: string;
  readonly by: string;
  readonly begunAt: Date;
  readonly state: SetState;
  readonly endedAt: Date | undefined;
  /** As it lies on a target. */
  readonly bytes: number | undefined;
  readonly files: number | undefined;
  readonly journalSeq: number | undefined;
  readonly sha256: string | undefined;
  readonly copies: readonly CopyOfSet[];
  readonly problem: Bilingual | undefined;
  /** Restored into scratch, replayed and found whole. */
  readonly provedAt: Date | undefined;
  readonly proof: Bilingual | undefined;
  readonly proofFailedAt: Date | undefined;
};

/** Rows of sets, newest first. They come back with a restore as they were then. */
export type BackupRows = {
  begin(set: { readonly name: string; readonly by: string; readonly at: Date }): Promise<void>;
  change(name: string, change: Partial<Omit<BackupSet, 'name' | 'by' | 'begunAt'>>): Promise<void>;
  list(limit: number): Promise<readonly BackupSet[]>;
  find(name: string): Promise<BackupSet | undefined>;
};

export const BACKUP_STEPS = ['databases', 'files', 'verify', 'extract', 'prove'] as const;
export type BackupStep = (typeof BACKUP_STEPS)[number];
export type BackupProgress = { readonly step: BackupStep; readonly share: number };

export type TakenSet = {
  readonly manifest: Pick<Manifest, 'takenAt' | 'journal' | 'audit'> & { readonly files: number };
  readonly bytes: number;
  readonly sha256: string;
  /** Targets that have the whole file; the others say why not. */
  readonly copies: readonly { readonly target: string; readonly problem?: Bilingual | undefined }[];
};
/** Increments that were put into a set: how many, and the moment it then shows. `missing`: why not the others. */
export type AppliedIncrements = { readonly count: number; readonly upTo: string; readonly missing?: Bilingual | undefined };
export type ProofOfSet = { readonly increments?: AppliedIncrements | undefined; readonly problems: readonly Bilingual[]; readonly takenAt: string; readonly journals: number; readonly entries: number; readonly orders: number; readonly auditRows: number; readonly secrets: number };

/** The heavy half, beside the payments: in the house a thread of its own. */
export type BackupWorker = {
  /** @throws BilingualError when no target has it, or it was cancelled */
  take(request: { readonly name: string; readonly takenAt: string; readonly follows?: StreamMark | undefined }): Promise<TakenSet>;
  /** Reads the copy back, decrypts it with the appliance's own identity and compares every hash. @throws BilingualError */
  verify(request: { readonly name: string; readonly target: string }): Promise<void>;
  prove(request: { readonly name: string; readonly target: string }): Promise<ProofOfSet>;
  progress(): Promise<BackupProgress | undefined>;
  /** What runs ends before its next step, and leaves nothing behind. */
  cancel(): Promise<void>;
};

/** How far a target has come. `last`: it has this increment, and every earlier one but `missing` and those before it. `lacksBase`: the set they follow is not there, as after a drive was exchanged. */
export type TargetProgress = { readonly target: string; readonly lacksBase: boolean; readonly waiting: number; readonly last?: (StreamMark & { readonly takenAt: string }) | undefined; readonly missing?: StreamMark | undefined; readonly problem?: Bilingual | undefined };

/** Increments, beside the payments: in the house a thread of its own. */
export type IncrementWorker = {
  /** Where the run stands; a set whose databases are copied after it is followed by every later increment. */
  mark(): Promise<StreamMark>;
  /** Keeps what changed since the last one on this machine. Nothing changed: its number is the last. @throws BilingualError; then the next sees it again, or begins another stream */
  capture(request: { readonly takenAt: string }): Promise<StreamMark>;
  /** To each target what it does not have yet, in the order it was taken; each is read back. `bases`: the set that increments follow, by target. */
  send(request: { readonly bases: Readonly<Record<string, string>> }): Promise<readonly TargetProgress[]>;
  close(): Promise<void>;
};

/** 连续备份 as screens show it. `upTo`: what this target would give back, if the machine were gone now. */
export type ContinuousState = {
  readonly everySeconds: number;
  readonly problem?: Bilingual | undefined;
  readonly targets: readonly { readonly target: string; readonly upTo?: Date | undefined; readonly waiting: number; readonly problem?: Bilingual | undefined }[];
};

/** 连续备份: what changed goes to the targets every minute; a restore puts it into the set it follows. */
export type ContinuousBackup = {
  /** Asked before the databases of a set are copied. Undefined: the set will stand alone. */
  mark(): Promise<StreamMark | undefined>;
  /** A set that was read back, and where the run stood before it. */
  follow(set: BackupSet, mark: StreamMark): void;
  state(sets: readonly BackupSet[]): ContinuousState;
  start(): void;
  stop(): Promise<void>;
};

export type KeepRules = { readonly daily: number; readonly weekly: number; readonly monthly: number };

/** One recipient on the screen. `own`: the appliance itself, so that a set can be read back at once. */
export type RecipientView = { readonly recipient: string; readonly shortId: string; readonly title: string; readonly isOwn: boolean };

export type Fence = {
  /** The set the box was made of. */
  readonly set: string;
  readonly takenAt: string;
  readonly restoredAt: string;
  readonly journal: ChainMark;
};

export type BackupPorts = {
  readonly hospitalId: string;
  readonly worker: BackupWorker;
  readonly rows: BackupRows;
  readonly targets: readonly BackupTarget[];
  readonly recipients: readonly RecipientView[];
  readonly keep: KeepRules;
  readonly fence: Fence | undefined;
  /** Undefined: off, or not begun. */
  readonly continuous: () => ContinuousBackup | undefined;
  /** Runs of this box. */
  readonly streams: () => ReadonlySet<string>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly audit: AuditTrail;
  readonly log: Log;
};

/** What alarms and the wallboard look at. Ages from the first start while there was none. */
export type BackupHealth = {
  readonly lastGoodAt: Date | undefined;
  readonly lastProvedAt: Date | undefined;
  /** The oldest good one there is. */
  readonly firstGoodAt: Date | undefined;
  /** 连续备份: the newest moment one of the targets would give back. Absent: it is off. */
  readonly upTo?: Date | undefined;
  readonly lastFailed: boolean;
  /** No target, or nobody but the box itself could read a set. */
  readonly isSetUp: boolean;
};

export type BackupDesk = {
  /** One at a time: CONFLICT while one runs or the box is fenced. Every target that fails is named in the answer. */
  take(request: { readonly by: string; readonly hear?: WorkHear | undefined }): Promise<Outcome<BackupSet>>;
  /** Restores a set into scratch and holds everything against everything: the newest verified one, or that one. NO_SUCH_ITEM, CONFLICT. */
  prove(request: { readonly by: string; readonly name?: string | undefined; readonly hear?: WorkHear | undefined }): Promise<Outcome<BackupSet>>;
  list(): Promise<readonly BackupSet[]>;
  health(): Promise<BackupHealth>;
  /** As the health was when it was read last: what screens ask often. */
  provedAt(): Date | undefined;
  /** Undefined: off, or nothing moves on a fenced box. */
  continuous(): Promise<ContinuousState | undefined>;
  /** What an earlier run left on targets is taken away by then. */
  cleaned(): Promise<unknown>;
  targets(): Promise<readonly (TargetState & Pick<BackupTarget, 'id' | 'protocol' | 'place'>)[]>;
  readonly recipients: readonly RecipientView[];
  readonly keep: KeepRules;
  readonly fence: Fence | undefined;
  /** What an earlier run of the platform left half done: told as failed, its pieces taken away. */
  start(): Promise<void>;
};

/** The machine the platform runs on, for the page that looks after it (备份与系统). */
export type MachineFacts = {
  readonly version: string;
  readonly runtime: string;
  readonly startedAt: Date;
  readonly hostName: string;
  readonly timeZone: string;
  readonly dataFolder: string;
  readonly freeBytes: number | undefined;
  /** With its log. `schema`: its newest migration, and how many there are. */
  readonly databases: readonly { readonly name: string; readonly bytes: number; readonly schema: string | undefined; readonly migrations: number }[];
};
/** The newest run of a nightly check. */
export type LastCheck = { readonly task: string; readonly state: string; readonly at: Date | undefined; readonly result: Bilingual | undefined };
/** The data disk on its ladder (磁盘阶梯). `usedPercent`: with the room the ballast has to get back. */
export const DISK_STEPS = ['ample', 'scarce', 'clearing', 'refusing', 'unreadable'] as const;
export type DiskStep = (typeof DISK_STEPS)[number];
export const BALLAST_STATES = ['none', 'kept', 'released'] as const;
export type BallastKind = (typeof BALLAST_STATES)[number];
export type DiskState = { readonly step: DiskStep; readonly freeBytes: number | undefined; readonly usedPercent: number | undefined; readonly ballast: BallastKind; readonly ballastBytes: number };
export type SystemDesk = {
  read(): Promise<MachineFacts>;
  lastChecks(): Promise<readonly LastCheck[]>;
  disk(): DiskState;
  /** Lets the ballast go, so that a repair can write. CONFLICT: there is none, or payments are taken without it. */
  releaseBallast(request: { readonly by: string }): Promise<Outcome<undefined>>;
};
