import { refused, type Refused } from '../domain/errors.js';

const FEWEST_CHARACTERS = 12;
/** Longer ones only cost time to hash. */
const MOST_CHARACTERS = 128;
const FEWEST_CLASSES = 3;
const CLASSES = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9\s]/];

/** Why a password may not be chosen, or undefined (GB/T 22239-2019 8.1.4.1, PCI DSS 8.3.6). */
export function refuseWeakPassword(password: string, login: string): Refused | undefined {
  const characters = [...password].length;
  if (characters < FEWEST_CHARACTERS || characters > MOST_CHARACTERS) return refused('PASSWORD_TOO_WEAK', { zh: `须为 ${String(FEWEST_CHARACTERS)} 至 ${String(MOST_CHARACTERS)} 个字符`, en: `${String(FEWEST_CHARACTERS)} to ${String(MOST_CHARACTERS)} characters` });
  if (CLASSES.filter((shape) => shape.test(password)).length < FEWEST_CLASSES) return refused('PASSWORD_TOO_WEAK', { zh: `大写字母、小写字母、数字、符号中不足 ${String(FEWEST_CLASSES)} 类`, en: `fewer than ${String(FEWEST_CLASSES)} classes of characters` });
  if (password.toLowerCase().includes(login.toLowerCase())) return refused('PASSWORD_TOO_WEAK', { zh: '密码中含有用户名', en: 'it contains the login' });
  if (new Set(password).size < 5) return refused('PASSWORD_TOO_WEAK', { zh: '不同的字符太少', en: 'too few different characters' });
  return undefined;
}
