/** Configuration of terminals: layers a person changes, merged per terminal, told to each signed and retained. */
import { oneAfterAnother } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { readDocument } from './configuration-document.js';
import { desiredConfiguration } from './merge-configuration.js';
import type { ConfigurationAnnouncements, ConfigurationConcerns, ConfigurationDocument, ConfigurationLayer, ConfigurationScope, FleetPorts } from './ports.js';

export type ConfigurationDesk = ConfigurationAnnouncements & {
  start(): Promise<void>;
  layers(): readonly ConfigurationLayer[];
  /** `revision`: the one the person has seen, 0 for a layer that is new. Another one meanwhile is a conflict. */
  change(request: { readonly scope: ConfigurationScope; readonly scopeId: string; readonly revision: number; readonly document: unknown; readonly by: string }): Promise<Outcome<ConfigurationLayer>>;
  /** The terminal came into another group. */
  placed(deviceId: string): Promise<void>;
};

export type ConfigurationDeskPorts = FleetPorts & {
  readonly canonical: (document: ConfigurationDocument) => string;
  readonly isKnown: (scope: ConfigurationScope, scopeId: string) => Promise<boolean>;
};

export function createConfigurationDesk({ store, clock, audit, canonical, isKnown }: ConfigurationDeskPorts): ConfigurationDesk {
  const listeners = new Set<(concerns: ConfigurationConcerns) => void>();
  const inTurn = oneAfterAnother();
  let layers: readonly ConfigurationLayer[] = [];
  let placedAt: ReadonlyMap<string, number> = new Map();
  const tell = (concerns: ConfigurationConcerns): void => {
    for (const listener of listeners) listener(concerns);
  };
  return {
    async start() {
      layers = await store.listLayers();
      placedAt = await store.placedRevisions();
    },
    layers: () => layers,
    change: ({ scope, scopeId, revision, document: given, by }) =>
      inTurn(async () => {
        const read = readDocument(given);
        if (read.kind !== 'ok') return read;
        if (!(await isKnown(scope, scopeId))) return refused('NO_SUCH_ITEM');
        const before = layers.find((layer) => layer.scope === scope && layer.scopeId === scopeId);
        const saved = await store.saveLayer({ scope, scopeId, document: read.value, changedAt: clock.now(), changedBy: by }, revision);
        if (saved === undefined) return refused('CONFLICT', 'somebody changed it meanwhile: load it again');
        layers = await store.listLayers();
        await audit.record({ who: by, what: 'terminalConfiguration.change', object: scope === 'defaults' ? 'terminal defaults' : `${scope} ${scopeId}`, before: before?.document ?? {}, after: { ...saved.document, revision: saved.revision } });
        tell(scope === 'defaults' ? {} : scope === 'group' ? { group: scopeId } : { terminal: scopeId });
        return ok(saved);
      }),
    desiredOf({ deviceId, group }) {
      if (layers.length === 0) return undefined;
      return desiredConfiguration(layers, { terminal: deviceId, group, placedRevision: placedAt.get(deviceId) ?? 0 }, canonical);
    },
    placed: (deviceId) =>
      inTurn(async () => {
        await store.notePlaced(deviceId);
        placedAt = await store.placedRevisions();
        tell({ terminal: deviceId });
      }),
    onChanged(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
