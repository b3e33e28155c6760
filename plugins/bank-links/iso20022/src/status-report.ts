import { nodesAt, readDocument, textAt } from './iso-document.js';
import { REFUSED_REASON_CODES } from './settings.js';

/** What a status report (pain.002) says of one transfer. */
export type Reported =
  | { readonly kind: 'taken'; readonly awaitsBankApproval: boolean; readonly bankTransferNo?: string }
  | { readonly kind: 'paid'; readonly bankTransferNo?: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** Of the contract with the bank. */
export type ReasonCodes = { readonly refusedReasonCodes?: readonly string[]; readonly approvalReasonCodes?: readonly string[] };

/** On its way. ACCP and ACSP are no promise of money: paid is ACSC alone. */
const ON_ITS_WAY: readonly string[] = ['RCVD', 'ACTC', 'ACCP', 'ACSP', 'ACWC', 'PDNG'];

/**
 * Reads the report about the message of this number. What is said of the whole group counts only where the transaction has no word of its own, and then never as paid. A rejection is final only for the reasons the contract
 * lists: "duplicate" (AM05) comes in the same words, and under that number something was paid.
 */
export function readStatusReport(body: Uint8Array, instructionNo: string, { refusedReasonCodes = REFUSED_REASON_CODES, approvalReasonCodes = [] }: ReasonCodes): Reported {
  const report = readDocument(body, 'CstmrPmtStsRpt');
  if (report === undefined) return { kind: 'unknown', reason: 'the answer is no status report' };
  if (textAt(report, 'OrgnlGrpInfAndSts/OrgnlMsgId') !== instructionNo || textAt(report, 'OrgnlGrpInfAndSts/OrgnlMsgNmId')?.startsWith('pain.001') !== true) return { kind: 'unknown', reason: 'the report is about another message' };
  const transactions = nodesAt(report, 'OrgnlPmtInfAndSts/TxInfAndSts');
  const [transaction, ...others] = transactions;
  if (others.length > 0 || (transaction !== undefined && textAt(transaction, 'OrgnlEndToEndId') !== instructionNo)) return { kind: 'unknown', reason: 'the report is about other transfers' };
  const [node, status] = transaction === undefined ? [nodesAt(report, 'OrgnlGrpInfAndSts')[0], textAt(report, 'OrgnlGrpInfAndSts/GrpSts')] : [transaction, textAt(transaction, 'TxSts')];
  const reason = textAt(node, 'StsRsnInf/Rsn/Cd') ?? '';
  const reference = textAt(node, 'AcctSvcrRef')?.slice(0, 64) ?? '';
  const named = reference === '' ? {} : { bankTransferNo: reference };
  if (status === 'ACSC' && transaction !== undefined) return { kind: 'paid', ...named };
  if (status !== undefined && ON_ITS_WAY.includes(status)) return { kind: 'taken', awaitsBankApproval: status === 'PDNG' && approvalReasonCodes.includes(reason), ...named };
  if (status === 'CANC') return { kind: 'refused', code: 'CANC', message: messageOf(node) };
  if (status === 'RJCT' && reason !== 'AM05' && refusedReasonCodes.includes(reason)) return { kind: 'refused', code: reason, message: messageOf(node) };
  return { kind: 'unknown', reason: `the bank reported ${(status ?? 'nothing').slice(0, 8)} ${reason.slice(0, 8)}` };
}

function messageOf(node: unknown): string {
  return (textAt(node, 'StsRsnInf/AddtlInf') ?? '').slice(0, 300);
}
