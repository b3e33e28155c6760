import { chinaDay, chinaText } from '../machinery/china-time.js';
import type { BankAccount, Movement, Transfer } from './bank-records.js';
import { gbkBytes, type Fields, type IcbcAnswer, type IcbcRequest } from './icbc-message.js';
import type { SimulatedBank } from './simulated-bank.js';
import type { Refusal } from './transfer-desk.js';

/** Invented but for B0116 (no such instruction): the bank's own list comes with the contract. */
export const ICBC_CODES = { done: '0', malformed: 'B0001', unsigned: 'B0002', numberUsed: 'B0201', noSuchAccount: 'B0301', notEnoughMoney: 'B0302', told: 'B0303', absent: 'B0116', noMovements: 'B0117', notReady: 'B0501', tooSoon: 'B0901', unlisted: 'B8888' } as const;
const REFUSALS: Readonly<Record<Refusal, string>> = { numberUsed: ICBC_CODES.numberUsed, noSuchAccount: ICBC_CODES.noSuchAccount, notEnoughMoney: ICBC_CODES.notEnoughMoney, told: ICBC_CODES.told };
const PAGE_ROWS = 20;
const LONGEST_RANGE_DAYS = 92;
/** 区域中心通讯可疑. */
export const RESULT_IN_DOUBT = '98';

/** What the bank does with each message. `emptyBy`: how it says that nothing moved. */
export class IcbcDesk {
  readonly #bank: SimulatedBank;
  readonly #emptyBy: 'list' | 'code';
  /** 业务编号 as the client gave it: statements tell it again, and nothing else of the client's. */
  readonly #references = new Map<string, string>();

  constructor(bank: SimulatedBank, emptyBy: 'list' | 'code') {
    this.#bank = bank;
    this.#emptyBy = emptyBy;
  }

