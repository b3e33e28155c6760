/** A request before anything in it is believed. */
export type HttpRequest = {
  readonly method: string;
  /** Path and query exactly as they were sent: what a caller signs. */
  readonly target: string;
  /** Without the question mark. */
  readonly query: string;
  /** Names in lower case; repeated headers joined by a comma, as HTTP has it. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly address: string;
  readonly requestId: string;
};
