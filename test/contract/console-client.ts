/** A browser's half of the console API without a browser: it keeps the cookie and repeats the session's token. */
export type Reply = { readonly status: number; readonly body: Record<string, unknown>; readonly headers: Headers };

export class ConsoleClient {
  readonly #origin: string;
  cookie: string | undefined;
  csrfToken: string | undefined;

  constructor(origin: string) {
    this.#origin = origin;
  }

  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`${this.#origin}/console-api/v1${path}`, {
      method,
      headers: {
        ...(this.cookie === undefined ? {} : { cookie: this.cookie }),
        ...(this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const cookie = response.headers.get('set-cookie');
    if (cookie !== null) this.cookie = cookie.split(';')[0];
    // A file is no answer to read here.
    const answer: unknown = response.headers.get('content-type')?.includes('json') === true ? await response.json() : undefined;
    const content = isRecord(answer) ? answer : {};
    if (typeof content['csrfToken'] === 'string') this.csrfToken = content['csrfToken'];
    return { status: response.status, body: content, headers: response.headers };
  }

  /** Bytes as they are: an upload. */
  async send(method: string, path: string, bytes: Uint8Array, more: Record<string, string> = {}): Promise<Reply> {
    const response = await fetch(`${this.#origin}/console-api/v1${path}`, {
      method,
      headers: { 'content-type': 'application/octet-stream', ...(this.cookie === undefined ? {} : { cookie: this.cookie }), ...(this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }), ...more },
      body: new Uint8Array(bytes),
    });
    const answer: unknown = await response.json();
    return { status: response.status, body: isRecord(answer) ? answer : {}, headers: response.headers };
  }

  /** A file as it comes; with a body it is asked for by POST. */
  async fetchBytes(path: string, body?: object): Promise<{ readonly status: number; readonly bytes: Buffer; readonly headers: Headers }> {
    const session = { ...(this.cookie === undefined ? {} : { cookie: this.cookie }), ...(this.csrfToken === undefined ? {} : { 'x-csrf-token': this.csrfToken }) };
    const response = await fetch(`${this.#origin}/console-api/v1${path}`, body === undefined ? { headers: session } : { method: 'POST', headers: { ...session, 'content-type': 'application/json' }, body: JSON.stringify(body) });
    return { status: response.status, bytes: Buffer.from(await response.arrayBuffer()), headers: response.headers };
  }

  get(path: string): Promise<Reply> {
    return this.call('GET', path);
  }
}

/** The error code of an answer, or undefined. */
export function codeOf({ body }: Reply): unknown {
  return isRecord(body['error']) ? body['error']['code'] : undefined;
}

/** Why it was refused, as the console has it in Chinese and everybody else in English. */
export function detailOf({ body }: Reply): { readonly zh: unknown; readonly en: unknown } {
  const error = isRecord(body['error']) ? body['error'] : {};
  return { zh: error['detailZh'], en: error['detail'] };
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The list under a key of an answer. */
export function listOf(reply: Reply, key: string): Record<string, unknown>[] {
  const value = reply.body[key];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/** The first administrator of a house, signed in. */
export async function firstAdministrator({ origin, firstLogin }: { readonly origin: string; readonly firstLogin: { open(): Promise<string | undefined> } }): Promise<ConsoleClient> {
  const client = new ConsoleClient(origin);
  const { status, body } = await client.call('POST', '/first-login', { code: await firstLogin.open(), login: 'li.admin', displayName: '李工', password: 'Correct-Horse-7' });
  if (status !== 200) throw new Error(`the first login was refused: ${JSON.stringify(body)}`);
  return client;
}

/** An auditor of the same house, signed in: reads everything, changes nothing. */
export async function auditorBeside({ origin }: { readonly origin: string }, administrator: ConsoleClient): Promise<ConsoleClient> {
  await administrator.call('POST', '/users', { login: 'chen.audit', displayName: '陈审计', roles: ['auditor'], password: 'Given-By-Boss-1' });
  const auditor = new ConsoleClient(origin);
  await auditor.call('POST', '/session', { login: 'chen.audit', password: 'Given-By-Boss-1' });
  const { status, body } = await auditor.call('POST', '/password', { current: 'Given-By-Boss-1', next: 'Correct-Horse-8' });
  if (status !== 200) throw new Error(`no auditor: ${JSON.stringify(body)}`);
  return auditor;
}

/** Runs a day and waits for its end, whether it answers with it or goes on by itself. The answer tells the days. */
export async function runReconciliationDay(client: ConsoleClient, day: string): Promise<Reply> {
  const begun = await client.call('POST', `/reconciliation/days/${day}/runs`);
  if (begun.status !== 202) return begun;
  for (;;) {
    const reply = await client.get(`/reconciliation/days?from=${day}&to=${day}`);
    if (listOf(reply, 'runs').every(({ state }) => state !== 'running')) return reply;
    await new Promise((resolve) => { setTimeout(resolve, 100); });
  }
}
