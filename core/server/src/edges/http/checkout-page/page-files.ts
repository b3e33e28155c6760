import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export type PageFile = { readonly contentType: string; readonly text: string; readonly etag: string };
/** The built page. The document is the same for every code: what a code is about comes later, as data, to whoever holds it. */
export type PageFiles = { readonly document: PageFile; readonly parts: ReadonlyMap<string, PageFile> };

const PARTS: Readonly<Record<string, string>> = { 'page.js': 'text/javascript; charset=utf-8', 'page.css': 'text/css; charset=utf-8' };

/** @throws when the page has not been built. */
export function readPageFiles(folder: string): PageFiles {
  const read = (name: string, contentType: string): PageFile => {
    const text = readFileSync(join(folder, name), 'utf8');
    return { contentType, text, etag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 27)}"` };
  };
  return { document: read('index.html', 'text/html; charset=utf-8'), parts: new Map(Object.entries(PARTS).map(([name, contentType]) => [name, read(name, contentType)])) };
}
