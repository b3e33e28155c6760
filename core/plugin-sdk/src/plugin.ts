/**
 * A plugin is a guest behind a message-shaped door: it declares itself in `plugin.json`, it is activated with settings and a small
 * context, and it returns its contributions. It never receives the container, the web framework, a model or another plugin.
 */
import { Type, type Static, type TSchema } from 'typebox';
import type { Agreements } from './agreements.js';
import type { BankLink } from './bank-link.js';
import type { HospitalAdapter } from './hospital-adapter.js';
import type { FundStatementReader, PaymentChannel, StatementReader } from './payment-channel.js';
import type { Presettling } from './presettling.js';
import type { OperatingReport } from './report.js';
import type { CardTerminals, Tills } from './window-desk.js';

/** The version of this contract. A plugin whose `sdk` range does not include it is refused, not warned. */
export const SDK_VERSION = '0.2.0';

const closedObject = { additionalProperties: false } as const;

/** `plugin.json`. Unknown keys are refused. */
export const PluginManifestSchema = Type.Object(
  {
    id: Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 64 }),
    version: Type.String({ pattern: '^\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?$' }),
    title: Type.Object({ zh: Type.String({ minLength: 1, maxLength: 60 }), en: Type.String({ minLength: 1, maxLength: 60 }) }, closedObject),
    publisher: Type.String({ minLength: 1, maxLength: 100 }),
    /** Semver range of SDK_VERSION. */
    sdk: Type.String({ minLength: 1, maxLength: 60 }),
    /** Built module relative to the package folder; must stay inside it. */
    entry: Type.String({ pattern: '^(?!.*\\.\\.)[A-Za-z0-9_./-]+\\.js$' }),
    contributes: Type.Object(
      {
        channels: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), { minItems: 1 })),
        hospitalAdapters: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), { minItems: 1 })),
        bankLinks: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]*$' }), { minItems: 1 })),
        /** Reports stand in a package of their own: what reads sums and what moves money are agreed to apart. */
        reports: Type.Optional(Type.Array(Type.String({ pattern: '^[a-z][a-z0-9]*(-[a-z0-9]+)*$', maxLength: 40 }), { minItems: 1, maxItems: 20 })),
      },
      closedObject,
    ),
    needs: Type.Object(
      {
        /** Hosts the plugin talks to, as settings keys or literal host names. */
        network: Type.Optional(Type.Array(Type.String({ maxLength: 255 }))),
        secrets: Type.Optional(Type.Array(Type.String({ maxLength: 64 }))),
      },
      closedObject,
    ),
    limits: Type.Object(
      {
        callTimeoutMs: Type.Integer({ minimum: 100, maximum: 120_000 }),
        concurrency: Type.Integer({ minimum: 1, maximum: 1024 }),
        /** Resident memory of an isolated plugin, buffers included. Default 160. */
        memoryMegabytes: Type.Optional(Type.Integer({ minimum: 64, maximum: 2_048 })),
      },
      closedObject,
    ),
    owner: Type.String({ minLength: 1, maxLength: 100 }),
  },
  closedObject,
);
export type PluginManifest = Static<typeof PluginManifestSchema>;

export type PluginLog = {
  info(message: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
  warn(message: string, facts?: Readonly<Record<string, string | number | boolean>>): void;
};

/**
 * The plugin instance's own durable store, kept by the core by quota. A write has reached the disk when its promise resolves: whatever a later answer
 * depends on (a message number, a terminal's last voucher) is put here before the first byte goes out.
 */
export type PluginStore = {
  /** Undefined when there is nothing under this key. */
  get(key: string): Promise<unknown>;
  /** Replaces. `value` is JSON. @throws StoreFullError beyond the quota: nothing was written. */
  put(key: string, value: unknown): Promise<void>;
  /** Puts only when the key is free; false, and nothing written, when it is not. The one way to claim a number. */
  claim(key: string, value: unknown): Promise<boolean>;
  delete(key: string): Promise<void>;
  /** Keys and values whose key begins with `prefix`, in the order of the keys, at most `limit` (default 100), after `after`. */
  list(prefix: string, page?: { readonly after?: string; readonly limit?: number }): Promise<readonly { readonly key: string; readonly value: unknown }[]>;
};

export type PluginHttpRequest = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Its host must be one the manifest's `needs.network` allows. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | string;
  /** Longer answers are cut off and are `noAnswer`. Default 1 MiB. */
  readonly maxAnswerBytes?: number;
  /** Names of secrets that hold the client certificate and its key (PEM), where the channel asks for one. */
  readonly clientCertificate?: { readonly certificate: string; readonly privateKey: string };
  readonly signal?: AbortSignal;
};
/** `notSent`: no connection came about or the request was refused here; it cannot have arrived. `noAnswer`: it may have arrived. */
export type PluginHttpAnswer =
  | { readonly kind: 'answer'; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly body: Uint8Array }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'noAnswer'; readonly reason: string };

