import { promisify } from 'node:util';
import { crc32, inflate, inflateRaw } from 'node:zlib';

import { fromBufferPromise } from 'yauzl';

import { ZM_LINE_BYTES, ZME_LINE_BYTES } from './settlement-layout.js';

const LONGEST_ARCHIVE_BYTES = 64 * 1_048_576;
const LONGEST_FILE_BYTES = 256 * 1_048_576;
const MOST_FILES = 32;
const LINE_END = Buffer.from('\r\n', 'latin1');

/** The files of a day: payments and refunds, and errors, each line ended. */
export type SettlementFiles = { readonly payments: Buffer; readonly errors: Buffer };

/**
 * Opens the zip of a day, which holds `INN<yyMMdd>88ZM_<merId>` and perhaps `INN…88ZME_<merId>`.
 * @throws Error when it is damaged, or a file is of another merchant or day.
 */
export async function openSettlementArchive(zip: Buffer, { merId, day }: { readonly merId: string; readonly day: string }): Promise<SettlementFiles> {
  const files = await unzipped(zip, day.slice(2).replaceAll('-', ''), merId);
  if (files.ZM === undefined) throw new Error('the archive holds no ZM file of the merchant');
  return { payments: ended(files.ZM, ZM_LINE_BYTES), errors: ended(files.ZME ?? Buffer.alloc(0), ZME_LINE_BYTES) };
}

/** The zip behind `fileContent`: base64 of its bytes, deflated with the two bytes of a zlib header or without: accounts of the container differ. @throws Error when they are neither. */
export async function inflatedContent(fileContent: string): Promise<Buffer> {
  const packed = Buffer.from(fileContent, 'base64');
  const limit = { maxOutputLength: LONGEST_ARCHIVE_BYTES };
  try {
    return await promisify<Buffer, object, Buffer>(inflate)(packed, limit);
  } catch {
    return promisify<Buffer, object, Buffer>(inflateRaw)(packed, limit);
  }
}

async function unzipped(bytes: Buffer, stamp: string, merId: string): Promise<{ ZM?: Buffer; ZME?: Buffer }> {
  const zip = await fromBufferPromise(bytes, { decodeStrings: false, lazyEntries: true });
  if (zip.entryCount > MOST_FILES) throw new Error('the archive holds too many files');
  const files: { ZM?: Buffer; ZME?: Buffer } = {};
  for await (const entry of zip.eachEntry()) {
    const [, fileStamp, kind, owner] = /^INN(\d{6})\d{2}(ZME?)_(\w+)$/.exec(entry.fileNameRaw.toString('latin1')) ?? [];
    if (kind !== 'ZM' && kind !== 'ZME') continue;
    if (owner !== merId) throw new Error('the archive belongs to another merchant');
    if (fileStamp !== stamp) throw new Error(`the archive is of the day ${fileStamp ?? ''}, asked for was ${stamp}`);
    if (files[kind] !== undefined) throw new Error(`the archive holds two files ${kind}`);
    if (entry.uncompressedSize > LONGEST_FILE_BYTES) throw new Error('a file of the archive is too long');
    const chunks: Buffer[] = [];
    for await (const chunk of await zip.openReadStreamPromise(entry)) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
    const content = Buffer.concat(chunks);
    if (crc32(content) !== entry.crc32) throw new Error('a file of the archive is damaged');
    files[kind] = content;
  }
  return files;
}

/** The last line may lack its end; when it is whole, it gets one. */
function ended(content: Buffer, lineBytes: number): Buffer {
  const lastEnd = content.lastIndexOf(LINE_END);
  const rest = content.length - (lastEnd < 0 ? 0 : lastEnd + LINE_END.length);
  return rest === lineBytes ? Buffer.concat([content, LINE_END]) : content;
}
