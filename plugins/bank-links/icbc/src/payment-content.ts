import type { Payee, TransferRequest } from '@hospay/plugin-sdk';

import { cutToBytes, gbkLength, type CmsContent } from './cms-message.js';
import { stampOf } from './net-safe-client.js';
import { OWN_BANK_NAMES, PAY_TYPE, type IcbcSettings } from './settings.js';

/** CNAPS numbers of the bank itself begin so. */
const OWN_BANK_NO = /^102/;
/** Bytes of GBK the bank's fields hold (PAYENT). */
const LONGEST = { accountNo: 34, accountName: 100, bankName: 60, use: 20, postScript: 100 } as const;

export type PaymentContent = { readonly kind: 'content'; readonly content: CmsContent } | { readonly kind: 'unsayable'; readonly code: string; readonly message: string };

/** A package of one instruction as PAYENT wants it, amounts in fen. What does not fit is said before anything is sent; only the purpose is shortened. */
export function paymentContent({ instructionNo, fromAccountNo, payee, amountFen, purpose }: TransferRequest, settings: Pick<IcbcSettings, 'accountName' | 'payType' | 'ownBankNames'>, at: Date): PaymentContent {
  const { accountNo, accountName, bankName = '', bankNo = '', isPersonal } = payee;
  if (accountNo.length > LONGEST.accountNo) return unsayable('LINK_ACCOUNT_TOO_LONG', 'the payee’s account number is longer than the bank takes');
  if (gbkLength(accountName) > LONGEST.accountName) return unsayable('LINK_NAME_TOO_LONG', 'the payee’s name is longer than the bank takes');
  if (gbkLength(bankName) > LONGEST.bankName) return unsayable('LINK_BANK_NAME_TOO_LONG', 'the name of the payee’s bank is longer than the bank takes');
  if (bankName === '' && bankNo === '') return unsayable('LINK_BANK_MISSING', 'the bank wants the payee’s bank: its name or its number (联行号)');
  const amount = String(amountFen);
  return {
    kind: 'content',
    content: {
      fields: { OnlBatF: '1', SettleMode: '0', TotalNum: '1', TotalAmt: amount, SignTime: stampOf(at), ReqReserved1: '', ReqReserved2: '' },
      rows: [
        {
          iSeqno: ONLY_ROW, ReimburseNo: '', ReimburseNum: '', StartDate: '', StartTime: '', PayType: settings.payType ?? PAY_TYPE, PayAccNo: fromAccountNo, PayAccNameCN: settings.accountName, PayAccNameEN: '',
          RecAccNo: accountNo, RecAccNameCN: accountName, RecAccNameEN: '', SysIOFlg: isOwnBank(payee, settings.ownBankNames ?? OWN_BANK_NAMES) ? '1' : '2', IsSameCity: '', Prop: isPersonal ? '1' : '0',
          RecICBCCode: '', RecCityName: '', RecBankNo: bankNo, RecBankName: bankName, CurrType: '001', PayAmt: amount, UseCode: '', UseCN: cutToBytes(purpose, LONGEST.use), EnSummary: '', PostScript: cutToBytes(purpose, LONGEST.postScript), Summary: '',
          // 业务编号: the statement tells it again, so that a movement is known as ours.
          Ref: instructionNo, Oref: '', ERPSqn: instructionNo, BusCode: '', ERPcheckno: '', CrvouhType: '', CrvouhName: '', CrvouhNo: '', ReqReserved3: '', ReqReserved4: '',
        },
      ],
    },
  };
}

/** One package carries one instruction: together the numbers name it for ever. */
export const ONLY_ROW = '1';

/** The number decides where it is there: a name only says what somebody wrote. */
function isOwnBank({ bankNo, bankName }: Payee, names: readonly string[]): boolean {
  return bankNo === undefined ? names.some((name) => bankName?.includes(name) === true) : OWN_BANK_NO.test(bankNo);
}

function unsayable(code: string, message: string): PaymentContent {
  return { kind: 'unsayable', code, message };
}
