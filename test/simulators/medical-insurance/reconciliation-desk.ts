import { inflateRawSync } from 'node:zlib';

import { yuanText } from '../machinery/yuan-text.js';
import { writeZip } from '../machinery/zip-writer.js';
import { CLEARING, Refusal, type InsuranceCentre } from './insurance-centre.js';
import type { SettlementRecord } from './simulated-records.js';
import { beijing, fenOf, part, text, type Fields } from './wire-values.js';

/** How the centre's books differ from what it told. */
export type Oddities = {
  /** Settlements the centre does not have in its books. */
  readonly hidden: Set<string>;
  /** Fund amounts it has otherwise. */
  readonly otherFundFen: Map<string, number>;
  /** Settlements only it has. */
  readonly extra: SettlementRecord[];
  /** 3201 says that the sums differ when they do not. */
  sumsSayDifferent: boolean;
  /** What happens to `result.txt`. */
  spoil: 'no' | 'missingColumn' | 'notAnAmount' | 'equalWithOtherAmount' | 'noZip';
  /** All rows, not only those that differ. */
  tellsEqualRows: boolean;
};

/** 3201, 9101, 3202 and 9102 over the centre's own books. */
export class ReconciliationDesk {
  readonly oddities: Oddities = { hidden: new Set(), otherFundFen: new Map(), extra: [], sumsSayDifferent: false, spoil: 'no', tellsEqualRows: false };
  readonly #centre: InsuranceCentre;
  readonly #files = new Map<string, { readonly name: string; readonly bytes: Buffer }>();

  constructor(centre: InsuranceCentre) {
    this.#centre = centre;
  }

  /** 3201 */
  compareSums(input: unknown): Fields {
    const data = part(input, 'data');
    if (text(data, 'stmt_begndate') === '' || text(data, 'clr_type') === '' || text(data, 'setl_optins') === '') throw new Refusal('对账参数不能为空');
    const rows = this.#rows(data).filter(({ insuranceType }) => insuranceType === text(data, 'insutype'));
    const sign = (amountFen: number): number => (text(data, 'refd_setl_flag') === '' ? amountFen : Math.abs(amountFen));
    const sum = (of: (row: SettlementRecord) => number): number => rows.reduce((total, row) => total + sign(of(row)), 0);
    const isEqual =
      !this.oddities.sumsSayDifferent && sum(({ totalFen }) => totalFen) === fenOf(data['medfee_sumamt']) && sum(({ fundFen }) => fundFen) === fenOf(data['fund_pay_sumamt']) &&
      sum(({ accountFen }) => accountFen) === fenOf(data['acct_pay']) && rows.length === Number(data['fixmedins_setl_cnt']);
    return { stmtinfo: { setl_optins: text(data, 'setl_optins'), stmt_rslt: isEqual ? '0' : '1', stmt_rslt_dscr: isEqual ? '平账' : '不平' } };
  }

  /** 9101 */
  upload(input: unknown): Fields {
    const file = part(input, 'fsUploadIn');
    const bytes = file['in'];
    if (!Array.isArray(bytes)) throw new Refusal('文件内容不是字节数组');
    const number = `F${String(this.#files.size + 1).padStart(9, '0')}`;
    this.#files.set(number, { name: text(file, 'filename'), bytes: Buffer.from(bytes.map(Number)) });
    return { file_qury_no: number, filename: text(file, 'filename'), fixmedins_code: text(file, 'fixmedins_code'), dld_endtime: null };
  }

