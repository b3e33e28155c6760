/** What is left without TLS once console and payment API have it: the root certificate, the page one compares its fingerprint on, health, and the way to the console. */
import { isIPv6 } from 'node:net';
import type Koa from 'koa';
import { ok, type Outcome } from '../../domain/errors.js';
import { bytes } from './http-kit/answer.js';
import { openGroup, type MountedGroup } from './http-kit/route-group.js';
import { routesFor } from './http-kit/route.js';

export type PlainEntrancePorts = {
  readonly root: () => Promise<Outcome<Buffer>>;
  /** SHA-256 of the root, lower-case hex. */
  readonly fingerprint: () => Promise<string | undefined>;
  readonly names: readonly string[];
  readonly consolePort: number;
};

const { route } = routesFor<'anyone', undefined>();
const ROOT_PATH = '/hospay-root.cer';

export function rootCertificatePage({ root, fingerprint, names, consolePort }: PlainEntrancePorts): MountedGroup {
  return openGroup({
    basePath: '', tag: { name: 'root', zh: '根证书', en: 'Root certificate' },
    routes: [
      route({
        method: 'GET', path: '/', operationId: 'rootPage', summary: { zh: '根证书与指纹', en: 'The root certificate and its fingerprint' }, access: 'anyone', answers: { 200: { zh: '页面', en: 'The page', contentType: 'text/html' } }, errors: [],
        handle: async () => ok(bytes('text/html; charset=utf-8', page(inPairs((await fingerprint()) ?? ''), `https://${hostOf(names[0] ?? '')}:${String(consolePort)}/`))),
      }),
      route({
        method: 'GET', path: ROOT_PATH, operationId: 'rootCertificate', summary: { zh: '下载根证书（DER）', en: 'The root certificate, DER' }, access: 'anyone', answers: { 200: { zh: '证书', en: 'The certificate', contentType: 'application/pkix-cert' } }, errors: ['NO_SUCH_ITEM'],
        async handle() {
          const found = await root();
          return found.kind === 'refused' ? found : ok(bytes('application/pkix-cert', found.value, { 'content-disposition': 'attachment; filename="hospay-root.cer"' }));
        },
      }),
    ],
  });
}

/** Pages are shown the way; a call of a program is not, because whatever it had to protect has been sent in plain text already. */
export function toConsole({ names, consolePort }: Pick<PlainEntrancePorts, 'names' | 'consolePort'>): Koa.Middleware {
  return async (context, next) => {
    const isPage = (context.method === 'GET' || context.method === 'HEAD') && context.accepts('json', 'html') === 'html' && ![ '/', ROOT_PATH, '/healthz' ].includes(context.path);
    if (!isPage) return next();
    // To a name of ours alone: whoever sends another in the header is not led elsewhere by it.
    const wanted = context.hostname.replace(/^\[|\]$/g, '');
    const host = names.includes(wanted) ? wanted : (names[0] ?? '');
    context.status = 307;
    context.set('location', `https://${hostOf(host)}:${String(consolePort)}${context.url.startsWith('/') && !context.url.startsWith('//') ? context.url : '/'}`);
  };
}

function hostOf(name: string): string {
  return isIPv6(name) ? `[${name}]` : name;
}

function inPairs(hex: string): string {
  return hex.toUpperCase().replace(/(..)(?=.)/g, '$1 ');
}

function page(fingerprint: string, consoleUrl: string): string {
  return `<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Hospay 根证书 Root certificate</title></head>
<body><main>
<h1>Hospay 根证书 <span lang="en">Root certificate</span></h1>
<p>首次使用：1. 下载根证书；2. 核对指纹，须与设备管理员在管理控制台“证书与密钥”页看到的一致；3. 安装到“受信任的根证书颁发机构”；4. 打开管理控制台。</p>
<p lang="en">The first time: 1. download the root certificate; 2. compare its fingerprint with the one an administrator sees at the console under “Keys and certificates”; 3. install it as a trusted root authority; 4. open the console.</p>
<p><a href="${ROOT_PATH}" download>下载根证书 <span lang="en">Download</span> hospay-root.cer</a></p>
<h2>SHA-256</h2>
<p><code>${fingerprint}</code></p>
<p><a href="${consoleUrl}">管理控制台 <span lang="en">Console</span> ${consoleUrl}</a></p>
</main></body></html>
`;
}
