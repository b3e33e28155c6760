/** The built console, held in memory: some thirty small files that never change while the process runs. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';
import type Koa from 'koa';
import { trace } from '../http-kit/koa-context.js';

type StaticFile = { readonly contentType: string; readonly bytes: Buffer; readonly packed: Buffer | undefined; readonly etag: string; readonly cacheControl: string };

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8', '.svg': 'image/svg+xml', '.png': 'image/png', '.ico': 'image/x-icon',
  '.woff2': 'font/woff2', '.json': 'application/json; charset=utf-8', '.txt': 'text/plain; charset=utf-8',
};

/** Answers GET and HEAD of the console's files; every other path outside `apiBase` is a page of the single-page application. */
export function staticFiles({ folder, apiBase }: { readonly folder: string; readonly apiBase: string }): Koa.Middleware {
  const files = readFiles(folder);
  return async (context, next) => {
    const isRead = context.method === 'GET' || context.method === 'HEAD';
    if (!isRead || context.path === apiBase || context.path.startsWith(`${apiBase}/`)) return next();
    trace(context, { operationId: 'consoleFile' });
    const file = files.get(context.path) ?? (extname(context.path) === '' ? files.get('/index.html') : undefined);
    if (file !== undefined) return answer(context, file);
    context.status = files.size === 0 ? 503 : 404;
    context.type = 'text/plain; charset=utf-8';
    context.body = files.size === 0 ? '管理控制台尚未构建，请运行 npm start\nThe console has not been built: run npm start\n' : '未找到 / Not found\n';
    return undefined;
  };
}

function answer(context: Koa.Context, file: StaticFile): void {
  context.set('cache-control', file.cacheControl);
  context.set('etag', file.etag);
  if (context.get('if-none-match') === file.etag) {
    context.status = 304;
    return;
  }
  context.status = 200;
  context.type = file.contentType;
  if (file.packed !== undefined) context.vary('accept-encoding');
  const isPacked = file.packed !== undefined && context.acceptsEncodings('gzip') === 'gzip';
  if (isPacked) context.set('content-encoding', 'gzip');
  context.body = isPacked ? file.packed : file.bytes;
}

function readFiles(folder: string): ReadonlyMap<string, StaticFile> {
  const files = new Map<string, StaticFile>();
  if (!existsSync(join(folder, 'index.html'))) return files;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const contentType = CONTENT_TYPES[extname(entry.name)];
    // Stamps and maps of the build are nobody's business.
    if (!entry.isFile() || contentType === undefined || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const url = `/${relative(folder, path).split(sep).join('/')}`;
    // Names under assets/ carry the hash of their content.
    const cacheControl = url.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache';
    // Once, at the start: a ward's line is slow, and nothing secret is in a file that anybody may read.
    const packed = /^(text|application\/json|image\/svg)/.test(contentType) ? gzipSync(bytes, { level: 9 }) : undefined;
    files.set(url, { contentType, bytes, packed: packed !== undefined && packed.length < bytes.length ? packed : undefined, etag: `"${createHash('sha256').update(bytes).digest('base64url').slice(0, 27)}"`, cacheControl });
  }
  return files;
}
