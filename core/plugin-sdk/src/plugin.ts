/**
 * A plugin is a guest behind a message-shaped door: it declares itself in `plugin.json`, it is activated with settings and a small
 * context, and it returns its contributions. It never receives the container, the web framework, a model or another plugin.
 */
import { Type, type Static, type TSchema } from 'typebox';
import type { HospitalAdapter } from './hospital-adapter.js';
import type { PaymentChannel } from './payment-channel.js';

/** The version of this contract. A plugin whose `sdk` range does not include it is refused, not warned. */
export const SDK_VERSION = '0.1.0';

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

export type PluginContext<Settings> = {
  readonly settings: Settings;
  /** Wall-clock time from the core (virtual in simulations). */
  readonly now: () => Date;
  /** Goes to the core's log through redaction. Never pass names, card or ID numbers, keys or raw bodies. */
  readonly log: PluginLog;
};

export type Contributions = {
  readonly channels?: Readonly<Record<string, PaymentChannel>>;
  readonly hospitalAdapters?: Readonly<Record<string, HospitalAdapter>>;
  /** Closes what the plugin opened. Awaited, with a deadline, when the plugin stops. */
  stop?(): Promise<void>;
};

export type PluginDefinition<SettingsSchema extends TSchema = TSchema> = {
  /** JSON Schema of the settings. Secrets carry `"x-secret": true`; screens show `title` and `description`. Unknown keys must be refused. */
  readonly settings: SettingsSchema;
  activate(context: PluginContext<Static<SettingsSchema>>): Promise<Contributions> | Contributions;
};

/** Identity function that gives a plugin's default export its type. */
export function definePlugin<SettingsSchema extends TSchema>(definition: PluginDefinition<SettingsSchema>): PluginDefinition<SettingsSchema> {
  return definition;
}
