/** A zip written front to back (PKWARE APPNOTE 6.3.3): entries are deflated as they come, their sizes told behind them, the directory last. For files below 4 GiB. */
import { once } from 'node:events';
import { crc32, createDeflateRaw } from 'node:zlib';

export type ZipWriter = {
  /** One entry, piece by piece; the next begins when this has ended. */
  entry(name: string, pieces: AsyncIterable<string>): Promise<void>;
  end(): Promise<void>;
};

/** UTF-8 names, sizes behind the data. */
const FLAGS = 0x0808;
const DEFLATED = 8;
const VERSION = 20;
/** 1 January 1980: what the same report says is then the same file. */
const DOS_DATE = 0x21;
const LARGEST = 0xFFFF_FFFF;

type Entry = { readonly name: Buffer; readonly at: number; readonly crc: number; readonly packed: number; readonly size: number };

export function zipWriter(write: (bytes: Buffer) => Promise<void>): ZipWriter {
  const entries: Entry[] = [];
  let at = 0;
  const put = async (bytes: Buffer): Promise<void> => {
    at += bytes.byteLength;
    if (at > LARGEST) throw new Error('a zip of this kind ends at 4 GiB');
    await write(bytes);
  };
  return {
    async entry(name, pieces) {
      const begins = at;
      const nameBytes = Buffer.from(name, 'utf8');
      const head = Buffer.alloc(30);
      head.writeUInt32LE(0x0403_4B50, 0);
      writeFields(head, 4, { crc: 0, packed: 0, size: 0, nameLength: nameBytes.byteLength });
      await put(Buffer.concat([head, nameBytes]));
      const found = await deflate(pieces, put);
      const told = Buffer.alloc(16);
      told.writeUInt32LE(0x0807_4B50, 0);
      [found.crc, found.packed, found.size].forEach((value, index) => told.writeUInt32LE(value, 4 + index * 4));
      await put(told);
      entries.push({ name: nameBytes, at: begins, ...found });
    },
    async end() {
      const begins = at;
      for (const { name, at: offset, crc, packed, size } of entries) {
        const row = Buffer.alloc(46);
        row.writeUInt32LE(0x0201_4B50, 0);
        row.writeUInt16LE(VERSION, 4);
        writeFields(row, 6, { crc, packed, size, nameLength: name.byteLength });
        row.writeUInt32LE(offset, 42);
        await put(Buffer.concat([row, name]));
      }
      const last = Buffer.alloc(22);
      last.writeUInt32LE(0x0605_4B50, 0);
      last.writeUInt16LE(entries.length, 8);
      last.writeUInt16LE(entries.length, 10);
      last.writeUInt32LE(at - begins, 12);
      last.writeUInt32LE(begins, 16);
      await put(last);
    },
  };
}

/** What an entry's own head and its row in the directory have in common. */
function writeFields(into: Buffer, offset: number, { crc, packed, size, nameLength }: { readonly crc: number; readonly packed: number; readonly size: number; readonly nameLength: number }): void {
  [VERSION, FLAGS, DEFLATED, 0, DOS_DATE].forEach((value, index) => into.writeUInt16LE(value, offset + index * 2));
  [crc, packed, size].forEach((value, index) => into.writeUInt32LE(value, offset + 10 + index * 4));
  into.writeUInt16LE(nameLength, offset + 22);
}

async function deflate(pieces: AsyncIterable<string>, put: (bytes: Buffer) => Promise<void>): Promise<{ readonly crc: number; readonly packed: number; readonly size: number }> {
  const packer = createDeflateRaw({ level: 6 });
  let [crc, packed, size] = [0, 0, 0];
  const drained = (async () => {
    for await (const chunk of packer) {
      if (!Buffer.isBuffer(chunk)) continue;
      packed += chunk.byteLength;
      await put(chunk);
    }
  })();
  try {
    for await (const piece of pieces) {
      const bytes = Buffer.from(piece, 'utf8');
      crc = crc32(bytes, crc);
      size += bytes.byteLength;
      // Whoever reads may have failed meanwhile: then nothing drains it any more.
      if (!packer.write(bytes)) await Promise.race([once(packer, 'drain'), drained]);
    }
    packer.end();
    await drained;
  } catch (error) {
    packer.destroy();
    await drained.catch(() => undefined);
    throw error;
  }
  return { crc, packed, size };
}
