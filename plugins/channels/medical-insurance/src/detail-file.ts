import { crc32 } from 'node:zlib';

import { fen, fenFromYuan, yuanFromFen } from '@hospay/plugin-sdk';
import { fromBufferPromise } from 'yauzl';
import { ZipFile } from 'yazl';

/** A settlement or undoing as both sides count it, amounts as they were settled: those of an undoing are usually negative. */
export type DetailRow = {
  readonly settlementId: string;
  readonly visitNo: string;
  readonly personNo: string;
  readonly totalFen: number;
  readonly fundFen: number;
  readonly accountFen: number;
  readonly isRefund: boolean;
};

/** A row of the centre's answer: what it makes of one of ours, or one only it has. `msgid` is there so that it can be reversed by 2601. */
export type ResultRow = DetailRow & { readonly msgid: string; readonly result: string; readonly memo: string };

const RESULT_COLUMNS = 10;
const LARGEST_FILE_BYTES = 64 * 1_048_576;

/** The text we upload for 3202: tab-separated, no header, no line feed at the end. */
export function writeDetails(rows: readonly DetailRow[]): string {
  return rows
    .map(({ settlementId, visitNo, personNo, totalFen, fundFen, accountFen, isRefund }) => [settlementId, visitNo, personNo, ...[totalFen, fundFen, accountFen].map((amount) => yuanFromFen(fen(amount))), isRefund ? '1' : '0'].join('\t'))
    .join('\n');
}

/** `result.txt` of 3202; otherwise why it is none. The text `null` is an empty value. */
export function readResults(text: string): readonly ResultRow[] | string {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/).filter((line) => line !== '');
  const rows: ResultRow[] = [];
  for (const [index, line] of lines.entries()) {
    const columns = line.split('\t').map((value) => (value.trim() === 'null' ? '' : value.trim()));
    const [personNo = '', visitNo = '', settlementId = '', msgid = '', result = '', flag = '', memo = '', total = '', fund = '', account = ''] = columns;
    const where = `row ${String(index + 1)} of the result`;
    if (columns.length !== RESULT_COLUMNS) return `${where} has ${String(columns.length)} columns`;
    if (result === '' || (settlementId === '' && msgid === '') || !['0', '1', ''].includes(flag)) return `${where} says neither what it is about nor what is wrong with it`;
    try {
      const [totalFen, fundFen, accountFen] = [total, fund, account].map((yuan) => Number(fenFromYuan(yuan === '' ? '0' : yuan.replace(/(\.\d{2})0+$/, '$1'))));
      rows.push({ settlementId, visitNo, personNo, msgid, result, memo, isRefund: flag === '1', totalFen: totalFen ?? 0, fundFen: fundFen ?? 0, accountFen: accountFen ?? 0 });
    } catch {
      return `${where} holds an amount that is none`;
    }
  }
  return rows;
}

export async function zipText(name: string, text: string): Promise<Buffer> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(text, 'utf8'), name);
  zip.end();
  const chunks: Buffer[] = [];
  for await (const chunk of zip.outputStream) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** The bytes of the only `.txt` in a zip; undefined when there is none or more than one, or it is damaged. */
export async function unzipText(bytes: Uint8Array): Promise<Buffer | undefined> {
  try {
    const zip = await fromBufferPromise(Buffer.from(bytes), { decodeStrings: false });
    const found: Buffer[] = [];
    for await (const entry of zip.eachEntry()) {
      // Names may be GBK; the ending is ASCII in either.
      if (!entry.fileNameRaw.toString('latin1').toLowerCase().endsWith('.txt')) continue;
      if (entry.uncompressedSize > LARGEST_FILE_BYTES || found.length > 0) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of await zip.openReadStreamPromise(entry)) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
      const content = Buffer.concat(chunks);
      if (crc32(content) !== entry.crc32) return undefined;
      found.push(content);
    }
    return found[0];
  } catch {
    return undefined;
  }
}
