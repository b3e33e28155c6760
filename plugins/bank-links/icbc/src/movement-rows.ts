import { beijingDay, instantOfBeijing, type BankStatementLine } from '@hospay/plugin-sdk';

import type { Fields } from './cms-message.js';

/** A row of QHISD or QPD, read. `signedFen`: what it did to the balance; `balanceFen` only of closed days. */
export type MovementRow = { readonly line: BankStatementLine; readonly day: string; readonly signedFen: number; readonly balanceFen: number | undefined };

/** 借 out of the account, 贷 into it. */
const DEBIT = '1';
const CREDIT = '2';

/** Undefined when a field that must be there is not, or says nothing. */
export function readRow(row: Fields, returnWords: readonly string[]): MovementRow | undefined {
  const { Drcrf: side, Summary: summary = '', UseCN: use = '', PostScript: postScript = '', RefundMsg: refund = '', UpDtranf: reversal = '', Ref: reference = '', Oref: related = '', RecipName: name = '', RecipAccNo: accountNo = '' } = row;
  const [amountFen, stamp, serial] = [amountIn(row, side), row['Time'] ?? row['TimeStamp'] ?? '', row['OnlySequence'] ?? row['SequenceNo'] ?? ''];
  const at = instantIn(stamp, row['Date']);
  if (amountFen === undefined || amountFen === 0 || at === undefined || (side !== DEBIT && side !== CREDIT)) return undefined;
  const isIn = side === CREDIT;
  const number = [reference, related].find((text) => /^[0-9A-Z]{8,20}$/.test(text));
  const isBack = refund !== '' || !['', '0'].includes(reversal) || [summary, use, postScript].some((text) => returnWords.some((word) => text.includes(word)));
  // Under a number of ours only what comes in is a return: what went out is the payment, whatever marks it later bears.
  const isReturn = isIn ? isBack && number !== undefined : number === undefined && !['', '0'].includes(reversal);
  // Who pays in has references of his own: one is ours only where we paid.
  const isOurs = number !== undefined && (!isIn || isReturn);
  const balanceFen = fenOf(row['Balance']);
  return {
    day: beijingDay(at), signedFen: isIn ? amountFen : -amountFen, balanceFen,
    line: {
      bankLineNo: [stamp.replaceAll(/\D/g, ''), serial].filter((part) => part !== '').join('-').slice(0, 64), direction: isIn ? 'in' : 'out', amountFen, at, summary: [summary, use, refund].filter((text) => text !== '').join(' ').slice(0, 500), isReturn,
      ...(balanceFen === undefined ? {} : { balanceFen }), ...(name === '' ? {} : { counterpartyName: name.slice(0, 200) }), ...(/^[0-9A-Za-z-]{4,34}$/.test(accountNo) ? { counterpartyAccountNo: accountNo } : {}), ...(isOurs ? { instructionNo: number } : {}),
    },
  };
}

/** A whole number of fen, as this bank writes every amount; yuan with decimals are not taken for fen. */
export function fenOf(text: string | undefined): number | undefined {
  return text !== undefined && /^-?\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** QPD tells `Amount`, QHISD one amount for each side, the other empty or 0. No sign: a negative amount is nothing these documents know. */
function amountIn(row: Fields, side: string | undefined): number | undefined {
  const [own, other] = row['Amount'] === undefined ? (side === DEBIT ? [row['DebitAmount'], row['CreditAmount']] : [row['CreditAmount'], row['DebitAmount']]) : [row['Amount'], undefined];
  const amountFen = fenOf(own);
  return amountFen === undefined || amountFen < 0 || !['', '0', undefined].includes(other) ? undefined : amountFen;
}

/** The bank's time stamp `yyyy-MM-dd-HH.mm.ss.SSSSSS`. `date`: the day it is booked on, which decides; a stamp of another day then says nothing of the hour. */
function instantIn(stamp: string, date: string | undefined): string | undefined {
  const [, day = '', hour = '', minute = '', second = ''] = /^(\d{4}-\d{2}-\d{2})-(\d{2})\.(\d{2})\.(\d{2})(?:\.\d{1,6})?$/.exec(stamp) ?? [];
  if (day === '') return undefined;
  const booked = date === undefined ? day : /^(\d{4})-?(\d{2})-?(\d{2})$/.exec(date)?.slice(1).join('-');
  return booked === undefined ? undefined : instantOfBeijing(booked === day ? `${day} ${hour}:${minute}:${second}` : `${booked} 00:00:00`);
}
