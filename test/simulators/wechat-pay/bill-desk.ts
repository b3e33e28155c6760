import { constants, createCipheriv, createHash, generateKeyPairSync, publicEncrypt, randomBytes, type KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { ApiRefusal, invalidRequest, parameterRefusal } from './api-refusal.js';
import { fundFlowBillFile, tradeBillFile, type BillLedger } from './bill-files.js';
import { chinaDay, chinaHour } from './china-time.js';
import type { FaultRules, FundBillFault } from './fault-rules.js';
import { randomText } from './random-text.js';

const LINK_LIFE_MS = 5 * 60_000;
const READY_HOUR = 9;
const OLDEST_BILL_MS = 92 * 86_400_000;
const DAY_MS = 86_400_000;

export type BillDeskOptions = {
  readonly ledger: () => BillLedger;
  readonly faults: FaultRules;
  readonly now: () => Date;
  /** What the bills of sub-merchants are encrypted to. */
  readonly merchantPublicKey: KeyObject;
  readonly subMerchantId: string;
  /** Today's bill and yesterday's before nine o'clock are given too: a test need not wait for tomorrow. */
  readonly billsReadyAtOnce: boolean;
};

/** The answer that points at a bill file. */
export type BillLink = { readonly hash_type: 'SHA1'; readonly hash_value: string; readonly download_url: string };

/** The answer that points at the encrypted parts of a sub-merchant's bill. */
export type SealedBillLinks = { readonly download_bill_count: number; readonly download_bill_list: readonly (BillLink & { readonly bill_sequence: number; readonly encrypt_key: string; readonly nonce: string })[] };

/** Hands out bills: writes the file, keeps it under a token for five minutes, and gives its bytes back unsigned. */
export class BillDesk {
  readonly #options: BillDeskOptions;
  readonly #files = new Map<string, { readonly bytes: Buffer; readonly expiresAt: number }>();

  constructor(options: BillDeskOptions) {
    this.#options = options;
  }

  tradeBill(query: URLSearchParams, origin: string): BillLink {
    const day = this.#readDay(query);
    const type = readChoice(query, 'bill_type', ['ALL', 'SUCCESS', 'REFUND']);
    const faults = this.#options.faults.takeAll('bill');
    const file = tradeBillFile({ ledger: this.#options.ledger(), day, type, faults, subMerchantId: query.get('sub_mchid') ?? undefined });
    const hashMismatch = faults.some(({ kind }) => kind === 'hashMismatch');
    return this.#link({ file, query, origin, hashMismatch });
  }

  fundFlowBill(query: URLSearchParams, origin: string): BillLink {
    const day = this.#readDay(query);
    const account = readChoice(query, 'account_type', ['BASIC', 'OPERATION', 'FEES']);
    const fault = this.#options.faults.take('fundBill');
    const file = account === 'BASIC' ? fundFlowBillFile({ ledger: this.#options.ledger(), day, fault }) : undefined;
    return this.#link({ file, query, origin, hashMismatch: fault?.kind === 'hashMismatch' });
  }

  /** A sub-merchant's fund flow: each part encrypted under a key of its own, the key to the merchant's certificate. */
  subMerchantFundFlowBill(query: URLSearchParams, origin: string): SealedBillLinks {
    const day = this.#readDay(query);
    const account = readChoice(query, 'account_type', ['BASIC', 'OPERATION', 'FEES']);
    if (query.get('algorithm') !== 'AEAD_AES_256_GCM') throw parameterRefusal('algorithm 取值不在允许范围内', { field: '/algorithm', value: query.get('algorithm'), location: 'query' });
    if (query.get('sub_mchid') !== this.#options.subMerchantId) throw new ApiRefusal({ status: 403, code: 'NO_AUTH', message: '特约子商户未授权服务商的产品权限' });
    const fault = this.#options.faults.take('fundBill');
    const file = account === 'BASIC' ? fundFlowBillFile({ ledger: this.#options.ledger(), day, subMerchantId: this.#options.subMerchantId, fault }) : undefined;
    if (file === undefined) throw new ApiRefusal({ status: 400, code: 'NO_STATEMENT_EXIST', message: '账单文件不存在' });
    const middle = Math.floor(file.length / 2);
    const parts = fault?.kind === 'inTwoParts' ? [file.subarray(0, middle), file.subarray(middle)] : [file];
    const list = parts.map((part, index) => this.#sealedLink({ part, sequence: index + 1, query, origin, fault }));
    return { download_bill_count: parts.length, download_bill_list: fault?.kind === 'partMissing' ? [] : list.toReversed() };
  }

  #sealedLink(request: { part: Buffer; sequence: number; query: URLSearchParams; origin: string; fault: FundBillFault | undefined }): SealedBillLinks['download_bill_list'][number] {
    const { part, query, fault } = request;
    const [key, nonce] = [randomText(32), randomText(12)];
    const cipher = createCipheriv('aes-256-gcm', Buffer.from(key), Buffer.from(nonce));
    const sealed = Buffer.concat([cipher.update(query.get('tar_type') === 'GZIP' ? gzipSync(part) : part), cipher.final(), cipher.getAuthTag()]);
    if (fault?.kind === 'damaged') sealed.writeUInt8(sealed.readUInt8(0) ^ 1, 0);
    const reader = fault?.kind === 'otherKey' ? generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey : this.#options.merchantPublicKey;
    const hashed = fault?.kind === 'hashMismatch' ? Buffer.concat([part, Buffer.from(' ')]) : part;
    return {
      bill_sequence: request.sequence,
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(hashed).digest('hex'),
      download_url: `${request.origin}/v3/billdownload/file?token=${this.#keep(sealed)}`,
      encrypt_key: publicEncrypt({ key: reader, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha1' }, Buffer.from(key)).toString('base64'),
      nonce,
    };
  }

  /** The bytes behind a link. */
  download(query: URLSearchParams): Buffer {
    const file = this.#files.get(query.get('token') ?? '');
    if (file === undefined || file.expiresAt <= this.#options.now().getTime()) throw invalidRequest('下载链接无效或已过期，请重新申请账单');
    return file.bytes;
  }

  #link(bill: { file: Buffer | undefined; query: URLSearchParams; origin: string; hashMismatch: boolean }): BillLink {
    const { file } = bill;
    if (file === undefined) throw new ApiRefusal({ status: 400, code: 'NO_STATEMENT_EXIST', message: '账单文件不存在' });
    const zipped = bill.query.has('tar_type') && readChoice(bill.query, 'tar_type', ['GZIP']) === 'GZIP';
    const token = this.#keep(zipped ? gzipSync(file) : file);
    const hashed = bill.hashMismatch ? Buffer.concat([file, Buffer.from(' ')]) : file;
    return {
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(hashed).digest('hex'),
      download_url: `${bill.origin}/v3/billdownload/file?token=${token}`,
    };
  }

  /** Keeps bytes under a token for five minutes. */
  #keep(bytes: Buffer): string {
    const now = this.#options.now().getTime();
    for (const [token, { expiresAt }] of this.#files) if (expiresAt <= now) this.#files.delete(token);
    const token = randomBytes(32).toString('hex');
    this.#files.set(token, { bytes, expiresAt: now + LINK_LIFE_MS });
    return token;
  }

  #readDay(query: URLSearchParams): string {
    const day = query.get('bill_date') ?? '';
    const midnight = new Date(`${day}T00:00:00+08:00`).getTime();
    if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(midnight)) {
      throw parameterRefusal('bill_date 格式应为 yyyy-MM-dd', { field: '/bill_date', value: day, location: 'query' });
    }
    const now = this.#options.now();
    if (now.getTime() - midnight > OLDEST_BILL_MS) throw invalidRequest('仅支持下载三个月内的账单');
    if (this.#options.billsReadyAtOnce) return day;
    if (day >= chinaDay(now)) throw invalidRequest('账单日期必须早于今天');
    if (day === chinaDay(new Date(now.getTime() - DAY_MS)) && chinaHour(now) < READY_HOUR) {
      throw new ApiRefusal({ status: 400, code: 'STATEMENT_CREATING', message: '账单生成中，请稍后再试' });
    }
    return day;
  }
}

/** An optional choice with its first value as the default. */
function readChoice<Choice extends string>(query: URLSearchParams, name: string, choices: readonly Choice[]): Choice {
  const value = query.get(name);
  const choice = value === null ? choices[0] : choices.find((candidate) => candidate === value);
  if (choice !== undefined) return choice;
  throw parameterRefusal(`${name} 取值不在允许范围内`, { field: `/${name}`, value, location: 'query' });
}

