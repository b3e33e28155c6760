/** What a channel's own books say about one payment, whatever anybody was told of it. */
export type TakenPayment = {
  /** What it has taken and not undone or reversed by itself. */
  readonly paidFen: number;
  readonly refunds: ReadonlyMap<string, BackPayment>;
};
export type BackPayment = { readonly refundFen: number; readonly state: 'processing' | 'abnormal' | 'succeeded' | 'closed' };

export type ChannelTruth = {
  find(paymentNo: string): TakenPayment | undefined;
  paymentNos(): Iterable<string>;
  /** Why only a person can end this payment or refund, once its case is open: the channel has no question that would. */
  leftToPerson?(number: string): boolean;
};

/** What of a payment is refunded or being refunded at the channel. */
export function liveRefundFen({ refunds }: TakenPayment): number {
  let live = 0;
  for (const refund of refunds.values()) if (refund.state !== 'closed') live += refund.refundFen;
  return live;
}
