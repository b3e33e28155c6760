import { chinaDay, chinaText } from '../machinery/china-time.js';
import { fenOfYuan, yuanText } from '../machinery/yuan-text.js';
import type { Movement, Transfer } from './bank-records.js';
import { asFields, type Fields } from './cmb-envelope.js';
import type { BankFaults, SimulatedBank } from './simulated-bank.js';
import type { Refusal } from './transfer-desk.js';

export type CmbAnswer = { readonly code: string; readonly message?: string; readonly body: Fields };

/** All but SUC0000 invented: the bank's own list comes with the contract. */
export const CMB_CODES = { ok: 'SUC0000', malformed: 'FBS0001', numberUsed: 'BBR0102', noSuchAccount: 'BBR0201', notEnoughMoney: 'BBR0202', told: 'BBR0203', notReady: 'TRS0301', receiptNotReady: 'RCP0101', noReceipt: 'RCP0102', unlisted: 'SYS9999' } as const;
const REFUSALS: Readonly<Record<Refusal, string>> = { numberUsed: CMB_CODES.numberUsed, noSuchAccount: CMB_CODES.noSuchAccount, notEnoughMoney: CMB_CODES.notEnoughMoney, told: CMB_CODES.told };
const PAGE_ROWS = 20;

export function cmbRefusal(code: string, message: string): CmbAnswer {
  return { code, message, body: {} };
}

/** BB1PAYOP, with the checks of the interface's field table. */
export function payOut(bank: SimulatedBank, body: Fields, businessMode: string): CmbAnswer {
  const [mode, order] = [onlyRow(body, 'bb1paybmx1'), onlyRow(body, 'bb1payopx1')];
  const field = (name: string): string => textOf(order, name);
  const amountFen = fenOfYuan(field('trsAmt'));
  const patterns: Readonly<Record<string, RegExp>> = { dbtAcc: /^\d{10,20}$/, crtAcc: /^[0-9A-Za-z-]{1,35}$/, crtNam: /^.+$/, ccyNbr: /^10$/, trsAmt: /^\d{1,13}\.\d{2}$/, bnkFlg: /^[YN]$/, stlChn: /^[GQRI]$/, nusAge: /^.+$/, yurRef: /^[0-9A-Za-z]{1,30}$/, brdNbr: /^(\d{12})?$/ };
  const wrong = Object.entries(patterns).find(([name, pattern]) => !pattern.test(field(name)))?.[0];
  if (textOf(mode, 'busCod') !== 'N02030' || textOf(mode, 'busMod') !== businessMode) return cmbRefusal(CMB_CODES.malformed, '业务模式有误');
  if (wrong !== undefined || amountFen === undefined || (field('bnkFlg') === 'N' && field('crtBnk') === '' && field('brdNbr') === '')) return cmbRefusal(CMB_CODES.malformed, `字段有误: ${wrong ?? 'crtBnk'}`);
  const submitted = bank.transfers.submit({ clientNo: field('yurRef'), fromAccountNo: field('dbtAcc'), amountFen, payee: { accountNo: field('crtAcc'), name: field('crtNam'), bankName: field('crtBnk') }, summary: field('nusAge') });
  if (submitted.kind === 'refused') return ok({ bb1payopz1: [{ reqNbr: '', reqSts: '', rtnFlg: '', errCod: REFUSALS[submitted.why], errTxt: '经办失败', msgTxt: '' }] });
  return ok({ bb1payopz1: [{ reqNbr: submitted.transfer.transferNo, evtIst: '', oprSqn: '', errCod: CMB_CODES.ok, errTxt: '', msgTxt: '', ...statesOf(submitted.transfer) }] });
}

/** BB1PAYQR. */
export function tellState(bank: SimulatedBank, body: Fields): CmbAnswer {
  const asked = onlyRow(body, 'bb1payqrx1');
  const [first, last] = [textOf(asked, 'beginDate'), textOf(asked, 'endDate')];
  if (textOf(asked, 'busCod') !== 'N02030' || !/^\d{8}$/.test(first) || !/^\d{8}$/.test(last) || first > last) return cmbRefusal(CMB_CODES.malformed, '查询条件有误');
  const transfer = bank.transfers.find(textOf(asked, 'yurRef'));
  const day = transfer === undefined ? '' : chinaDay(transfer.at).replaceAll('-', '');
  if (transfer === undefined || day < first || day > last) return ok({ bb1payqrz1: [] });
  const { order, transferNo, returnedAt } = transfer;
  return ok({
    bb1payqrz1: [{ reqNbr: transferNo, yurRef: order.clientNo, trsAmt: yuanText(order.amountFen), rtnNar: returnedAt === undefined ? '' : '账户已销户', backwardDay: returnedAt === undefined ? '' : chinaDay(returnedAt).replaceAll('-', ''), ...statesOf(transfer) }],
  });
}

function statesOf({ state, isLost, returnedAt }: Transfer): { readonly reqSts: string; readonly rtnFlg: string } {
  if (isLost) return { reqSts: 'BNK', rtnFlg: '' };
  switch (state) {
    case 'paid':
      return { reqSts: 'FIN', rtnFlg: returnedAt === undefined ? 'S' : 'B' };
    case 'failed':
      return { reqSts: 'FIN', rtnFlg: 'F' };
    case 'refusedInApproval':
      return { reqSts: 'FIN', rtnFlg: 'R' };
    case 'cancelled':
      return { reqSts: 'FIN', rtnFlg: 'C' };
    case 'awaitingApproval':
      return { reqSts: 'AUT', rtnFlg: '' };
    case 'processing':
      return { reqSts: 'BNK', rtnFlg: '' };
  }
}

