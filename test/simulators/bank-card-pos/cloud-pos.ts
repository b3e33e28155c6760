import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

import type { MachineAnswer, MachineRequest, Operation, Transaction } from './simulated-records.js';
import type { FaultableOperation, TerminalFault, TerminalFaults } from './terminal-faults.js';
import { dateOf, timeOf, type TerminalMachine } from './terminal-machine.js';

const ROUTES: Readonly<Record<string, Operation | 'query'>> = {
  '/v6/poslink/transaction/pay': 'pay',
  '/v6/poslink/transaction/query': 'query',
  '/v6/poslink/transaction/voidpayment': 'undo',
  '/v6/poslink/transaction/refund': 'refund',
  '/v6/poslink/transaction/signin': 'signIn',
  '/v6/poslink/transaction/settle': 'settle',
};
const FIVE_MINUTES_MS = 5 * 60_000;

export type CloudPosOptions = { readonly machines: readonly TerminalMachine[]; readonly faults: TerminalFaults; readonly now: () => Date; readonly appId: string; readonly appKey: string; readonly merchantNo: string };

/** The acquirer's cloud in front of the same terminals: OPEN-BODY-SIG, JSON, and a query by the merchant's own number. */
export class CloudPos {
  readonly #options: CloudPosOptions;
  readonly #seen = new Set<string>();
  readonly #ended = new Map<string, MachineAnswer>();
  readonly #waiting = new Set<string>();

  constructor(options: CloudPosOptions) {
    this.#options = options;
  }

  handles(path: string): boolean {
    return Object.hasOwn(ROUTES, path);
  }

  async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const operation = ROUTES[request.url ?? ''];
    const refusal = this.#signatureProblem(request.headers.authorization ?? '', body);
    const fields = asFields(body);
    const machine = this.#options.machines.find(({ terminalNo }) => terminalNo === fields?.['terminalCode']);
    if (refusal !== undefined || operation === undefined) return send(response, 200, { errCode: 'BAD_SIGNATURE', errInfo: refusal ?? 'no such path' });
    if (fields === undefined || machine === undefined || fields['merchantCode'] !== this.#options.merchantNo) return send(response, 200, { errCode: 'BAD_REQUEST', errInfo: 'merchant or terminal' });
    const fault = this.#options.faults.take(operation, machine);
    if (fault === 'dropBeforeExecuting') return void response.destroy();
    if (fault === 'throttle') return send(response, 429, { errCode: 'TOO_MANY', errInfo: '请求过于频繁' });
    if (fault === 'unlistedCode') return send(response, 200, { errCode: 'NEVER_HEARD_OF', errInfo: '未知错误' });
    if (operation === 'query') return this.#query(response, machine, text(fields, 'merchantOrderId'), fault);
    const asked = requestOf(operation, fields);
    const number = asked.number ?? '';
    if (number !== '' && (this.#waiting.has(number) || this.#transactionOf(machine, number) !== undefined)) return send(response, 200, { errCode: 'DUP_ORDER', errInfo: '订单号重复' });
    this.#waiting.add(number);
    const answer = await machine.handle(asked, fault?.startsWith('executeThen') === true ? 'approve' : undefined);
    this.#waiting.delete(number);
    if (answer === undefined || fault === 'executeThenDrop') return void response.destroy();
    this.#ended.set(number, answer);
    this.#tell(response, answer, fault);
  }

  #query(response: ServerResponse, machine: TerminalMachine, number: string, fault: TerminalFault | undefined): void {
    const transaction = this.#transactionOf(machine, number);
    const ended = this.#ended.get(number);
    if (transaction !== undefined) this.#tell(response, { code: '00', message: '查询成功', transaction }, fault, '0');
    else if (this.#waiting.has(number)) this.#tell(response, { code: '00', message: '支付中' }, fault, '1');
    else if (ended !== undefined) this.#tell(response, { code: '00', message: ended.message }, fault, '2');
    else this.#tell(response, { code: 'NO_ORDER', message: '订单不存在' }, fault);
  }

  #transactionOf(machine: TerminalMachine, number: string): Transaction | undefined {
    return machine.transactions.find((transaction) => transaction.number === number);
  }

  #tell(response: ServerResponse, { code, message, transaction }: MachineAnswer, fault: TerminalFault | undefined, queryResCode?: string): void {
    if (fault === 'neverAnswer') return;
    if (fault === 'executeThenSystemError') return send(response, 500, { errCode: 'SYSTEM_ERROR' });
    if (fault === 'executeThenGarbage') return send(response, 200, '<html>bad gateway</html>');
    if (fault === 'executeThenUnlistedCode') return send(response, 200, { errCode: 'NEVER_HEARD_OF' });
    const slip = transaction === undefined ? {} : {
      merchantCode: this.#options.merchantNo,
      terminalCode: this.#options.machines.find(({ transactions }) => transactions.includes(transaction))?.terminalNo,
      merchantOrderId: fault === 'executeThenOtherEcho' ? 'T-OF-ANOTHER' : transaction.number,
      amount: transaction.amountFen + (fault === 'otherAmount' ? 1 : 0),
      retrievalRefNum: transaction.referenceNo,
      systemTraceNum: transaction.voucherNo,
      batchNum: transaction.batchNo,
      transactionDateWithYear: dateOf(transaction.at),
      transactionTime: timeOf(transaction.at),
      cardIssuer: '0308',
    };
    send(response, 200, { errCode: code, errInfo: message, ...(queryResCode === undefined ? {} : { queryResCode }), ...slip });
  }

