/** Who may tell us something, and how much of it: the limits every listener for a HIS has in common. */
import { BlockList, isIP } from 'node:net';
import { Type, type Static } from 'typebox';
import { MappingError } from './mapping-error.js';

const closedObject = { additionalProperties: false } as const;

export const NoticeListenerSchema = Type.Object(
  {
    host: Type.Optional(Type.String({ minLength: 1, maxLength: 255, description: '默认 0.0.0.0 / default 0.0.0.0' })),
    port: Type.Integer({ minimum: 0, maximum: 65_535, description: '0 表示任选空闲端口 / 0 takes a free one' }),
    allowedAddresses: Type.Array(Type.String({ minLength: 2, maxLength: 50 }), { minItems: 1, maxItems: 100, description: 'HIS 与前置机的地址，或网段如 10.1.2.0/24；其他一律拒绝 / addresses of the HIS and its front machines, or networks such as 10.1.2.0/24; nobody else is let in' }),
    connections: Type.Optional(Type.Integer({ minimum: 1, maximum: 512, description: '同时连接数；默认 32 / open at a time; default 32' })),
    perMinute: Type.Optional(Type.Integer({ minimum: 1, maximum: 100_000, description: '每个地址每分钟可发的通知数，超出的不接收，由对方重发；默认 1200 / notices an address may send in a minute; more are not taken, and sent again; default 1200' })),
    largestBytes: Type.Optional(Type.Integer({ minimum: 256, maximum: 4_194_304, description: '单条通知的上限；默认 65536 / of one notice; default 65536' })),
    idleMs: Type.Optional(Type.Integer({ minimum: 100, maximum: 3_600_000, description: '无数据的连接将关闭；默认 60000 / a connection that says nothing is closed; default 60000' })),
  },
  { ...closedObject, description: '接收 HIS 推送的地址 / where the HIS sends what it tells by itself (HIS 推送)' },
);
export type NoticeListenerSettings = Static<typeof NoticeListenerSchema>;

export type NoticeDoor = {
  readonly host: string;
  readonly port: number;
  readonly connections: number;
  readonly largestBytes: number;
  readonly idleMs: number;
  /** @param address as the socket tells it */
  lets(address: string | undefined): boolean;
  /** Counts one notice of this address; false: more than it may send in a minute. */
  takes(address: string | undefined): boolean;
};

const MINUTE_MS = 60_000;

/** @throws MappingError for what is no address */
export function createNoticeDoor({ host = '0.0.0.0', port, allowedAddresses, connections = 32, perMinute = 1_200, largestBytes = 65_536, idleMs = 60_000 }: NoticeListenerSettings, now: () => Date): NoticeDoor {
  const allowed = new BlockList();
  const complaints = allowedAddresses.flatMap((text, index) => (allow(allowed, text) ? [] : [`settings.noticeListener.allowedAddresses[${String(index)}]: expected an address or a network such as 10.1.2.0/24`]));
  if (complaints.length > 0) throw new MappingError(complaints);
  const counts = new Map<string, { since: number; count: number }>();
  return {
    host, port, connections, largestBytes, idleMs,
    lets(address) {
      const plain = plainAddress(address);
      return plain !== undefined && allowed.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
    },
    takes(address) {
      const key = plainAddress(address) ?? '';
      const at = now().getTime();
      const known = counts.get(key);
      // Only addresses that are let in are counted: there are few.
      if (known === undefined || at - known.since >= MINUTE_MS || at < known.since) counts.set(key, { since: at, count: 1 });
      else if (known.count >= perMinute) return false;
      else known.count += 1;
      return true;
    },
  };
}

function allow(allowed: BlockList, text: string): boolean {
  const [address = '', bits, ...more] = text.split('/');
  const family = isIP(address);
  if (family === 0 || more.length > 0) return false;
  const type = family === 6 ? 'ipv6' : 'ipv4';
  if (bits === undefined) allowed.addAddress(address, type);
  else if (!/^\d{1,3}$/.test(bits) || Number(bits) > (family === 6 ? 128 : 32)) return false;
  else allowed.addSubnet(address, Number(bits), type);
  return true;
}

/** An IPv4 address of a socket that listens on both is written ::ffff:10.1.2.3. */
function plainAddress(address: string | undefined): string | undefined {
  return address?.replace(/^::ffff:(?=\d+\.)/i, '');
}
