import { textOf, type Row } from './cdc-wire.js';

/** reqSts and, of what is finished, rtnFlg: what the bank says of one payment request. */
export type RequestState =
  | { readonly kind: 'onItsWay'; readonly awaitsBankApproval: boolean }
  | { readonly kind: 'paid' }
  | { readonly kind: 'returned' }
  | { readonly kind: 'failed'; readonly code: string }
  | { readonly kind: 'unknown'; readonly reason: string };

/** OPR being received, NTE approved, BNK and WRF in work at the bank. */
const ON_ITS_WAY: readonly string[] = ['OPR', 'NTE', 'BNK', 'WRF'];
/** F failed, R refused in approval, D expired, C cancelled. */
const FAILED: readonly string[] = ['F', 'R', 'D', 'C'];

export function stateOf(row: Row): RequestState {
  const [status, result] = [textOf(row, 'reqSts'), textOf(row, 'rtnFlg')];
  if (status === 'AUT') return { kind: 'onItsWay', awaitsBankApproval: true };
  if (ON_ITS_WAY.includes(status)) return { kind: 'onItsWay', awaitsBankApproval: false };
  // Only with FIN the result counts; U (in suspense) is none.
  if (status !== 'FIN') return { kind: 'unknown', reason: `the bank names the state ${status.slice(0, 8)}` };
  if (result === 'S') return { kind: 'paid' };
  if (result === 'B') return { kind: 'returned' };
  return FAILED.includes(result) ? { kind: 'failed', code: `FIN ${result}` } : { kind: 'unknown', reason: `the bank names the result ${result.slice(0, 8)}` };
}
