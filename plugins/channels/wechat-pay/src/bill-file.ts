import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

import type { CallContext } from '@hospay/plugin-sdk';

import { BillAnswer, readJson } from './messages.js';
import type { AskWechatPay, VerifiedAnswer } from './verified-wire.js';
import type { Wire } from './wire.js';

/** A day of about half a million rows; a larger answer is no bill of a hospital. */
const MAX_BILL_BYTES = 256 * 1_048_576;

/** Where the links lead: the files of merchants, and the encrypted ones of sub-merchants. */
const BILL_PATHS: readonly string[] = ['/v3/billdownload/file', '/v3/bill/downloadurl'];

/** The uncompressed file, proven to be the announced one; or why there is none. */
export type BillFile =
  | { readonly kind: 'file'; readonly raw: Buffer; readonly sha256: string }
  | { readonly kind: 'empty' }
  | { readonly kind: 'notReady' | 'malformed'; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Asks for a bill (`path` begins with `/v3/bill/`) and fetches it. */
export type FetchBill = (path: string, call: CallContext) => Promise<BillFile>;

/** 申请账单 and the file behind its link (WeChat Pay API v3): the link is signed, the file is not, so its SHA-1 in the signed answer decides. */
export function createBillFetcher({ wire, ask }: { readonly wire: Wire; readonly ask: AskWechatPay }): FetchBill {
  return async (path, call) => {
    const answer = await ask('bill', { method: 'GET', path }, call);
    if (answer.kind !== 'accepted') return noBill(answer);
    const bill = readJson(BillAnswer, answer.body);
    if (bill === undefined) return { kind: 'unknown', reason: 'the answer holds no usable download_url' };
    const file = await downloadBill(wire, bill.download_url, call);
    return file.kind === 'bytes' ? await provenFile(file.body, bill.hash_value) : file;
  };
}

/** Why there is no bill; the three refusals are those of every bill. */
export function noBill(answer: Exclude<VerifiedAnswer, { kind: 'accepted' }>): BillFile {
  if (answer.kind !== 'refused') return { kind: 'unknown', reason: answer.reason };
  if (answer.meaning === 'empty') return { kind: 'empty' };
  return answer.meaning === 'notReady' ? { kind: 'notReady', message: answer.message } : { kind: 'unknown', reason: `WeChat Pay answered ${answer.code}` };
}

/** The bytes behind a link, of which nothing is proven yet. */
export async function downloadBill(wire: Wire, downloadUrl: string, call: CallContext): Promise<{ readonly kind: 'bytes'; readonly body: Buffer } | { readonly kind: 'unknown'; readonly reason: string }> {
  const path = pathOfBill(downloadUrl);
  if (path === undefined) return { kind: 'unknown', reason: 'the answer holds no usable download_url' };
  const file = await wire.send({ method: 'GET', path, maxAnswerBytes: MAX_BILL_BYTES }, call);
  if (file.kind !== 'answer') return { kind: 'unknown', reason: file.reason };
  return file.status === 200 ? { kind: 'bytes', body: file.body } : { kind: 'unknown', reason: `the bill file answered status ${String(file.status)}` };
}

/** The uncompressed file, when it has the SHA-1 that was announced under a signature. */
export async function provenFile(body: Buffer, announcedHash: string): Promise<BillFile> {
  const raw = await unpackedBill(body);
  if (raw === undefined) return { kind: 'malformed', message: 'the bill file is not valid gzip' };
  if ((await hashOf('sha1', raw)) !== announcedHash.toLowerCase()) return { kind: 'malformed', message: 'the bill file does not have the announced SHA-1' };
  return { kind: 'file', raw, sha256: await hashOf('sha256', raw) };
}

/** Only path and query are used, against the configured host: a signed request never goes to an address an answer names. */
function pathOfBill(downloadUrl: string): string | undefined {
  if (!URL.canParse(downloadUrl)) return undefined;
  const { pathname, search } = new URL(downloadUrl);
  return BILL_PATHS.includes(pathname) ? `${pathname}${search}` : undefined;
}

/** GZIP was asked for, yet the file may come plain; both begin unmistakably. Undefined: it begins like GZIP and is none. */
export async function unpackedBill(body: Uint8Array): Promise<Buffer | undefined> {
  if (body[0] !== 0x1f || body[1] !== 0x8b) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  try {
    return await promisify<Uint8Array, object, Buffer>(gunzip)(body, { maxOutputLength: MAX_BILL_BYTES });
  } catch {
    return undefined;
  }
}

/** Between two pieces everything that waits goes first: a bill may have hundreds of megabytes. */
const HASHED_AT_ONCE_BYTES = 2 * 1_048_576;

export async function hashOf(algorithm: 'sha1' | 'sha256', bytes: Buffer): Promise<string> {
  const hash = createHash(algorithm);
  for (let at = 0; at < bytes.length; at += HASHED_AT_ONCE_BYTES) {
    if (at > 0) await new Promise((go) => { setImmediate(go); });
    hash.update(bytes.subarray(at, at + HASHED_AT_ONCE_BYTES));
  }
  return hash.digest('hex');
}
