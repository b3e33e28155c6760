/** The console of this machine, asked by its screen. Nothing leaves the machine, and its certificate is for the names the network knows it by. */
import { request as requestPlain, type IncomingHttpHeaders } from 'node:http';
import { request as requestEncrypted } from 'node:https';
import type { SignedIn } from './screen-menu.js';

export type LocalConsole = {
  /** Whether nobody has an account yet: only then does the setup code open anything. Undefined: it does not answer. */
  isUnclaimed(): Promise<boolean | undefined>;
  /** The session is ended at once: it serves to know who asks. */
  signIn(login: string, password: string): Promise<SignedIn>;
  proveSecondFactor(code: string): Promise<SignedIn>;
};
type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: Readonly<Record<string, unknown>> };
type Session = { readonly cookie: string; readonly csrf: string };

const PATIENCE_MS = 20_000;
/** Who may do with the machine what the menu does. */
const RIGHT = 'operate';

export function localConsole({ port, isEncrypted }: { readonly port: number; readonly isEncrypted: boolean }): LocalConsole {
  let session: Session | undefined;
  const entered = async (answer: Answer): Promise<SignedIn> => {
    if (answer.status !== 200) return 'refused';
    const [cookie = ''] = (answer.headers['set-cookie']?.[0] ?? '').split(';');
    const { csrfToken, entryStep, rights } = answer.body;
    session = { cookie: cookie === '' ? (session?.cookie ?? '') : cookie, csrf: typeof csrfToken === 'string' ? csrfToken : '' };
    if (entryStep === 'secondFactor') return 'secondFactor';
    // Of a sign-in that is not complete no right is told.
    const isAllowed = Array.isArray(rights) && rights.includes(RIGHT);
    await ask('DELETE', '/session').catch(() => undefined);
    session = undefined;
    return isAllowed ? 'signedIn' : 'notAllowed';
  };
  return {
    async isUnclaimed() {
      const answer = await ask('GET', '/state').catch(() => undefined);
      return answer?.status === 200 ? answer.body['firstLogin'] === true : undefined;
    },
    signIn: (login, password) => ask('POST', '/session', { login, password }).then(entered, () => 'unreachable'),
    proveSecondFactor: (code) => ask('POST', '/session/second-factor', { code }).then(entered, () => 'unreachable'),
  };

  function ask(method: string, path: string, body?: object): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const text = body === undefined ? '' : JSON.stringify(body);
      const headers = {
        'user-agent': 'hospay-screen', 'content-length': Buffer.byteLength(text), ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(session === undefined ? {} : { cookie: session.cookie, 'x-csrf-token': session.csrf }),
      };
      const where = { method, host: '127.0.0.1', port, path: `/console-api/v1${path}`, timeout: PATIENCE_MS, headers, rejectUnauthorized: false };
      const asked = (isEncrypted ? requestEncrypted : requestPlain)(where, (answer) => {
        let told = '';
        answer.setEncoding('utf8').on('data', (part: string) => { told += part; }).once('end', () => {
          try {
            const value: unknown = told === '' ? {} : JSON.parse(told);
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: typeof value === 'object' && value !== null ? (value as Answer['body']) : {} });
          } catch (error) {
            reject(error instanceof Error ? error : new Error('no JSON'));
          }
        });
      });
      asked.once('timeout', () => { asked.destroy(new Error('no answer')); }).once('error', reject).end(text);
    });
  }
}
