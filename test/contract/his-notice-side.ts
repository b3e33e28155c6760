/** A simulated HIS that tells something, in the hands of the conformance suite. */
import type { HisNoticeSide, NoticeSpoil } from '@hospay/plugin-sdk/testkit';
import type { PushFault, PushWire } from '../simulators/his/notices/push.js';

const FAULTS: Readonly<Record<NoticeSpoil, PushFault>> = { cut: 'cut', garbage: 'garbage', noAmount: 'badAmount' };

export function noticeSide(pusher: PushWire, spoils: readonly NoticeSpoil[] = ['cut', 'garbage', 'noAmount']): HisNoticeSide {
  return {
    spoils,
    async tellRefund(values, spoil) {
      const reply = await pusher.push({ kind: 'refundRequested', values: { ...values } }, spoil === undefined ? undefined : FAULTS[spoil]);
      return reply.kind === 'told' ? reply.result : 'nothing';
    },
    close: () => pusher.close(),
  };
}
