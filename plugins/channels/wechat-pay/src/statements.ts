import type { FundStatement, FundStatementLine, FundStatementReader, Statement, StatementLine, StatementReader } from '@hospay/plugin-sdk';

import { unpackedBill, type FetchBill } from './bill-file.js';
import { readFundBill } from './fund-bill.js';
import { merchantIdentity, type MerchantIdentity } from './merchant-identity.js';
import type { WechatPaySettings } from './settings.js';
import { readTradeBill, type AskedBill } from './trade-bill.js';
import { fundingSources } from './trade-news.js';

/** The two bills of a day: 交易账单 (payments and refunds) and 资金账单 (every movement of the merchant's account). */
export function createStatements({ fetch, fetchSealed, identity, settings }: {
  readonly fetch: FetchBill;
  /** The fund bill of a sub-merchant is encrypted to its service provider. */
  readonly fetchSealed: FetchBill;
  readonly identity: MerchantIdentity;
  readonly settings: WechatPaySettings;
}): Statement & FundStatement {
  const fetchTradeBill: Required<Statement>['fetchStatement'] = async ({ day }, call) => {
    const file = await fetch(`/v3/bill/tradebill?bill_date=${encodeURIComponent(day)}&bill_type=ALL&tar_type=GZIP${identity.billQuery}`, call);
    return file.kind === 'file' ? { ...file, raw: ownBytes(file.raw) } : file;
  };
  const fetchFundBill: Required<FundStatement>['fetchFundStatement'] = async ({ day, account }, call) => {
    const query = `bill_date=${encodeURIComponent(day)}&account_type=${account.toUpperCase()}&tar_type=GZIP${identity.billQuery}`;
    const file = await (identity.isPartner ? fetchSealed(`/v3/bill/sub-merchant-fundflowbill?${query}`, call) : fetch(`/v3/bill/fundflowbill?${query}`, call));
    return file.kind === 'file' ? { ...file, raw: ownBytes(file.raw) } : file;
  };
  return {
    fetchStatement: fetchTradeBill,
    async downloadStatement(request, call) {
      const file = await fetchTradeBill(request, call);
      if (file.kind !== 'file') return file;
      const lines: StatementLine[] = [];
      const read = readTradeBill(file.raw, askedOf(settings), (line) => { lines.push(line); });
      return read.kind === 'ok' ? { ...read, raw: file.raw, sha256: file.sha256, lines } : read;
    },
    fetchFundStatement: fetchFundBill,
    async downloadFundStatement(request, call) {
      const file = await fetchFundBill(request, call);
      if (file.kind !== 'file') return file;
      const lines: FundStatementLine[] = [];
      const read = readFundBill(file.raw, (line) => { lines.push(line); });
      return read.kind === 'ok' ? { ...read, raw: file.raw, sha256: file.sha256, lines } : read;
    },
  };
}
/** A trade bill as the API gives it, or as the merchant platform (商户平台) does, compressed or not. */
export const readTradeBillFile: StatementReader<WechatPaySettings> = async ({ raw }, settings, give) => {
  const bill = await unpackedBill(raw);
  return bill === undefined ? { kind: 'malformed', message: 'the bill file is not valid gzip' } : readTradeBill(bill, askedOf(settings), give);
};

/** A fund bill as `fetchFundStatement` gives it. */
export const readFundBillFile: FundStatementReader<WechatPaySettings> = ({ raw }, _settings, give) => readFundBill(raw, give);

function askedOf(settings: WechatPaySettings): AskedBill {
  return { merchants: [settings.mchid, merchantIdentity(settings).merchantNo], fundingSourceOf: fundingSources(settings) };
}

/** Alone in their memory, so that they can be given away. */
function ownBytes(bytes: Buffer): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  return buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength ? new Uint8Array(buffer) : new Uint8Array(bytes);
}
