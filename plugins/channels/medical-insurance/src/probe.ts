import type { Probing } from '@hospay/plugin-sdk';

import type { CentreAnswer } from './centre-answer.js';
import type { CentreLine } from './centre-line.js';
import type { MobileLine } from './mobile-line.js';
import { orderInput } from './mobile-messages.js';
import type { CompleteSettings } from './settings.js';

/** Nobody's visit and nobody's order. */
const NONE = 'PROBE0000000000';

/**
 * The settlements of a visit there is none of: it signs in, passes the gateway and changes nothing. In `sm4` the answer, a refusal as well, carries a signature that is
 * verified before it is read; `plain` has none, and proves the line alone.
 */
export function createInPersonProbe({ line, settings }: { readonly line: CentreLine; readonly settings: CompleteSettings }): Probing['probe'] {
  const infno = settings.settlementLookup === 'none' ? '5203' : settings.settlementLookup;
  return async (_request, { signal }) => outcomeOf(await line.ask({ infno, input: { data: { psn_no: NONE, mdtrt_id: NONE, setl_id: '' } }, of: 'probe', signal }));
}

/** 6301 of an order there is none of. The centre signs its refusal. */
export function createMobileProbe({ line, settings }: { readonly line: MobileLine; readonly settings: CompleteSettings }): Probing['probe'] {
  return async (_request, { signal }) => outcomeOf(await line.ask({ infno: '6301', data: orderInput({ id: NONE, token: NONE }, undefined, settings), signal }));
}

function outcomeOf(answer: CentreAnswer): Awaited<ReturnType<Probing['probe']>> {
  return answer.kind === 'done' || answer.kind === 'refused' ? { kind: 'answered' } : { kind: 'unknown', reason: answer.reason };
}
