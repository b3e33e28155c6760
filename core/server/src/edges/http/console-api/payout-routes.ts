/** 付款（银企直联）: one person proposes, others approve what was shown; what the bank's statements say of it. */
import type { BankReceiptMedia } from '@hospay/plugin-sdk';
import { subjectOfLine } from '../../../domain/bank-receipt.js';
import { ok } from '../../../domain/errors.js';
import { heard } from '../../../domain/own-words.js';
import type { BankStatementRecord } from '../../../domain/payout-store.js';
import type { PayoutResult } from '../../../payouts/ports.js';
import { bytes, json, type Answer } from '../http-kit/answer.js';
import { viewRefusal } from '../http-kit/error-answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import type { ConsoleAccess, ConsoleCaller } from './console-access.js';
import { BankImportSchema, BankLineListSchema, BankLinePath, BankLineQuery, BankReceiptSchema, BankStatementListSchema, BankStatementQuery, PayoutAbsenceSchema, PayoutDecisionSchema, PayoutListQuery, PayoutListSchema, PayoutPath, PayoutProposalSchema, PayoutResultsSchema, PayoutSchema, SettlementPayoutSchema } from './payout-schemas.js';
import type { ConsoleApiPorts } from './ports.js';

const own = routesFor<ConsoleAccess, ConsoleCaller>();
const PAYOUT = { zh: '付款单', en: 'The payout', schema: PayoutSchema };
const RESULTS = { zh: '逐笔结果', en: 'What became of each', schema: PayoutResultsSchema };
const STATEMENTS = { zh: '银行对账单', en: 'The statements', schema: BankStatementListSchema };
const MOST_PAYOUTS = 200;

/** A receipt is saved under the ending of its kind, one of these, and never shown by the browser as a page of ours. */
const RECEIPT_ENDING: Readonly<Record<BankReceiptMedia, string>> = { 'application/pdf': 'pdf', 'application/ofd': 'ofd', 'application/xml': 'xml' };

function receiptFile(name: string, { mediaType, bytes: content }: { readonly mediaType: BankReceiptMedia; readonly bytes: Uint8Array }): Answer {
  return bytes('application/octet-stream', content, { 'content-disposition': `attachment; filename="huidan-${name}.${RECEIPT_ENDING[mediaType]}"`, 'x-content-type-options': 'nosniff' });
}

