/** A broker of the hospital's own: a real Mosquitto on loopback, with whatever rules a test gives it. It can be stopped and come back on its port. */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectAsync } from 'mqtt';
import { freePort } from '../simulators/free-port.js';

/** `guarded`: over TLS, with a certificate of the hospital's own, for the one user `hospay`. */
type Guarded = { readonly password: string };

export async function startHospitalBroker(context: TestContext, rules = 'topic readwrite #', guarded?: Guarded) {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-hospital-broker-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  writeFileSync(join(folder, 'rules'), `${rules}\n`, { mode: 0o600 });
  const certificate = join(folder, 'broker.pem');
  if (guarded !== undefined) guard(folder, certificate, guarded);
  const door = guarded === undefined ? ['allow_anonymous true', `acl_file ${join(folder, 'rules')}`] : ['allow_anonymous false', `password_file ${join(folder, 'users')}`, `certfile ${certificate}`, `keyfile ${join(folder, 'broker.key')}`];
  writeFileSync(file, [`listener ${String(port)} 127.0.0.1`, ...door, ...(userInfo().uid === 0 ? ['user root'] : []), ''].join('\n'));
  let broker: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    broker = spawn('mosquitto', ['-c', file], { stdio: 'ignore', env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } });
    const until = Date.now() + 5_000;
    while (!(await isListening(port))) {
      if (Date.now() > until) throw new Error('mosquitto did not start; install the Debian package mosquitto');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  const stop = async (): Promise<void> => {
    const running = broker;
    broker = undefined;
    if (running === undefined) return;
    const ended = new Promise((resolve) => running.once('close', resolve));
    running.kill('SIGKILL');
    await ended;
  };
  context.after(async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  });
  await start();
  return {
    url: `${guarded === undefined ? 'mqtt' : 'mqtts'}://127.0.0.1:${String(port)}`,
    /** PEM; of a guarded one. */
    certificate: guarded === undefined ? '' : readFileSync(certificate, 'utf8'),
    start,
    stop,
    /** Somebody in the hospital who listens; what he hears, in order. */
    async listen(topic: string): Promise<Record<string, unknown>[]> {
      const heard: Record<string, unknown>[] = [];
      const client = await connectAsync(`mqtt://127.0.0.1:${String(port)}`, { reconnectPeriod: 20 });
      client.on('error', () => undefined);
      client.on('message', (_topic, payload) => heard.push(JSON.parse(payload.toString('utf8'))));
      await client.subscribeAsync(topic, { qos: 1 });
      context.after(() => { client.end(true); });
      return heard;
    },
  };
}

function guard(folder: string, certificate: string, { password }: Guarded): void {
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', join(folder, 'broker.key'), '-out', certificate, '-days', '30', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'], { stdio: 'ignore' });
  writeFileSync(join(folder, 'users'), '', { mode: 0o600 });
  execFileSync('mosquitto_passwd', ['-b', join(folder, 'users'), 'hospay', password], { stdio: 'ignore' });
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
