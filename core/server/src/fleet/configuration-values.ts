/** The values of a configuration one by one: what a change would change, and where each comes from. */
import { isMapping } from './merge-configuration.js';
import type { ConfigurationDocument, ConfigurationLayer, ConfigurationSource, ExplainedValue, ValueChange } from './ports.js';

/** Every value by its dotted path (`screen.idleSeconds`). A list is one value; a member that holds nothing is none. */
export function valuesOf(document: ConfigurationDocument, above = ''): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(document).flatMap(([name, value]) => (isMapping(value) ? [...valuesOf(value, `${above}${name}.`)] : [[`${above}${name}`, value] as const])));
}

/** What another document would change, by path. */
export function changesBetween(before: ConfigurationDocument, after: ConfigurationDocument): readonly ValueChange[] {
  const [old, next] = [valuesOf(before), valuesOf(after)];
  return [...new Set([...old.keys(), ...next.keys()])].sort().filter((path) => JSON.stringify(old.get(path)) !== JSON.stringify(next.get(path)))
    .map((path) => ({ path, ...(old.has(path) ? { before: old.get(path) } : {}), ...(next.has(path) ? { after: next.get(path) } : {}) }));
}

/** Each value that applies, the layer it comes from, and what it lies over. @param layers the lowest first */
export function explain(layers: readonly ConfigurationLayer[]): readonly ExplainedValue[] {
  const found = new Map<string, ConfigurationSource[]>();
  for (const { scope, scopeId, document } of layers) for (const [path, value] of valuesOf(document)) found.set(path, [{ scope, scopeId, value }, ...(found.get(path) ?? [])]);
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).flatMap(([path, [top, ...below]]) => (top === undefined ? [] : [{ path, ...top, below }]));
}
