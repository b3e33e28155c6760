import { ByteReader, ProtocolError } from './byte-reader.js';

export interface Login {
  readonly tdsVersion: number;
  readonly packetSize: number;
  readonly host: string;
  readonly user: string;
  readonly password: string;
  readonly application: string;
  readonly database: string;
}

/** ENCRYPT_ON and ENCRYPT_NOT_SUP. */
const ENCRYPTION = { on: 0x01, notSupported: 0x02 } as const;

/** The PRELOGIN answer: version 11.0, with or without encryption, no MARS. Source: MS-TDS 2.2.6.5. */
export function preloginAnswer(encryption: keyof typeof ENCRYPTION): Buffer {
  const options: readonly { readonly token: number; readonly data: Buffer }[] = [
    { token: 0x00, data: Buffer.from([11, 0, 0x1b, 0x59, 0, 0]) },
    { token: 0x01, data: Buffer.from([ENCRYPTION[encryption]]) },
    { token: 0x02, data: Buffer.from([0x00]) },
    { token: 0x03, data: Buffer.alloc(0) },
    { token: 0x04, data: Buffer.from([0x00]) },
  ];
  let offset = options.length * 5 + 1;
  const head = Buffer.alloc(offset);
  options.forEach(({ token, data }, index) => {
    head.writeUInt8(token, index * 5);
    head.writeUInt16BE(offset, index * 5 + 1);
    head.writeUInt16BE(data.length, index * 5 + 3);
    offset += data.length;
  });
  head.writeUInt8(0xff, head.length - 1);
  return Buffer.concat([head, ...options.map(({ data }) => data)]);
}

/** Whether the client insists on TLS. */
export function wantsEncryption(prelogin: Buffer): boolean {
  for (let at = 0; at + 5 <= prelogin.length && prelogin[at] !== 0xff; at += 5) {
    if (prelogin[at] !== 0x01) continue;
    const value = prelogin[prelogin.readUInt16BE(at + 1)];
    return value === 0x01 || value === 0x03;
  }
  return false;
}

/** Reads LOGIN7 (MS-TDS 2.2.6.4). */
export function readLogin(payload: Buffer): Login {
  const reader = new ByteReader(payload);
  if (reader.u32() > payload.length) throw new ProtocolError('LOGIN7 is cut short.');
  const tdsVersion = reader.u32();
  const packetSize = reader.u32();
  const text = (field: number): Buffer => {
    const at = 36 + field * 4;
    if (payload.length < at + 4) throw new ProtocolError('LOGIN7 is cut short.');
    const start = payload.readUInt16LE(at);
    const bytes = payload.readUInt16LE(at + 2) * 2;
    if (start + bytes > payload.length) throw new ProtocolError('LOGIN7 points outside itself.');
    return payload.subarray(start, start + bytes);
  };
  return {
    tdsVersion,
    packetSize: Math.min(32_767, Math.max(512, packetSize || 4096)),
    host: text(0).toString('utf16le'),
    user: text(1).toString('utf16le'),
    password: unscramble(text(2)),
    application: text(3).toString('utf16le'),
    database: text(8).toString('utf16le'),
  };
}

/** Passwords travel with each byte's halves swapped and XORed with 0xA5: not a secret, only not readable at a glance. */
function unscramble(bytes: Buffer): string {
  const plain = Buffer.from(bytes.map((byte) => {
    const mixed = byte ^ 0xa5;
    return ((mixed << 4) | (mixed >> 4)) & 0xff;
  }));
  return plain.toString('utf16le');
}

/** SQL Server 2000: shorter counts, no headers before a request, no (max) types. */
export const tds71 = 0x71000001;

/** 7.1 to 7.4 are answered as asked; newer clients are brought down to 7.4, older ones refused. */
export function agreedVersion(asked: number): number | undefined {
  if (spoken.has(asked)) return asked;
  return asked > 0x74000004 ? 0x74000004 : undefined;
}

const spoken = new Set([tds71, 0x72090002, 0x730a0003, 0x730b0003, 0x74000004]);
