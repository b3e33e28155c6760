import { fen, yuanFromFen, type Payee, type TransferRequest } from '@hospay/plugin-sdk';

import { OWN_BANK_NAMES, SMALL_VALUE_UP_TO_FEN, type CiticSettings } from './settings.js';
import { gbkLength, type Fields } from './stream-message.js';

/** CNAPS numbers of the bank itself begin so. */
const OWN_BANK_NO = /^302/;
/** Bytes of GBK the bank's fields hold (manual V5.0, DLOUTTRN). */
const LONGEST = { recAccountNo: 32, recAccountName: 122, abstract: 102 } as const;
const PAY_TYPE = { internal: '01', largeValue: '02', smallValue: '03' } as const;

export type PaymentContent = { readonly kind: 'fields'; readonly fields: Fields } | { readonly kind: 'unsayable'; readonly code: string; readonly message: string };

/** An instruction as DLOUTTRN wants it (对外支付). What does not fit is said before anything is sent; only the purpose is shortened. */
export function paymentContent({ instructionNo, fromAccountNo, payee, amountFen, purpose }: TransferRequest, settings: Pick<CiticSettings, 'smallValueUpToFen' | 'ownBankNames'>): PaymentContent {
  const { accountNo, accountName, bankName, bankNo } = payee;
  if (accountNo.length > LONGEST.recAccountNo) return unsayable('LINK_ACCOUNT_TOO_LONG', 'the payee’s account number is longer than the bank takes');
  if (gbkLength(accountName) > LONGEST.recAccountName) return unsayable('LINK_NAME_TOO_LONG', 'the payee’s name is longer than the bank takes');
  if (bankName === undefined && bankNo === undefined) return unsayable('LINK_BANK_MISSING', 'the bank wants the payee’s bank: its name or its number (联行号)');
  const isOwn = isOwnBank(payee, settings.ownBankNames ?? OWN_BANK_NAMES);
  return {
    kind: 'fields',
    fields: {
      clientID: instructionNo, preFlg: '0', preDate: '', preTime: '', payType: payType(isOwn, amountFen, settings.smallValueUpToFen ?? SMALL_VALUE_UP_TO_FEN), payAccountNo: fromAccountNo,
      recAccountNo: accountNo, recAccountName: accountName, recOpenBankName: bankName ?? '', recOpenBankCode: bankNo ?? '', citicbankFlag: isOwn ? '0' : '1', cityFlag: '',
      tranAmount: yuanFromFen(fen(amountFen)), abstract: markedAbstract(purpose, instructionNo), memo: '',
    },
  };
}

/** Our number stands in the 摘要: the statement tells no client number, and the payee's bank can be asked by it. */
function markedAbstract(purpose: string, instructionNo: string): string {
  const mark = `#${instructionNo}`;
  let text = '';
  for (const character of purpose) {
    if (gbkLength(text + character + mark) > LONGEST.abstract) break;
    text += character;
  }
  return text + mark;
}

/** The instruction number a 摘要 was marked with, also where the bank has put words of its own before it. */
export function markOf(abstract: string): string | undefined {
  return /#([0-9A-Z]{8,20})$/.exec(abstract.trim())?.[1];
}

function payType(isOwn: boolean, amountFen: number, smallValueUpToFen: number): string {
  if (isOwn) return PAY_TYPE.internal;
  return amountFen <= smallValueUpToFen ? PAY_TYPE.smallValue : PAY_TYPE.largeValue;
}

/** The number decides where it is there: a name only says what somebody wrote. */
function isOwnBank({ bankNo, bankName }: Payee, names: readonly string[]): boolean {
  return bankNo === undefined ? names.some((name) => bankName?.includes(name) === true) : OWN_BANK_NO.test(bankNo);
}

function unsayable(code: string, message: string): PaymentContent {
  return { kind: 'unsayable', code, message };
}
