/**
 * The operator of an invented city card, for the example of a vendor's plugin: signed JSON over HTTP, its books in memory. Not a published protocol.
 */
import { createHmac, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type CityCardFault =
  | 'neverExecuteNeverAnswer' | 'executeThenNeverAnswer' | 'executeThenDropConnection' | 'executeThenFail' | 'tooManyRequests' | 'garbage' | 'otherKey' | 'unsigned' | 'oldAnswer' | 'strangeRefusal';
export type CityCardPath = '/orders' | '/orders/query' | '/orders/close' | '/refunds' | '/refunds/query' | '/statements';

type Order = { readonly merchantNo: string; readonly orderNo: string; readonly amountFen: number; readonly qr: string; readonly notifyUrl: string | undefined; state: 'OPEN' | 'PAID' | 'CLOSED'; cardTradeNo?: string; paidAt?: string };
type Refund = { readonly merchantNo: string; readonly orderNo: string; readonly refundNo: string; readonly refundFen: number; readonly cardRefundNo: string; readonly at: string; state: 'PROCESSING' | 'DONE' | 'CLOSED' | 'BLOCKED'; doneAt?: string };
type Reply = { readonly status: number; readonly value: object };
type Message = Readonly<Record<string, unknown>>;

/** A request signed longer ago, or in the future, is not looked at. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

const refusal = (code: string): Reply => ({ status: 422, value: { result: 'REFUSED', code, message: code.toLowerCase() } });
const accepted = (value: object): Reply => ({ status: 200, value: { result: 'OK', ...value } });
/** Refunds under these states hold the order's money. */
const holds = ({ state }: Refund): boolean => state !== 'CLOSED';

export type CityCardSimulator = Awaited<ReturnType<typeof startCityCardSimulator>>;

export async function startCityCardSimulator({ merchantNo = 'CC-HOSPITAL-1', key = randomBytes(24).toString('hex') }: { readonly merchantNo?: string; readonly key?: string } = {}) {
  const orders = new Map<string, Order>();
  const refunds = new Map<string, Refund>();
  const faults = new Map<CityCardPath, CityCardFault>();
  const received: string[] = [];
  /** Old and new stand side by side while a merchant changes over. */
  const acceptedKeys = [key];
  let refundsAreHeld = false;
  let totalsAreWrong = false;
  let serial = 0;
  const number = (prefix: string): string => `${prefix}${String((serial += 1)).padStart(10, '0')}`;
  const signed = (body: string, { nonce, by = key, at = new Date() }: { readonly nonce: string; readonly by?: string; readonly at?: Date }): Record<string, string> => {
    const time = at.toISOString();
    return { 'x-time': time, 'x-nonce': nonce, 'x-signature': createHmac('sha256', by).update(`${time}\n${nonce}\n`).update(body).digest('hex') };
  };
  const refundableFen = ({ orderNo, amountFen }: Order): number => [...refunds.values()].filter((refund) => refund.orderNo === orderNo && holds(refund)).reduce((left, { refundFen }) => left - refundFen, amountFen);

  const text = (message: Message, name: string): string => (typeof message[name] === 'string' ? message[name] : '');
  const amount = (message: Message, name: string): number => (typeof message[name] === 'number' ? message[name] : 0);
  const handlers: Readonly<Record<CityCardPath, (message: Message) => Reply>> = {
    '/orders'(message) {
      const [orderNo, amountFen] = [text(message, 'orderNo'), amount(message, 'amountFen')];
      const known = orders.get(orderNo);
      if (known !== undefined) return known.amountFen !== amountFen ? refusal('ORDER_DIFFERS') : known.state === 'OPEN' ? accepted({ order: known }) : refusal(`ORDER_${known.state}`);
      if (!Number.isSafeInteger(amountFen) || amountFen < 1) return refusal('AMOUNT_LIMIT');
      const order: Order = { merchantNo, orderNo, amountFen, qr: `https://card.example.com/pay/${orderNo}`, notifyUrl: text(message, 'notifyUrl') || undefined, state: 'OPEN' };
      orders.set(orderNo, order);
      return accepted({ order });
    },
    '/orders/query'(message) {
      const order = orders.get(text(message, 'orderNo'));
      return order === undefined ? refusal('ORDER_NOT_FOUND') : accepted({ order });
    },
    '/orders/close'(message) {
      const order = orders.get(text(message, 'orderNo'));
      if (order === undefined) return refusal('ORDER_NOT_FOUND');
      if (order.state === 'PAID') return refusal('ORDER_PAID');
      order.state = 'CLOSED';
      return accepted({ order });
    },
    '/refunds'(message) {
      const [orderNo, refundNo, refundFen] = [text(message, 'orderNo'), text(message, 'refundNo'), amount(message, 'refundFen')];
      const known = refunds.get(refundNo);
      if (known !== undefined) return known.refundFen === refundFen && known.orderNo === orderNo ? accepted({ refund: known }) : refusal('REFUND_DIFFERS');
      const order = orders.get(orderNo);
      if (order === undefined) return refusal('ORDER_NOT_FOUND');
      if (order.state !== 'PAID') return refusal('ORDER_NOT_PAID');
      if (refundFen < 1 || refundFen > refundableFen(order)) return refusal('REFUND_EXCEEDS');
      const at = new Date().toISOString();
      const refund: Refund = { merchantNo, orderNo, refundNo, refundFen, cardRefundNo: number('CCR'), at, state: refundsAreHeld ? 'PROCESSING' : 'DONE', ...(refundsAreHeld ? {} : { doneAt: at }) };
      refunds.set(refundNo, refund);
      return accepted({ refund });
    },
    '/refunds/query'(message) {
      const refund = refunds.get(text(message, 'refundNo'));
      return refund === undefined ? refusal('REFUND_NOT_FOUND') : accepted({ refund });
    },
    '/statements'(message) {
      const onDay = (at: string | undefined): boolean => at !== undefined && new Date(Date.parse(at) + 8 * 3_600_000).toISOString().slice(0, 10) === text(message, 'day');
      const payments = [...orders.values()].filter(({ paidAt }) => onDay(paidAt)).map(({ orderNo, amountFen, cardTradeNo, paidAt }) => ({ kind: 'PAY', orderNo, cardTradeNo, amountFen, at: paidAt }));
      const back = [...refunds.values()].filter((refund) => onDay(refund.at) && holds(refund)).map(({ orderNo, refundNo, refundFen, cardRefundNo, at }) => ({ kind: 'REFUND', orderNo, refundNo, cardTradeNo: orders.get(orderNo)?.cardTradeNo, cardRefundNo, amountFen: refundFen, at }));
      if (payments.length + back.length === 0) return refusal('NO_STATEMENT');
      const sum = (rows: readonly { readonly amountFen: number }[]): number => rows.reduce((total, row) => total + row.amountFen, 0);
      return accepted({ rows: [...payments, ...back], paidFen: sum(payments) + (totalsAreWrong ? 1 : 0), refundedFen: sum(back) });
    },
  };

  const server = createServer((request, response) => { void serve(request, response); });
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk as Uint8Array));
    const body = Buffer.concat(chunks).toString('utf8');
    const path = (Object.keys(handlers) as CityCardPath[]).find((known) => known === request.url);
    const header = (name: string): string => String(request.headers[name] ?? '');
    received.push(request.url ?? '');
    const age = Math.abs(Date.now() - Date.parse(header('x-time')));
    const usedKey = acceptedKeys.find((by) => signed(body, { nonce: header('x-nonce'), at: new Date(header('x-time')), by })['x-signature'] === header('x-signature'));
    if (path === undefined || usedKey === undefined || !(age <= CLOCK_TOLERANCE_MS)) {
      response.writeHead(401).end('signature');
      return;
    }
    const message: Message = JSON.parse(body) as Message;
    if (message['merchantNo'] !== merchantNo) {
      response.writeHead(401).end('merchant');
      return;
    }
    const fault = faults.get(path);
    faults.delete(path);
    const nonce = header('x-nonce');
    const send = ({ status, value }: Reply, extra: Partial<Parameters<typeof signed>[1]> = {}, isSigned = true): void => {
      const said = JSON.stringify(value);
      response.writeHead(status, { 'content-type': 'application/json', ...(isSigned ? signed(said, { nonce, by: usedKey, ...extra }) : {}) }).end(said);
    };
    if (fault === 'neverExecuteNeverAnswer') return;
    if (fault === 'tooManyRequests') return send({ status: 429, value: { result: 'LATER' } });
    if (fault === 'strangeRefusal') return send(refusal('NEVER_HEARD_OF'));
    const reply = handlers[path](message);
    if (fault === 'executeThenNeverAnswer') return;
    if (fault === 'executeThenDropConnection') { request.socket.destroy(); return; }
    if (fault === 'executeThenFail') return send({ status: 500, value: { result: 'ERROR' } });
    if (fault === 'garbage') return send({ status: 200, value: { result: 'OK', surprise: true } });
    if (fault === 'otherKey') return send(reply, { by: 'another-key-altogether' });
    if (fault === 'unsigned') return send(reply, {}, false);
    if (fault === 'oldAnswer') return send(reply, { at: new Date(Date.now() - 3_600_000) });
    send(reply);
  }
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const baseUrl = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;

  const notice = (value: object, { by, at }: { readonly by?: string; readonly at?: Date } = {}): { readonly headers: Record<string, string>; readonly body: string } => {
    const body = JSON.stringify({ eventId: randomBytes(8).toString('hex'), ...value });
    return { body, headers: { 'content-type': 'application/json', ...signed(body, { nonce: randomBytes(8).toString('hex'), ...(by === undefined ? {} : { by }), ...(at === undefined ? {} : { at }) }) } };
  };
  return {
    baseUrl, merchantNo, key, received,
    orders: (): readonly Order[] => [...orders.values()],
    refunds: (): readonly Refund[] => [...refunds.values()],
    failNext: (path: CityCardPath, fault: CityCardFault): void => { faults.set(path, fault); },
    acceptAlso: (another: string): void => { acceptedKeys.push(another); },
    holdRefunds: (): void => { refundsAreHeld = true; },
    spoilStatement: (): void => { totalsAreWrong = true; },
    /** The card-holder pays; the operator tells the merchant once. */
    async pay(orderNo: string): Promise<void> {
      const order = orders.get(orderNo);
      if (order?.state !== 'OPEN') return;
      Object.assign(order, { state: 'PAID', cardTradeNo: number('CCT'), paidAt: new Date().toISOString() });
      if (order.notifyUrl === undefined) return;
      const { headers, body } = notice({ order });
      await fetch(order.notifyUrl, { method: 'POST', headers, body }).catch(() => undefined);
    },
    settleRefund(refundNo: string, state: 'DONE' | 'CLOSED' | 'BLOCKED'): void {
      const refund = refunds.get(refundNo);
      refundsAreHeld = false;
      if (refund !== undefined) Object.assign(refund, { state, ...(state === 'DONE' ? { doneAt: new Date().toISOString() } : {}) });
    },
    makeNotice(about: { readonly orderNo: string } | { readonly refundNo: string }, change: { readonly merchantNo?: string; readonly amountFen?: number; readonly by?: string } = {}) {
      const { by, ...fields } = change;
      const signer = by === undefined ? {} : { by };
      if ('refundNo' in about) return notice({ refund: { ...refunds.get(about.refundNo), ...fields } }, signer);
      return notice({ order: { ...orders.get(about.orderNo), ...fields } }, signer);
    },
    stop: () => new Promise<void>((resolve) => {
      server.close(() => { resolve(); });
      server.closeAllConnections();
    }),
  };
}
