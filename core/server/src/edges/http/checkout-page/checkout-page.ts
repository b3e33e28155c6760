/** The checkout page (收银台) on the payment listener: one document for every code, its script and style, and what the page asks for. */
import { Type } from 'typebox';
import type { CheckoutPageUseCases, Visitor } from '../../../checkout/ports.js';
import { ok, refused, type Outcome } from '../../../domain/errors.js';
import type { RandomSource } from '../../../domain/time.js';
import { bytes, json, type Answer } from '../http-kit/answer.js';
import type { HttpRequest } from '../http-kit/http-request.js';
import { openGroup, type MountedGroup } from '../http-kit/route-group.js';
import { routesFor } from '../http-kit/route.js';
import { browserOf } from './browser-cookie.js';
import type { PageFile, PageFiles } from './page-files.js';
import { CancelBodySchema, CheckoutViewSchema, PayAnswerSchema, PayBodySchema, TokenPathSchema } from './schemas.js';

export type CheckoutPagePorts = {
  readonly useCases: CheckoutPageUseCases;
  readonly files: PageFiles;
  readonly publicBaseUrl: string;
  /** Header of the reverse proxy in front with the phone's address. */
  readonly clientAddressHeader: string | undefined;
  readonly random: RandomSource;
};

const { route, rawRoute } = routesFor<'anyone', undefined>();
const VIEW = { zh: '收银台', en: 'What the page shows', schema: CheckoutViewSchema };
const OPENING = ['CHECKOUT_NOT_OPEN', 'TOO_MANY_REQUESTS'] as const;
const PRICING = ['QUOTE_EXPIRED', 'QUOTE_NOT_FOUND', 'BILL_NOT_FOUND', 'NOTHING_TO_PAY', 'HIS_UNAVAILABLE', 'HIS_REJECTED'] as const;

