import { ok, refused, type Outcome } from '../domain/errors.js';
import { LOGIN_PATTERN } from './ports.js';

const LOGIN = new RegExp(LOGIN_PATTERN);

/** A login as it is kept: lower case, letters, digits, dot, hyphen, underscore. */
export function readLogin(typed: string): Outcome<string> {
  const login = typed.trim().toLowerCase();
  return LOGIN.test(login) ? ok(login) : refused('MALFORMED_REQUEST', 'login: 3 to 32 letters, digits, dots, hyphens or underscores, a letter or digit first');
}
