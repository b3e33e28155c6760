import type { BankCallContext, BankLink, PluginContext, TransferNews, TransferOutcome, TransferReference, TransferRequest } from '@hospay/plugin-sdk';

import { readEntries } from './account-entries.js';
import { createBankWire } from './bank-wire.js';
import { createDayStatement } from './day-statement.js';
import { nodesAt, readDocument, textAt } from './iso-document.js';
import { paymentFile } from './payment-initiation.js';
import type { IsoSettings } from './settings.js';
import { readStatusReport } from './status-report.js';

/** The hospital's accounts at a bank that takes ISO 20022 files. It keeps nothing between calls: the bank knows every message by its number. */
export function createIsoLink(context: PluginContext<IsoSettings>): BankLink {
  const { settings, now } = context;
  const wire = createBankWire(context);

  const pay = async (request: TransferRequest, call: BankCallContext): Promise<TransferOutcome> => {
    const { instructionNo } = request;
    const file = paymentFile(request, settings, now());
    if (file.kind === 'unsayable') return { kind: 'refused', code: file.code, message: file.message };
    const answer = await wire.post('/payments', file.text, call);
    if (answer.kind !== 'file') return answer.kind === 'absent' ? { kind: 'unknown', reason: `the bank answered ${answer.code}` } : answer;
    const reported = readStatusReport(answer.bytes, instructionNo, settings);
    switch (reported.kind) {
      case 'paid':
        return { ...reported, kind: 'succeeded' };
      case 'taken':
        return { ...reported, kind: 'accepted' };
      case 'refused':
      case 'unknown':
        return reported;
    }
  };

  const query = async (reference: TransferReference, call: BankCallContext): Promise<TransferNews> => {
    const { instructionNo } = reference;
    const answer = await wire.get(`/payments/${instructionNo}`, instructionNo, call);
    if (answer.kind === 'absent') return answer.code === 'NO_SUCH_MESSAGE' ? { kind: 'absent' } : { kind: 'unknown', reason: `the bank answered ${answer.code}` };
    if (answer.kind !== 'file') return { kind: 'unknown', reason: answer.reason };
    const reported = readStatusReport(answer.bytes, instructionNo, settings);
    switch (reported.kind) {
      case 'paid':
        return afterPayment(reference, reported.bankTransferNo, call);
      case 'taken':
        return { kind: 'processing', awaitsBankApproval: reported.awaitsBankApproval };
      case 'refused':
        return { kind: 'failed', code: reported.code, message: reported.message };
      case 'unknown':
        return reported;
    }
  };

  /** Paid, and perhaps back again: the account's entries under our number say so (camt.052). A success whose return could not be asked about is no news, it would hide the return. */
  const afterPayment = async ({ instructionNo, fromAccountNo, amountFen }: TransferReference, bankTransferNo: string | undefined, call: BankCallContext): Promise<TransferNews> => {
    const answer = await wire.get(`/accounts/${fromAccountNo}/entries/${instructionNo}`, instructionNo, call);
    const document = answer.kind === 'file' ? readDocument(answer.bytes, 'BkToCstmrAcctRpt') : undefined;
    const [report, ...others] = nodesAt(document, 'Rpt');
    const entries = report === undefined || others.length > 0 || textAt(report, 'Acct/Id/Othr/Id') !== fromAccountNo ? undefined : readEntries(report);
    if (entries === undefined) return { kind: 'unknown', reason: 'it was paid; whether it came back could not be asked' };
    const ours = entries.map(({ line }) => line).filter((line) => line.instructionNo === instructionNo && line.amountFen === amountFen);
    const returned = ours.find(({ direction, isReturn }) => direction === 'in' && isReturn);
    if (returned !== undefined) return { kind: 'returned', returnedAt: returned.at, message: returned.summary };
    const paidAt = ours.find(({ direction }) => direction === 'out')?.at;
    return { kind: 'succeeded', ...(paidAt === undefined ? {} : { paidAt }), ...(bankTransferNo === undefined ? {} : { bankTransferNo }) };
  };

  return { accountNos: settings.accountNos, pay, query, statement: createDayStatement({ wire, now }) };
}
