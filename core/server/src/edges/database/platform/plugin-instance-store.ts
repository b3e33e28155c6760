import type { Models, PluginInstanceRow } from './models.js';
import type { SecretBox } from './secret-box.js';

const KINDS = ['channel', 'hospitalAdapter', 'report'] as const;
type PluginInstanceKind = (typeof KINDS)[number];

export type StoredPluginInstance = {
  readonly id: string;
  readonly plugin: string;
  readonly kind: PluginInstanceKind;
  readonly enabled: boolean;
  readonly state: string;
  readonly lastError: string | undefined;
  readonly updatedAt: Date;
};

export type PluginInstanceStore = {
  /** Adds or replaces an instance. Its settings, secrets included, are encrypted as a whole. */
  save(instance: { readonly id: string; readonly plugin: string; readonly kind: PluginInstanceKind; readonly settings: Readonly<Record<string, unknown>>; readonly enabled: boolean }, now: Date): Promise<void>;
  list(): Promise<readonly StoredPluginInstance[]>;
  settingsOf(id: string): Promise<unknown>;
  /** False: there was none. */
  remove(id: string): Promise<boolean>;
  noteState(id: string, state: { readonly state: string; readonly lastError?: string }, now: Date): Promise<void>;
};

export function pluginInstanceStore({ pluginInstances }: Models, hospital: string, box: SecretBox): PluginInstanceStore {
  const place = (id: string) => `plugin_instance.settingsSealed ${id}`;
  return {
    async save({ id, plugin, kind, settings, enabled }, now) {
      const settingsSealed = box.seal(JSON.stringify(settings), place(id));
      const [known] = await pluginInstances.update({ plugin, kind, settingsSealed, enabled, updatedAt: now }, { where: { id, hospital } });
      if (known === 0) await pluginInstances.create({ id, hospital, plugin, kind, settingsSealed, enabled, state: 'discovered', lastError: null, createdAt: now, updatedAt: now });
    },
    async list() {
      return (await pluginInstances.findAll({ where: { hospital }, order: ['id'] })).map((instance) => asInstance(instance.get()));
    },
    async settingsOf(id) {
      const found = (await pluginInstances.findOne({ where: { id, hospital } }))?.get();
      if (found === undefined) return undefined;
      const settings: unknown = JSON.parse(box.open(found.settingsSealed, place(id)).toString('utf8'));
      return settings;
    },
    async remove(id) {
      return (await pluginInstances.destroy({ where: { id, hospital } })) > 0;
    },
    async noteState(id, { state, lastError }, now) {
      await pluginInstances.update({ state, lastError: lastError?.slice(0, 2000) ?? null, updatedAt: now }, { where: { id, hospital } });
    },
  };
}

function asInstance({ id, plugin, kind, enabled, state, lastError, updatedAt }: PluginInstanceRow): StoredPluginInstance {
  return { id, plugin, kind: KINDS.find((known) => known === kind) ?? 'hospitalAdapter', enabled, state, lastError: lastError ?? undefined, updatedAt };
}
