/**
 * The one set of rules by which personal data is shown (个人信息脱敏): masked wherever the console, an export or a receipt shows it. What is shown is what the work needs: a cashier or finance compares the
 * end of a number with a slip in his hand, and finds the person by the whole number that the patient brings. The plain value leaves by a reveal with a reason only (decision 0055).
 */
import type { Bilingual } from './bilingual.js';
import { isIdNumber } from './id-number.js';
import { redactText } from './sensitive.js';

/** 姓名、证件号、手机号、卡号与账号、患者编号、用户号、住院号、自由文本. */
export const PERSONAL_KINDS = ['name', 'idNumber', 'phone', 'cardNumber', 'patientNumber', 'text'] as const;
export type PersonalKind = (typeof PERSONAL_KINDS)[number];

/** How each kind is shown. */
const SHOWN_AS: Readonly<Record<PersonalKind, (plain: string) => string>> = { name: maskName, idNumber: maskIdNumber, phone: maskPhone, cardNumber: maskNumber, patientNumber: maskPatientNumber, text: redactText };

export function mask(kind: PersonalKind, plain: string): string {
  return SHOWN_AS[kind](plain);
}

/** 张三 → 张*; 张小三 → 张*三; Anna → A**a. Works on code points, so rare characters outside the BMP survive whole. */
export function maskName(name: string): string {
  const characters = [...name.trim()];
  if (characters.length <= 1) return '*';
  if (characters.length === 2) return `${characters[0] ?? ''}*`;
  return `${characters[0] ?? ''}${'*'.repeat(characters.length - 2)}${characters.at(-1) ?? ''}`;
}

/** Keeps the last four characters: as a card or an account is named on slips. */
export function maskNumber(text: string): string {
  const characters = [...text];
  return characters.length <= 4 ? '*'.repeat(characters.length) : `${'*'.repeat(Math.min(characters.length - 4, 14))}${characters.slice(-4).join('')}`;
}

/** 3201**********1234: the region and the end, the birthday in no part. Shorter ones by `maskNumber`. */
function maskIdNumber(text: string): string {
  return text.length < 15 ? maskNumber(text) : `${text.slice(0, 4)}${'*'.repeat(text.length - 8)}${text.slice(-4)}`;
}

/** 138****5678. */
function maskPhone(text: string): string {
  return /^\d{11}$/.test(text) ? `${text.slice(0, 3)}****${text.slice(-4)}` : maskNumber(text);
}

/** A hospital's own number of a person: its end, never more than half of it, nothing of up to four characters, since some hospitals count from 1. Where the hospital takes an identity or phone number for it, that one's rule. */
function maskPatientNumber(text: string): string {
  if (isIdNumber(text)) return maskIdNumber(text);
  if (/^1[3-9]\d{9}$/.test(text)) return maskPhone(text);
  const characters = [...text];
  if (characters.length <= 4) return '*'.repeat(characters.length);
  const shown = Math.min(4, Math.floor(characters.length / 2));
  return `${'*'.repeat(characters.length - shown)}${characters.slice(-shown).join('')}`;
}

/** Why there is a case. Those of earlier versions name the patient of a prepayment account by his number. */
export function maskDetail({ zh, en }: Bilingual): Bilingual {
  const masked = (text: string): string => redactText(text.replace(/ of patient \S+/g, ' of the patient'));
  return { zh: masked(zh), en: masked(en) };
}

/** Who stands on the other side of a line of the hospital's account: a name of up to four characters, of Latin letters, or with the dot of a transcribed name (阿依古丽·买买提) may be a person's; companies are named. */
export function maskCounterparty(name: string): string {
  return [...name].length <= 4 || /^[A-Za-z .'-]{1,40}$/.test(name) || /[·•・]/.test(name) ? maskName(name) : name;
}
