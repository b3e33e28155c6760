/** A mapping as a file gives it: nothing about it is known yet. */
export type Mapping = Readonly<Record<string, unknown>>;
export type Layer = { readonly origin: string; readonly value: Mapping };

/** Dotted key of a leaf (a scalar, a list or an empty mapping) → where it came from. */
export type Origins = ReadonlyMap<string, string>;

/**
 * Lays later layers over earlier ones. Mappings merge key by key; lists and scalars are replaced whole, so that a profile says
 * everything about its channels and nobody wonders which of two files an entry came from.
 */
export function mergeLayers(layers: readonly Layer[]): { readonly value: Mapping; readonly origins: Origins } {
  const origins = new Map<string, string>();
  let value: Mapping = {};
  for (const layer of layers) value = mergeMapping(value, layer.value, '', layer.origin, origins);
  return { value, origins };
}

/** The origin of a key, or of the nearest key above or below it that has one. */
export function originOf(origins: Origins, key: string): string | undefined {
  for (let here = key; here !== ''; here = here.slice(0, Math.max(0, here.lastIndexOf('.')))) {
    const origin = origins.get(here);
    if (origin !== undefined) return origin;
  }
  return [...origins].find(([name]) => name.startsWith(`${key}.`))?.[1];
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function mergeMapping(below: Mapping, above: Mapping, prefix: string, origin: string, origins: Map<string, string>): Mapping {
  const merged: Record<string, unknown> = { ...below };
  for (const [name, value] of Object.entries(above)) {
    const key = prefix === '' ? name : `${prefix}.${name}`;
    if (isMapping(value) && Object.keys(value).length > 0) {
      const lower = merged[name];
      origins.delete(key);
      merged[name] = mergeMapping(isMapping(lower) ? lower : {}, value, key, origin, origins);
    } else {
      for (const old of origins.keys()) if (old.startsWith(`${key}.`)) origins.delete(old);
      merged[name] = value;
      origins.set(key, origin);
    }
  }
  return merged;
}
