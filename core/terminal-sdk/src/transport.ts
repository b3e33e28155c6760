import type { Device } from './envelope.js';

/** The line to the broker, as the client sees it. Tests and simulations bring their own. */
export type TransportEvents = {
  connected(): void;
  disconnected(): void;
  message(topic: string, payload: Uint8Array): void;
  /** The broker refused the sign-in. It is tried again all the same. */
  refused?(): void;
};

export type Transport = {
  open(events: TransportEvents): void;
  /** Hands a message to the broker, at least once. Rejects when the line is down. `retain`: the broker keeps it for the core. */
  publish(topic: string, payload: string, options?: { readonly retain: boolean }): Promise<void>;
  /** Hears these topics, too, until the line is down. */
  subscribe?(filters: readonly string[]): void;
  /** The keys were rotated: the next sign-in uses the new one. */
  useKeys?(device: Device): void;
  close(): Promise<void>;
};
