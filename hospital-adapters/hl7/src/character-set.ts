/** Character sets of HL7 messages: how a setting, MSH-18 and bytes belong together. Bytes are decoded before anything looks for a delimiter, because a GBK character may end in `|`, `^`, `~` or `\`. */
import iconv from 'iconv-lite';

export const CHARACTER_SETS = ['utf-8', 'gb18030', 'cp936'] as const;
export type CharacterSet = (typeof CHARACTER_SETS)[number];

/** HL7 table 0211. GBK has no word there: sites that send it leave MSH-18 empty. */
const DECLARED: Readonly<Record<CharacterSet, string>> = { 'utf-8': 'UNICODE UTF-8', 'gb18030': 'GB 18030-2000', 'cp936': '' };

/** As the field spells them; compared without blanks, hyphens and case. */
const NAMES: ReadonlyMap<string, CharacterSet> = new Map([
  ['UNICODEUTF8', 'utf-8'], ['UTF8', 'utf-8'], ['GB180302000', 'gb18030'], ['GB18030', 'gb18030'], ['GBK', 'gb18030'], ['GB2312', 'gb18030'], ['CP936', 'gb18030'],
]);

export function declaredName(set: CharacterSet): string {
  return DECLARED[set];
}

/** What can be put into a message of this set; undefined means every character. */
export function codePageOf(set: CharacterSet): string | undefined {
  return set === 'utf-8' ? undefined : set;
}

export function encodeText(text: string, set: CharacterSet): Buffer {
  return iconv.encode(text, set);
}

/** Bytes that are no character become U+FFFD. GBK is read as GB 18030, which holds all of it. */
export function decodeBytes(bytes: Uint8Array, set: CharacterSet): string {
  return iconv.decode(Buffer.from(bytes), set === 'cp936' ? 'gb18030' : set, { stripBOM: false });
}

/**
 * The set a message says of itself in MSH-18, or `otherwise`. The header is read as UTF-8 where its bytes are UTF-8 and as GB 18030 where they
 * are not: an application name in Chinese stands before MSH-18 and must not eat a delimiter.
 */
export function characterSetOf(message: Uint8Array, otherwise: CharacterSet): CharacterSet {
  const end = message.indexOf(0x0d);
  const header = message.subarray(0, end < 0 ? message.length : end);
  const text = decodeBytes(header, isUtf8(header) ? 'utf-8' : 'gb18030');
  const named = text.split(text.charAt(3))[17]?.split(text.charAt(5))[0] ?? '';
  return NAMES.get(named.replaceAll(/[\s-]/g, '').toUpperCase()) ?? otherwise;
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
