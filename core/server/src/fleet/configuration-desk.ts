/** Configuration of terminals: layers a person changes, merged per terminal, told to each signed and retained. */
import { oneAfterAnother } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { readDocument } from './configuration-document.js';
import { changesBetween, explain } from './configuration-values.js';
import { desiredConfiguration, layersOf } from './merge-configuration.js';
import type {
  ConfigurationAnnouncements, ConfigurationChange, ConfigurationConcerns, ConfigurationDocument, ConfigurationLayer, ConfigurationPreview, ConfigurationScope, ConfiguredTerminal, ExplainedValue, FleetPorts,
} from './ports.js';

export type ConfigurationDesk = ConfigurationAnnouncements & {
  start(): Promise<void>;
  layers(): readonly ConfigurationLayer[];
  /** Refuses when the layer has another revision meanwhile. */
  change(request: ConfigurationChange & { readonly by: string }): Promise<Outcome<ConfigurationLayer>>;
  /** What saving it would come to; refused as saving would be, and nothing is saved. */
  preview(request: ConfigurationChange, terminals: readonly ConfiguredTerminal[]): Promise<Outcome<ConfigurationPreview>>;
  /** What the terminal is to have, value by value, and from which layer. */
  explain(terminal: ConfiguredTerminal): readonly ExplainedValue[];
  /** A group went, and its layer with it. */
  groupRemoved(): Promise<void>;
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
  const layerAt = (scope: ConfigurationScope, scopeId: string): ConfigurationLayer | undefined => layers.find((layer) => layer.scope === scope && layer.scopeId === scopeId);
  const desiredBy = (of: readonly ConfigurationLayer[], { deviceId, group }: ConfiguredTerminal) => desiredConfiguration(of, { terminal: deviceId, group, placedRevision: placedAt.get(deviceId) ?? 0 }, canonical);
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
        const before = layerAt(scope, scopeId);
        const saved = await store.saveLayer({ scope, scopeId, document: read.value, changedAt: clock.now(), changedBy: by }, revision);
        if (saved === undefined) return refused('CONFIGURATION_CHANGED');
        layers = await store.listLayers();
        await audit.record({ who: by, what: 'terminalConfiguration.change', object: scope === 'defaults' ? 'terminal defaults' : `${scope} ${scopeId}`, before: before?.document ?? {}, after: { ...saved.document, revision: saved.revision } });
        tell(scope === 'defaults' ? {} : scope === 'group' ? { group: scopeId } : { terminal: scopeId });
        return ok(saved);
      }),
    async preview({ scope, scopeId, revision, document: given }, terminals) {
      const read = readDocument(given);
      if (read.kind !== 'ok') return read;
      if (!(await isKnown(scope, scopeId))) return refused('NO_SUCH_ITEM');
      const before = layerAt(scope, scopeId);
      if ((before?.revision ?? 0) !== revision) return refused('CONFIGURATION_CHANGED');
      const next = [...layers.filter((layer) => layer !== before), { scope, scopeId, revision, document: read.value, changedAt: clock.now(), changedBy: '' }];
      const isOther = (terminal: ConfiguredTerminal): boolean => desiredBy(layers, terminal).hash !== desiredBy(next, terminal).hash;
      return ok({ changes: changesBetween(before?.document ?? {}, read.value), terminals: terminals.filter(isOther).map(({ deviceId }) => deviceId) });
    },
    explain: ({ deviceId, group }) => explain(layersOf(layers, { terminal: deviceId, group })),
    desiredOf: (terminal) => (layers.length === 0 ? undefined : desiredBy(layers, terminal)),
    groupRemoved: () =>
      inTurn(async () => {
        layers = await store.listLayers();
      }),
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
