/** Puts a simulator that speaks plain HTTP on the loopback behind TLS, as the real one is: for machines that reach it over a network. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';

export type TlsFront = { readonly port: number; /** What must be trusted to believe it. */ readonly authorityPem: string; /** Connections so far. */ readonly connections: () => number; stop(): void };

/** @param address how it is called from where it is reached */
export async function startTlsFront({ to, address }: { readonly to: number; readonly address: string }): Promise<TlsFront> {
  const folder = mkdtempSync(join(tmpdir(), 'hospay-front-'));
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', key, '-out', certificate, '-days', '30', '-subj', `/CN=${address}`, '-addext', `subjectAltName=IP:${address}`], { stdio: 'ignore' });
  const authorityPem = readFileSync(certificate, 'utf8');
  let connections = 0;
  const server = createServer({ key: readFileSync(key), cert: authorityPem }, (socket) => {
    connections += 1;
    const inner = connect({ host: '127.0.0.1', port: to });
    for (const end of [socket, inner]) end.on('error', () => { socket.destroy(); inner.destroy(); });
    socket.pipe(inner).pipe(socket);
  });
  await new Promise<void>((go) => { server.listen(0, '127.0.0.1', go); });
  const told = server.address();
  rmSync(folder, { recursive: true, force: true });
  return { port: typeof told === 'object' && told !== null ? told.port : 0, authorityPem, connections: () => connections, stop: () => { server.close(); } };
}
