/** 系统更新: what the platform knows of the machine it runs on, and what it asks of it. The machine itself (a service of the appliance, as root) reads, verifies and writes; here is decided whether and when. */
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';

export const SLOT_STATES = ['good', 'trying', 'failed', 'empty'] as const;
export type BoxSlot = { readonly slot: 'a' | 'b'; readonly state: (typeof SLOT_STATES)[number]; readonly isRunning: boolean; readonly triesLeft?: number | undefined; readonly version?: string | undefined };
export type LastUpdate = { readonly version: string; readonly from: string; readonly outcome: 'committed' | 'reverted'; readonly at: string; readonly reason?: Bilingual | undefined };
export type BoxStatus = {
  readonly version: string;
  /** The running system is on trial: without a commit the machine goes back to the other slot. */
  readonly isTrying: boolean;
  readonly slots: readonly BoxSlot[];
  /** Written, and not yet found good or bad. */
  readonly pending?: { readonly version: string; readonly from: string; readonly at: string } | undefined;
  readonly last?: LastUpdate | undefined;
};
/** `sdk`: the version of the plugin interface it brings. `manifestSha256`: of what was signed; it names everything else. */
export type UpdateBundle = { readonly version: string; readonly manifestSha256: string; readonly sdk: string; readonly builtAt: string; readonly notes: Bilingual; readonly upgradesFrom: string };

/** The machine. Every answer may be a refusal in its words (UPDATE_REFUSED), or that it does not answer. */
export type Box = {
  status(): Promise<Outcome<BoxStatus>>;
  /** Reads a bundle to its end: signature and every hash. `heard`: bytes read. */
  inspect(bundle: string, heard: (bytes: number) => void): Promise<Outcome<UpdateBundle>>;
  /** Writes it to the slot that does not run, and reads it back. */
  stage(bundle: string, manifestSha256: string, heard: (bytes: number) => void): Promise<Outcome<object>>;
  commit(): Promise<Outcome<object>>;
  /** Gives up the running system and starts the other. */
  revert(reason: Bilingual): Promise<Outcome<object>>;
  restart(): Promise<Outcome<object>>;
};

/** Larger is no bundle. */
export const LARGEST_BUNDLE_BYTES = 1_024 * 1_048_576;
/** What a bundle may be called where somebody else named it: no folder, nothing hidden. */
export const BUNDLE_NAME = '^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\\.hpu$';

/** Where a bundle comes from. */
export const BUNDLE_ORIGINS = ['upload', 'drive', 'mirror'] as const;
/** `total`: bytes of all of it. `sha256`: of all of it, where it was told before. */
export type ArrivingBundle = { readonly from: (typeof BUNDLE_ORIGINS)[number]; readonly name: string; readonly total: number; readonly sha256?: string | undefined };

/** Where a bundle lies while it arrives and until it is installed. */
export type BundleFiles = {
  /** The name `Box` knows it by. */
  readonly name: string;
  readonly size: () => number | undefined;
  /** What arrives, and how much of it is there; it survives a restart. Undefined when nothing does. */
  readonly arriving: () => (ArrivingBundle & { readonly arrived: number }) | undefined;
  /** Forgets what had half arrived. What is whole stays until this is. */
  begin(arriving: ArrivingBundle): void;
  /** Appends at `offset`, durably. @throws BilingualError when the disk is full */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** Of what has arrived, in hexadecimal. */
  sha256(): Promise<string>;
  /** It is whole, and takes the place of the one before. */
  finish(): void;
  /** Forgets what has half arrived. */
  drop(): void;
  /** Forgets what is whole. */
  remove(): void;
};

/** `problem`: it cannot be taken, and why. */
export type DriveFile = { readonly name: string; readonly bytes: number; readonly problem?: Bilingual | undefined };
/**
 * A bundle being read. `sha256`: what it is to have; then a half of it is worth keeping, and is gone on with.
 * `pieces`: from that byte on; throws a BilingualError when it breaks off. `close`: ends a read that is under way.
 */
export type BundleSource = { readonly total: number; readonly sha256?: string | undefined; pieces(from: number): AsyncIterable<Uint8Array>; close(): void };
/** A drive somebody plugged in (更新盘). Whatever stands on it is a stranger's. */
export type UpdateDrive = {
  /** What could be bundles, by name; nothing where there is no drive. Errors: UPDATE_REFUSED when the drive cannot be read. */
  list(): Promise<Outcome<readonly DriveFile[]>>;
  /** Errors: NO_SUCH_ITEM, UPDATE_REFUSED. Whoever has it closes it. */
  open(name: string): Promise<Outcome<BundleSource>>;
};

