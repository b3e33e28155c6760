/** Event sinks (消息输出): what applications are told about orders, also published to a broker of the hospital's own. */
import type { OrderAggregate } from '../domain/order.js';
import type { OrderView } from '../payments/order-view.js';

/** What is told of an order, by axis and state of the event that is kept for it. */
export const SINK_EVENTS: Readonly<Record<string, string>> = {
  'payment/succeeded': 'paymentSucceeded',
  'payment/closed': 'paymentClosed',
  'payment/failed': 'paymentFailed',
  'confirmation/confirmed': 'orderConfirmed',
  'confirmation/rejected': 'orderRejected',
  'confirmation/reversed': 'orderReversed',
  'refund/succeeded': 'refundSucceeded',
  'refund/rejected': 'refundRejected',
  'refund/closed': 'refundClosed',
  'invoice/issued': 'invoiceIssued',
  'invoice/flushed': 'invoiceFlushed',
};

/** A state that moved; append-only, numbered in the order of commits. */
export type KeptEvent = { readonly id: number; readonly tradeNo: string; readonly axis: string; readonly subject: string; readonly to: string; readonly version: number; readonly at: string };
export type EventSource = {
  /** Behind `after`, in their order. */
  read(of: { readonly after: number; readonly limit: number }): readonly KeptEvent[];
  newest(): number;
  findOrder(tradeNo: string): OrderAggregate | undefined;
};

/** How far each sink has come. */
export type SinkCursors = { find(name: string): { readonly eventId: number; readonly publishedAt: string | undefined } | undefined; move(name: string, eventId: number, publishedAt: Date | undefined): Promise<void> };

/** What a sink is told. `eventId` is the same for every repeat. `order` is as it is when it is told: its version is that of the event or higher. */
export type SinkMessage = {
  readonly eventId: string;
  readonly event: string;
  /** Grows with every event; of one sink also in the order of telling. */
  readonly seq: number;
  readonly tradeNo: string;
  /** Payment, refund or invoice number, or the trade number again. */
  readonly subject: string;
  /** Of the order when it happened. */
  readonly version: number;
  readonly at: string;
  readonly order: OrderView;
};

/** A broker. `publish` resolves when it has acknowledged; a rejection means that it may or may not have the message. */
export type Publisher = { publish(message: SinkMessage): Promise<void>; isConnected(): boolean; stop(): Promise<void> };

export type SinkView = { readonly name: string; readonly kind: string; readonly isConnected: boolean; /** Events kept behind where it stands, those that are not told included. */ readonly behind: number; /** Since when the oldest of them waits. */ readonly oldestAt: string | undefined; readonly publishedAt: string | undefined; readonly lastProblem: string | undefined };
export type EventSink = { start(): void; nudge(): void; view(): SinkView; stop(): Promise<void> };
