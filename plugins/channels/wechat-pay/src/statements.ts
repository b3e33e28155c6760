import type { FundStatement, Statement } from '@hospay/plugin-sdk';

import type { FetchBill } from './bill-file.js';
import { readFundBill } from './fund-bill.js';
import type { MerchantIdentity } from './merchant-identity.js';
import { readTradeBill } from './trade-bill.js';

/** The two bills of a day: 交易账单 (payments and refunds) and 资金账单 (every movement of the merchant's account). */
export function createStatements({ fetch, fetchSealed, identity, fundingSourceOf }: {
  readonly fetch: FetchBill;
  /** The fund bill of a sub-merchant is encrypted to its service provider. */
  readonly fetchSealed: FetchBill;
  readonly identity: MerchantIdentity;
  readonly fundingSourceOf: (bankType: string) => string;
}): Statement & FundStatement {
  return {
    async downloadStatement({ day }, call) {
      const file = await fetch(`/v3/bill/tradebill?bill_date=${encodeURIComponent(day)}&bill_type=ALL&tar_type=GZIP${identity.billQuery}`, call);
      if (file.kind !== 'file') return file;
      const read = readTradeBill(file.raw, fundingSourceOf);
      if (read.kind === 'malformed') return read;
      return read.lines.length === 0 ? { kind: 'empty' } : { kind: 'ok', raw: new Uint8Array(file.raw), sha256: file.sha256, lines: read.lines, totals: read.totals };
    },
    async downloadFundStatement({ day, account }, call) {
      const query = `bill_date=${encodeURIComponent(day)}&account_type=${account.toUpperCase()}&tar_type=GZIP${identity.billQuery}`;
      const file = await (identity.isPartner ? fetchSealed(`/v3/bill/sub-merchant-fundflowbill?${query}`, call) : fetch(`/v3/bill/fundflowbill?${query}`, call));
      if (file.kind !== 'file') return file;
      const read = readFundBill(file.raw);
      if (read.kind === 'malformed') return read;
      return read.lines.length === 0 ? { kind: 'empty' } : { kind: 'ok', raw: new Uint8Array(file.raw), sha256: file.sha256, lines: read.lines, totals: read.totals };
    },
  };
}
