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

/** Where a bundle lies while it arrives and until it is installed. */
export type BundleFiles = {
  /** The name `Box` knows it by. */
  readonly name: string;
  readonly size: () => number | undefined;
  /** Bytes that arrived so far. */
  readonly arrived: () => number;
  /** Appends at `offset`, durably. */
  write(offset: number, bytes: Uint8Array): Promise<void>;
  /** It is whole. */
  finish(): void;
  remove(): void;
};

/** `stop`: it is not installed like this. `look`: whoever approves should know. */
export const PREFLIGHT_LEVELS = ['good', 'look', 'stop'] as const;
export type PreflightCheck = { readonly check: 'health' | 'disk' | 'backup' | 'proof' | 'plugin' | 'openMoney' | 'window' | 'trial'; readonly subject?: string | undefined; readonly level: (typeof PREFLIGHT_LEVELS)[number]; readonly said: Bilingual };

export type UpdateView = {
  readonly box: BoxStatus | undefined;
  /** Why the machine cannot be asked. */
  readonly problem: Bilingual | undefined;
  readonly upload: { readonly arrived: number } | undefined;
  readonly bundle: (UpdateBundle & { readonly bytes: number; readonly checks: readonly PreflightCheck[] }) | undefined;
  readonly chunkBytes: number;
  readonly windowFrom: string;
  readonly windowTo: string;
};

export type UpdateDesk = {
  /** Undefined where the platform runs on a machine of somebody else's. */
  read(): Promise<UpdateView>;
  /** A piece of a bundle, in order. Errors: CONFLICT (not where the last piece ended; says where that is), UPDATE_REFUSED. `total`: all of it. When the last one is there it is inspected. */
  receive(piece: { readonly offset: number; readonly total: number; readonly bytes: Uint8Array; readonly by: string }): Promise<Outcome<{ readonly arrived: number }>>;
  discard(by: string): Promise<Outcome<object>>;
  preflight(bundle: UpdateBundle): Promise<readonly PreflightCheck[]>;
  /** The bundle that waits to be installed. */
  waiting(): UpdateBundle | undefined;
  stage(bundle: UpdateBundle): Promise<Outcome<object>>;
  /** Restarts into what was staged: at once, or when the window opens. */
  restart(when: 'now' | 'window'): void;
  stop(): void;
};