export function checkoutPage(ports: CheckoutPagePorts): readonly MountedGroup[] {
  const { useCases, files, publicBaseUrl, random } = ports;
  const policy = contentPolicy(publicBaseUrl);
  /** The request's visitor, and the cookie to set when the browser had no name yet. */
  const visitorOf = (request: HttpRequest, token: string): { readonly visitor: Visitor; readonly headers: Readonly<Record<string, string>> } => {
    const { browser, headers } = browserOf(request, random, publicBaseUrl);
    return { visitor: { token, browser, userAgent: (request.headers['user-agent'] ?? '').slice(0, 500), address: clientIpOf(ports, request).clientIp ?? request.address }, headers };
  };
  const answerJson = async (request: HttpRequest, token: string, work: (visitor: Visitor) => Promise<Outcome<unknown>>): Promise<Outcome<Answer>> => {
    const { visitor, headers } = visitorOf(request, token);
    const outcome = await work(visitor);
    return outcome.kind === 'ok' ? ok(json(outcome.value, 200, headers)) : outcome;
  };

  const page = openGroup({
    basePath: '/c',
    tag: { name: 'checkout', zh: '收银台', en: 'Checkout page' },
    routes: [
      rawRoute({
        method: 'GET', path: '/{token}', operationId: 'checkoutPage', summary: { zh: '收银台页面', en: 'The checkout page' }, access: 'anyone', request: { params: TokenPathSchema },
        answers: { 200: { zh: '页面', en: 'The page', contentType: 'text/html' } }, errors: [],
        // The same answer whether or not the code exists: a guesser learns nothing here, and a preview of the address starts nothing.
        handle: (request, params) => ok(fileAnswer(request, files.document, { 'content-security-policy': policy, 'referrer-policy': REFERRER, 'cache-control': 'no-store', ...visitorOf(request, params['token'] ?? '').headers })),
      }),
      rawRoute({
        method: 'POST', path: '/{token}', operationId: 'returnToCheckout', summary: { zh: '从钱包页面返回', en: 'Back from a wallet\'s page' }, access: 'anyone', request: { params: TokenPathSchema },
        answers: { 303: { zh: '回到收银台', en: 'To the page' } }, errors: [],
        // UnionPay sends the browser back by a form (frontUrl). What is in it is not read: it proves nothing.
        handle: (_request, params) => ok(bytes('text/plain; charset=utf-8', '', { location: `./${encodeURIComponent(params['token'] ?? '')}` }, 303)),
      }),
      rawRoute({
        method: 'GET', path: '/{token}/payer', operationId: 'identifyPayer', summary: { zh: '网页授权返回', en: 'Back from the wallet\'s own page' }, access: 'anyone', request: { params: TokenPathSchema },
        answers: { 303: { zh: '回到收银台', en: 'To the page' } }, errors: [],
        async handle(request, params) {
          const token = params['token'] ?? '';
          const { visitor, headers } = visitorOf(request, token);
          const identified = await useCases.identifyPayer(visitor, request.query);
          // The code of the wallet must not stay in the address or the history.
          return ok(bytes('text/plain; charset=utf-8', '', { location: `../${encodeURIComponent(token)}#${identified.kind === 'ok' ? 'identified' : 'not-identified'}`, ...headers }, 303));
        },
      }),
      route({
        method: 'POST', path: '/{token}/open', operationId: 'openCheckout', summary: { zh: '打开收银台', en: 'Open the page' }, access: 'anyone', request: { params: TokenPathSchema },
        answers: { 200: VIEW }, errors: [...OPENING, ...PRICING],
        handle: ({ params, raw }) => answerJson(raw, params.token, (visitor) => useCases.openCheckout(visitor)),
      }),
      route({
        method: 'GET', path: '/{token}/state', operationId: 'followCheckout', summary: { zh: '支付进展', en: 'What became of it' }, access: 'anyone',
        request: { params: TokenPathSchema, query: Type.Object({ fresh: Type.Optional(Type.Boolean()) }, { additionalProperties: false }) },
        answers: { 200: VIEW }, errors: [...OPENING, 'ORDER_NOT_FOUND'],
        handle: ({ params, query, raw }) => answerJson(raw, params.token, (visitor) => useCases.followCheckout(visitor, query.fresh === true ? 'fresh' : 'stored')),
      }),
      route({
        method: 'POST', path: '/{token}/pay', operationId: 'payCheckout', summary: { zh: '选择钱包并支付', en: 'Pay with a wallet' }, access: 'anyone', request: { params: TokenPathSchema, body: PayBodySchema },
        answers: { 200: { zh: '支付方式，或先去钱包授权', en: 'How to pay, or where the wallet tells who pays', schema: PayAnswerSchema } },
        errors: [...OPENING, ...PRICING, 'AMOUNT_MISMATCH', 'BILL_IN_PAYMENT', 'BILL_LOCKED', 'PAYMENT_IN_PROGRESS', 'CHANNEL_UNAVAILABLE', 'IDEMPOTENCY_KEY_REUSED', 'TENDER_EXCEEDS_REMAINING', 'STOPPED_FOR_SAFETY'],
        handle: ({ params, body, raw }) => answerJson(raw, params.token, (visitor) => useCases.payCheckout(visitor, { ...body, ...clientIpOf(ports, raw) })),
      }),
      route({
        method: 'POST', path: '/{token}/cancel', operationId: 'cancelCheckout', summary: { zh: '取消，换一种方式', en: 'Call off the running payment' }, access: 'anyone', request: { params: TokenPathSchema, body: CancelBodySchema },
        answers: { 200: VIEW }, errors: [...OPENING, 'ORDER_NOT_FOUND'],
        handle: ({ params, body, raw }) => answerJson(raw, params.token, (visitor) => useCases.cancelCheckout(visitor, body.round)),
      }),
    ],
  });
  const parts = openGroup({
    basePath: '/checkout',
    tag: { name: 'checkout', zh: '收银台', en: 'Checkout page' },
    routes: [
      rawRoute({
        method: 'GET', path: '/{file}', operationId: 'checkoutPart', summary: { zh: '页面脚本与样式', en: 'Script and style of the page' }, access: 'anyone', request: { params: Type.Object({ file: Type.String() }) },
        answers: { 200: { zh: '文件', en: 'The file' }, 304: { zh: '未变化', en: 'Unchanged' } }, errors: ['NO_SUCH_ITEM'],
        handle(request, params) {
          const file = files.parts.get(params['file'] ?? '');
          return file === undefined ? refused('NO_SUCH_ITEM') : ok(fileAnswer(request, file, { 'cache-control': 'no-cache', etag: file.etag }));
        },
      }),
    ],
  });
  return [page, parts];
}

function fileAnswer({ headers }: HttpRequest, { contentType, text, etag }: PageFile, answerHeaders: Readonly<Record<string, string>>): Answer {
  if (answerHeaders['etag'] !== undefined && headers['if-none-match'] === etag) return bytes(contentType, '', answerHeaders, 304);
  return bytes(contentType, text, answerHeaders);
}

/** WeChat's H5 page wants to see which site it comes from; the origin is all it gets, for the path is the code. Old engines know this word from the document's own meta element. */
const REFERRER = 'origin';

/**
 * Nothing but our own script and style; nothing inline. Forms go to the channel's page, wherever it is. The bridges of wallets' browsers speak to their app
 * through frames with addresses of their own schemes.
 */
function contentPolicy(publicBaseUrl: string): string {
  const forms = publicBaseUrl.startsWith('https:') ? "'self' https:" : "'self' https: http:";
  return `default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action ${forms}; frame-src weixin: wvjbscheme: alipay: alipays: upwrp:; base-uri 'none'; frame-ancestors 'none'`;
}

/** A proxy appends the address it saw: the last one is its own word, those before may be anybody's. */
function clientIpOf({ clientAddressHeader }: CheckoutPagePorts, { headers, address }: HttpRequest): { readonly clientIp?: string } {
  const given = clientAddressHeader === undefined ? address : (headers[clientAddressHeader]?.split(',').at(-1)?.trim() ?? '');
  const clientIp = given.replace(/^::ffff:/i, '');
  return /^[0-9A-Fa-f:.]{2,45}$/.test(clientIp) ? { clientIp } : {};
}