/** HTTP through the core: allow-list, deadline, size limit; redirects are answers, never followed. Never throws for what the network does. */
export type PluginHttp = { request(request: PluginHttpRequest): Promise<PluginHttpAnswer> };

export const SIGNATURE_ALGORITHMS = ['RSA-SHA256', 'RSA-SHA1', 'Ed25519', 'HMAC-SHA256', 'HMAC-SHA1', 'SM2-SM3'] as const;
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

/** Work with a secret by its name (a key of the settings marked `x-secret`): the secret itself stays with the core. */
export type PluginKeys = {
  /** SM2-SM3: at most 1 MiB of data. @throws when the secret does not exist or does not fit the algorithm, or too much of the plugin's SM2 work waits; the message never holds the secret. */
  sign(request: { readonly key: string; readonly algorithm: SignatureAlgorithm; readonly data: Uint8Array; /** SM2 only. */ readonly userId?: string }): Promise<Uint8Array>;
  /**
   * SM3withSM2 (GM/T 0009) of somebody else: the public key is 65 bytes (04 …), hex or base64, the signature the raw 64 bytes r‖s. Only this algorithm: whatever
   * node:crypto verifies, a plugin verifies itself. At most 1 MiB of data. False also when the key or the signature is none, or too much of the plugin's SM2 work waits.
   */
  verify(request: { readonly publicKey: string; readonly algorithm: 'SM2-SM3'; readonly data: Uint8Array; readonly signature: Uint8Array; readonly userId?: string }): Promise<boolean>;
  /** AES-256-GCM with a 32-byte secret (ciphertext ‖ tag); undefined when it is not authentic. */
  decryptAesGcm(request: { readonly key: string; readonly nonce: Uint8Array; readonly associatedData: Uint8Array; readonly ciphertext: Uint8Array }): Promise<Uint8Array | undefined>;
  /** Lower-case hex digest of `before ‖ secret ‖ after`, for protocols that hash a shared secret into their text. */
  digestWithSecret(request: { readonly key: string; readonly algorithm: 'md5' | 'sha256' | 'sm3'; readonly before: Uint8Array; readonly after: Uint8Array }): Promise<string>;
};

export type PluginContext<Settings> = {
  /** For an isolated plugin the value of a secret is its own name: use `keys`. */
  readonly settings: Settings;
  readonly store: PluginStore;
  readonly http: PluginHttp;
  readonly keys: PluginKeys;
  /** Arms a timer in the core's time (virtual in simulations). What it starts is cancelled when the plugin stops. */
  readonly after: (milliseconds: number, run: () => void) => { cancel(): void };
  /** Wall-clock time from the core (virtual in simulations). */
  readonly now: () => Date;
  /** Goes to the core's log through redaction. Never pass names, card or ID numbers, keys or raw bodies. */
  readonly log: PluginLog;
};

export type Contributions = {
  readonly channels?: Readonly<Record<string, PaymentChannel>>;
  readonly hospitalAdapters?: Readonly<Record<string, HospitalAdapter>>;
  /** Links to the banks that keep the hospital's own accounts (银企直联). */
  readonly bankLinks?: Readonly<Record<string, BankLink>>;
  /** Reports beside the platform's own (运营报表). */
  readonly reports?: Readonly<Record<string, OperatingReport>>;
  /** Tills and card terminals, under the name of the channel they belong to. */
  readonly tills?: Readonly<Record<string, Tills>>;
  readonly cardTerminals?: Readonly<Record<string, CardTerminals>>;
  /** Pre-settlement with the medical insurance, under the name of the channel that settles it. */
  readonly presettling?: Readonly<Record<string, Presettling>>;
  /** Cards bound by agreement (快捷支付), under the name of the channel that charges them. */
  readonly agreements?: Readonly<Record<string, Agreements>>;
  /** Closes what the plugin opened. Awaited, with a deadline, when the plugin stops. */
  stop?(): Promise<void>;
};

export type PluginDefinition<SettingsSchema extends TSchema = TSchema> = {
  /** JSON Schema of the settings. Secrets carry `"x-secret": true`; screens show `title` and `description`. Unknown keys must be refused. */
  readonly settings: SettingsSchema;
  activate(context: PluginContext<Static<SettingsSchema>>): Promise<Contributions> | Contributions;
  /** Readers of statement files, under the names of the channels. A channel that has `fetchStatement` has one. */
  readonly statementReaders?: Readonly<Record<string, StatementReader<Static<SettingsSchema>>>>;
  /** The same of fund statements, for channels that have `fetchFundStatement`. */
  readonly fundStatementReaders?: Readonly<Record<string, FundStatementReader<Static<SettingsSchema>>>>;
};

/** Identity function that gives a plugin's default export its type. */
export function definePlugin<SettingsSchema extends TSchema>(definition: PluginDefinition<SettingsSchema>): PluginDefinition<SettingsSchema> {
  return definition;
}