/** A bundle a mirror says it has. `bytes` and `sha256` are of the file; who made it the bundle's own signature says. */
export type MirrorBundle = { readonly file: string; readonly version: string; readonly bytes: number; readonly sha256: string };
/** A folder of the hospital's own network (更新镜像), over HTTPS. */
export type UpdateMirror = {
  /** Without what may be secret in it. */
  readonly address: string;
  /** Its `index.json`. Errors: UPDATE_REFUSED. */
  list(): Promise<Outcome<readonly MirrorBundle[]>>;
  open(bundle: MirrorBundle): BundleSource;
};
/** What is known of the mirror since the last look. `offered`: newer than what runs, newest first. */
export type MirrorView = { readonly address: string; readonly lookedAt: string | undefined; readonly problem: Bilingual | undefined; readonly offered: readonly MirrorBundle[] };

/** `stop`: it is not installed like this. `look`: whoever approves should know. */
export const PREFLIGHT_LEVELS = ['good', 'look', 'stop'] as const;
export type PreflightCheck = { readonly check: 'health' | 'disk' | 'backup' | 'proof' | 'plugin' | 'openMoney' | 'window' | 'trial'; readonly subject?: string | undefined; readonly level: (typeof PREFLIGHT_LEVELS)[number]; readonly said: Bilingual };

export type UpdateView = {
  readonly box: BoxStatus | undefined;
  /** Undefined where none is configured. */
  readonly mirror: MirrorView | undefined;
  /** Why the machine cannot be asked. */
  readonly problem: Bilingual | undefined;
  /** The platform fetches it now; otherwise it waits to be gone on with. */
  readonly isTaking: boolean;
  readonly arriving: (ArrivingBundle & { readonly arrived: number }) | undefined;
  readonly bundle: (UpdateBundle & { readonly bytes: number; readonly checks: readonly PreflightCheck[] }) | undefined;
  readonly chunkBytes: number;
  readonly windowFrom: string;
  readonly windowTo: string;
};

export type UpdateDesk = {
  /** Undefined where the platform runs on a machine of somebody else's. */
  read(): Promise<UpdateView>;
  /** A piece of a bundle, in order. Errors: CONFLICT (not where the last piece ended; says where that is), UPDATE_REFUSED. `total`: all of it. When the last one is there it is inspected. */
  receive(piece: { readonly offset: number; readonly total: number; readonly name?: string | undefined; readonly bytes: Uint8Array; readonly by: string }): Promise<Outcome<{ readonly arrived: number }>>;
  /** What lies on the drive that is plugged in. Errors: UPDATE_REFUSED. */
  lookAtDrive(): Promise<Outcome<readonly DriveFile[]>>;
  /** Copies a file of the drive, in the background; then it is inspected as one that was uploaded. Errors: CONFLICT, NO_SUCH_ITEM, UPDATE_REFUSED. */
  takeFromDrive(asked: { readonly name: string; readonly by: string }): Promise<Outcome<object>>;
  /** Looks at the mirror now. Errors: CONFLICT (none is configured), UPDATE_REFUSED. */
  lookAtMirror(): Promise<Outcome<{ readonly offered: readonly MirrorBundle[] }>>;
  /** Downloads what the mirror offered, in the background, and goes on with a half of it; then as `takeFromDrive`. Errors: CONFLICT, NO_SUCH_ITEM (it is not offered any more), UPDATE_REFUSED. */
  takeFromMirror(asked: { readonly file: string; readonly sha256: string; readonly by: string }): Promise<Outcome<object>>;
  /** What arrives, which is stopped if it is being taken; where nothing arrives, what waits. */
  discard(by: string): Promise<Outcome<object>>;
  preflight(bundle: UpdateBundle): Promise<readonly PreflightCheck[]>;
  /** The bundle that waits to be installed. */
  waiting(): UpdateBundle | undefined;
  stage(bundle: UpdateBundle): Promise<Outcome<object>>;
  /** Restarts into what was staged: at once, or when the window opens. */
  restart(when: 'now' | 'window'): void;
  stop(): void;
};
