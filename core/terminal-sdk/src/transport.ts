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
  /** Hands a message to the broker, at least once. Rejects when the line is down. */
  publish(topic: string, payload: string): Promise<void>;
  close(): Promise<void>;
};
