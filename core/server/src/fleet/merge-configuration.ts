import { createHash } from 'node:crypto';
import type { ConfigurationDocument, ConfigurationLayer, DesiredConfiguration } from './ports.js';

/** Defaults, then the group's, then the terminal's own: member by member, an array or a plain value replaces what lies below. */
export function mergeDocuments(layers: readonly ConfigurationDocument[]): ConfigurationDocument {
  return layers.reduce((below, above) => overlay(below, above), {});
}

/**
 * What the terminal is to have. `placedRevision`: the revision at which it came into its group, so that the version also grows when only the group
 * changed. `canonical` writes the text that is hashed.
 */
export function desiredConfiguration(
  layers: readonly ConfigurationLayer[],
  of: { readonly terminal: string; readonly group: string | undefined; readonly placedRevision: number },
  canonical: (document: ConfigurationDocument) => string,
): DesiredConfiguration {
  const applying = layersOf(layers, of);
  const document = mergeDocuments(applying.map((layer) => layer.document));
  return { version: Math.max(of.placedRevision, ...applying.map(({ revision }) => revision)), hash: createHash('sha256').update(canonical(document)).digest('hex'), document };
}

/** The layers that lie over one another at a terminal, the lowest first. */
export function layersOf(layers: readonly ConfigurationLayer[], of: { readonly terminal: string; readonly group: string | undefined }): readonly ConfigurationLayer[] {
  return [
    layers.find(({ scope }) => scope === 'defaults'),
    layers.find(({ scope, scopeId }) => scope === 'group' && scopeId === of.group),
    layers.find(({ scope, scopeId }) => scope === 'terminal' && scopeId === of.terminal),
  ].filter((layer) => layer !== undefined);
}

function overlay(below: ConfigurationDocument, above: ConfigurationDocument): ConfigurationDocument {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const old = merged[name];
    merged[name] = isMapping(value) && isMapping(old) ? overlay(old, value) : value;
  }
  return merged;
}

export function isMapping(value: unknown): value is ConfigurationDocument {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
