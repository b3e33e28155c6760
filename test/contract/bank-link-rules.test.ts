/** Each rule of the bank-link suite catches a link that breaks it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BankLink, BankReceiptOutcome, BankReceiptRequest, BankStatementOutcome, TransferNews, TransferOutcome } from '@hospay/plugin-sdk';
import { BANK_LINK_RULES, runBankLinkConformance, RuleBroken, type BankLinkSubject } from '@hospay/plugin-sdk/testkit';
import type { SimulatedBank } from '../simulators/bank/simulated-bank.js';
import { makePlainSubject, PAYEE } from './bank-link-plain-subject.js';

runBankLinkConformance({ name: 'a link without a wire', makeSubject: () => makePlainSubject() });

const changing = (change: { readonly pay?: (outcome: TransferOutcome) => TransferOutcome; readonly query?: (news: TransferNews) => TransferNews; readonly statement?: (outcome: BankStatementOutcome) => BankStatementOutcome }) => (link: BankLink): BankLink => ({
  ...link,
  pay: async (request, context) => { const outcome = await link.pay(request, context); return change.pay?.(outcome) ?? outcome; },
  query: async (reference, context) => { const news = await link.query(reference, context); return change.query?.(news) ?? news; },
  statement: async (request, context) => { const outcome = await link.statement(request, context); return change.statement?.(outcome) ?? outcome; },
});
const REFUSED = { kind: 'refused', code: 'X', message: 'an error' } as const;
const unknownIsRefused = changing({ pay: (outcome) => (outcome.kind === 'unknown' ? REFUSED : outcome) });
const asBefore = (kind: BankStatementOutcome['kind'], change: (statement: Extract<BankStatementOutcome, { kind: 'statement' }>) => BankStatementOutcome) => changing({ statement: (outcome) => (outcome.kind === 'statement' && kind === 'statement' ? change(outcome) : outcome) });
const emptyDay = (day: string): BankStatementOutcome => ({ kind: 'statement', accountNo: '7111010182600123456', day, openingFen: 0, closingFen: 0, lines: [], fileName: 'f', bytes: new Uint8Array([1]) });
const neverEmpty = (kinds: readonly BankStatementOutcome['kind'][]) => (link: BankLink): BankLink => ({ ...link, statement: async (request, context) => { const outcome = await link.statement(request, context); return kinds.includes(outcome.kind) ? emptyDay(request.day) : outcome; } });

const receiving = (change: (outcome: BankReceiptOutcome, request: BankReceiptRequest) => BankReceiptOutcome) => (link: BankLink): BankLink => ({
  ...link,
  receipt: async (request, context) => change((await link.receipt?.(request, context)) ?? { kind: 'unknown', reason: 'no facet' }, request),
});
/** Finds the movement by its amount, which others have too. */
const firstReceipt = (link: BankLink, bank: SimulatedBank): BankLink => ({
  ...link,
  receipt: async (request) => {
    const movement = bank.books.find(request.accountNo)?.movements.find(({ amountFen, direction }) => amountFen === request.amountFen && direction === request.direction);
    const receipt = movement === undefined ? 'late' : bank.receipts.receiptOf(movement);
    return Promise.resolve(receipt === 'late' ? { kind: 'notReady', reason: 'late' } : { kind: 'receipt', mediaType: 'application/pdf', ...receipt });
  },
});
const asReceipt = (bytes: Uint8Array): BankReceiptOutcome => ({ kind: 'receipt', receiptNo: 'HD1', mediaType: 'application/pdf', bytes });

/** As if the account had been charged twice under one number: the worst a link can do. */
const repeating = (link: BankLink, bank: SimulatedBank): BankLink => ({
  ...link,
  async pay(request, context) {
    const outcome = await link.pay(request, context);
    if (bank.transfers.find(request.instructionNo)?.movement !== undefined) bank.transfers.paidUnder = () => 2;
    return outcome;
  },
});

