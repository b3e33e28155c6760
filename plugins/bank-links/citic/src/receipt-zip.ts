import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

import { LARGEST_BANK_RECEIPT_BYTES } from '@hospay/plugin-sdk';
import { fromBufferPromise } from 'yauzl';

/** Beside a PDF the bank may put the same as OFD. */
const MOST_FILES = 4;

/** The one PDF of the archive; undefined when it is damaged, too large, or holds none or several. */
export async function readReceiptZip(bytes: Uint8Array): Promise<Uint8Array | undefined> {
  try {
    const zip = await fromBufferPromise(Buffer.from(bytes), { decodeStrings: false, lazyEntries: true });
    if (zip.entryCount > MOST_FILES) return undefined;
    const found: Buffer[] = [];
    for await (const entry of zip.eachEntry()) {
      if (!/\.pdf$/i.test(entry.fileNameRaw.toString('latin1'))) continue;
      if (entry.uncompressedSize > LARGEST_BANK_RECEIPT_BYTES) return undefined;
      const content = await wholeOf(await zip.openReadStreamPromise(entry));
      if (crc32(content) !== entry.crc32) return undefined;
      found.push(content);
    }
    return found.length === 1 ? found[0] : undefined;
  } catch {
    return undefined;
  }
}

async function wholeOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
