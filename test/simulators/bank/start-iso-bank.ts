/** A bank that takes ISO 20022 files over HTTP(S), by the transport contract of plugins/bank-links/README.md. With TLS it serves only those who show a certificate. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import { failsAfterExecuting, failsBeforeExecuting } from '../machinery/answer-faults.js';
import { chinaDay } from '../machinery/china-time.js';
import { listenHttp } from '../machinery/http-listener.js';
import { entriesReport, readInitiation, statement, statusOf, statusReport, type Status } from './iso-messages.js';
import type { BankFault, SimulatedBank } from './simulated-bank.js';
import type { Refusal } from './transfer-desk.js';

export type IsoBankOptions = { readonly bank: SimulatedBank; readonly spacingMs?: number; readonly tls?: { readonly keyPem: string; readonly certificatePem: string } };
export type IsoBank = { readonly baseUrl: string; /** Bodies of what was posted, the newest last. */ readonly received: readonly string[]; stop(): Promise<void> };
type Answer = { readonly status: number; readonly type: 'application/xml' | 'application/json'; readonly body: string };
type Route = { readonly place?: 'pay' | 'query' | 'statement'; readonly subject: string; readonly answer: () => Answer };

const REASONS: Readonly<Record<Refusal, Status>> = {
  numberUsed: { status: 'RJCT', reason: 'AM05', text: 'duplicate' }, noSuchAccount: { status: 'RJCT', reason: 'AC01', text: 'unknown account' }, notEnoughMoney: { status: 'RJCT', reason: 'AM04', text: 'insufficient funds' }, told: { status: 'RJCT', reason: 'AC06', text: 'account blocked' },
};
const xml = (body: string): Answer => ({ status: 200, type: 'application/xml', body });
const none = (error: string, subject: string): Answer => ({ status: 404, type: 'application/json', body: JSON.stringify({ error, subject }) });

export async function startIsoBank({ bank, spacingMs = 0, tls }: IsoBankOptions): Promise<IsoBank> {
  const received: string[] = [];

  const pay = (body: Buffer): Answer => {
    received.push(body.toString('utf8'));
    const initiation = readInitiation(body);
    if (initiation === undefined) return { status: 400, type: 'application/json', body: JSON.stringify({ error: 'FF01', subject: '' }) };
    const { messageId, order } = initiation;
    const submitted = bank.transfers.submit(order);
    return xml(statusReport(messageId, submitted.kind === 'taken' ? statusOf(submitted.transfer) : REASONS[submitted.why]));
  };

  const tellStatement = (accountNo: string, day: string): Answer => {
    const isSpoiled = bank.faults.takeAll('statementContent');
    const account = bank.books.find(accountNo);
    if (account === undefined) return none('NO_SUCH_ACCOUNT', day);
    if (day >= chinaDay(bank.now()) || isSpoiled.some(({ kind }) => kind === 'late')) return none('NOT_READY', day);
    const openingFen = account.movements.findLast(({ at }) => chinaDay(at) < day)?.balanceFen ?? account.openingFen;
    return xml(statement(account, { day, openingFen, rows: bank.statementOf(account, { first: day, last: day, isSpoiled }) }));
  };

  const routeOf = (method: string, path: string, body: Buffer): Route | undefined => {
    if (method === 'POST' && path === '/payments') return { place: 'pay', subject: readInitiation(body)?.messageId ?? '', answer: () => pay(body) };
    if (method !== 'GET') return undefined;
    const [, messageId] = /^\/payments\/([0-9A-Za-z]{1,35})$/.exec(path) ?? [];
    if (messageId !== undefined) {
      const transfer = bank.transfers.find(messageId);
      return { place: 'query', subject: messageId, answer: () => (transfer === undefined ? none('NO_SUCH_MESSAGE', messageId) : xml(statusReport(messageId, statusOf(transfer)))) };
    }
    const [, accountNo = '', what, subject = ''] = /^\/accounts\/([0-9A-Za-z-]{4,34})\/(statements|entries)\/([0-9A-Za-z-]{1,35})$/.exec(path) ?? [];
    if (what === 'statements') return { place: 'statement', subject, answer: () => tellStatement(accountNo, subject) };
    const account = bank.books.find(accountNo);
    return what === undefined || account === undefined ? undefined : { subject, answer: () => xml(entriesReport(account, account.movements.filter(({ clientNo }) => clientNo === subject))) };
  };

  const answer = (request: IncomingMessage, body: Buffer, response: ServerResponse): void => {
    if (request.socket instanceof TLSSocket && Object.keys(request.socket.getPeerCertificate()).length === 0) return send(response, { status: 403, type: 'application/json', body: '{"error":"NO_CERTIFICATE"}' });
    const { method = '', url = '' } = request;
    if (bank.isTooSoon(method === 'POST' ? 'instruction' : 'query', spacingMs)) return send(response, { status: 429, type: 'application/json', body: '{"error":"TOO_SOON"}' });
    const route = routeOf(method, url, body);
    if (route === undefined) return send(response, { status: 404, type: 'application/json', body: '{}' });
    const fault: BankFault | undefined = route.place === undefined ? undefined : bank.faults.take(route.place, { clientNo: route.subject });
    if (failsBeforeExecuting(fault, response)) return;
    const done = route.answer();
    if (failsAfterExecuting(fault, response)) return;
    if (fault?.kind === 'executeThenAnswerGarbage') return send(response, { ...done, body: '<html><body>maintenance</body></html>' });
    if (fault?.kind === 'executeThenUnlistedError') return send(response, route.place === 'statement' ? { status: 409, type: 'application/json', body: '{"error":"XX99"}' } : xml(statusReport(route.subject, { status: 'RJCT', reason: 'XX99', text: 'system error' })));
    return send(response, done);
  };

  const listener = await listenHttp({ name: 'ISO 20022 bank', tls, answer });
  return { baseUrl: `${tls === undefined ? 'http://127.0.0.1' : 'https://localhost'}:${String(listener.port)}`, received, stop: listener.stop };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'Content-Type': `${type}; charset=UTF-8` }).end(body);
}
