import {
  BankReceiptOutcomeSchema, BankStatementOutcomeSchema, isBankReceiptMedia, LARGEST_BANK_RECEIPT_BYTES, LARGEST_BANK_STATEMENT_BYTES, LONGEST_BANK_STATEMENT_MS, TransferNewsSchema, TransferOutcomeSchema,
  type BankLink, type BankReceiptOutcome, type BankReceiptRequest, type BankStatementOutcome, type BankStatementRequest,
} from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { BankLinkGuest } from '../domain/guests.js';
import { own } from '../domain/own-words.js';
import { asUnknown } from './as-unknown.js';
import type { Boundary } from './boundary.js';

const checkStatement = Compile(BankStatementOutcomeSchema);
const checkReceipt = Compile(BankReceiptOutcomeSchema);
const ANSWERS = {
  pay: Compile(TransferOutcomeSchema),
  query: Compile(TransferNewsSchema),
  statement: { Check: (value: unknown): value is BankStatementOutcome => checkStatement.Check(value) && (!('bytes' in value) || isFile(value.bytes)) },
  receipt: { Check: (value: unknown): value is BankReceiptOutcome => checkReceipt.Check(value) && (value.kind !== 'receipt' || isReceipt(value)) },
};

export type ActiveBankLink = { readonly link: BankLink; readonly accountNos: readonly string[]; readonly boundary: Boundary };

/**
 * A bank link as use cases see it: every call through the boundary, and none for an account that is not the link's. What it tells of a day is held against itself before anybody compares it with the ledger. Never throws.
 */
export function bankLinkGuest(id: string, current: () => ActiveBankLink): BankLinkGuest {
  return {
    id,
    get accountNos() {
      return current().accountNos;
    },
    async pay(request) {
      const { link, accountNos, boundary } = current();
      if (!accountNos.includes(request.fromAccountNo)) return { kind: 'notSent', reason: own('notItsAccount', id) };
      return boundary.call({ operation: 'pay', request, answer: ANSWERS.pay, hand: (copy, context) => link.pay(copy, context) });
    },
    async query(request) {
      const { link, accountNos, boundary } = current();
      if (!accountNos.includes(request.fromAccountNo)) return { kind: 'unknown', reason: own('notItsAccount', id) };
      return asUnknown(await boundary.call({ operation: 'query', request, answer: ANSWERS.query, hand: (copy, context) => link.query(copy, context) }));
    },
    async statement(request) {
      const { link, accountNos, boundary } = current();
      if (!accountNos.includes(request.accountNo)) return { kind: 'unknown', reason: own('notItsAccount', id) };
      const answer = asUnknown(await boundary.call({ operation: 'statement', request, answer: ANSWERS.statement, limitMs: LONGEST_BANK_STATEMENT_MS, hand: (copy, context) => link.statement(copy, context) }));
      const problem = answer.kind === 'statement' ? whyUnusable(answer, request) : undefined;
      return answer.kind === 'statement' && problem !== undefined ? { kind: 'unusable', reason: problem, fileName: answer.fileName, bytes: answer.bytes } : answer;
    },
    get receipt() {
      const { link, accountNos, boundary } = current();
      const fetch = link.receipt?.bind(link);
      if (fetch === undefined) return undefined;
      return async (request: BankReceiptRequest): Promise<BankReceiptOutcome> => {
        if (!accountNos.includes(request.accountNo)) return { kind: 'unknown', reason: own('notItsAccount', id) };
        return asUnknown(await boundary.call({ operation: 'receipt', request, answer: ANSWERS.receipt, hand: (copy, context) => fetch(copy, context) }));
      };
    },
  };
}

/** What it is called it is: it will be handed to people under that type. */
function isReceipt({ bytes, mediaType }: Extract<BankReceiptOutcome, { kind: 'receipt' }>): boolean {
  return bytes instanceof Uint8Array && bytes.byteLength <= LARGEST_BANK_RECEIPT_BYTES && isBankReceiptMedia(bytes, mediaType);
}

function isFile(bytes: unknown): boolean {
  return bytes instanceof Uint8Array && bytes.byteLength <= LARGEST_BANK_STATEMENT_BYTES;
}

/** A statement that does not add up would turn every line after the mistake into a difference. */
function whyUnusable({ accountNo, day, openingFen, closingFen, lines }: Extract<BankStatementOutcome, { kind: 'statement' }>, asked: BankStatementRequest): string | undefined {
  if (accountNo !== asked.accountNo || day !== asked.day) return 'the statement is of another account or day';
  if (new Set(lines.map(({ bankLineNo }) => bankLineNo)).size < lines.length) return 'the statement has a movement twice';
  const movedFen = lines.reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), 0);
  return openingFen + movedFen === closingFen ? undefined : 'the statement does not add up: opening + in - out is not closing';
}
