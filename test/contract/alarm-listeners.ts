/** Real listeners on the loopback for what leaves the house: a mail server, a webhook receiver, syslog collectors. */
import { createSocket } from 'node:dgram';
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingHttpHeaders } from 'node:http';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { selfSignedCertificate } from '../simulators/machinery/certificate-writer.js';

export type KeyPair = { readonly cert: string; readonly key: string };

/** A certificate for localhost that is its own authority. */
export function localhostCertificate(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const now = Date.now();
  const cert = selfSignedCertificate({ serialNumber: '4a5b6c7d8e9f00112233445566778899aabbccdd', commonName: 'localhost', organisation: 'Hospital', notBefore: new Date(now - 86_400_000), notAfter: new Date(now + 86_400_000), publicKey, privateKey });
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() };
}

async function listening(server: Server, port = 0): Promise<number> {
  server.listen(port, 'localhost');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

export type MailServerSettings = {
  readonly tls?: KeyPair;
  readonly offersStartTls?: boolean;
  readonly offers?: readonly string[];
  readonly password?: string;
  readonly refuses?: readonly string[];
  /** Written in the same packet as the answer to STARTTLS: what somebody on the line would put there. */
  readonly afterStartTls?: string;
  /** The answer to DATA's end. */
  readonly takes?: () => string;
};
export type ReceivedMail = { readonly from: string; readonly to: readonly string[]; readonly text: string; readonly wasEncrypted: boolean; readonly login: string | undefined };

/** SMTP as servers speak it: multi-line EHLO, STARTTLS on the same connection, AUTH PLAIN and LOGIN, refusals per recipient. */
export async function startMailServer(settings: MailServerSettings = {}) {
  const { tls, offersStartTls = tls !== undefined, offers = ['AUTH PLAIN LOGIN'], refuses = [], takes = () => '250 2.0.0 queued' } = settings;
  const mails: ReceivedMail[] = [];
  const heard: string[] = [];
  const open = new Set<Socket>();
  const serve = (socket: Socket, isEncrypted: boolean, isGreeting: boolean): void => {
    const state: { from: string; to: string[]; login: string | undefined; data: string | undefined; expects: 'command' | 'user' | 'password' } = { from: '', to: [], login: undefined, data: undefined, expects: 'command' };
    const say = (...lines: string[]): void => { socket.write(lines.map((line) => `${line}\r\n`).join('')); };
    let text = '';
    const hear = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
        const line = text.slice(0, end);
        text = text.slice(end + 2);
        if (state.data !== undefined) takeData(line);
        else if (state.expects !== 'command') takeLogin(line);
        else if (takeCommand(line) === 'upgraded') return;
      }
    };
    const takeData = (line: string): void => {
      if (line !== '.') {
        state.data = `${state.data ?? ''}${line}\r\n`;
        return;
      }
      const answer = takes();
      if (answer.startsWith('250')) mails.push({ from: state.from, to: [...state.to], text: state.data ?? '', wasEncrypted: isEncrypted, login: state.login });
      state.data = undefined;
      say(answer);
    };
    const takeLogin = (line: string): void => {
      const given = Buffer.from(line, 'base64').toString('utf8');
      if (state.expects === 'user') {
        state.login = given;
        state.expects = 'password';
        say('334 UGFzc3dvcmQ6');
        return;
      }
      state.expects = 'command';
      say(given === settings.password ? '235 2.7.0 ok' : '535 5.7.8 bad credentials of alarms@hospital.test');
    };
    const takeCommand = (line: string): 'upgraded' | undefined => {
      heard.push(line.replace(/(AUTH PLAIN ).*/, '$1…'));
      const [verb = '', ...rest] = line.split(' ');
      const address = /<([^>]*)>/.exec(line)?.[1] ?? '';
      if (verb === 'EHLO') say('250-localhost greets you', ...(offersStartTls && !isEncrypted ? ['250-STARTTLS'] : []), ...offers.map((one) => `250-${one}`), '250 8BITMIME');
      else if (verb === 'STARTTLS') {
        socket.off('data', hear);
        socket.write(`220 go ahead\r\n${settings.afterStartTls ?? ''}`);
        const inner = new TLSSocket(socket, { isServer: true, ...tls });
        inner.on('error', () => undefined);
        serve(inner, true, false);
        return 'upgraded';
      } else if (line.startsWith('AUTH PLAIN')) {
        const [, user, password] = Buffer.from(rest[1] ?? '', 'base64').toString('utf8').split('\0');
        state.login = user;
        say(password === settings.password ? '235 2.7.0 ok' : '535 5.7.8 bad credentials of alarms@hospital.test');
      } else if (line === 'AUTH LOGIN') {
        state.expects = 'user';
        say('334 VXNlcm5hbWU6');
      } else if (verb === 'MAIL') {
        state.from = address;
        say('250 ok');
      } else if (verb === 'RCPT') {
        if (refuses.includes(address)) say(`550 5.1.1 <${address}> unknown user`);
        else {
          state.to.push(address);
          say('250 ok');
        }
      } else if (verb === 'DATA') {
        state.data = '';
        say('354 end with a point');
      } else if (verb === 'QUIT') socket.end('221 bye\r\n');
      else say('502 not known');
      return undefined;
    };
    socket.on('data', hear);
    socket.on('error', () => undefined);
    open.add(socket);
    if (isGreeting) say('220 localhost ready');
  };
  const server = createServer((socket) => { serve(socket, false, true); });
  const port = await listening(server);
  return { port, mails, heard, stop: () => stopServer(server, open) };
}

