import { chinaText } from '../machinery/china-time.js';
import { fenOfYuan, yuanText } from '../machinery/yuan-text.js';
import type { Movement, Transfer } from './bank-records.js';
import { gbkBytes, type CiticRequest, type Fields } from './citic-message.js';
import type { BankFaults, SimulatedBank } from './simulated-bank.js';
import type { Refusal } from './transfer-desk.js';

export type CiticAnswer = { readonly fields: Fields; readonly rows?: readonly Fields[] };

/** Invented: the manual's own list comes with the contract. */
export const CITIC_CODES = { malformed: 'ED00001', numberUsed: 'ED02001', noSuchAccount: 'ED03001', notEnoughMoney: 'ED03002', told: 'ED03003', absent: 'ED01404', notReady: 'ED05001', noReceipt: 'ED06404', tooSoon: 'ED09001', unlisted: 'ED08888' } as const;
const REFUSALS: Readonly<Record<Refusal, string>> = { numberUsed: CITIC_CODES.numberUsed, noSuchAccount: CITIC_CODES.noSuchAccount, notEnoughMoney: CITIC_CODES.notEnoughMoney, told: CITIC_CODES.told };
const PAGE_ROWS = 20;
const LONGEST_RANGE_DAYS = 92;

export function citicRefusal(status: string, statusText: string): CiticAnswer {
  return { fields: { status, statusText } };
}

/** DLOUTTRN, with the checks of the manual's field table. */
export function payOut(bank: SimulatedBank, { fields }: CiticRequest): CiticAnswer {
  const wrong = wrongField(fields);
  if (wrong !== undefined) return citicRefusal(CITIC_CODES.malformed, `字段有误: ${wrong}`);
  const amountFen = fenOfYuan(fields['tranAmount']) ?? 0;
  const payee = { accountNo: fields['recAccountNo'] ?? '', name: fields['recAccountName'] ?? '', bankName: fields['recOpenBankName'] ?? '' };
  const submitted = bank.transfers.submit({ clientNo: fields['clientID'] ?? '', fromAccountNo: fields['payAccountNo'] ?? '', amountFen, payee, summary: fields['abstract'] ?? '' });
  if (submitted.kind === 'refused') return citicRefusal(REFUSALS[submitted.why], '交易失败');
  const { transfer } = submitted;
  const { date, time } = stampOf(transfer.at);
  return {
    fields: {
      status: transfer.state === 'awaitingApproval' ? 'AAAAAAB' : transfer.state === 'paid' ? 'AAAAAAA' : 'AAAAAAE', statusText: '交易已受理', tranDate: date, tranTime: time, tranNo: transfer.transferNo,
      payAccountNo: fields['payAccountNo'] ?? '', recAccountNo: payee.accountNo, recAccountName: payee.name, tranAmount: yuanText(amountFen),
    },
  };
}

function wrongField(fields: Fields): string | undefined {
  const patterns: Readonly<Record<string, RegExp>> = {
    clientID: /^[0-9A-Za-z]{1,20}$/, preFlg: /^[01]$/, payType: /^0[0-4]$/, payAccountNo: /^\d{19}$/, recAccountNo: /^[0-9A-Za-z-]{1,32}$/, recAccountName: /^.+$/, citicbankFlag: /^[01]$/, tranAmount: /^\d{1,13}\.\d{2}$/, abstract: /^.*$/,
  };
  const wrong = Object.entries(patterns).find(([name, pattern]) => !pattern.test(fields[name] ?? ' '));
  if (wrong !== undefined) return wrong[0];
  if (gbkBytes(fields['recAccountName'] ?? '') > 122) return 'recAccountName';
  if (gbkBytes(fields['abstract'] ?? '') > 102) return 'abstract';
  if (fields['recOpenBankName'] === '' && fields['recOpenBankCode'] === '') return 'recOpenBankName';
  return fields['payType'] === '01' && fields['citicbankFlag'] !== '0' ? 'payType' : undefined;
}

/** DLCIDSTT. */
export function tellState(bank: SimulatedBank, { fields }: CiticRequest, { absentBy }: { readonly absentBy: 'code' | 'emptyList' }): CiticAnswer {
  const transfer = bank.transfers.find(fields['clientID'] ?? '');
  if (transfer === undefined) return absentBy === 'code' ? citicRefusal(CITIC_CODES.absent, '无此交易') : { fields: { status: 'AAAAAAA', statusText: '成功' }, rows: [] };
  return { fields: { status: 'AAAAAAA', statusText: '成功' }, rows: [stateRow(transfer)] };
}

