import type { ChangeModels } from './change-models.js';
import type { SecretBox } from './secret-box.js';

/** The parts of the configuration that decide where money goes, as they were approved last; sealed, for there are keys in them. */
export type ApprovedConfigurationStore = {
  /** `changeNo`: the change that was approved; undefined: it was the file, before there were two persons. */
  read(): Promise<{ readonly parts: unknown; readonly hash: string; readonly changeNo: string | undefined } | undefined>;
  save(approved: { readonly parts: unknown; readonly hash: string; readonly changeNo: string | undefined; readonly now: Date }): Promise<void>;
};

export function approvedConfigurationStore({ configuration }: ChangeModels, hospital: string, box: SecretBox): ApprovedConfigurationStore {
  const place = `approved_configuration.partsSealed ${hospital}`;
  return {
    async read() {
      const row = (await configuration.findOne({ where: { hospital } }))?.get();
      if (row === undefined) return undefined;
      const parts: unknown = JSON.parse(box.open(row.partsSealed, place).toString('utf8'));
      return { parts, hash: row.hash, changeNo: row.changeNo ?? undefined };
    },
    async save({ parts, hash, changeNo, now }) {
      await configuration.upsert({ hospital, partsSealed: box.seal(JSON.stringify(parts), place), hash, changeNo: changeNo ?? null, approvedAt: now });
    },
  };
}