function stopServer(server: Server, open: Iterable<Socket>): Promise<void> {
  for (const socket of open) socket.destroy();
  return new Promise((resolve) => { server.close(() => { resolve(); }); });
}

export type Posted = { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer };

/** A receiver of POSTs; `answer` decides what it says, or is silent. */
export async function startReceiver() {
  const posted: Posted[] = [];
  const scene: { answer: () => { readonly status: number; readonly body?: string } | undefined } = { answer: () => ({ status: 204 }) };
  const server = createHttpServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      posted.push({ path: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks) });
      const answer = scene.answer();
      if (answer === undefined) return;
      response.writeHead(answer.status, answer.status === 302 ? { location: 'http://127.0.0.1:1/' } : {});
      response.end(answer.body);
    });
  });
  const port = await listening(server);
  return {
    port, posted, scene, url: `http://localhost:${String(port)}/alarms?house=1`,
    stop: () => new Promise<void>((resolve) => {
      server.closeAllConnections();
      server.close(() => { resolve(); });
    }),
  };
}

/** A collector that reads octet-counted frames (RFC 6587) over TCP or TLS. `connections`: how many messages came by each. `most`: it drops a connection that brings more. */
export async function startSyslogStream(tls?: TlsOptions, at = 0, most = Infinity) {
  const messages: string[] = [];
  const connections: number[] = [];
  const open = new Set<Socket>();
  const serve = (socket: Socket): void => {
    const connection = connections.push(0) - 1;
    open.add(socket);
    let bytes = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (;;) {
        const space = bytes.indexOf(0x20);
        const length = Number(bytes.subarray(0, Math.max(0, space)).toString('ascii'));
        if (space < 1 || !Number.isInteger(length) || bytes.length < space + 1 + length) return;
        messages.push(bytes.subarray(space + 1, space + 1 + length).toString('utf8'));
        connections[connection] = (connections[connection] ?? 0) + 1;
        bytes = bytes.subarray(space + 1 + length);
        if ((connections[connection] ?? 0) > most) {
          socket.destroy();
          return;
        }
      }
    });
  };
  const server = tls === undefined ? createServer(serve) : createTlsServer(tls, serve);
  const port = await listening(server, at);
  return { port, messages, connections, stop: () => stopServer(server, open) };
}

/** A collector that ends a connection as soon as its handshake is done, as one does that turns a peer away without an alert. */
export async function startTurningAway(tls: TlsOptions) {
  let turnedAway = 0;
  const server = createTlsServer(tls, (socket) => {
    turnedAway += 1;
    socket.on('error', () => undefined);
    socket.destroy();
  });
  const port = await listening(server);
  return { port, turnedAway: () => turnedAway, stop: () => stopServer(server, new Set()) };
}

/** A collector that reads everything and then does not let go as it should: it stays, or dies at the moment it is left. */
export async function startHoldingOn(tls: TlsOptions, atTheEnd: 'stays' | 'dies') {
  const open = new Set<Socket>();
  let ended = 0;
  const server = createTlsServer({ ...tls, allowHalfOpen: true }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('end', () => {
      ended += 1;
      if (atTheEnd === 'dies') for (const raw of open) raw.resetAndDestroy();
    });
    socket.resume();
  });
  server.on('connection', (raw: Socket) => {
    open.add(raw);
    raw.on('error', () => undefined);
    raw.on('close', () => { open.delete(raw); });
  });
  const port = await listening(server);
  return { port, ended: () => ended, stop: () => stopServer(server, open) };
}

export async function startSyslogUdp() {
  const messages: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (message) => messages.push(message.toString('utf8')));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port, messages, stop: () => { socket.close(); } };
}

/** Takes connections, reads, and never says a word. */
export async function startSilent() {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  const port = await listening(server);
  return { port, stop: () => stopServer(server, open) };
}
