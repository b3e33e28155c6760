/**
 * What must never reach a log, a screen or an error text: names, identity, card and phone numbers, keys.
 * Redaction is a type (`Sensitive`) first; key names and shapes of values are the net below it.
 */
export const REDACTED = '[redacted]';

/** Wraps a value that must not be printed. Only `reveal` gives it out, so every use can be found by that word. */
export class Sensitive<Value> {
  readonly #value: Value;
  constructor(value: Value) {
    this.#value = value;
  }
  reveal(): Value {
    return this.#value;
  }
  toJSON(): string {
    return REDACTED;
  }
  toString(): string {
    return REDACTED;
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return REDACTED;
  }
}

/** Keys that hold a secret of the platform or of a merchant. */
const SECRET_KEY = /(pass(word|phrase|code)?|pwd|secret|token|private_?key_?pem|key_?material|cookie|authorization|credential)s?$/i;
/** Anything called a key is one … */
const SOME_KEY = /[a-z0-9_]key$/i;
/** … except those that identify or may be shown. */
const OPEN_KEY = /(public|idempotency|clear|clearing|primary|foreign|unique|sort|partition)_?key$/i;

/** Keys that hold a person: matched whole, so that `taskName` stays readable and `name` does not. */
const PERSONAL_KEY =
  /^(name|patient_?name|payer_?name|real_?name|user_?name_?zh|id_?no|id_?number|id_?card(_?no)?|identity(_?no)?|card_?no|card_?number|bank_?card|visit_?card|account_?no|phone(_?no|_?number)?|mobile|tel(ephone)?|address|birthday|birth_?date|diagnosis|auth_?code|payer_?id|open_?id|voucher(_?number)?|person_?no|姓名|身份证号?|卡号|手机号?|电话|地址|诊断)$/i;

/** True when a value under this key is a secret: masked on screens, encrypted at rest, never logged. */
export function isSecretKey(key: string): boolean {
  return SECRET_KEY.test(key) || (SOME_KEY.test(key) && !OPEN_KEY.test(key));
}

/** True when nothing under this key may be logged. */
export function isSensitiveKey(key: string): boolean {
  return isSecretKey(key) || PERSONAL_KEY.test(key);
}

/** Shapes that are personal or secret wherever they stand. Order matters: a phone number with its country code could pass for a card. */
const SENSITIVE_SHAPES: readonly { readonly shape: RegExp; readonly accept: (text: string) => boolean }[] = [
  { shape: /-----BEGIN [A-Z0-9 ]+-----[\s\S]*?(-----END [A-Z0-9 ]+-----|$)/g, accept: () => true },
  // GB 11643 resident identity number: region, birth date, sequence, check character.
  { shape: /(?<![0-9A-Za-z])[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx](?![0-9A-Za-z])/g, accept: () => true },
  { shape: /(?<![0-9A-Za-z])(?:\+?86[- ]?)?1[3-9]\d{9}(?![0-9A-Za-z])/g, accept: () => true },
  // Bank card numbers (ISO/IEC 7812) carry a Luhn check digit; without it every long order number would vanish from the log.
  { shape: /(?<![0-9A-Za-z])\d(?:[ -]?\d){12,18}(?![0-9A-Za-z])/g, accept: looksLikeCard },
];

/** Replaces what looks like a key, an identity number, a bank card or a mobile phone inside a text. */
export function redactText(text: string): string {
  let redacted = text;
  for (const { shape, accept } of SENSITIVE_SHAPES) redacted = redacted.replace(shape, (match) => (accept(match) ? REDACTED : match));
  return redacted;
}

/** Deeper than this a log line is a dump, not a fact. */
const DEEPEST = 8;
const LONGEST_TEXT = 4_000;
const LONGEST_LIST = 100;

/**
 * A copy of the value that may be logged: sensitive keys and wrapped values replaced, texts searched, errors unfolded, depth and length bounded.
 */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return redactText(value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value);
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'function' || typeof value === 'symbol') return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Sensitive) return REDACTED;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'invalid date' : value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= DEEPEST) return '[deeper]';
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.slice(0, LONGEST_LIST).map((item) => redact(item, depth + 1));
  if (value instanceof Map) return redact(Object.fromEntries([...value].map(([key, item]) => [String(key), item])), depth);
  if (value instanceof Set) return redact([...value], depth);
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    copy[redactText(key)] = isSensitiveKey(key) && item !== undefined && item !== null ? REDACTED : redact(item, depth + 1);
  }
  return copy;
}

function redactError(error: Error, depth: number): unknown {
  const { name: type, message, stack, cause } = error;
  const code = 'code' in error && (typeof error.code === 'string' || typeof error.code === 'number') ? { code: error.code } : {};
  return {
    type,
    message: redactText(message),
    ...code,
    ...(stack === undefined ? {} : { stack: redactText(stack) }),
    ...(cause === undefined ? {} : { cause: redact(cause, depth + 1) }),
  };
}

/** Date and time in fourteen digits, as they stand in the names of sets and bundles. No card is: of those with fourteen digits none begins with 20. */
const STAMP = /^20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])-?(?:[01]\d|2[0-3])[0-5]\d[0-5]\d$/;

/** A number that may be one of a bank card. Of moments one in ten has a right check digit. */
export function looksLikeCard(text: string): boolean {
  return passesLuhn(text) && !STAMP.test(text);
}

/** ISO/IEC 7812: the check digit of a card number, with or without separators. */
function passesLuhn(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
