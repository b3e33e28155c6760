/** A person at the command line, signed in to the console's API under his own name: what he asks for is his, and what he approves is not. */
import { existsSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Command } from 'commander';

export type ConsoleOptions = { readonly console: string; readonly login: string; readonly passwordFile?: string };
type Json = Readonly<Record<string, unknown>>;
export type Reply = { readonly status: number; readonly body: Json };
export type ConsoleSession = {
  /** @throws Error with the platform's own words when it refuses. */
  call(method: string, path: string, body?: Json | Uint8Array): Promise<Reply>;
};

const DEADLINE_MS = 120_000;

/** What every command that changes something asks for. */
export function addConsoleOptions(command: Command): Command {
  return command
    .option('--console <address>', 'the console of the running core', 'http://127.0.0.1:8090')
    .requiredOption('--login <login>', 'who you are 登录名')
    .option('--password-file <file>', 'your password; else HOSPAY_CONSOLE_PASSWORD, else it is asked for 密码文件');
}

/** Signs in, works, signs out again, whatever became of it. */
export async function atConsole(options: ConsoleOptions, work: (session: ConsoleSession) => Promise<void>): Promise<void> {
  const base = `${options.console.replace(/\/$/, '')}/console-api/v1`;
  const held = { cookie: '', csrfToken: '' };
  const session: ConsoleSession = {
    async call(method, path, body) {
      const isBytes = body instanceof Uint8Array;
      let response: Response;
      try {
        response = await fetch(`${base}${path}`, {
          method, signal: AbortSignal.timeout(DEADLINE_MS),
          headers: { ...(held.cookie === '' ? {} : { cookie: held.cookie, 'x-csrf-token': held.csrfToken }), ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }) },
          ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
        });
      } catch {
        throw new Error(`the console at ${options.console} cannot be reached 控制台不可达`);
      }
      const cookie = response.headers.get('set-cookie')?.split(';')[0];
      if (cookie !== undefined) held.cookie = cookie;
      const answer = asObject(await response.json().catch(() => undefined));
      if (typeof answer['csrfToken'] === 'string') held.csrfToken = answer['csrfToken'];
      if (!response.ok) throw new Error(sayRefusal(response.status, asObject(answer['error'])));
      return { status: response.status, body: answer };
    },
  };
  const { body } = await session.call('POST', '/session', { login: options.login, password: await readPassword(options.passwordFile) });
  try {
    if (body['entryStep'] === 'secondFactor') await session.call('POST', '/session/second-factor', { code: process.env['HOSPAY_CONSOLE_CODE'] ?? (await askHidden('code 验证码: ', 'HOSPAY_CONSOLE_CODE')) });
    else if (typeof body['entryStep'] === 'string') throw new Error(`${options.login} has to complete the sign-in at the console first (${body['entryStep']}) 请先在管理控制台完成首次登录`);
    await work(session);
  } finally {
    await session.call('DELETE', '/session').catch(() => undefined);
  }
}

function sayRefusal(status: number, { code, zh, en, detail, nextZh, nextEn }: Json): string {
  const text = (...parts: readonly unknown[]): string => parts.filter((part) => typeof part === 'string' && part !== '').join(' ');
  return text(code ?? `HTTP ${String(status)}`, zh, en, typeof detail === 'string' && detail !== '' ? `(${detail})` : '', nextZh, nextEn);
}

async function readPassword(file: string | undefined): Promise<string> {
  if (file !== undefined) {
    if (!existsSync(file)) throw new Error(`${file} does not exist`);
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '');
  }
  return process.env['HOSPAY_CONSOLE_PASSWORD'] ?? askHidden('password 密码: ', '--password-file or HOSPAY_CONSOLE_PASSWORD');
}

/** Nothing that is typed is shown. */
async function askHidden(question: string, otherwise: string): Promise<string> {
  if (!process.stdin.isTTY) throw new Error(`nobody to ask: give ${otherwise}`);
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => { done(); } });
  const line = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    return await new Promise<string>((resolve) => { line.question('', resolve); });
  } finally {
    line.close();
    process.stderr.write('\n');
  }
}

export function asObject(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}
export function asList(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(asObject) : [];
}
