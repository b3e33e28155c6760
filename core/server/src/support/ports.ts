/** The support bundle (支持包): what those who help from outside need to see of a box, and nothing of a patient. It is collected on the box, looked at, and taken away by a person; nothing sends it. */
import type { Bilingual } from '../domain/bilingual.js';
import type { Outcome } from '../domain/errors.js';

/** The form of a bundle. */
export const BUNDLE_FORMAT = 1;
export const BUNDLE_MANIFEST = 'manifest.json';
export const BUNDLE_SUMMARIES = ['summary.html', 'summary.md'] as const;
/** Written anew of what is left: it cannot be left out. */
export function isSummary(path: string): boolean {
  return BUNDLE_SUMMARIES.some((name) => name === path);
}

/** 卡号、证件号、手机号、姓名、患者编号、其他个人信息、密钥、口令与令牌. */
export const SENSITIVE_TYPES = ['card', 'idNumber', 'phone', 'name', 'patientNumber', 'personal', 'key', 'secret'] as const;
export type SensitiveType = (typeof SENSITIVE_TYPES)[number];
export type Redactions = Readonly<Partial<Record<SensitiveType, number>>>;

export type CollectedFile = { readonly path: string; readonly text: string };
/** What the checks look at. What could not be found out is left out, and the check says so. */
export type SupportFacts = {
  readonly coreRuns?: boolean;
  readonly disks?: readonly { readonly folder: string; readonly totalBytes: number; readonly freeBytes: number }[];
  readonly clock?: { readonly isSynchronised: boolean; readonly offsetMs?: number };
  readonly memory?: { readonly totalBytes: number; readonly availableBytes: number };
  readonly units?: readonly { readonly unit: string; readonly state: string; readonly restarts: number }[];
  readonly configuration?: { readonly isReadable: boolean };
  readonly databases?: readonly { readonly file: string; readonly state: 'whole' | 'damaged' | 'unreadable' | 'absent' | 'unchecked' }[];
  readonly witnesses?: readonly { readonly chain: 'journal' | 'audit'; readonly state: 'matches' | 'differs' | 'shorter' | 'absent' }[];
  /** Of the oldest payment or refund without a definite answer. */
  readonly unknownSince?: { readonly payment?: string; readonly refund?: string };
  readonly backups?: { readonly lastGoodAt?: string; readonly lastProvedAt?: string };
  readonly certificates?: readonly { readonly title: string; readonly endsAt: string }[];
  readonly alarmsOpen?: number;
};
export type Collected = { readonly files: readonly CollectedFile[]; readonly facts?: SupportFacts };
export type Collector = {
  /** Stands in the manifest when it failed. */
  readonly id: string;
  readonly deadlineMs: number;
  collect(): Promise<Collected>;
};

export const VERDICT_LEVELS = ['wrong', 'attention', 'unknown', 'fine'] as const;
/** `unknown`: the facts it needs could not be found out. */
export type VerdictLevel = (typeof VERDICT_LEVELS)[number];
export type Verdict = { readonly check: string; readonly level: VerdictLevel; readonly said: Bilingual; readonly next?: Bilingual };

/** `bytes` and `sha256` of the file as it stands in the bundle: after redaction. */
export type BundleFile = { readonly path: string; readonly bytes: number; readonly sha256: string; readonly redactions: Redactions };
export type BundleManifest = {
  readonly formatVersion: number;
  readonly product: 'hospay';
  readonly name: string;
  readonly version: string;
  readonly collectedAt: string;
  readonly files: readonly BundleFile[];
  /** Taken out by whoever looked at it. */
  readonly without: readonly string[];
  /** Collectors that failed or did not answer in time; the others went on. */
  readonly problems: readonly { readonly collector: string; readonly said: Bilingual }[];
  readonly verdicts: readonly Verdict[];
};
export type Bundle = { readonly manifest: BundleManifest; readonly files: readonly CollectedFile[] };

/** The newest bundle, as it lies on the box. `bytes`: of the file. */
export type LaidBundle = { readonly manifest: BundleManifest; readonly bytes: number; readonly laidAt: string };
/** Where the console's bundle lies. Collecting and packing are done by processes of their own: payments do not wait for them. */
export type SupportShelf = {
  /** Lays a new bundle in the place of the one before. @throws BilingualError when the process fails or takes too long; the one before stays */
  collect(at: Date): Promise<void>;
  laid(): LaidBundle | undefined;
  /** The file, without these files of it. @throws BilingualError as above */
  take(without: readonly string[]): Promise<Uint8Array>;
  clear(): void;
  /** Ends the processes that run. */
  stop(): void;
};

export type SupportView = { readonly isCollecting: boolean; /** Why the last one could not be collected. */ readonly problem: Bilingual | undefined; readonly bundle: (LaidBundle & { readonly endsAt: string }) | undefined };
export type SupportDesk = {
  read(): SupportView;
  /** Begins it as work on the board. Errors: CONFLICT while one is collected. */
  collect(by: string): Promise<Outcome<object>>;
  /** `name`: the bundle that was looked at. `without`: files of it that stay in the house. Errors: NO_SUCH_ITEM when another or none lies there, or it has no such file. */
  download(request: { readonly name: string; readonly without: readonly string[]; readonly by: string }): Promise<Outcome<{ readonly fileName: string; readonly bytes: Uint8Array }>>;
  start(): void;
  stop(): void;
};
