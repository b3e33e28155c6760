/** Who is asking: the session cookie, and for every write the token that only the console's own pages can read. */
import { timingSafeEqual } from 'node:crypto';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import { RIGHT_WORDS, type ConsoleUsers, type Right, type SignedIn } from '../../../users/ports.js';
import { json, type Answer } from '../http-kit/answer.js';
import type { HttpRequest } from '../http-kit/http-request.js';

/** `entry`: whoever knows the password, on the way in; `session`: whoever is all the way in; `listening`: the same, by a page that stays open: it keeps nobody signed in. */
export type ConsoleAccess = 'entry' | 'session' | 'listening' | Right;
export type ConsoleCaller = SignedIn & { readonly token: string };

export const SESSION_COOKIE = 'hospay_session';
export const CSRF_HEADER = 'x-csrf-token';
/** A page that refreshes itself says so: it keeps nobody signed in. */
export const BACKGROUND_HEADER = 'x-background';
const COOKIE_PATH = '/console-api';

export async function authenticateConsole(users: Pick<ConsoleUsers, 'findSession'>, request: HttpRequest, access: ConsoleAccess): Promise<Outcome<ConsoleCaller>> {
  const token = readSessionCookie(request);
  if (token === undefined) return refused('NOT_SIGNED_IN');
  const isWrite = request.method !== 'GET';
  const signedIn = await users.findSession({ token, by: access === 'listening' || (!isWrite && request.headers[BACKGROUND_HEADER] !== undefined) ? 'page' : 'person' });
  if (signedIn === undefined) return refused('NOT_SIGNED_IN');
  if (isWrite && !isSame(request.headers[CSRF_HEADER] ?? '', signedIn.csrfToken)) return refused('NOT_SIGNED_IN', { zh: `请求头 ${CSRF_HEADER} 与本会话不符，请刷新页面`, en: `header ${CSRF_HEADER}: is not this session's` });
  if (access !== 'entry' && signedIn.entryStep !== undefined) return refused('ENTRY_STEP_FIRST', signedIn.entryStep);
  if (access !== 'entry' && access !== 'session' && access !== 'listening' && !signedIn.rights.includes(access)) return refused('NOT_PERMITTED', { zh: `缺少“${RIGHT_WORDS[access]}”权限`, en: `needs the right ${access}` });
  return ok({ ...signedIn, token });
}

/** @param more told once beside the session */
export function sessionAnswer(signedIn: SignedIn, token: string, secureCookies: boolean, more: object = {}): Answer {
  return json({ ...viewSession(signedIn), ...more }, 200, { 'set-cookie': cookie(token, secureCookies) });
}

export function endSessionAnswer(secureCookies: boolean): Answer {
  return json({ done: true }, 200, { 'set-cookie': `${cookie('', secureCookies)}; Max-Age=0` });
}

export function viewSession({ login, displayName, operatorId, merchantNo, roles, rights, entryStep, hasSecondFactor, mustChangePassword, csrfToken, idleSeconds }: SignedIn) {
  return { login, displayName, operatorId, merchantNo, roles, rights, entryStep, hasSecondFactor, mustChangePassword, csrfToken, idleSeconds };
}

function cookie(token: string, secureCookies: boolean): string {
  return `${SESSION_COOKIE}=${token}; Path=${COOKIE_PATH}; HttpOnly; SameSite=Strict${secureCookies ? '; Secure' : ''}`;
}

function readSessionCookie({ headers }: HttpRequest): string | undefined {
  return /(?:^|;\s*)hospay_session=([\w-]{20,64})(?:;|$)/.exec(headers['cookie'] ?? '')?.[1];
}

function isSame(given: string, wanted: string): boolean {
  const [left, right] = [Buffer.from(given), Buffer.from(wanted)];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
