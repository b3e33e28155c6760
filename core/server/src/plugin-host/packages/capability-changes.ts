import type { PluginManifest } from '@hospay/plugin-sdk';

/** One thing a package may do that the version before may not, or the other way round. */
export type CapabilityChange = { readonly capability: string; readonly before: string; readonly after: string; readonly grows: boolean };

/** What a hospital decides about when it installs a package: hosts it talks to, secrets it works with, what it contributes, how much of the machine it takes. */
export function capabilityChanges(before: PluginManifest | undefined, after: PluginManifest): CapabilityChange[] {
  const lists: [string, readonly string[], readonly string[]][] = [
    ['network', before?.needs.network ?? [], after.needs.network ?? []],
    ['secrets', before?.needs.secrets ?? [], after.needs.secrets ?? []],
    ['channels', before?.contributes.channels ?? [], after.contributes.channels ?? []],
    ['hospitalAdapters', before?.contributes.hospitalAdapters ?? [], after.contributes.hospitalAdapters ?? []],
    ['bankLinks', before?.contributes.bankLinks ?? [], after.contributes.bankLinks ?? []],
    ['reports', before?.contributes.reports ?? [], after.contributes.reports ?? []],
  ];
  const limits: [string, number, number][] = [
    ['callTimeoutMs', before?.limits.callTimeoutMs ?? 0, after.limits.callTimeoutMs],
    ['concurrency', before?.limits.concurrency ?? 0, after.limits.concurrency],
    ['memoryMegabytes', before?.limits.memoryMegabytes ?? 0, after.limits.memoryMegabytes ?? 0],
  ];
  return [
    ...lists.flatMap(([capability, had, has]) => {
      const grows = has.some((name) => !had.includes(name));
      return grows || had.some((name) => !has.includes(name)) ? [{ capability, before: had.join(', '), after: has.join(', '), grows }] : [];
    }),
    ...limits.flatMap(([capability, had, has]) => (had === has ? [] : [{ capability, before: String(had), after: String(has), grows: has > had }])),
  ];
}
