import { beijingDay, type BankReceiptOutcome, type BankReceiptRequest } from '@hospay/plugin-sdk';
import { awaitReceipt, type BankReceipt, type KeptDocument } from '../domain/bank-receipt.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { Payout } from '../domain/payout.js';
import { redactText } from '../domain/sensitive.js';
import type { ReceiptPorts } from './ports.js';
import { accountOf } from './propose-payout.js';

/** One question for one receipt. The document is on the disk before its row says so; what the bank does not give now is asked for again, later each time. It changes nothing of the payout. */
export async function fetchReceipt(ports: ReceiptPorts, payoutNo: string): Promise<Outcome<BankReceipt>> {
  const payout = await ports.payouts.find(payoutNo);
  if (payout === undefined) return refused('NO_SUCH_ITEM', payoutNo);
  const { paidAt } = payout;
  if (paidAt === undefined) return refused('CONFLICT', 'it was not paid');
  const known = await ports.receipts.find(payoutNo);
  if (known?.state === 'kept') return ok(known);
  const account = accountOf(ports, payout.fromAccount);
  const link = account === undefined ? undefined : ports.links.ofAccount(account.accountNo);
  if (account === undefined || link === undefined) return refused('BANK_LINK_UNAVAILABLE', payout.fromAccount);
  if (link.receipt === undefined) return refused('NO_SUCH_ITEM', 'this bank link fetches no receipts');
  const told = await link.receipt(questionOf(payout, { accountNo: account.accountNo, paidAt, line: await ports.receipts.lineOf(payoutNo) }));
  const document = told.kind === 'receipt' ? await keep(ports, told) : undefined;
  const now = ports.clock.now();
  return ok(await ports.receipts.record({
    payoutNo, account: payout.fromAccount,
    decide(before, { isOthers }) {
      const tries = (before?.tries ?? 0) + 1;
      const none = { payoutNo, tries, document: undefined, keptAt: undefined, dueAt: undefined };
      // A link that looked for the amount instead of the number would give one receipt to two.
      const isStrange = document !== undefined && isOthers(document);
      if (document !== undefined && !isStrange) return { ...none, state: 'kept', document, keptAt: now.toISOString(), news: undefined };
      const news = isStrange ? `the bank gave ${document.receiptNo}, which is the receipt of another payout` : 'reason' in told ? redactText(told.reason) : undefined;
      return told.kind === 'none' ? { ...none, state: 'none', news } : { ...none, ...awaitReceipt({ tries, paidAt, now }), news };
    },
  }));
}

async function keep({ files }: ReceiptPorts, { receiptNo, mediaType, bytes }: Extract<BankReceiptOutcome, { kind: 'receipt' }>): Promise<KeptDocument> {
  return { receiptNo, mediaType, bytes: bytes.byteLength, sha256: await files.keep(bytes) };
}

/** By the line of its statement once that is read; before, by our number between the day it was sent and the day it was known to be paid. */
function questionOf({ payoutNo, amountFen, submittedAt, proposedAt }: Payout, { accountNo, paidAt, line }: { readonly accountNo: string; readonly paidAt: string; readonly line: { readonly bankLineNo: string; readonly day: string } | undefined }): BankReceiptRequest {
  const days = line === undefined ? { firstDay: beijingDay(submittedAt ?? proposedAt), lastDay: beijingDay(paidAt) } : { firstDay: line.day, lastDay: line.day, bankLineNo: line.bankLineNo };
  return { accountNo, direction: 'out', amountFen, instructionNo: payoutNo, ...days };
}