/** trsQryByBreakPoint: a page of the movements. */
export function listMovements(bank: SimulatedBank, body: Fields, isSpoiled: readonly BankFaults['statementContent'][]): CmbAnswer {
  const [asked, goOn] = [onlyRow(body, 'TRANSQUERYBYBREAKPOINT_X1'), onlyRow(body, 'TRANSQUERYBYBREAKPOINT_Y1')];
  const account = bank.books.find(textOf(asked, 'cardNbr'));
  if (account === undefined) return cmbRefusal(CMB_CODES.noSuchAccount, '账号不存在');
  const [first, last] = [dayOf(textOf(asked, 'beginDate')), dayOf(textOf(asked, 'endDate'))];
  if (!/^\d{4}-\d\d-\d\d$/.test(first) || !/^\d{4}-\d\d-\d\d$/.test(last) || first > last) return cmbRefusal(CMB_CODES.malformed, '查询条件有误');
  if (isSpoiled.some(({ kind }) => kind === 'late')) return cmbRefusal(CMB_CODES.notReady, '明细尚未生成');
  const all = bank.statementOf(account, { first, last, isSpoiled });
  const from = goOn === undefined ? 0 : Number(textOf(goOn, 'expectNextSequence')) - 1;
  const page = all.slice(from, from + PAGE_ROWS);
  const isMore = from + page.length < all.length;
  const [outs, ins] = [all.filter(({ direction }) => direction === 'out'), all.filter(({ direction }) => direction === 'in')];
  const sum = (rows: readonly Movement[]): string => yuanText(rows.reduce((total, { amountFen }) => total + amountFen, 0));
  return ok({
    TRANSQUERYBYBREAKPOINT_Z1: [{ ctnFlag: isMore ? 'Y' : 'N', queryAcctNbr: account.accountNo, debitNums: String(outs.length), debitAmount: sum(outs), creditNums: String(ins.length), creditAmount: sum(ins) }],
    TRANSQUERYBYBREAKPOINT_Y1: [{ acctNbr: account.accountNo, transDate: textOf(asked, 'endDate'), expectNextSequence: String(from + page.length + 1) }],
    TRANSQUERYBYBREAKPOINT_Z2: page.map(movementRow),
  });
}

function movementRow({ lineNo, direction, amountFen, balanceFen, at, counterparty, summary, clientNo, returns }: Movement): Fields {
  const [date = '', time = ''] = chinaText(at).split(' ');
  return {
    transDate: date.replaceAll('-', ''), transTime: time.replaceAll(':', ''), transSequenceIdn: lineNo, loanCode: direction === 'in' ? 'C' : 'D', transAmount: yuanText(direction === 'in' ? amountFen : -amountFen), acctOnlineBal: yuanText(balanceFen),
    remarkTextClt: returns === undefined ? summary : `退票 ${summary}`, ctpAcctNbr: counterparty.accountNo, ctpAcctName: counterparty.name, yurRef: clientNo ?? '', reversalFlag: '', requestNbr: '',
  };
}

/** NTQACINF. */
export function tellBalance(bank: SimulatedBank, body: Fields): CmbAnswer {
  const account = bank.books.find(textOf(onlyRow(body, 'ntqacinfx'), 'accnbr'));
  if (account === undefined) return cmbRefusal(CMB_CODES.noSuchAccount, '账号不存在');
  const balance = yuanText(bank.books.balanceFen(account));
  return ok({ ntqacinfz: [{ accnbr: account.accountNo, accnam: account.name, accblv: balance, avlblv: balance, hldblv: '0.00', ccynbr: '10', stscod: 'A' }] });
}

/** DCSIGREC: the receipt of the movement under its day and number; the fields stand in the body itself. */
export function tellReceipt(bank: SimulatedBank, body: Fields): CmbAnswer {
  const account = bank.books.find(textOf(body, 'eacnbr'));
  const [day, serial] = [textOf(body, 'quedat'), textOf(body, 'trsseq')];
  if (account === undefined) return cmbRefusal(CMB_CODES.noSuchAccount, '账号不存在');
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !/^\d{1,20}$/.test(serial) || !/^(PDF|OFD)$/.test(textOf(body, 'primod'))) return cmbRefusal(CMB_CODES.malformed, '查询条件有误');
  const movement = account.movements.find(({ lineNo, at }) => lineNo === serial && chinaDay(at) === day);
  if (movement === undefined) return cmbRefusal(CMB_CODES.noReceipt, '无此交易');
  const receipt = bank.receipts.receiptOf(movement);
  if (receipt === 'late') return cmbRefusal(CMB_CODES.receiptNotReady, '回单尚未生成');
  return ok({ checod: 'A1B2C3D4', istnbr: receipt.receiptNo, fildat: Buffer.from(receipt.bytes).toString('base64') });
}

/** The rows of an answer as the bank in suspense about them. */
export function inSuspense({ body, ...answer }: CmbAnswer): CmbAnswer {
  return { ...answer, body: Object.fromEntries(Object.entries(body).map(([name, rows]) => [name, Array.isArray(rows) ? rows.map((row) => ({ ...asFields(row), reqSts: 'FIN', rtnFlg: 'U' })) : rows])) };
}

function ok(body: Fields): CmbAnswer {
  return { code: CMB_CODES.ok, body };
}

function onlyRow(body: Fields, name: string): Fields | undefined {
  const rows = body[name];
  return Array.isArray(rows) && rows.length === 1 ? asFields(rows[0]) : undefined;
}

function textOf(row: Fields | undefined, name: string): string {
  const value = row?.[name];
  return typeof value === 'string' ? value : '';
}

function dayOf(date: string): string {
  return `${date.slice(0, 4)}-${date.slice(4, 6)}-${date.slice(6)}`;
}
