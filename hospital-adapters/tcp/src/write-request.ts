/** The request as text: call, key and client, then the values by position. Nothing is quoted there, so what could move a position is refused. */
import type { MessageValue } from '@hospay/plugin-sdk/his-mapping';
import type { RequestMapping } from './mapping-schema.js';

export type RequestHead = { readonly call: string; readonly key: string; readonly client: string; readonly number: string };

export type WrittenRequest = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'refused'; readonly message: string };

export function writeRequest(request: RequestMapping, head: RequestHead, values: readonly MessageValue[]): WrittenRequest {
  for (const { name, text } of values) {
    const found = forbiddenIn(text, request);
    if (found !== undefined) return { kind: 'refused', message: `${name}: holds ${found}` };
  }
  const parts = [...request.head.map((part) => head[part]), ...values.map(({ text }) => text)];
  return { kind: 'text', text: `${parts.join(request.separator)}${request.end ?? ''}` };
}

/** What a value holds that no value may: the separator, a quote, a control character such as a line break, or what the mapping names. The value is not told. */
export function forbiddenIn(text: string, { separator, forbidden = '' }: RequestMapping): string | undefined {
  if (text.includes(separator)) return 'the separator';
  if (/['"]/.test(text)) return 'a quote';
  if ([...text].some(isControl)) return 'a control character';
  return [...forbidden].some((character) => text.includes(character)) ? 'a character that values may not hold' : undefined;
}

function isControl(character: string): boolean {
  const code = character.charCodeAt(0);
  return code < 0x20 || code === 0x7f;
}
