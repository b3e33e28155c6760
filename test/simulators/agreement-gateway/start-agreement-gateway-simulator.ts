/** An agreement gateway (快捷支付, 协议支付) as `core/docs/quick-pay-gateway.md` describes it: signed JSON over HTTP, personal fields encrypted to its key, its books in memory or in a folder. */
import { constants, privateDecrypt, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { listenHttp } from '../machinery/http-listener.js';
import { publicPem } from '../machinery/key-pairs.js';
import { createAgreementBook } from './agreement-book.js';
import { sendBankPage } from './bank-page.js';
import { gatewayKeys } from './gateway-keys.js';
import { rsaSignatures, sm2Signatures, type GatewaySignatures, type SignatureAlgorithm, type Signer } from './gateway-signatures.js';
import { openGatewayMemory } from './gateway-memory.js';
import { GatewayRefusal } from './gateway-refusal.js';
import { createOrderBook } from './order-book.js';

export type GatewayFault = 'neverExecuteNeverAnswer' | 'executeThenNeverAnswer' | 'executeThenDropConnection' | 'executeThenFail' | 'tooManyRequests' | 'garbage' | 'otherKey' | 'unsigned' | 'oldAnswer' | 'strangeRefusal';
export type GatewayPath =
  | '/v1/bindings/request' | '/v1/bindings/confirm' | '/v1/bindings/query' | '/v1/agreements/unbind' | '/v1/agreements/query'
  | '/v1/payments' | '/v1/payments/confirm' | '/v1/payments/query' | '/v1/payments/close' | '/v1/refunds' | '/v1/refunds/query' | '/v1/statements';
export type AgreementGatewaySimulator = Awaited<ReturnType<typeof startAgreementGatewaySimulator>>;
export type GatewayOptions = {
  /** Above this the bank wants a code for a payment. Default 50 000 fen. */
  readonly codeAboveFen?: number;
  /** Above this the bank refuses a payment. Default 2 000 000 fen. */
  readonly limitFen?: number;
  readonly now?: () => Date;
  /** Both ways. Default RSA-SHA256. */
  readonly signatureAlgorithm?: SignatureAlgorithm;
  /** 0 or absent: a free port. */
  readonly port?: number;
  /** Keys and books live here and survive a restart, with a few people and their cards. Absent: in memory. */
  readonly dataFolder?: string;
};

type Message = Readonly<Record<string, unknown>>;
type Reply = { readonly status: number; readonly value: object };
/** A request signed longer ago, or in the future, is not looked at; neither is a number that was used within that time. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const MERCHANT = 'QP-HOSPITAL-1';
const SAMPLE_CARDS = 3;

export async function startAgreementGatewaySimulator({ codeAboveFen = 50_000, limitFen = 2_000_000, now = () => new Date(), signatureAlgorithm = 'RSA-SHA256', port, dataFolder }: GatewayOptions = {}) {
  const keys = await gatewayKeys(dataFolder);
  const { encryption } = keys;
  const rsa = rsaSignatures(keys);
  const signatures: GatewaySignatures = signatureAlgorithm === 'SM2-SM3' ? sm2Signatures() : rsa;
  const memory = openGatewayMemory(dataFolder);
  const agreements = createAgreementBook({ now, memory: memory.agreements });
  const orders = createOrderBook({ merchantNo: MERCHANT, agreements, now, codeAboveFen, limitFen, memory: memory.orders });
  if (dataFolder !== undefined) while (agreements.cards().length < SAMPLE_CARDS) agreements.newCard();
  memory.keep();
  const faults = new Map<GatewayPath, GatewayFault>();
  const used = new Set<string>();
  /** Bodies as they arrived: tests look for what must not be in them. */
  const received: { readonly path: string; readonly body: string }[] = [];
  const refused: string[] = [];

  const opened = (message: Message, name: string): string => {
    return privateDecrypt({ key: encryption.privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' }, Buffer.from(text(message, name), 'base64')).toString('utf8');
  };
  const handlers: Readonly<Record<GatewayPath, (message: Message) => object>> = {
    '/v1/bindings/request': (message) => ({ binding: agreements.request({ bindingNo: text(message, 'bindingNo'), holder: { name: opened(message, 'name'), idNo: opened(message, 'idNo'), cardNo: opened(message, 'cardNo'), mobile: opened(message, 'mobile') }, token: text(message, 'token') || undefined }) }),
    '/v1/bindings/confirm': (message) => ({ binding: agreements.confirm(text(message, 'bindingNo'), text(message, 'code')) }),
    '/v1/bindings/query': (message) => ({ binding: agreements.query(text(message, 'bindingNo')) }),
    '/v1/agreements/unbind': (message) => ({ agreement: agreements.end(text(message, 'token')) }),
    '/v1/agreements/query': (message) => ({ agreement: agreements.state(text(message, 'token')) }),
    '/v1/payments': (message) => ({ order: orders.charge({ orderNo: text(message, 'orderNo'), amountFen: amount(message, 'amountFen'), token: text(message, 'token'), expiresAt: text(message, 'expiresAt'), notifyUrl: text(message, 'notifyUrl') || undefined }) }),
    '/v1/payments/confirm': (message) => ({ order: orders.enterCode(text(message, 'orderNo'), text(message, 'code')) }),
    '/v1/payments/query': (message) => ({ order: orders.query(text(message, 'orderNo')) }),
    '/v1/payments/close': (message) => ({ order: orders.close(text(message, 'orderNo')) }),
    '/v1/refunds': (message) => ({ refund: orders.refund({ orderNo: text(message, 'orderNo'), refundNo: text(message, 'refundNo'), refundFen: amount(message, 'refundFen') }) }),
    '/v1/refunds/query': (message) => ({ refund: orders.queryRefund(text(message, 'refundNo')) }),
    '/v1/statements': (message) => orders.statement(text(message, 'day')),
  };
  const answerOf = (path: GatewayPath, message: Message): Reply => {
    try {
      return { status: 200, value: { result: 'OK', ...handlers[path](message) } };
    } catch (error) {
      if (error instanceof GatewayRefusal) return refusal(error.code);
      throw error;
    }
  };
  const signed = (path: string, body: string, { nonce, by = 'gateway', at = now() }: { readonly nonce: string; readonly by?: Signer; readonly at?: Date }): Record<string, string> => {
    const time = at.toISOString();
    return { 'x-time': time, 'x-nonce': nonce, 'x-algorithm': signatures.algorithm, 'x-signature': signatures.sign(Buffer.from(`${path}\n${time}\n${nonce}\n${body}`), by) };
  };

  function serve(request: IncomingMessage, bytes: Buffer, response: ServerResponse): void {
    if (request.method === 'GET' && request.url === '/bank') return sendBankPage(response, agreements, orders);
    const body = bytes.toString('utf8');
    const path = (Object.keys(handlers) as GatewayPath[]).find((known) => known === request.url);
    const header = (name: string): string => String(request.headers[name] ?? '');
    const [time, nonce] = [header('x-time'), header('x-nonce')];
    received.push({ path: request.url ?? '', body });
    const isAuthentic = header('x-algorithm') === signatures.algorithm && signatures.isMerchants(Buffer.from(`${String(request.url)}\n${time}\n${nonce}\n${body}`), header('x-signature'));
    const isFresh = Math.abs(now().getTime() - Date.parse(time)) <= CLOCK_TOLERANCE_MS;
    if (path === undefined || !isAuthentic || !isFresh || used.has(nonce)) {
      refused.push(used.has(nonce) ? 'replayed' : !isFresh ? 'stale' : 'signature');
      response.writeHead(401).end('signature');
      return;
    }
    used.add(nonce);
    const message = JSON.parse(body) as Message;
    const fault = faults.get(path);
    faults.delete(path);
    const send = ({ status, value }: Reply, how: { readonly by?: Signer; readonly at?: Date } = {}, isSigned = true): void => {
      const said = JSON.stringify(value);
      response.writeHead(status, { 'content-type': 'application/json', ...(isSigned ? signed(path, said, { nonce, ...how }) : {}) }).end(said);
    };
    if (message['merchantNo'] !== MERCHANT) return send(refusal('MERCHANT_SUSPENDED'));
    if (fault === 'neverExecuteNeverAnswer') return;
    if (fault === 'tooManyRequests') return send({ status: 429, value: { result: 'LATER' } });
    if (fault === 'strangeRefusal') return send(refusal('NEVER_HEARD_OF'));
    const reply = answerOf(path, message);
    memory.keep();
    if (fault === 'executeThenNeverAnswer') return;
    if (fault === 'executeThenDropConnection') { request.socket.destroy(); return; }
    if (fault === 'executeThenFail') return send({ status: 500, value: { result: 'ERROR' } });
    if (fault === 'garbage') return send({ status: 200, value: { result: 'OK', surprise: true } });
    if (fault === 'otherKey') return send(reply, { by: 'stranger' });
    if (fault === 'unsigned') return send(reply, {}, false);
    if (fault === 'oldAnswer') return send(reply, { at: new Date(now().getTime() - 3_600_000) });
    send(reply);
  }
  const listener = await listenHttp({ name: 'agreement gateway', port, answer: serve });
  const notice = (value: object, by: Signer = 'gateway'): { readonly headers: Record<string, string>; readonly body: string } => {
    const body = JSON.stringify({ eventId: randomBytes(8).toString('hex'), ...value });
    return { body, headers: { 'content-type': 'application/json', ...signed('/notice', body, { nonce: randomBytes(8).toString('hex'), by }) } };
  };

  return {
    settings: {
      merchantNo: MERCHANT, baseUrl: `http://127.0.0.1:${String(listener.port)}`, ...rsa.settings, gatewayEncryptionKeyPem: publicPem(encryption.publicKey), ...signatures.settings,
    },
    agreements, orders, received, refused, bankUrl: `http://127.0.0.1:${String(listener.port)}/bank`,
    failNext: (path: GatewayPath, fault: GatewayFault): void => { faults.set(path, fault); },
    /** The card-holder enters the code that was sent, and the gateway tells the merchant once. */
    async pay(orderNo: string): Promise<void> {
      const order = orders.find(orderNo);
      if (order?.state !== 'AWAITING_CODE' || order.code === undefined) return;
      orders.enterCode(orderNo, order.code);
      if (order.notifyUrl === undefined) return;
      const { headers, body } = notice({ order: orders.shown(order) });
      await fetch(order.notifyUrl, { method: 'POST', headers, body }).catch(() => undefined);
    },
    makeNotice(about: { readonly tradeNo: string; readonly refundNo?: string }, change: { readonly merchantNo?: string; readonly amountFen?: number } = {}, by: 'gateway' | 'stranger' = 'gateway') {
      const order = orders.find(about.tradeNo);
      const told = about.refundNo === undefined ? { order: { ...(order === undefined ? {} : orders.shown(order)), ...change } } : { refund: { ...orders.findRefund(about.refundNo), ...change } };
      return notice(told, by);
    },
    stop: () => listener.stop(),
  };
}

const refusal = (code: string): Reply => ({ status: 422, value: { result: 'REFUSED', code, message: code.toLowerCase() } });
const text = (message: Message, name: string): string => (typeof message[name] === 'string' ? message[name] : '');
const amount = (message: Message, name: string): number => (typeof message[name] === 'number' ? message[name] : 0);
