import type { StatementSource } from '../domain/reconciliation-store.js';

/**
 * Which instances share a statement: those of one plugin that charge for one merchant number. The first of them fetches it. An instance that is not active has no
 * merchant number now, and its payments wait for it.
 */
export function statementSources(instances: readonly { readonly id: string; readonly plugin: string }[], merchantNoOf: (id: string) => string | undefined, cutOffs: Readonly<Record<string, string>> = {}): StatementSource[] {
  const sources = new Map<string, { source: string; channels: string[]; cutOff?: string }>();
  for (const { id, plugin } of instances) {
    const merchantNo = merchantNoOf(id);
    if (merchantNo === undefined) continue;
    const shared = sources.get(`${plugin}/${merchantNo}`);
    if (shared === undefined) sources.set(`${plugin}/${merchantNo}`, { source: id, channels: [id], ...(cutOffs[id] === undefined ? {} : { cutOff: cutOffs[id] }) });
    else shared.channels.push(id);
  }
  return [...sources.values()];
}
