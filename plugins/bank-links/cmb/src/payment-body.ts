import { fen, yuanFromFen, type TransferRequest } from '@hospay/plugin-sdk';

import { OWN_BANK_NAMES, SETTLEMENT_CHANNEL, type CmbSettings } from './settings.js';

/** Payment of an enterprise (支付). */
export const BUSINESS = 'N02030';
/** First digits of the bank's own CNAPS numbers. */
const OWN_BANK_NO = '308';
const CNY = '10';

export type PaymentBody = { readonly kind: 'body'; readonly body: object } | { readonly kind: 'unsayable'; readonly code: string; readonly message: string };

/** BB1PAYOP. The instruction number is the reference (yurRef), unique for ever. */
export function paymentBody({ instructionNo, fromAccountNo, payee: { accountNo, accountName, bankName, bankNo }, amountFen, purpose }: TransferRequest, settings: Pick<CmbSettings, 'businessMode' | 'settlementChannel' | 'ownBankNames'>): PaymentBody {
  const { businessMode, settlementChannel = SETTLEMENT_CHANNEL, ownBankNames = OWN_BANK_NAMES } = settings;
  if (bankNo === undefined && bankName === undefined) return { kind: 'unsayable', code: 'LINK_BANK_MISSING', message: 'the bank wants the payee’s bank: its number (联行号) or its name' };
  const isOwn = bankNo === undefined ? ownBankNames.some((name) => bankName?.includes(name) === true) : bankNo.startsWith(OWN_BANK_NO);
  return {
    kind: 'body',
    body: {
      bb1paybmx1: [{ busMod: businessMode, busCod: BUSINESS }],
      bb1payopx1: [
        {
          dbtAcc: fromAccountNo, crtAcc: accountNo, crtNam: accountName, crtBnk: bankName ?? '', brdNbr: bankNo ?? '', ccyNbr: CNY, trsAmt: yuanFromFen(fen(amountFen)), bnkFlg: isOwn ? 'Y' : 'N', stlChn: settlementChannel,
          nusAge: purpose, yurRef: instructionNo,
        },
      ],
    },
  };
}
