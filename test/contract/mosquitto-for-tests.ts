/** A real Mosquitto on free loopback ports, started from the files the core generates. */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { writeMosquittoFiles, type MosquittoTls } from '@hospay/server/edges/mqtt/mosquitto-files.js';
import type { BrokerCredentials } from '@hospay/server/terminals/ports.js';
import { freePort } from '../simulators/free-port.js';

export async function startMosquitto(credentials: BrokerCredentials, tlsOf?: () => Promise<Omit<MosquittoTls, 'port'>>): Promise<{ readonly port: number; readonly websocketPort: number; readonly tlsPort: number; reload(): Promise<void>; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-mosquitto-'));
  const [port, websocketPort, tlsPort] = [await freePort(), await freePort(), await freePort()];
  const write = async () => writeMosquittoFiles({ folder, listeners: { host: '127.0.0.1', port, websocketPort, ...(tlsOf === undefined ? {} : { tls: { ...(await tlsOf()), port: tlsPort } }), ...(userInfo().uid === 0 ? { runAs: 'root' } : {}) }, credentials, randomBytes });
  const files = await write();
  const broker = spawn('mosquitto', ['-c', files.configuration], { stdio: ['ignore', 'ignore', 'pipe'], env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` } });
  let said = '';
  broker.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => {
    broker.once('error', (error) => {
      said += `${error.message}; install the Debian package mosquitto`;
      resolve();
    });
    broker.once('close', () => resolve());
  });
  let isEnded = false;
  void ended.then(() => (isEnded = true));
  for (const listening of [port, websocketPort, ...(tlsOf === undefined ? [] : [tlsPort])]) {
    while (!(await canConnect(listening))) {
      if (isEnded) throw new Error(`mosquitto did not start: ${said}`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
  return {
    port,
    websocketPort,
    tlsPort,
    async reload() {
      await write();
      broker.kill('SIGHUP');
    },
    async stop() {
      broker.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
