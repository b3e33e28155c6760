import type { InsuranceRefundNotice } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '@hospay/server/domain/guests.js';
import type { ChannelStand } from './channels/channel-stand.js';
import { compensatesOutOfTurn } from './compensation-order.js';
import type { WorldView } from './world-view.js';

/** How the boundary words the death of a plugin under a call. */
const THREW = /^the plugin threw/;

/** The last to see a call to a channel, whatever is planted below: what must hold of calls themselves is asked here. */
export function witnessedChannel(channel: ChannelGuest, stand: ChannelStand, world: WorldView): ChannelGuest {
  /** A plugin that dies touches its own calls only. */
  const alone = async <Outcome extends { readonly kind: string }>(operation: string, subject: string, call: Promise<Outcome>): Promise<Outcome> => {
    const before = stand.deaths;
    const outcome = await call;
    const heardOfDeath = outcome.kind === 'unknown' && 'reason' in outcome && typeof outcome.reason === 'string' && THREW.test(outcome.reason);
    if (heardOfDeath) {
      world.history.mark(`the plugin died in ${operation}`);
      world.expect(stand.deaths > before || !stand.isActive, 'a dead plugin touches its own calls only', subject, `${stand.id} says that its plugin died in ${operation}; it did not`);
    }
    return outcome;
  };
  return {
    id: channel.id,
    get merchantNo() {
      return channel.merchantNo;
    },
    get methods() {
      return channel.methods;
    },
    get refundsWholeOnly() {
      return channel.refundsWholeOnly ?? false;
    },
    get canClose() {
      return channel.canClose;
    },
    get canRefund() {
      return channel.canRefund;
    },
    charge: (request) => {
      const owner = channelOf(world, request.tradeNo);
      world.expect(owner === stand.id, 'a payment stays with its channel', request.tradeNo, `is of ${owner ?? 'nobody'}, and ${stand.id} is asked to charge it`);
      return alone('charge', request.tradeNo, channel.charge(request));
    },
    query: (request) => alone('query', request.tradeNo, channel.query(request)),
    close: (request) => alone('close', request.tradeNo, channel.close(request)),
    refund: (request) => {
      const owner = channelOf(world, request.payment.tradeNo);
      world.expect(owner === stand.id, 'a payment stays with its channel', request.refundNo, `its payment is of ${owner ?? 'nobody'}, and ${stand.id} is asked to refund it`);
      const earlier = compensatesOutOfTurn(world, request.refundNo);
      world.expect(earlier === undefined, 'compensated in reverse order', request.refundNo, `is handed to its channel before ${earlier ?? ''}`);
      return alone('refund', request.refundNo, channel.refund(request));
    },
    queryRefund: (request) => alone('queryRefund', request.refundNo, channel.queryRefund(request)),
    readNotification: (raw) => channel.readNotification(raw),
    answerNotification: (result) => channel.answerNotification(result),
    downloadStatement: (request) => channel.downloadStatement(request),
    get settlingInsurance() {
      const { settlingInsurance } = channel;
      if (settlingInsurance === undefined) return undefined;
      return { tellInsuranceRefund: (notice: InsuranceRefundNotice) => alone('tellInsuranceRefund', notice.refundNo, settlingInsurance.tellInsuranceRefund(notice)) };
    },
  };
}

function channelOf(world: WorldView, paymentNo: string): string | undefined {
  const channel = world.sql.get('SELECT channel FROM payment WHERE payment_no = ?', paymentNo)?.['channel'];
  return typeof channel === 'string' ? channel : undefined;
}
