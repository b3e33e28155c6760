import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Clock } from '../../../domain/time.js';
import type { PluginInstanceStore } from './plugin-instance-store.js';

/** How an instance of an installed plugin runs, as a row keeps it: sealed as a whole. */
const SealedSchema = Type.Object(
  { settings: Type.Record(Type.String(), Type.Unknown()), contribution: Type.Optional(Type.String()), merchantNo: Type.Optional(Type.String()) },
  { additionalProperties: false },
);

type InstalledInstance = {
  readonly id: string;
  readonly plugin: string;
  readonly contribution?: string | undefined;
  readonly merchantNo?: string | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly enabled: boolean;
};

/** The instances of plugins that were installed at run time; those of the configuration files are not here. */
export function installedInstances(store: PluginInstanceStore, clock: Clock) {
  return {
    async list(): Promise<InstalledInstance[]> {
      const found: InstalledInstance[] = [];
      for (const { id, plugin, enabled } of await store.list()) {
        const sealed = await store.settingsOf(id);
        if (!Check(SealedSchema, sealed)) throw new Error(`the settings of plugin instance ${id} cannot be read: restore the platform database from a backup`);
        found.push({ id, plugin, enabled, ...sealed });
      }
      return found;
    },
    async save({ id, plugin, contribution, merchantNo, settings, enabled }: InstalledInstance, kind: 'channel' | 'hospitalAdapter' | 'report'): Promise<void> {
      const sealed = { settings, ...(contribution === undefined ? {} : { contribution }), ...(merchantNo === undefined ? {} : { merchantNo }) };
      await store.save({ id, plugin, kind, settings: sealed, enabled }, clock.now());
    },
    async remove(id: string): Promise<void> {
      await store.remove(id);
    },
  };
}
