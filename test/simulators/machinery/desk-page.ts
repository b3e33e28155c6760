import type { ServerResponse } from 'node:http';

/** A simulator's page for people and browser tests. `accent`: of its buttons. */
export type DeskLook = { readonly title: string; readonly accent: string; readonly background: string };

export function sendPage(response: ServerResponse, status: number, { title, accent, background, content }: DeskLook & { readonly content: string }): void {
  response.writeHead(status, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title><style>
body{font:16px/1.5 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:1rem auto;max-width:28rem;background:${background}}h1{font-size:1.3rem}form{background:#fff;border-radius:12px;padding:1rem;margin:0 0 1rem}
.amount,.code{font-size:1.8rem;font-weight:600;letter-spacing:.04em}button{font:inherit;padding:.6rem 1rem;margin:.2rem;border:0;border-radius:8px;background:${accent};color:#fff}input{font:inherit;padding:.5rem;width:60%}
</style></head><body>${content}</body></html>`);
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(value));
}

/** Text that HTML shows as it is. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${String(character.codePointAt(0))};`);
}
