import { fen, yuanFromFen } from '@hospay/plugin-sdk';
import { redactText } from './sensitive.js';

/** What the platform says to people, in both languages of its screens. Amounts stand in it in yuan (`yuanOf`), never in fen. */
export type Bilingual = { readonly zh: string; readonly en: string };

/** What somebody else said (a channel, a HIS, a bank, a person): his own words, in either language. */
export function quoted(text: string): Bilingual {
  return { zh: text, en: text };
}

/** An amount inside a sentence. */
export function yuanOf(amountFen: number): string {
  return yuanFromFen(fen(amountFen));
}

/** One after another, as one text. */
export function inOneLine(parts: readonly Bilingual[]): Bilingual {
  return { zh: parts.map(({ zh }) => zh).join('；'), en: parts.map(({ en }) => en).join('; ') };
}

/** What went wrong, said to people. Any other error is a fault of the program, and its message is for those who look after it. */
export class BilingualError extends Error {
  readonly said: Bilingual;
  constructor(said: Bilingual) {
    super(said.en);
    this.name = 'BilingualError';
    this.said = said;
  }
}

/** What people read of something that was thrown: what nobody foresaw stands as the program said it, in one line. Whatever it is, numbers that look like persons' are taken out. */
export function saidOf(error: unknown): Bilingual {
  const { zh, en } = error instanceof BilingualError ? error.said : quoted((error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '');
  return { zh: redactText(zh), en: redactText(en) };
}

/** Inside a Chinese sentence: somebody else's sentence is seen to be his; a number or a name needs no marks. */
export function inQuotes({ zh, en }: Bilingual): string {
  return zh === en && /[A-Za-z] [A-Za-z]/.test(zh) ? `“${zh}”` : zh;
}

/** Both texts, each no longer than this. */
export function shortened({ zh, en }: Bilingual, characters: number): Bilingual {
  return { zh: zh.slice(0, characters), en: en.slice(0, characters) };
}

/** For one column: both languages, so that a row needs no dictionary when it is read years later. */
export function writeBilingual({ zh, en }: Bilingual): string {
  return JSON.stringify({ zh, en });
}

/** What `writeBilingual` wrote; any other text is what somebody said. */
export function readBilingual(text: string): Bilingual {
  if (!text.startsWith('{"zh":')) return quoted(text);
  try {
    const value: unknown = JSON.parse(text);
    return isBilingual(value) ? { zh: value.zh, en: value.en } : quoted(text);
  } catch {
    return quoted(text);
  }
}

function isBilingual(value: unknown): value is Bilingual {
  return typeof value === 'object' && value !== null && 'zh' in value && typeof value.zh === 'string' && 'en' in value && typeof value.en === 'string';
}
