import { ok, refused, type Outcome } from '../domain/errors.js';
import { LOGIN_PATTERN } from './ports.js';

const LOGIN = new RegExp(LOGIN_PATTERN);

/** A login as it is kept: lower case, letters, digits, dot, hyphen, underscore. */
export function readLogin(typed: string): Outcome<string> {
  const login = typed.trim().toLowerCase();
  return LOGIN.test(login) ? ok(login) : refused('MALFORMED_REQUEST', { zh: '用户名须为 3 至 32 个字母、数字、点、横线或下划线，以字母或数字开头', en: 'login: 3 to 32 letters, digits, dots, hyphens or underscores, a letter or digit first' });
}
