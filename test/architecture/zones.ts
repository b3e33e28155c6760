/** Who may import whom: the table of core/docs/architecture.md as data. No exemptions. */

/** The use-case folders of the server. */
export const USE_CASES = [
  'payments', 'refunds', 'terminals', 'fleet', 'patients', 'registrations', 'inpatients', 'insurance', 'invoices', 'prepayment', 'his-notices', 'quick-pay', 'reconciliation', 'settlement', 'bank-transfers', 'shifts', 'numbered-forms', 'hand-transfers', 'payouts', 'cases', 'reveals',
  'approvals', 'changes', 'checkout', 'window-desk', 'reports', 'dictionary', 'monitoring', 'alarms', 'wallboard', 'live-events', 'running-work', 'his-doctor', 'setup', 'server-certificate', 'statement-files', 'backups', 'updates', 'support', 'order-sync', 'event-sinks', 'tasks', 'applications', 'merchants', 'saved-views', 'users', 'provisioning',
] as const;

export type Zone = string;

export function zoneOf(path: string): Zone {
  const server = /^core\/server\/src\/(.+)$/.exec(path)?.[1];
  if (server !== undefined) {
    // The composition root in several files: each joins one part, and none is known to anybody else.
    if (/^platform-[a-z-]+\.ts$/.test(server)) return 'platform.ts';
    if (server === 'main.ts' || server === 'platform.ts' || server === 'write-docs.ts') return server;
    const [first = '', second = ''] = server.split('/');
    return first === 'edges' ? `edges/${second}` : first;
  }
  const [first = '', second = '', third = ''] = path.split('/');
  if (first === 'core') return second;
  if (first === 'plugins') return `plugins/${second}/${third}`;
  if (first === 'hospital-adapters') return `hospital-adapters/${second}`;
  return first;
}

/** True when a file of `from` may import a file of `to`; both are zones, `file` the imported path. */
export function mayImport(from: Zone, to: Zone, file: string): boolean {
  if (from === to) return true;
  if (from === 'main.ts') return ['platform.ts', 'config', 'operations', 'domain'].includes(to);
  if (from === 'platform.ts' || from === 'write-docs.ts') return !['main.ts', 'test', 'appliance', 'console', 'relay'].includes(to);
  if (from === 'test') return true;
  if (isGuest(from)) return to === 'plugin-sdk';
  if (from === 'domain') return to === 'plugin-sdk';
  // The appliance knows the core only as a built program; the SDKs are built packages like any vendor's.
  if (from === 'appliance') return ['plugin-sdk', 'terminal-sdk', 'payment-sdk'].includes(to);
  if (isUseCase(from)) return to === 'plugin-sdk' || to === 'domain' || (isUseCase(to) && isDoor(file));
  // The relay stands where the world is: it knows nothing of the house. What both ends of the line must say alike is its one door.
  if (from === 'relay') return false;
  if (to === 'relay') return from === 'edges/relay' && file.endsWith('/tunnel.ts');
  if (from === 'config') return to === 'plugin-sdk' || to === 'domain';
  if (isOuter(from)) return to === 'plugin-sdk' || to === 'domain' || ((isUseCase(to) || isOuter(to)) && isDoor(file));
  return false;
}

/** A use-case folder shows others its ports, and the shapes those ports carry. */
function isDoor(file: string): boolean {
  return /\/(ports|[a-z-]+-view)\.ts$/.test(file);
}

export function isUseCase(zone: Zone): boolean {
  return USE_CASES.some((name) => name === zone);
}
function isOuter(zone: Zone): boolean {
  return zone.startsWith('edges/') || zone === 'plugin-host' || zone === 'operations';
}
function isGuest(zone: Zone): boolean {
  return zone.startsWith('plugins/') || zone.startsWith('hospital-adapters/');
}
