import type { CallContext } from '@hospay/plugin-sdk';

import { plainValue, type Fields } from './fields.js';
import { meaningOfAnswer, meaningOfOutcome } from './response-codes.js';
import type { UnionpaySettings } from './settings.js';
import { queryFields } from './transaction-content.js';
import type { TransactionIdentity } from './transaction-identity.js';
import type { Wire } from './wire.js';

/** What UnionPay says of a transaction. `missing`: it has none under this identity at this moment, which right after a request proves nothing. */
export type Seen =
  | { readonly kind: 'found'; readonly outcome: 'done' | 'unsettled' | 'refused'; readonly code: string; readonly message: string; readonly fields: Fields }
  | { readonly kind: 'missing' }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type AskTransaction = (transaction: TransactionIdentity & { readonly bizType: string; readonly txnTypes: readonly string[] }, call: Pick<CallContext, 'signal'>) => Promise<Seen>;

/** The single query (00): respCode tells of the question, origRespCode of what was asked about. */
export function createTransactionQuery(settings: UnionpaySettings, wire: Wire): AskTransaction {
  return async ({ bizType, txnTypes, ...identity }, call) => {
    const answer = await wire.ask('query', queryFields(identity, bizType), call);
    if (answer.kind !== 'answer') return answer;
    const { code, fields } = answer;
    const meaning = meaningOfAnswer(code, settings.refusalCodes);
    if (meaning === 'missing') return { kind: 'missing' };
    if (meaning !== 'done') return { kind: 'unknown', reason: `UnionPay answered ${code} to the question` };
    const { origRespCode = '', origRespMsg = '', txnType = '00' } = fields;
    if (txnType !== '00' && !txnTypes.includes(txnType)) return { kind: 'unknown', reason: `the answer is about a transaction of type ${txnType.slice(0, 4)}` };
    const outcome = meaningOfOutcome(origRespCode, settings.refusalCodes);
    if (outcome === 'unlisted') return { kind: 'unknown', reason: `UnionPay tells the outcome ${origRespCode.slice(0, 4)}` };
    return { kind: 'found', outcome, code: origRespCode, message: plainValue(origRespMsg).slice(0, 300), fields };
  };
}
