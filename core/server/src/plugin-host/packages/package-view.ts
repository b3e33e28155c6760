/** Plugin packages as screens and callers see them. */
import type { ConformanceTier } from '@hospay/plugin-sdk/package';
import type { CapabilityChange } from './capability-changes.js';
import type { InstalledVersion } from './installed-packages.js';

/** A package that was looked at: everything a person decides by. Nothing of it has run. */
export type ReceivedPackageView = {
  readonly hash: string;
  readonly id: string;
  readonly version: string;
  readonly titleZh: string;
  readonly titleEn: string;
  readonly publisher: string;
  readonly signers: readonly { readonly keyId: string; readonly publisher: string }[];
  readonly tier: ConformanceTier;
  /** The version that runs now. */
  readonly replaces: string | undefined;
  readonly capabilityChanges: readonly CapabilityChange[];
  /** JSON schema of the settings form. */
  readonly settingsSchema: object;
};

export type InstalledPluginView = {
  readonly id: string;
  readonly current: InstalledVersion;
  readonly previous: InstalledVersion | undefined;
  readonly instances: readonly string[];
  /** Why it may not run: withdrawn, changed on disk. */
  readonly refused: string | undefined;
};

export type InstallRequest = {
  readonly hash: string;
  /** A new instance's id, or an instance whose settings change with the upgrade. Absent: every instance is upgraded as it is. */
  readonly instance?: string | undefined;
  readonly contribution?: string | undefined;
  readonly merchantNo?: string | undefined;
  readonly settings?: Readonly<Record<string, unknown>> | undefined;
  /** True: the capability changes were shown and agreed to. */
  readonly acceptsCapabilities: boolean;
};

export type InstallStep = { readonly step: 'quickRun' | 'connection' | 'activation'; readonly instance: string; readonly found: string };
export type InstallReport = { readonly id: string; readonly version: string; readonly previous: string | undefined; readonly steps: readonly InstallStep[] };
