/** Text as bytes in the character set of a HIS, and back. Nothing is replaced: what does not fit one way or the other is said to be so. */
import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { Type, type Static } from 'typebox';

/** `gbk` is code page 936. What such a HIS answers is read as GB18030, which is the same and more: some hold characters GBK lacks. */
export const CHARSETS = ['utf-8', 'gbk', 'gb18030'] as const;
export const CharsetSchema = Type.Enum(CHARSETS);
export type Charset = Static<typeof CharsetSchema>;

/** The code page a value must fit before it may be sent, undefined for Unicode. */
export function codePageOf(charset: Charset): string | undefined {
  return charset === 'utf-8' ? undefined : charset === 'gbk' ? 'cp936' : 'gb18030';
}

/** @throws RangeError for a character the character set does not have; values are held against it before, so this is a bug or a mapping's own text */
export function encodeText(text: string, charset: Charset): Buffer {
  if (charset === 'utf-8') return Buffer.from(text, 'utf8');
  const codePage = charset === 'gbk' ? 'cp936' : 'gb18030';
  const bytes = iconv.encode(text, codePage);
  if (iconv.decode(bytes, codePage) !== text) throw new RangeError(`a character that ${charset} does not have`);
  return bytes;
}

export type DecodedText = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'garbled'; readonly reason: string };

/**
 * The text of an answer. The mapping's word counts, not the answer's: front machines declare what they like. Only what plainly is UTF-8 is not
 * taken for GBK, which would turn every name into another one.
 * @param declared what the answer says of itself, for example `text/xml; charset=utf-8`
 */
export function decodeText(bytes: Uint8Array, charset: Charset, declared = ''): DecodedText {
  if (charset !== 'utf-8' && isPlainlyUtf8(bytes, declared)) return { kind: 'garbled', reason: `the answer is UTF-8, the mapping says ${charset}` };
  try {
    const text = new TextDecoder(charset === 'utf-8' ? 'utf-8' : 'gb18030', { fatal: true }).decode(bytes);
    return text.includes('\ufffd') ? { kind: 'garbled', reason: 'the answer holds characters that were lost on the way' } : { kind: 'text', text };
  } catch (error) {
    if (error instanceof TypeError) return { kind: 'garbled', reason: `the answer is not ${charset}` };
    throw error;
  }
}

/** A word or two of GBK may by chance be UTF-8 of two bytes a character (联通); several of three bytes each are no chance. */
function isPlainlyUtf8(bytes: Uint8Array, declared: string): boolean {
  if (isAscii(bytes) || !isUtf8(bytes)) return false;
  return /utf-?8/i.test(declared) || (new TextDecoder().decode(bytes).match(/[\u0800-\uffff]/g)?.length ?? 0) > 1;
}
