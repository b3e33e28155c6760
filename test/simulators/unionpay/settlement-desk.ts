import { deflateRawSync, deflateSync } from 'node:zlib';

import { textOf, type AcpRequest } from './acp-request.js';
import { momentOf, settlementDayOf, stampOf } from './beijing-time.js';
import type { FaultRules } from './fault-rules.js';
import type { Fields } from './message-signature.js';
import { Refusal } from './refusal.js';
import { settlementZip } from './settlement-file.js';
import type { TransactionBook } from './transaction-book.js';

const READY_AFTER_MS = (24 + 9) * 3_600_000;

export type SettlementDeskOptions = {
  readonly book: TransactionBook;
  readonly faults: FaultRules;
  readonly now: () => Date;
  readonly merId: string;
  readonly cutOff: string;
  readonly readyAtOnce: boolean;
};

/** Settlement files of a day: ready at nine the day after, until then 98. */
export class SettlementDesk {
  readonly #options: SettlementDeskOptions;

  constructor(options: SettlementDeskOptions) {
    this.#options = options;
  }

  /** @throws Refusal */
  file({ fields }: AcpRequest): Fields {
    const { book, faults, now, merId, cutOff, readyAtOnce } = this.#options;
    const settleDate = textOf(fields, 'settleDate');
    if (textOf(fields, 'fileType') !== '00') throw new Refusal('10', '报文格式错误[fileType]');
    const day = this.#latestDay(settleDate);
    if (day === undefined) throw new Refusal('10', '报文格式错误[settleDate]');
    const start = momentOf(`${day}000000`)?.getTime() ?? Number.POSITIVE_INFINITY;
    if (!readyAtOnce && now().getTime() < start + READY_AFTER_MS) throw new Refusal('98', '文件不存在');
    const rows = book.list().filter(({ state, doneAt }) => state === 'succeeded' && doneAt !== undefined && settlementDayOf(new Date(doneAt), cutOff) === day);
    const planted = faults.takeAll('fileContent');
    const zip = settlementZip({ merId, day, rows }, planted);
    const pack = planted.some(({ kind }) => kind === 'rawDeflate') ? deflateRawSync : deflateSync;
    return { fileName: `${merId}_${day}.zip`, fileContent: pack(zip).toString('base64') };
  }

  /** The request names no year: the latest such day that has begun (tomorrow's settlement day begins at the cut-off). */
  #latestDay(settleDate: string): string | undefined {
    const tomorrow = stampOf(new Date(this.#options.now().getTime() + 86_400_000));
    const year = Number(tomorrow.slice(0, 4));
    return [year, year - 1].map((candidate) => `${String(candidate)}${settleDate}`).find((day) => momentOf(`${day}000000`) !== undefined && day <= tomorrow.slice(0, 8));
  }
}