  /** PAYENT, with the checks of its fields. Amounts are whole fen. */
  pay({ head, fields, rows }: IcbcRequest): IcbcAnswer {
    const [row, ...others] = rows;
    const wrong = row === undefined || others.length > 0 ? 'rd' : wrongField(fields, row);
    if (row === undefined || wrong !== undefined) return { code: ICBC_CODES.malformed, message: `字段有误: ${wrong ?? ''}` };
    const clientNo = head['fSeqno'] ?? '';
    const payee = { accountNo: row['RecAccNo'] ?? '', name: row['RecAccNameCN'] ?? '', bankName: row['RecBankName'] ?? '' };
    if (this.#bank.books.find(row['PayAccNo'] ?? '')?.name !== row['PayAccNameCN']) return { code: ICBC_CODES.noSuchAccount, message: '付款账号与户名不符' };
    // Kept first: the movement is told with it at once.
    if (this.#bank.transfers.find(clientNo) === undefined) this.#references.set(clientNo, row['Ref'] ?? '');
    const submitted = this.#bank.transfers.submit({ clientNo, fromAccountNo: row['PayAccNo'] ?? '', amountFen: Number(row['PayAmt']), payee, summary: row['UseCN'] ?? '' });
    if (submitted.kind === 'refused') return { code: REFUSALS[submitted.why], message: '交易失败' };
    const { transfer } = submitted;
    return { code: ICBC_CODES.done, fields: { OnlBatF: '1', SettleMode: '0', TotalNum: '1', TotalAmt: fields['TotalAmt'] ?? '' }, rows: [{ ...row, iRetCode: '0', iRetMsg: '', OrderNo: transfer.transferNo, Result: resultOf(transfer) }] };
  }

  /** QPAYENT, by the package number. */
  tellState({ fields }: IcbcRequest): IcbcAnswer {
    const transfer = this.#bank.transfers.find(fields['QryfSeqno'] ?? '');
    if (transfer === undefined) return { code: ICBC_CODES.absent, message: '未查到记录' };
    const { order } = transfer;
    const result = resultOf(transfer);
    return {
      code: ICBC_CODES.done, fields: { QryfSeqno: order.clientNo, QrySerialNo: '' },
      rows: [{
        iSeqno: '1', QryiSeqno: '1', QryOrderNo: transfer.transferNo, PayAccNo: order.fromAccountNo, RecAccNo: order.payee.accountNo, RecAccNameCN: order.payee.name, CurrType: '001', PayAmt: String(order.amountFen), UseCN: order.summary,
        iRetCode: '0', iRetMsg: '', Result: result, instrRetCode: result === '6' ? ICBC_CODES.notEnoughMoney : '', instrRetMsg: result === '6' ? '交易失败' : '', BankRetTime: '',
      }],
    };
  }

  /** QHISD (closed days, with balances) and QPD (today, without): a page of the movements from a tag on, which is the time stamp of the last row told. */
  listMovements({ head, fields }: IcbcRequest): IcbcAnswer {
    const [account, isToday, today] = [this.#bank.books.find(fields['AccNo'] ?? ''), head['TransCode'] === 'QPD', chinaDay(this.#bank.now())];
    if (account === undefined) return { code: ICBC_CODES.noSuchAccount, message: '账号不存在' };
    const [first, last] = isToday ? [today, today] : [dayOf(fields['BeginDate']), dayOf(fields['EndDate'])];
    const [least, most, tag] = [Number(fields['MinAmt'] ?? 'x'), Number(fields['MaxAmt'] ?? 'x'), fields['NextTag'] ?? ''];
    const isWellFormed = Number.isFinite(least) && Number.isFinite(most) && first <= last && (isToday || last < today) && (Date.parse(last) - Date.parse(first)) / 86_400_000 <= LONGEST_RANGE_DAYS;
    if (!isWellFormed) return { code: ICBC_CODES.malformed, message: '查询条件有误' };
    const isSpoiled = isToday ? [] : this.#bank.faults.takeAll('statementContent');
    if (isSpoiled.some(({ kind }) => kind === 'late')) return { code: ICBC_CODES.notReady, message: '明细尚未生成' };
    const all = this.#bank.statementOf(account, { first, last, isSpoiled }).filter(({ amountFen }) => least <= amountFen && amountFen <= most);
    if (all.length === 0 && this.#emptyBy === 'code') return { code: ICBC_CODES.noMovements, message: '无明细' };
    const from = tag === '' ? 0 : all.findIndex((movement) => timeStampOf(movement) === tag) + 1;
    const page = all.slice(from, from + PAGE_ROWS);
    const lastTold = page.at(-1);
    const nextTag = lastTold === undefined || from + page.length >= all.length ? '' : timeStampOf(lastTold);
    return { code: ICBC_CODES.done, fields: { AccNo: account.accountNo, AccName: account.name, CurrType: '001', BeginDate: fields['BeginDate'] ?? '', EndDate: fields['EndDate'] ?? '', NextTag: nextTag, TotalNum: String(page.length) }, rows: page.map((movement) => this.#movementRow(movement, isToday)) };
  }

  /** QACCBAL: AccBalance is what yesterday ended with. */
  tellBalance({ rows }: IcbcRequest): IcbcAnswer {
    const told = rows.map(({ iSeqno = '', AccNo = '' }): Fields => {
      const account = this.#bank.books.find(AccNo);
      if (account === undefined) return { iSeqno, AccNo, iRetCode: ICBC_CODES.noSuchAccount, iRetMsg: '账号不存在' };
      const balance = String(this.#bank.books.balanceFen(account));
      return { iSeqno, AccNo, CurrType: '001', CashExf: '0', AcctProperty: '001', AccBalance: String(closedFen(account, chinaDay(this.#bank.now()))), Balance: balance, UsableBalance: balance, FrzAmt: '0', QueryTime: '', iRetCode: '0', iRetMsg: '' };
    });
    return { code: ICBC_CODES.done, fields: { TotalNum: String(told.length) }, rows: told };
  }

  #movementRow(movement: Movement, isToday: boolean): Fields {
    const { lineNo, direction, amountFen, balanceFen, at, counterparty, summary, clientNo, returns } = movement;
    const [isOut, isBack] = [direction === 'out', returns !== undefined];
    const reference = clientNo === undefined ? '' : (this.#references.get(clientNo) ?? '');
    const told = { Drcrf: isOut ? '1' : '2', VouhNo: '0', RecipAccNo: counterparty.accountNo, RecipName: counterparty.name, Summary: isBack ? '退汇' : '', UseCN: summary, PostScript: '', Ref: isBack ? '' : reference, Oref: isBack ? reference : '', UpDtranf: '0', RefundMsg: isBack ? '账户已销户' : '' };
    if (isToday) return { ...told, Amount: String(amountFen), TimeStamp: timeStampOf(movement), SequenceNo: lineNo };
    return { ...told, DebitAmount: isOut ? String(amountFen) : '0', CreditAmount: isOut ? '0' : String(amountFen), Balance: String(balanceFen), Date: chinaDay(at).replaceAll('-', ''), Time: timeStampOf(movement), OnlySequence: lineNo };
  }
}

function resultOf({ isLost, state }: Transfer): string {
  if (isLost) return RESULT_IN_DOUBT;
  return ({ awaitingApproval: '2', processing: '9', paid: '7', failed: '6', refusedInApproval: '8', cancelled: '11' } as const)[state];
}

function wrongField(fields: Fields, row: Fields): string | undefined {
  const patterns: Readonly<Record<string, RegExp>> = {
    iSeqno: /^[0-9A-Za-z]{1,35}$/, PayType: /^[1-9]$/, PayAccNo: /^\d{10,19}$/, PayAccNameCN: /^.+$/, RecAccNo: /^[0-9A-Za-z-]{1,34}$/, RecAccNameCN: /^.+$/, SysIOFlg: /^[12]$/, Prop: /^[01]$/, CurrType: /^001$/, PayAmt: /^[1-9]\d{0,16}$/, UseCN: /^.*$/, Ref: /^[0-9A-Za-z]{0,20}$/,
  };
  const wrong = Object.entries(patterns).find(([name, pattern]) => !pattern.test(row[name] ?? '\n'));
  if (wrong !== undefined) return wrong[0];
  if (fields['OnlBatF'] !== '1' || fields['SettleMode'] !== '0' || fields['TotalNum'] !== '1' || !/^\d{17}$/.test(fields['SignTime'] ?? '')) return 'in';
  if (fields['TotalAmt'] !== row['PayAmt']) return 'TotalAmt';
  if (gbkBytes(row['RecAccNameCN'] ?? '') > 100) return 'RecAccNameCN';
  if (gbkBytes(row['UseCN'] ?? '') > 20) return 'UseCN';
  return (row['RecBankName'] ?? '') === '' && (row['RecBankNo'] ?? '') === '' ? 'RecBankName' : undefined;
}

/** `yyyy-MM-dd-HH.mm.ss.SSSSSS`, of its own within the account. */
function timeStampOf({ at, lineNo }: Movement): string {
  const [date = '', time = ''] = chinaText(at).split(' ');
  return `${date}-${time.replaceAll(':', '.')}.${lineNo.slice(-6)}`;
}

function closedFen({ openingFen, movements }: BankAccount, today: string): number {
  return movements.findLast(({ at }) => chinaDay(at) < today)?.balanceFen ?? openingFen;
}

function dayOf(date = ''): string {
  return /^\d{8}$/.test(date) ? `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}` : '';
}