export function payoutRoutes({ payouts, receipts, work }: Pick<ConsoleApiPorts, 'payouts' | 'receipts' | 'work'>): Route<ConsoleAccess, ConsoleCaller>[] {
  return [
    own.route({
      method: 'GET', path: '/payouts', operationId: 'listPayouts', summary: { zh: '付款单与本院账户', en: 'Payouts, open ones first, and the accounts of the hospital' }, access: 'read', request: { query: PayoutListQuery },
      answers: { 200: { zh: '付款单', en: 'The payouts', schema: PayoutListSchema } }, errors: [],
      async handle({ query: { limit = MOST_PAYOUTS } }) {
        const [shown, withReceipts] = [await payouts.listPayouts({ limit }), receipts.accountsWithReceipts()];
        const accounts = payouts.listAccounts().map((account) => ({ ...account, hasReceipts: withReceipts.includes(account.id) }));
        return ok(json({ payouts: shown, accounts, receipts: await receipts.listReceipts({ subjects: shown.map(({ payoutNo }) => payoutNo) }) }));
      },
    }),
    own.route({
      method: 'GET', path: '/payouts/{payoutNo}', operationId: 'readPayout', summary: { zh: '一笔付款', en: 'One payout' }, access: 'read', request: { params: PayoutPath }, answers: { 200: PAYOUT }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }) {
        const found = await payouts.findPayout(params);
        return found.kind === 'ok' ? ok(json(found.value)) : found;
      },
    }),
    own.route({
      method: 'POST', path: '/payouts', operationId: 'proposePayouts', summary: { zh: '提出付款（待付清单，可批量；须由他人审批）', en: 'Propose payouts of what is owed, each whole; others approve them' }, access: 'proposePayout', request: { body: PayoutProposalSchema },
      answers: { 200: RESULTS }, errors: ['NO_SUCH_ITEM'],
      async handle({ body: { fromAccount, debts } }, { login }) {
        const wanted = debts.map(({ kind, subject, amountFen, ...payee }) => ({ kind, subject, amountFen, payee }));
        const proposed = await payouts.proposePayouts({ fromAccount, debts: wanted, by: login });
        return proposed.kind === 'ok' ? ok(json({ results: proposed.value.map(viewResult) })) : proposed;
      },
    }),
    own.route({
      method: 'POST', path: '/payouts/settlements', operationId: 'proposeSettlementPayout', summary: { zh: '提出本院账户间划转', en: 'Propose to move money to another account of the hospital' }, access: 'proposePayout', request: { body: SettlementPayoutSchema },
      answers: { 200: PAYOUT }, errors: ['NO_SUCH_ITEM', 'BANK_LINK_UNAVAILABLE', 'IDEMPOTENCY_KEY_REUSED'],
      async handle({ body }, { login }) {
        const proposed = await payouts.proposeSettlement({ ...body, by: login });
        return proposed.kind === 'ok' ? ok(json(proposed.value)) : proposed;
      },
    }),
    own.route({
      method: 'POST', path: '/payouts/decisions', operationId: 'decidePayouts', summary: { zh: '审批付款（须由他人，可批量，逐笔核对哈希）', en: 'Approve or reject payouts, each by the hash of what was shown; nobody approves his own' }, access: 'approvePayout', request: { body: PayoutDecisionSchema },
      answers: { 200: RESULTS }, errors: [],
      handle: async ({ body: { payouts: shown, decision, reason } }, { login }) => ok(json({ results: (await payouts.decidePayouts({ payouts: shown, isApproved: decision === 'approve', reason, by: login })).map(viewResult) })),
    }),
    own.route({
      method: 'POST', path: '/payouts/{payoutNo}/absences', operationId: 'giveUpPayout', summary: { zh: '确认未付（银行无此笔且对账单均无）', en: 'Give up a transfer the bank never had: absent after its day, in no statement' }, access: 'approvePayout', request: { params: PayoutPath, body: PayoutAbsenceSchema },
      answers: { 200: PAYOUT }, errors: ['NO_SUCH_ITEM', 'SECOND_PERSON_NEEDED', 'APPROVAL_OVER', 'CONFLICT', 'PAYOUT_NOT_ABSENT'],
      async handle({ params, body }, { login }) {
        const given = await payouts.giveUpPayout({ ...params, ...body, by: login });
        return given.kind === 'ok' ? ok(json(given.value)) : given;
      },
    }),
    own.route({
      method: 'POST', path: '/payouts/{payoutNo}/receipt', operationId: 'fetchBankReceipt', summary: { zh: '立即取电子回单', en: 'Ask the bank for the receipt now' }, access: 'proposePayout', request: { params: PayoutPath },
      answers: { 200: { zh: '电子回单', en: 'The receipt as it is known then', schema: BankReceiptSchema } }, errors: ['NO_SUCH_ITEM', 'CONFLICT', 'BANK_LINK_UNAVAILABLE'],
      async handle({ params }, { login }) {
        const fetched = await receipts.fetchNow({ subject: params.payoutNo, by: login });
        return fetched.kind === 'ok' ? ok(json(fetched.value)) : fetched;
      },
    }),
    own.route({
      // It names the payee and his whole account, which every other answer masks.
      method: 'GET', path: '/payouts/{payoutNo}/receipt', operationId: 'openBankReceipt', summary: { zh: '下载电子回单（留审计记录）', en: 'The receipt as the bank made it; audited' }, access: 'approvePayout', request: { params: PayoutPath },
      answers: { 200: { zh: '电子回单文件', en: 'The document', contentType: 'application/octet-stream', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params: { payoutNo } }, { login }) {
        const opened = await receipts.openReceipt({ subject: payoutNo, by: login });
        return opened.kind === 'ok' ? ok(receiptFile(payoutNo, opened.value)) : opened;
      },
    }),
    own.route({
      method: 'POST', path: '/bank-lines/{account}/{bankLineNo}/receipt', operationId: 'fetchLineReceipt', summary: { zh: '取一笔来款的电子回单', en: 'Ask the bank for the receipt of what was paid in' }, access: 'proposePayout', request: { params: BankLinePath },
      answers: { 200: { zh: '电子回单', en: 'The receipt as it is known then', schema: BankReceiptSchema } }, errors: ['NO_SUCH_ITEM', 'BANK_LINK_UNAVAILABLE'],
      async handle({ params }, { login }) {
        const fetched = await receipts.fetchNow({ subject: subjectOfLine(params), by: login });
        return fetched.kind === 'ok' ? ok(json(fetched.value)) : fetched;
      },
    }),
    own.route({
      method: 'GET', path: '/bank-lines/{account}/{bankLineNo}/receipt', operationId: 'openLineReceipt', summary: { zh: '下载来款的电子回单（留审计记录）', en: 'The receipt of what was paid in; audited' }, access: 'approvePayout', request: { params: BankLinePath },
      answers: { 200: { zh: '电子回单文件', en: 'The document', contentType: 'application/octet-stream', headers: { 'content-disposition': { zh: '文件名', en: 'File name' } } } }, errors: ['NO_SUCH_ITEM'],
      async handle({ params }, { login }) {
        const opened = await receipts.openReceipt({ subject: subjectOfLine(params), by: login });
        return opened.kind === 'ok' ? ok(receiptFile(params.bankLineNo.replaceAll(/[^\w-]/g, '_'), opened.value)) : opened;
      },
    }),
    own.route({
      method: 'GET', path: '/bank-statements', operationId: 'listBankStatements', summary: { zh: '银行对账单导入情况', en: 'Which days of which accounts were read' }, access: 'read', request: { query: BankStatementQuery }, answers: { 200: STATEMENTS }, errors: [],
      handle: async ({ query }) => ok(json({ statements: (await payouts.listStatements(query)).map(viewStatement) })),
    }),
    own.route({
      method: 'POST', path: '/bank-statements/imports', operationId: 'importBankStatements', summary: { zh: '导入某日银行对账单（重复无妨）', en: 'Read the statements of a closed day; again is harmless' }, access: 'proposePayout', request: { body: BankImportSchema }, answers: { 200: STATEMENTS },
      errors: ['STATEMENT_NOT_READY', 'BANK_LINK_UNAVAILABLE'],
      async handle({ body: { day } }, { login }) {
        const read = await work.during({ kind: 'bankStatements', subject: day, by: login, mayCancel: false }, () => payouts.importDay({ day, by: login }));
        return read.kind === 'ok' ? ok(json({ statements: read.value.map(viewStatement) })) : read;
      },
    }),
    own.route({
      method: 'GET', path: '/bank-lines', operationId: 'listBankLines', summary: { zh: '某日银行流水（对方脱敏）', en: 'What moved on a day, as the bank says; counterparties masked' }, access: 'read', request: { query: BankLineQuery },
      answers: { 200: { zh: '银行流水', en: 'The lines', schema: BankLineListSchema } }, errors: [],
      async handle({ query }) {
        const lines = await payouts.listLines(query);
        return ok(json({ lines, receipts: await receipts.listReceipts({ subjects: lines.map(subjectOfLine) }) }));
      },
    }),
  ];
}

function viewStatement({ reason, ...statement }: BankStatementRecord) {
  return { ...statement, reason: heard(reason) };
}

function viewResult({ subject, payout, refused }: PayoutResult) {
  return { subject, payout, ...(refused === undefined ? {} : { refused: viewRefusal(refused) }) };
}
