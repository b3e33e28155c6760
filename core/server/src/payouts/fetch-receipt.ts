import { beijingDay, type BankReceiptOutcome, type BankReceiptRequest } from '@hospay/plugin-sdk';
import { awaitReceipt, lineOfSubject, type BankReceipt, type KeptDocument, type LineName } from '../domain/bank-receipt.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { own } from '../domain/own-words.js';
import { redactText } from '../domain/sensitive.js';
import type { ReceiptPorts } from './ports.js';
import { accountOf } from './propose-payout.js';

/** What is asked of the bank about one movement, but for the account's number. */
type Question = { readonly account: string; readonly movedAt: string; readonly asked: Omit<BankReceiptRequest, 'accountNo'> };

/** One question for one receipt. The document is on the disk before its row says so; what the bank does not give now is asked for again, later each time. It changes nothing of payout or line. */
export async function fetchReceipt(ports: ReceiptPorts, subject: string): Promise<Outcome<BankReceipt>> {
  const line = lineOfSubject(subject);
  const question = line === undefined ? await aboutPayout(ports, subject) : await aboutLine(ports, line);
  if (question.kind === 'refused') return question;
  const { account, movedAt, asked } = question.value;
  const known = await ports.receipts.find(subject);
  if (known?.state === 'kept') return ok(known);
  const accountNo = accountOf(ports, account)?.accountNo;
  const link = accountNo === undefined ? undefined : ports.links.ofAccount(accountNo);
  if (accountNo === undefined || link === undefined) return refused('BANK_LINK_UNAVAILABLE', account);
  if (link.receipt === undefined) return refused('NO_SUCH_ITEM', { zh: '该银企直联不支持取电子回单', en: 'this bank link fetches no receipts' });
  const told = await link.receipt({ accountNo, ...asked });
  const document = told.kind === 'receipt' ? await keep(ports, told) : undefined;
  const now = ports.clock.now();
  return ok(await ports.receipts.record({
    subject, account,
    decide(before, { isOthers }) {
      const tries = (before?.tries ?? 0) + 1;
      const none = { subject, tries, document: undefined, keptAt: undefined, dueAt: undefined };
      // A link that looked for the amount instead of the number would give one receipt to two.
      const isStrange = document !== undefined && isOthers(document);
      if (document !== undefined && !isStrange) return { ...none, state: 'kept', document, keptAt: now.toISOString(), news: undefined };
      const news = isStrange ? own('otherReceipt', document.receiptNo) : 'reason' in told ? redactText(told.reason) : undefined;
      return told.kind === 'none' ? { ...none, state: 'none', news } : { ...none, ...awaitReceipt({ tries, movedAt, now }), news };
    },
  }));
}

async function keep({ files }: ReceiptPorts, { receiptNo, mediaType, bytes }: Extract<BankReceiptOutcome, { kind: 'receipt' }>): Promise<KeptDocument> {
  return { receiptNo, mediaType, bytes: bytes.byteLength, sha256: await files.keep(bytes) };
}

/** By the line of its statement once that is read; before, by our number between the day it was sent and the day it was known to be paid. */
async function aboutPayout({ payouts, receipts }: ReceiptPorts, payoutNo: string): Promise<Outcome<Question>> {
  const payout = await payouts.find(payoutNo);
  if (payout === undefined) return refused('NO_SUCH_ITEM', payoutNo);
  const { amountFen, submittedAt, proposedAt, paidAt, fromAccount } = payout;
  if (paidAt === undefined) return refused('CONFLICT', { zh: '该付款尚未付出，没有电子回单', en: 'it was not paid' });
  const line = await receipts.lineOf(payoutNo);
  const days = line === undefined ? { firstDay: beijingDay(submittedAt ?? proposedAt), lastDay: beijingDay(paidAt) } : { firstDay: line.day, lastDay: line.day, bankLineNo: line.bankLineNo };
  return ok({ account: fromAccount, movedAt: paidAt, asked: { direction: 'out', amountFen, instructionNo: payoutNo, ...days } });
}

/** What somebody paid in; what went out is its payout's. */
async function aboutLine({ receipts }: ReceiptPorts, name: LineName): Promise<Outcome<Question>> {
  const line = await receipts.arrivedLine(name);
  if (line === undefined) return refused('NO_SUCH_ITEM', name.bankLineNo);
  return ok({ account: name.account, movedAt: line.at, asked: { direction: 'in', amountFen: line.amountFen, firstDay: line.day, lastDay: line.day, bankLineNo: name.bankLineNo } });
}
