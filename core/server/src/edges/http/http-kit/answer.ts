export type AnswerHeaders = Readonly<Record<string, string | readonly string[]>>;
export type Answer =
  | { readonly kind: 'json'; readonly status: number; readonly value: unknown; readonly headers: AnswerHeaders }
  | { readonly kind: 'bytes'; readonly status: number; readonly contentType: string; readonly bytes: Uint8Array | string; readonly headers: AnswerHeaders }
  | { readonly kind: 'stream'; readonly status: number; readonly contentType: string; readonly content: AsyncIterable<Uint8Array>; readonly headers: AnswerHeaders };

export function json(value: unknown, status = 200, headers: AnswerHeaders = {}): Answer {
  return { kind: 'json', status, value, headers };
}
export function bytes(contentType: string, content: Uint8Array | string, headers: AnswerHeaders = {}, status = 200): Answer {
  return { kind: 'bytes', status, contentType, bytes: content, headers };
}
/** What is too large to be held at once. */
export function stream(contentType: string, content: AsyncIterable<Uint8Array>, headers: AnswerHeaders = {}): Answer {
  return { kind: 'stream', status: 200, contentType, content, headers };
}
