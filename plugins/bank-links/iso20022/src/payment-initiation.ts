import { beijingDay, beijingRfc3339, fen, yuanFromFen, type TransferRequest } from '@hospay/plugin-sdk';

import { writeDocument, type IsoNode } from './iso-document.js';
import type { IsoSettings } from './settings.js';

const LONGEST_NAME = 140;

export type PaymentFile = { readonly kind: 'file'; readonly text: string } | { readonly kind: 'unsayable'; readonly code: string; readonly message: string };

/** pain.001.001.09 with one transfer. The instruction number is message, batch, instruction and end-to-end number: one number for ever, also at the payee's bank. */
export function paymentFile({ instructionNo, fromAccountNo, payee, amountFen, purpose }: TransferRequest, { debtorName, debtorBankNo }: Pick<IsoSettings, 'debtorName' | 'debtorBankNo'>, now: Date): PaymentFile {
  const { accountNo, accountName, bankName, bankNo } = payee;
  if (bankNo === undefined && bankName === undefined) return { kind: 'unsayable', code: 'LINK_BANK_MISSING', message: 'the bank wants the payee’s bank: its number (联行号) or its name' };
  if (accountName.length > LONGEST_NAME) return { kind: 'unsayable', code: 'LINK_NAME_TOO_LONG', message: 'the payee’s name is longer than the message takes' };
  const sum = { NbOfTxs: '1', CtrlSum: yuanFromFen(fen(amountFen)) };
  const text = writeDocument('pain.001.001.09', {
    CstmrCdtTrfInitn: {
      GrpHdr: { MsgId: instructionNo, CreDtTm: beijingRfc3339(now), ...sum, InitgPty: { Nm: debtorName } },
      PmtInf: {
        PmtInfId: instructionNo, PmtMtd: 'TRF', BtchBookg: 'false', ...sum, ReqdExctnDt: { Dt: beijingDay(now) }, Dbtr: { Nm: debtorName }, DbtrAcct: account(fromAccountNo), DbtrAgt: agent(debtorBankNo, undefined),
        CdtTrfTxInf: {
          PmtId: { InstrId: instructionNo, EndToEndId: instructionNo }, Amt: { InstdAmt: { '@Ccy': 'CNY', '#text': yuanFromFen(fen(amountFen)) } },
          CdtrAgt: agent(bankNo, bankName), Cdtr: { Nm: accountName }, CdtrAcct: account(accountNo), RmtInf: { Ustrd: purpose },
        },
      },
    },
  });
  return text === undefined ? { kind: 'unsayable', code: 'LINK_NOT_IN_XML', message: 'the payee or the purpose has a character the message cannot carry' } : { kind: 'file', text };
}

function account(accountNo: string): IsoNode {
  return { Id: { Othr: { Id: accountNo } } };
}

function agent(bankNo: string | undefined, name: string | undefined): IsoNode {
  return { FinInstnId: { ...(bankNo === undefined ? {} : { ClrSysMmbId: { ClrSysId: { Cd: 'CNAPS' }, MmbId: bankNo } }), ...(name === undefined ? {} : { Nm: name }) } };
}
