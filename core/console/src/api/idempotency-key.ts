const BYTES = 16;

/** A key that nobody else will make. `randomUUID` exists only on pages served over TLS; `getRandomValues` everywhere. */
export function makeIdempotencyKey(): string {
  return [...crypto.getRandomValues(new Uint8Array(BYTES))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
