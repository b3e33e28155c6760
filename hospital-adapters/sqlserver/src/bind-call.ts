/** The parameters of a call as this HIS takes them, or the outcome of a call that is not made. */
import type { HisRequest, OperationOutcome } from '@hospay/plugin-sdk/his-mapping';
import { bindParameters, type BoundParameter } from './bind-parameters.js';
import type { Engine } from './engine.js';
import type { PreparedCall } from './prepared-call.js';

export type BoundCall = { readonly kind: 'bound'; readonly parameters: readonly BoundParameter[] } | { readonly kind: 'ended'; readonly outcome: OperationOutcome };

export function bindCall(engine: Pick<Engine, 'codePage' | 'offset' | 'schema'>, call: PreparedCall, request: HisRequest): BoundCall {
  const bound = bindParameters(call, request, engine);
  if (bound.kind === 'refused') return { kind: 'ended', outcome: { kind: 'rejected', code: bound.code, message: bound.message, unsent: true } };
  // The server would shorten such a value without a word, and book under another number. No refusal either: the mapping is wrong, not the payment.
  const cut = engine.schema.wouldCut(call, bound.parameters);
  if (cut !== undefined) return { kind: 'ended', outcome: { kind: 'unknown', reason: `notSent: the HIS no longer fits the mapping: ${cut}`.slice(0, 500) } };
  return bound;
}
