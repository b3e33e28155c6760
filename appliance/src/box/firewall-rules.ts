/** What the firewall lets in besides what every machine of ours needs (`/etc/nftables.conf`): it depends on what the machine is. */
import { RELAY_PORTS, type MachineRole } from './machine-role.js';

/** Root certificate and redirection, payment API, console, MQTT, enrolment, MQTT over TLS and over WebSocket. */
export const PLATFORM_TCP_PORTS = [8000, 8080, 8090, 1883, 1884, 8883, 9001] as const;
/** Time for the terminals; SNMP for the hospital's network management, where nothing listens until it is configured. */
export const PLATFORM_UDP_PORTS = [123, 161] as const;

/** Read by nft when the table is there. A relay opens no connection but for name, time and address: what takes it over reaches nobody inside. */
export function firewallRules({ role, relay }: MachineRole): string {
  const rules = role === 'platform'
    ? [`add rule inet hospay input tcp dport { ${PLATFORM_TCP_PORTS.join(', ')} } accept`, `add rule inet hospay input udp dport { ${PLATFORM_UDP_PORTS.join(', ')} } accept`]
    : [
        `add rule inet hospay input tcp dport { ${String(relay?.publicPort ?? RELAY_PORTS.publicPort)}, ${String(relay?.tunnelPort ?? RELAY_PORTS.tunnelPort)} } accept`,
        'add chain inet hospay output { type filter hook output priority filter; policy drop; }',
        'add rule inet hospay output ct state established,related accept',
        'add rule inet hospay output oif lo accept',
        'add rule inet hospay output meta l4proto { 1, 58 } accept',
        'add rule inet hospay output udp dport { 53, 67, 123, 547 } accept',
        'add rule inet hospay output tcp dport 53 accept',
      ];
  return rules.map((rule) => `${rule}\n`).join('');
}