const BAD_LINKS: Readonly<Record<string, (link: BankLink, bank: SimulatedBank) => BankLink>> = {
  'contract.shape': (link) => ({ ...link, accountNos: [...link.accountNos, ...link.accountNos] }),
  'pay.paid': repeating,
  'pay.sameNumberOnce': unknownIsRefused,
  'pay.otherAmountUnderNumber': unknownIsRefused,
  'pay.timeoutBefore': unknownIsRefused,
  'pay.timeoutAfterExecution': unknownIsRefused,
  'pay.brokenConnectionAfterExecution': unknownIsRefused,
  'pay.serverErrorAfterExecution': unknownIsRefused,
  'pay.unlistedErrorAfterExecution': unknownIsRefused,
  'pay.saysUnknownAfterExecution': unknownIsRefused,
  'pay.garbage': changing({ pay: (outcome) => (outcome.kind === 'unknown' ? { kind: 'accepted', awaitsBankApproval: false } : outcome) }),
  'pay.refused': changing({ pay: (outcome) => (outcome.kind === 'refused' ? { kind: 'unknown', reason: 'x' } : outcome) }),
  'pay.unreachable': changing({ pay: (outcome) => (outcome.kind === 'notSent' ? { kind: 'unknown', reason: 'x' } : outcome) }),
  'deadline.passedBefore': (link) => ({ ...link, pay: (request, context) => link.pay(request, { ...context, signal: new AbortController().signal }) }),
  'query.absent': changing({ query: (news) => (news.kind === 'absent' ? { kind: 'failed', code: 'X', message: 'x' } : news) }),
  'query.processing': changing({ query: (news) => (news.kind === 'processing' ? { kind: 'succeeded' } : news) }),
  'query.failed': changing({ query: (news) => (news.kind === 'failed' ? { kind: 'unknown', reason: 'x' } : news) }),
  'query.awaitsApproval': changing({ pay: (outcome) => (outcome.kind === 'accepted' ? { ...outcome, awaitsBankApproval: false } : outcome) }),
  'query.approvalRefused': changing({ query: (news) => (news.kind === 'failed' ? { kind: 'processing', awaitsBankApproval: true } : news) }),
  'query.returned': changing({ query: (news) => (news.kind === 'returned' ? { kind: 'succeeded' } : news) }),
  'query.noAnswer': changing({ query: (news) => (news.kind === 'unknown' ? { kind: 'absent' } : news) }),
  'pace.kept': (link, bank) => ({ ...link, query: (reference, context) => { bank.isTooSoon('query', 1_000); return link.query(reference, context); } }),
  'statement.sums': asBefore('statement', (statement) => ({ ...statement, lines: statement.lines.map(({ instructionNo: _instructionNo, ...line }) => line) })),
  'statement.pages': asBefore('statement', (statement) => { const lines = statement.lines.slice(0, 20); return { ...statement, lines, closingFen: lines.at(-1)?.balanceFen ?? statement.openingFen }; }),
  'statement.emptyDay': asBefore('statement', (statement) => (statement.lines.length === 0 ? { kind: 'notReady', reason: 'nothing there' } : statement)),
  'statement.dayNotOver': neverEmpty(['notReady']),
  'statement.return': asBefore('statement', (statement) => ({ ...statement, lines: statement.lines.map((line) => ({ ...line, isReturn: false })) })),
  'statement.sumsUnusable': neverEmpty(['unusable']),
  'statement.lineTwiceUnusable': neverEmpty(['unusable']),
  'statement.late': neverEmpty(['notReady']),
  'statement.noAnswer': neverEmpty(['unknown']),
  'receipt.ofTransfer': firstReceipt,
  'receipt.ofLine': (link, bank) => ({ ...link, receipt: (request, context) => (request.bankLineNo === undefined ? link : firstReceipt(link, bank)).receipt?.(request, context) ?? assert.fail('no facet') }),
  'receipt.ofArrival': (link, bank) => ({ ...link, receipt: (request, context) => (request.direction === 'out' ? link : firstReceipt(link, bank)).receipt?.(request, context) ?? assert.fail('no facet') }),
  'receipt.notMoved': receiving((outcome) => (outcome.kind === 'notReady' ? { kind: 'none', reason: 'not found' } : outcome)),
  'receipt.late': receiving((outcome) => (outcome.kind === 'notReady' ? { kind: 'none', reason: 'not found' } : outcome)),
  'receipt.garbled': receiving((outcome) => (outcome.kind === 'unknown' ? asReceipt(Buffer.from('<html>')) : outcome)),
  'receipt.noAnswer': receiving((outcome) => (outcome.kind === 'unknown' ? { kind: 'none', reason: 'an error' } : outcome)),
};

for (const rule of BANK_LINK_RULES) {
  test(`${rule.id} catches a link that breaks it`, async () => {
    const spoil = BAD_LINKS[rule.id];
    const subject: BankLinkSubject = rule.id === 'privacy.neverTold' ? { ...makePlainSubject(), logLines: () => [`paid to ${PAYEE.accountName}`] } : makePlainSubject({ spoil: spoil ?? (() => assert.fail(`no bad link is known for ${rule.id}`)) });
    await assert.rejects(() => rule.run(subject), RuleBroken);
  });
}