  /** Why the signature is refused; undefined when it is right. */
  #signatureProblem(header: string, body: Buffer): string | undefined {
    const match = /^OPEN-BODY-SIG AppId="([^"]+)", Timestamp="(\d{14})", Nonce="([^"]{1,128})", Signature="([^"]+)"$/.exec(header);
    const [, appId = '', timestamp = '', nonce = '', signature = ''] = match ?? [];
    if (appId !== this.#options.appId) return 'AppId';
    const at = Date.parse(`${timestamp.slice(0, 4)}-${timestamp.slice(4, 6)}-${timestamp.slice(6, 8)}T${timestamp.slice(8, 10)}:${timestamp.slice(10, 12)}:${timestamp.slice(12)}+08:00`);
    if (!(Math.abs(at - this.#options.now().getTime()) < FIVE_MINUTES_MS)) return 'Timestamp';
    if (this.#seen.has(nonce)) return 'Nonce';
    this.#seen.add(nonce);
    const expected = createHmac('sha256', this.#options.appKey).update(`${appId}${timestamp}${nonce}${createHash('sha256').update(body).digest('hex')}`).digest();
    const given = Buffer.from(signature, 'base64');
    return given.length === expected.length && timingSafeEqual(given, expected) ? undefined : 'Signature';
  }
}

function requestOf(operation: Exclude<FaultableOperation, 'query'>, fields: Readonly<Record<string, unknown>>): MachineRequest {
  const amount = fields['transactionAmount'];
  return {
    operation,
    amountFen: typeof amount === 'number' && Number.isSafeInteger(amount) ? amount : 0,
    operatorNo: text(fields, 'operatorId'),
    originalDate: text(fields, 'transactionDateWithYear'),
    originalReferenceNo: text(fields, 'retrievalRefNum'),
    originalVoucherNo: '',
    ...(fields['merchantOrderId'] === undefined ? {} : { number: text(fields, 'merchantOrderId') }),
    ...(fields['originalMerchantOrderId'] === undefined ? {} : { originalNumber: text(fields, 'originalMerchantOrderId') }),
  };
}

function asFields(body: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}

function text(fields: Readonly<Record<string, unknown>>, name: string): string {
  const value = fields[name];
  return typeof value === 'string' ? value : '';
}

function send(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(typeof value === 'string' ? value : JSON.stringify(value));
}
