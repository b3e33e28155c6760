/** A web server of a hospital's network (更新镜像) over TLS, with a certificate of the hospital's authority: a folder of files, ranges, and everything such a server does wrong. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { makeHospitalAuthority } from './hospital-authority.js';

export type MirrorWrongs = {
  /** Bundles break off after so many bytes of an answer, so many times. */
  breaks?: { readonly afterBytes: number; times: number };
  /** Every answer is this status. */
  status?: number;
  /** Answers nothing at all. */
  isSilent?: boolean;
  /** Knows no ranges: sends all of it. */
  hasNoRanges?: boolean;
  /** Bundles are as long as this: cut, or filled up. `isUntold`: in chunks, without saying how long. */
  length?: { readonly bytes: number; readonly isUntold: boolean };
  /** The index, in its place. */
  index?: string;
};

export async function startUpdateMirror(folder: string) {
  mkdirSync(folder, { recursive: true });
  const authority = await makeHospitalAuthority(new Date());
  const { privateKeyPem, chainPem } = await authority.keyed({ names: ['127.0.0.1'] });
  const wrongs: MirrorWrongs = {};
  /** Of bundles: the range asked for, or none. */
  const asked: (string | undefined)[] = [];
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    const name = basename(request.url ?? '');
    if (wrongs.isSilent === true) return;
    if (wrongs.status !== undefined) {
      response.writeHead(wrongs.status, { location: 'https://127.0.0.1:1/elsewhere/' }).end();
      return;
    }
    if (name === 'index.json' && wrongs.index !== undefined) {
      response.writeHead(200).end(wrongs.index);
      return;
    }
    if (!existsSync(join(folder, name))) {
      response.writeHead(404).end();
      return;
    }
    const file = readFileSync(join(folder, name));
    if (name === 'index.json') {
      response.writeHead(200, { 'content-length': file.byteLength }).end(file);
      return;
    }
    sendBundle(wrongs.length === undefined ? file : Buffer.concat([file, Buffer.alloc(Math.max(0, wrongs.length.bytes - file.byteLength))]).subarray(0, wrongs.length.bytes), request, response);
  };
  const sendBundle = (file: Buffer, { headers: { range } }: IncomingMessage, response: ServerResponse): void => {
    asked.push(range);
    const from = wrongs.hasNoRanges === true ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0);
    const part = file.subarray(from);
    const ranged = range !== undefined && wrongs.hasNoRanges !== true;
    response.writeHead(ranged ? 206 : 200, { ...(wrongs.length?.isUntold === true ? {} : { 'content-length': part.byteLength }), ...(ranged ? { 'content-range': `bytes ${String(from)}-${String(file.byteLength - 1)}/${String(file.byteLength)}` } : {}) });
    const { breaks } = wrongs;
    if (breaks === undefined || breaks.times === 0) {
      response.end(part);
      return;
    }
    breaks.times -= 1;
    response.write(part.subarray(0, breaks.afterBytes), () => { setTimeout(() => { response.destroy(); }, 20); });
  };
  const server = createServer({ key: privateKeyPem, cert: chainPem }, serve);
  await new Promise<void>((go) => { server.listen(0, '127.0.0.1', go); });
  const { port } = server.address() as AddressInfo;
  const before = getCACertificates('default');
  return {
    url: `https://127.0.0.1:${String(port)}/hospay/updates`, folder, asked, wrongs,
    /** As `authorities` of an answers file does for the whole core. */
    trustIts() { setDefaultCACertificates([...before, authority.rootPem]); },
    async stop() {
      setDefaultCACertificates(before);
      server.closeAllConnections();
      await new Promise((go) => { server.close(go); });
    },
  };
}
