import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';

import { ApiRefusal, invalidRequest, parameterRefusal } from './api-refusal.js';
import { fundFlowBillFile, tradeBillFile, type BillLedger } from './bill-files.js';
import { chinaDay, chinaHour } from './china-time.js';
import type { FaultRules } from './fault-rules.js';

const LINK_LIFE_MS = 5 * 60_000;
const READY_HOUR = 9;
const OLDEST_BILL_MS = 92 * 86_400_000;
const DAY_MS = 86_400_000;

export type BillDeskOptions = {
  readonly ledger: () => BillLedger;
  readonly faults: FaultRules;
  readonly now: () => Date;
  /** Today's bill and yesterday's before nine o'clock are given too: a test need not wait for tomorrow. */
  readonly billsReadyAtOnce: boolean;
};

/** The answer that points at a bill file. */
export type BillLink = { readonly hash_type: 'SHA1'; readonly hash_value: string; readonly download_url: string };

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
    const faults = this.#options.faults.takeForBill();
    const file = tradeBillFile({ ledger: this.#options.ledger(), day, type, faults, subMerchantId: query.get('sub_mchid') ?? undefined });
    const hashMismatch = faults.some(({ kind }) => kind === 'hashMismatch');
    return this.#link({ file, query, origin, hashMismatch });
  }

  fundFlowBill(query: URLSearchParams, origin: string): BillLink {
    const day = this.#readDay(query);
    const account = readChoice(query, 'account_type', ['BASIC', 'OPERATION', 'FEES']);
    const fault = this.#options.faults.take('fundBill', {});
    const file = account === 'BASIC' ? fundFlowBillFile({ ledger: this.#options.ledger(), day, fault }) : undefined;
    return this.#link({ file, query, origin, hashMismatch: fault?.kind === 'hashMismatch' });
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
    const now = this.#options.now().getTime();
    for (const [token, { expiresAt }] of this.#files) if (expiresAt <= now) this.#files.delete(token);
    const token = randomBytes(32).toString('hex');
    this.#files.set(token, { bytes: zipped ? gzipSync(file) : file, expiresAt: now + LINK_LIFE_MS });
    const hashed = bill.hashMismatch ? Buffer.concat([file, Buffer.from(' ')]) : file;
    return {
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(hashed).digest('hex'),
      download_url: `${bill.origin}/v3/billdownload/file?token=${token}`,
    };
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

