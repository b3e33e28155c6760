import type { Log } from '../domain/log.js';
import type { TerminalAuthority } from '../fleet/ports.js';
import type { TerminalRegistry } from './ports.js';

/**
 * Ends a terminal at once: its certificates, its keys, its connection. Its orders stay where they are, and go on to their end. False: there is none.
 */
export async function revokeTerminal({ registry, authority, log }: { readonly registry: Pick<TerminalRegistry, 'revoke'>; readonly authority: Pick<TerminalAuthority, 'revokeAll'> | undefined; readonly log: Log }, deviceId: string): Promise<boolean> {
  // First, so that the list brokers are given next names them. That it fails must not keep the key alive.
  await authority?.revokeAll(deviceId).catch((error: unknown) => { log.error('certificates of a revoked terminal were not put on the list', { device: deviceId, error }); });
  return registry.revoke(deviceId);
}
