import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Timers } from '../../domain/time.js';

export type SmtpSettings = {
  readonly host: string;
  readonly port: number;
  /** `startTls`: plain at first, and nothing but the greeting before TLS. `tls`: from the first byte. `none`: for a relay inside the house; no password is ever sent. */
  readonly security: 'none' | 'startTls' | 'tls';
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly authorityPem: string | undefined;
  /** How this machine calls itself (EHLO). */
  readonly clientName: string;
};
export type Envelope = { readonly from: string; readonly to: readonly string[]; /** Headers and body with CRLF; no line begins with a point. */ readonly text: string };

/** The server said no, or not what the protocol says. `problem` names the step and the code and never what the server wrote: that may name people. */
export class SmtpRefusal extends Error {
  override readonly name = 'SmtpRefusal';
  readonly problem: string;
  constructor(problem: string) {
    super(problem);
    this.problem = problem;
  }
}

const TIMEOUT_MS = 30_000;
/** RFC 5321 4.5.3.1.5: a reply line is at most 512 octets; a server that writes without end is not listened to. */
const LONGEST_REPLY = 16 * 1024;

type Reply = { readonly code: number; readonly lines: readonly string[] };
type Line = { readonly socket: Socket; read(): Promise<Reply>; isEmpty(): boolean; /** The socket is another's from now on. */ leave(): void };

/**
 * Hands one message to a mail server (RFC 5321, 3207 STARTTLS, 4954 AUTH with PLAIN or LOGIN) and resolves once the server has taken it; with how many recipients it refused.
 * @throws SmtpRefusal, or the connection's own error.
 */
export async function handOverMail(settings: SmtpSettings, envelope: Envelope, { timers }: { readonly timers: Timers }): Promise<{ readonly refused: number }> {
  const { host, port, security } = settings;
  let socket = security === 'tls' ? connectTls({ host, port, ...tlsOf(settings) }) : connectPlain({ host, port });
  const deadline = timers.after(TIMEOUT_MS, () => { socket.destroy(new DOMException('late', 'AbortError')); });
  try {
    let line = listenTo(socket);
    await expect(line, 'the greeting', [220]);
    let offers = await greet(line, settings.clientName);
    if (security === 'startTls') {
      if (!offers.has('STARTTLS')) throw new SmtpRefusal('the mail server offers no STARTTLS');
      await ask(line, 'STARTTLS', 'STARTTLS', [220]);
      // Anything that came with the answer was written before TLS, by whoever (CVE-2011-0411): it must not be read as if it had been inside.
      if (!line.isEmpty()) throw new SmtpRefusal('the mail server wrote on before TLS');
      line.leave();
      socket = connectTls({ socket, ...tlsOf(settings) });
      line = listenTo(socket);
      offers = await greet(line, settings.clientName);
    }
    if (settings.username !== undefined) await signIn(line, settings, offers);
    await ask(line, `MAIL FROM:<${envelope.from}>`, 'MAIL', [250]);
    const refused = await nameRecipients(line, envelope.to);
    await ask(line, 'DATA', 'DATA', [354]);
    await ask(line, `${envelope.text}\r\n.`, 'the message', [250]);
    // The message is theirs now; how the conversation ends changes nothing.
    socket.end('QUIT\r\n');
    return { refused };
  } finally {
    deadline.cancel();
    socket.once('error', () => undefined);
    socket.destroySoon();
  }
}

function tlsOf({ host, authorityPem }: SmtpSettings) {
  return { ...(isIP(host) === 0 ? { servername: host } : { host }), ...(authorityPem === undefined ? {} : { ca: authorityPem }) };
}

/** EHLO; the extensions the server offers, with their parameters. */
async function greet(line: Line, clientName: string): Promise<ReadonlyMap<string, string>> {
  const { lines } = await ask(line, `EHLO ${clientName}`, 'EHLO', [250]);
  return new Map(lines.slice(1).map((text) => {
    const [name = '', ...parameters] = text.trim().split(/[ =]+/);
    return [name.toUpperCase(), parameters.join(' ').toUpperCase()] as const;
  }));
}

async function signIn(line: Line, { username = '', password = '', security }: SmtpSettings, offers: ReadonlyMap<string, string>): Promise<void> {
  if (security === 'none') throw new SmtpRefusal('a password is not sent without TLS');
  const ways = (offers.get('AUTH') ?? '').split(' ');
  const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64');
  if (ways.includes('PLAIN')) {
    await ask(line, `AUTH PLAIN ${encode(`\0${username}\0${password}`)}`, 'AUTH', [235]);
    return;
  }
  if (!ways.includes('LOGIN')) throw new SmtpRefusal('the mail server offers neither AUTH PLAIN nor AUTH LOGIN');
  await ask(line, 'AUTH LOGIN', 'AUTH', [334]);
  await ask(line, encode(username), 'AUTH', [334]);
  await ask(line, encode(password), 'AUTH', [235]);
}

/** One mailbox that is gone must not keep alarms from the others; all of them gone is a refusal. */
async function nameRecipients(line: Line, recipients: readonly string[]): Promise<number> {
  let refused = 0;
  let last: SmtpRefusal | undefined;
  for (const to of recipients) {
    try {
      await ask(line, `RCPT TO:<${to}>`, 'RCPT', [250, 251]);
    } catch (error) {
      if (!(error instanceof SmtpRefusal)) throw error;
      refused += 1;
      last = error;
    }
  }
  if (last !== undefined && refused === recipients.length) throw last;
  return refused;
}

async function ask(line: Line, command: string, step: string, expected: readonly number[]): Promise<Reply> {
  line.socket.write(`${command}\r\n`);
  return expect(line, step, expected);
}

async function expect(line: Line, step: string, expected: readonly number[]): Promise<Reply> {
  const reply = await line.read();
  if (!expected.includes(reply.code)) throw new SmtpRefusal(`the mail server answered ${String(reply.code)} to ${step}`);
  return reply;
}

/** Replies as they come: `250-…` lines belong together until one with a space after its code. */
function listenTo(socket: Socket): Line {
  let text = '';
  let failure: Error | undefined;
  let waiting: PromiseWithResolvers<Reply> | undefined;
  const serve = (): void => {
    if (waiting === undefined) return;
    const isTooLong = text.length > LONGEST_REPLY;
    const end = isTooLong ? null : /^(?:\d{3}-[^\n]*\n)*(\d{3})(?: [^\n]*)?\r?\n/.exec(text);
    const { resolve, reject } = waiting;
    if (end !== null) {
      text = text.slice(end[0].length);
      waiting = undefined;
      resolve({ code: Number(end[1]), lines: end[0].trimEnd().split(/\r?\n/).map((one) => one.slice(4)) });
    } else if (failure !== undefined || isTooLong) {
      waiting = undefined;
      reject(failure ?? new SmtpRefusal('the mail server writes without end'));
    }
  };
  const fail = (error: Error): void => {
    failure ??= error;
    serve();
  };
  const hear = (chunk: Buffer): void => {
    text += chunk.toString('utf8');
    serve();
  };
  const closed = (): void => { fail(new SmtpRefusal('the mail server closed the connection')); };
  socket.on('data', hear).on('error', fail).on('close', closed);
  return {
    socket,
    isEmpty: () => text === '',
    leave: () => { socket.off('data', hear).off('error', fail).off('close', closed); },
    read() {
      waiting = Promise.withResolvers<Reply>();
      const { promise } = waiting;
      serve();
      return promise;
    },
  };
}
