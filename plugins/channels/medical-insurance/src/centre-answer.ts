/** What came of one message to a centre. */
export type CentreAnswer =
  | { readonly kind: 'done'; readonly output: unknown }
  /** The centre refused for good: it did nothing. */
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  | { readonly kind: 'notSent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string };

export type Unknown = Extract<CentreAnswer, { kind: 'unknown' }>;