function stateRow({ isLost, state }: Transfer): Fields {
  if (isLost) return { stt: '2', status: 'UNKNOWN', statusText: '未知' };
  switch (state) {
    case 'paid':
      return { stt: '0', status: 'AAAAAAA', statusText: '成功' };
    case 'failed':
      return { stt: '1', status: CITIC_CODES.notEnoughMoney, statusText: '交易失败' };
    case 'refusedInApproval':
      return { stt: '3', status: '', statusText: '审批拒绝' };
    case 'cancelled':
      return { stt: '4', status: '', statusText: '用户撤销' };
    case 'awaitingApproval':
      return { stt: '2', status: 'AAAAAAB', statusText: '待审批' };
    case 'processing':
      return { stt: '2', status: 'AAAAAAE', statusText: '已提交银行' };
  }
}

/** DLTRNALL: a page of the movements. */
export function listMovements(bank: SimulatedBank, { fields }: CiticRequest, isSpoiled: readonly BankFaults['statementContent'][]): CiticAnswer {
  const { accountNo = '', startDate = '', endDate = '', pageNumber = '', startRecord = '', lowAmount = '', upAmount = '' } = fields;
  const account = bank.books.find(accountNo);
  if (account === undefined) return citicRefusal(CITIC_CODES.noSuchAccount, '账号不存在');
  const isWellFormed = /^\d{8}$/.test(startDate) && /^\d{8}$/.test(endDate) && /^\d{1,2}$/.test(pageNumber) && Number(pageNumber) <= PAGE_ROWS && /^[1-9]\d{0,3}$/.test(startRecord) && [lowAmount, upAmount].every((amount) => /^\d{1,13}\.\d{2}$/.test(amount));
  const [first, last] = [dayOf(startDate), dayOf(endDate)];
  if (!isWellFormed || first > last || (Date.parse(last) - Date.parse(first)) / 86_400_000 > LONGEST_RANGE_DAYS) return citicRefusal(CITIC_CODES.malformed, '查询条件有误');
  if (isSpoiled.some(({ kind }) => kind === 'late')) return citicRefusal(CITIC_CODES.notReady, '明细尚未生成');
  const between = ({ amountFen }: Movement): boolean => Number(lowAmount) * 100 <= amountFen && amountFen <= Number(upAmount) * 100;
  const all = bank.statementOf(account, { first, last, isSpoiled }).filter(between);
  const page = all.slice(Number(startRecord) - 1, Number(startRecord) - 1 + Number(pageNumber));
  return {
    fields: { status: 'AAAAAAA', statusText: '成功', accountNo, accountName: account.name, openBankName: '中信银行示范支行', totalRecords: String(all.length), returnRecords: String(page.length) },
    rows: page.map(movementRow),
  };
}

function movementRow({ lineNo, direction, amountFen, balanceFen, at, counterparty, summary, returnedAt, returns }: Movement): Fields {
  const { date, time } = stampOf(at);
  return {
    tranDate: date, tranTime: time, tranNo: lineNo, sumTranNo: '', tranAmount: yuanText(amountFen), creditDebitFlag: direction === 'in' ? 'C' : 'D', oppAccountNo: counterparty.accountNo, oppAccountName: counterparty.name,
    oppOpenBankName: counterparty.bankName, abstract: summary, balance: yuanText(balanceFen), e3rtDate: returnedAt === undefined ? '' : stampOf(returnedAt).date, e3rtFlag: returnedAt === undefined && returns === undefined ? '1' : '0',
  };
}

/** DLBALQRY. */
export function tellBalances(bank: SimulatedBank, { rows }: CiticRequest): CiticAnswer {
  const told = rows.map(({ accountNo = '' }): Fields => {
    const account = bank.books.find(accountNo);
    if (account === undefined) return { status: CITIC_CODES.noSuchAccount, statusText: '账号不存在', accountNo };
    const balance = yuanText(bank.books.balanceFen(account));
    return { status: 'AAAAAAA', statusText: '成功', accountNo, accountName: account.name, currencyID: 'CNY', usableBalance: balance, balance, forzenAmt: '0.00' };
  });
  return { fields: { status: 'AAAAAAA', statusText: '成功' }, rows: told };
}

function stampOf(at: Date): { readonly date: string; readonly time: string } {
  const [date = '', time = ''] = chinaText(at).split(' ');
  return { date: date.replaceAll('-', ''), time: time.replaceAll(':', '') };
}

function dayOf(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}
