import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';

import { fromBufferPromise } from 'yauzl';

/** A day of about a million rows unzipped; a larger file is no bill of a hospital. */
const LONGEST_FILE_BYTES = 256 * 1_048_576;
const MOST_FILES = 8;
/** Bit 11: the name is UTF-8. Alipay leaves it out and writes GBK. */
const UTF8_NAME = 0x0800;

/** The two files of a bill, unzipped: each trade, and the sums by store. */
export type BillFiles = { readonly detail: Buffer; readonly summary: Buffer | undefined };

/** @throws Error when the archive is damaged or holds no detail file. */
export async function readBillZip(bytes: Uint8Array): Promise<BillFiles> {
  const zip = await fromBufferPromise(Buffer.from(bytes), { decodeStrings: false, lazyEntries: true });
  if (zip.entryCount > MOST_FILES) throw new Error('the bill archive holds too many files');
  const files: { detail?: Buffer; summary?: Buffer } = {};
  for await (const entry of zip.eachEntry()) {
    const name = new TextDecoder((entry.generalPurposeBitFlag & UTF8_NAME) === 0 ? 'gb18030' : 'utf-8').decode(entry.fileNameRaw);
    const part = /业务明细[(（]汇总[)）]\.csv$/.test(name) ? 'summary' : name.endsWith('业务明细.csv') ? 'detail' : undefined;
    if (part === undefined) continue;
    if (files[part] !== undefined) throw new Error(`the bill archive holds two files for its ${part}`);
    if (entry.uncompressedSize > LONGEST_FILE_BYTES) throw new Error('a file of the bill archive is too long');
    const content = await wholeOf(await zip.openReadStreamPromise(entry));
    if (crc32(content) !== entry.crc32) throw new Error('a file of the bill archive is damaged');
    files[part] = content;
  }
  if (files.detail === undefined) throw new Error('the bill archive holds no 业务明细');
  return { detail: files.detail, summary: files.summary };
}

async function wholeOf(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}