  /** 3202 */
  compareRows(input: unknown): Fields {
    const data = part(input, 'data');
    const uploaded = this.#files.get(text(data, 'file_qury_no'));
    if (uploaded === undefined) throw new Refusal('文件查询号不存在');
    const sent = readRows(uploaded.bytes);
    const [own, told] = [this.#rows(data), [] as string[][]];
    for (const row of sent) {
      const [settlementId = '', visitNo = '', personNo = '', total = '', fund = '', account = '', flag = ''] = row;
      const known = own.find((settled) => settled.settlementId === settlementId);
      const isEqual = known !== undefined && fenOf(fund) === known.fundFen && fenOf(account) === known.accountFen && fenOf(total) === known.totalFen;
      if (isEqual && !this.oddities.tellsEqualRows) continue;
      if (known === undefined) told.push([personNo, visitNo, settlementId, 'null', '102', flag, '中心无此结算', total, fund, account]);
      else told.push([...columnsOf(known, isEqual ? '0' : '103', isEqual ? 'null' : '金额不一致')]);
    }
    const ids = sent.map(([settlementId]) => settlementId);
    for (const known of own) if (!ids.includes(known.settlementId)) told.push(columnsOf(known, '101', '机构无此结算'));
    const number = `R${String(this.#files.size + 1).padStart(9, '0')}`;
    const { spoil } = this.oddities;
    const rows = told.map((columns) => (spoil === 'missingColumn' ? columns.slice(1) : spoil === 'notAnAmount' ? [...columns.slice(0, 9), '12,34'] : columns));
    if (spoil === 'equalWithOtherAmount') rows.push(...sent.slice(0, 1).map(([settlementId = '', visitNo = '', personNo = '', total = '', , account = '']) => [personNo, visitNo, settlementId, 'null', '0', '0', 'null', total, '0.01', account]));
    const bytes = spoil === 'noZip' ? Buffer.from('PK is not enough') : writeZip([{ name: Buffer.from('result.txt'), content: Buffer.from(rows.map((columns) => columns.join('\t')).join('\n'), 'utf8') }]);
    this.#files.set(number, { name: 'result.zip', bytes });
    return { fileinfo: { file_qury_no: number, filename: 'result.zip', dld_endtime: null } };
  }

  /** 9102 */
  download(input: unknown): Buffer {
    const file = this.#files.get(text(part(input, 'fsDownloadIn'), 'file_qury_no'));
    if (file === undefined) throw new Refusal('文件不存在');
    return file.bytes;
  }

  /** Of a day, a clearing type and an office; where it is asked so, payments or refunds alone. */
  #rows(data: Fields): readonly SettlementRecord[] {
    const [day, flag] = [text(data, 'stmt_begndate'), text(data, 'refd_setl_flag')];
    if (text(data, 'clr_type') !== CLEARING.type || text(data, 'setl_optins') !== CLEARING.office) return [];
    const { hidden, otherFundFen, extra } = this.oddities;
    return [...this.#centre.settlements.values(), ...extra]
      .filter(({ at, isReversed, settlementId, undoes }) => beijing(at).startsWith(day) && isReversed !== true && !hidden.has(settlementId) && (flag === '' || (flag === '1') === (undoes !== undefined)))
      .map((settled) => ({ ...settled, fundFen: otherFundFen.get(settled.settlementId) ?? settled.fundFen }));
  }
}

function columnsOf({ personNo, visitNo, settlementId, msgid, undoes, totalFen, fundFen, accountFen }: SettlementRecord, result: string, memo: string): string[] {
  return [personNo, visitNo, settlementId, msgid === '' ? 'null' : msgid, result, undoes === undefined ? '0' : '1', memo, ...[totalFen, fundFen, accountFen].map(yuanText)];
}

/** The rows of the uploaded text: seven tab-separated columns, no header, no line feed at the end. */
function readRows(bytes: Buffer): readonly string[][] {
  const content = firstEntry(bytes).toString('utf8');
  if (content.endsWith('\n')) throw new Refusal('文件末尾不能有空行');
  const rows = (content === '' ? [] : content.split('\n')).map((line) => line.split('\t'));
  if (rows.some((columns) => columns.length !== 7)) throw new Refusal('文件列数不正确');
  return rows;
}

/** The first file of a zip whose sizes stand in its directory. */
function firstEntry(bytes: Buffer): Buffer {
  const directory = bytes.indexOf(Buffer.from('PK\u0001\u0002', 'latin1'));
  if (directory < 0) throw new Refusal('上传文件不是压缩包');
  const [method, packed, local] = [bytes.readUInt16LE(directory + 10), bytes.readUInt32LE(directory + 20), bytes.readUInt32LE(directory + 42)];
  const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
  const content = bytes.subarray(from, from + packed);
  return method === 0 ? content : inflateRawSync(content);
}
