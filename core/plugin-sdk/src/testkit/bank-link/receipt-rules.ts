import { isBankReceiptMedia, type BankReceiptOutcome, type TransferRequest } from '../../bank-link.js';
import { daysBefore } from '../../beijing-time.js';
import { must } from '../channel/channel-bench.js';
import { BankLinkBench, SHORT_TIMEOUT_MS } from './bank-link-bench.js';
import type { BankLinkRule } from './bank-link-subject.js';

/** Rules of the facet that fetches receipts (电子回单); a link without it names them as not applicable. */
export const RECEIPT_RULES: readonly BankLinkRule[] = [
  {
    id: 'receipt.ofTransfer',
    title: 'the receipt of a paid transfer is its own, on the day it is paid, and the same when it is fetched again',
    needs: ['control.receiptNoOf'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      // Of one amount on one day: only the number tells them apart.
      const requests = [await bench.paidTransfer(8_800), await bench.paidTransfer(8_800)];
      for (const request of [...requests, ...requests]) await isOwn(bench, request, await bench.receipt(request));
    },
  },
  {
    id: 'receipt.ofLine',
    title: 'the receipt of a line of the statement is that of its movement',
    needs: ['control.receiptNoOf'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const requests = [await bench.paidTransfer(8_800), await bench.paidTransfer(8_800)];
      await bench.far.passDays(1);
      const day = daysBefore(bench.today());
      const statement = await bench.statement(day);
      must(statement.kind === 'statement', 'the day is over and has a statement', { kind: statement.kind });
      for (const request of requests) {
        const line = statement.kind === 'statement' ? statement.lines.find(({ instructionNo }) => instructionNo === request.instructionNo) : undefined;
        must(line !== undefined, 'the statement names our transfer');
        if (line !== undefined) await isOwn(bench, request, await bench.receipt(request, { line: { bankLineNo: line.bankLineNo, day } }));
      }
    },
  },
  {
    id: 'receipt.ofArrival',
    title: 'what somebody paid in has a receipt of its own, by its line of the statement',
    needs: ['control.receiptNoOfLine'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      await bench.paidTransfer(7_700);
      await bench.far.payIn(7_700);
      await bench.far.payIn(7_700);
      await bench.far.passDays(1);
      const day = daysBefore(bench.today());
      const statement = await bench.statement(day);
      const arrived = statement.kind === 'statement' ? statement.lines.filter(({ direction }) => direction === 'in') : [];
      must(arrived.length === 2, 'what was paid in stands in the statement', { kind: statement.kind });
      for (const { bankLineNo, amountFen } of arrived) {
        const outcome = await bench.receiptOf({ accountNo: bench.far.accountNo, direction: 'in', amountFen, firstDay: day, lastDay: day, bankLineNo });
        const receiptNo = await bench.far.receiptNoOfLine(bankLineNo);
        must(outcome.kind === 'receipt' && outcome.receiptNo === receiptNo && Buffer.from(outcome.bytes).includes(receiptNo), `the receipt of ${bankLineNo} is ${receiptNo}`, shown(outcome));
      }
    },
  },
  {
    id: 'receipt.notMoved',
    title: 'of a transfer that has not moved there is no receipt, and it may still come',
    needs: ['control.receiptNoOf', 'control.holdProcessing'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const paid = await bench.paidTransfer(8_800);
      await bench.far.holdProcessing();
      const outcome = await bench.receipt(await bench.takenTransfer(8_800));
      must(outcome.kind === 'notReady' || outcome.kind === 'unknown', 'nothing moved: no receipt, and not `none` for ever', shown(outcome));
      await isOwn(bench, paid, await bench.receipt(paid));
    },
  },
  {
    id: 'receipt.late',
    title: 'a receipt the bank has not made yet is not ready, and is fetched later',
    needs: ['control.receiptNoOf', 'control.spoilReceipt'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(8_800);
      await bench.far.spoilReceipt('late');
      const outcome = await bench.receipt(request);
      must(outcome.kind === 'notReady', 'the bank makes it later: `notReady`', shown(outcome));
      await bench.far.spoilReceipt('truth');
      await isOwn(bench, request, await bench.receipt(request));
    },
  },
  {
    id: 'receipt.garbled',
    title: 'what is no document under the name of a receipt is no receipt',
    needs: ['control.receiptNoOf', 'control.spoilReceipt'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(8_800);
      await bench.far.spoilReceipt('garbled');
      const outcome = await bench.receipt(request);
      must(outcome.kind === 'unknown', 'what is no document is `unknown`', shown(outcome));
    },
  },
  {
    id: 'receipt.noAnswer',
    title: 'a receipt without an answer that may be believed is unknown, never none',
    needs: ['control.receiptNoOf', 'control.failNext', 'control.faults'],
    run: async (subject) => {
      const bench = new BankLinkBench(subject);
      const request = await bench.paidTransfer(8_800);
      for (const fault of bench.far.faults) {
        await bench.far.failNext('receipt', fault);
        const outcome = await bench.receipt(request, { timeoutMs: SHORT_TIMEOUT_MS });
        must(outcome.kind === 'unknown', `${fault}: nothing is known`, shown(outcome));
      }
      await isOwn(bench, request, await bench.receipt(request));
    },
  },
];

async function isOwn(bench: BankLinkBench, { instructionNo }: TransferRequest, outcome: BankReceiptOutcome): Promise<void> {
  const receiptNo = await bench.far.receiptNoOf(instructionNo);
  must(outcome.kind === 'receipt' && outcome.receiptNo === receiptNo, `the receipt of ${instructionNo} is ${receiptNo}`, shown(outcome));
  if (outcome.kind !== 'receipt') return;
  must(isBankReceiptMedia(outcome.bytes, outcome.mediaType), `its bytes are ${outcome.mediaType}`);
  must(Buffer.from(outcome.bytes).includes(receiptNo), 'its bytes are those of this receipt');
}

function shown(outcome: BankReceiptOutcome): unknown {
  return outcome.kind === 'receipt' ? { kind: outcome.kind, receiptNo: outcome.receiptNo, mediaType: outcome.mediaType } : outcome;
}
