import type { IncomingMessage, ServerResponse } from 'node:http';

import { AnswerSender, jsonAnswer, refusalAnswer, type Answer, type AnswerPlace } from './api-answer.js';
import { ApiRefusal, parameterRefusal, PRECISE_CODE } from './api-refusal.js';
import { ApiRoutes, type ApiCall, type ArrivedCall } from './api-routes.js';
import type { ApiFault, FaultRules } from './fault-rules.js';
import type { PlatformKeys } from './merchant-credentials.js';
import type { OrderBook } from './order-book.js';
import type { RequestVerifier } from './request-signature.js';

const OTHER_MERCHANT_ID = '1699999999';

export type MerchantApiOptions = {
  readonly keys: PlatformKeys;
  readonly verifier: RequestVerifier;
  readonly routes: ApiRoutes;
  readonly orders: OrderBook;
  readonly faults: FaultRules;
  readonly now: () => Date;
  /** Resolves after the delay; never, when the simulator stops first. */
  readonly wait: (delayMs: number) => Promise<void>;
  /** Makes the payer pay this order, or the refund settle, and waits until its notification was attempted. */
  readonly notifyNow: (call: { outTradeNo: string | undefined; outRefundNo: string | undefined }) => Promise<void>;
};

/** The merchant-facing API: checks the signature, finds the operation, strikes planted faults, signs the answer. */
export class MerchantApi {
  readonly #options: MerchantApiOptions;
  readonly #sender: AnswerSender;

  constructor(options: MerchantApiOptions) {
    this.#options = options;
    this.#sender = new AnswerSender(options);
  }

  async handle(request: IncomingMessage, body: Buffer, response: ServerResponse): Promise<void> {
    const { verifier, routes } = this.#options;
    const arrived = arrivedRequest(request, body);
    let place: AnswerPlace = { response, mode: 'platformCertificate' };
    let call: ApiCall;
    try {
      const mode = verifier.signingMode(arrived.headers);
      place = { response, mode };
      verifier.verify(arrived);
      refuseWrongHeaders(arrived);
      call = routes.find({ ...arrived, mode });
    } catch (error) {
      this.#sender.send(place, refusalAnswer(error));
      return;
    }
    await this.#execute(call, place);
  }

  async #execute(call: ApiCall, place: AnswerPlace): Promise<void> {
    const fault = this.#options.faults.take(call.operation, call);
    if (fault?.kind === 'delayBeforeExecuting') await this.#options.wait(fault.delayMs);
    if (fault !== undefined && this.#strikeInsteadOfExecuting(fault, place)) return;
    const answer = answerOf(call);
    if (fault !== undefined && this.#strikeInsteadOfAnswering(fault, place)) return;
    if (fault?.kind === 'delayAnswer') await this.#options.wait(fault.delayMs);
    if (fault?.kind === 'notifyBeforeAnswer') await this.#options.notifyNow(call);
    this.#sender.send(place, fault === undefined ? answer : this.#altered(answer, fault), fault);
  }

  /** True when the fault took the place of the operation. */
  #strikeInsteadOfExecuting(fault: ApiFault, place: AnswerPlace): boolean {
    if (fault.kind === 'failBeforeExecuting') {
      this.#sender.sendServerError(place, fault.status ?? 500);
    } else if (fault.kind === 'dropBeforeExecuting') {
      place.response.destroy();
    } else if (fault.kind === 'tooManyRequests') {
      this.#sender.send(place, refusalAnswer(tooManyRequests()));
    } else if (fault.kind === 'refuse') {
      this.#sender.send(place, refusalAnswer(new ApiRefusal(fault)));
    } else {
      return false;
    }
    return true;
  }

  /** True when the fault took the place of the answer. */
  #strikeInsteadOfAnswering(fault: ApiFault, place: AnswerPlace): boolean {
    if (fault.kind === 'executeThenFail') this.#sender.sendServerError(place, fault.status ?? 500);
    else if (fault.kind === 'executeThenDropConnection') place.response.destroy();
    else return fault.kind === 'executeThenNeverAnswer';
    return true;
  }

  /** The answer with its content changed by the fault, still to be rightly signed. */
  #altered(answer: Answer, fault: ApiFault): Answer {
    if (answer.content.kind !== 'json' || answer.status !== 200) return answer;
    const { value } = answer.content;
    if (fault.kind === 'otherMerchant') return jsonAnswer({ ...value, [merchantField(value)]: OTHER_MERCHANT_ID });
    if (fault.kind === 'otherProvider') return jsonAnswer({ ...value, sp_mchid: OTHER_MERCHANT_ID });
    if (fault.kind === 'otherAmount') return jsonAnswer({ ...value, amount: otherAmount(value['amount'], fault.amountFen) });
    if (fault.kind === 'otherOrder') return jsonAnswer({ ...value, out_trade_no: fault.outTradeNo });
    const order = fault.kind === 'stillNotPaid' ? this.#options.orders.find(String(value['out_trade_no'])) : undefined;
    return order === undefined ? answer : jsonAnswer(this.#options.orders.describe({ ...order, state: order.tradeType === 'MICROPAY' ? 'USERPAYING' : 'NOTPAY' }));
  }
}

function arrivedRequest(request: IncomingMessage, body: Buffer): Omit<ArrivedCall, 'mode'> {
  const target = request.url ?? '/';
  const questionMark = target.indexOf('?');
  return {
    method: request.method ?? '',
    target,
    headers: request.headers,
    body,
    text: body.toString('utf8'),
    path: questionMark < 0 ? target : target.slice(0, questionMark),
    query: new URLSearchParams(questionMark < 0 ? '' : target.slice(questionMark)),
    origin: `http://${request.headers.host ?? 'localhost'}`,
  };
}

function refuseWrongHeaders({ headers, method, path }: Omit<ArrivedCall, 'mode'>): void {
  const accept = headers.accept ?? '';
  // Bill files are no JSON: a client may say so.
  if (path !== '/v3/billdownload/file' && !/application\/json|\*\/\*/.test(accept)) {
    throw parameterRefusal('Http头Accept应为application/json', { field: 'Accept', value: accept, location: 'header' });
  }
  if ((headers['user-agent'] ?? '') === '') throw parameterRefusal('Http头缺少User-Agent', { field: 'User-Agent', location: 'header' });
  const type = headers['content-type'] ?? '';
  if (method === 'POST' && !type.startsWith('application/json')) {
    throw parameterRefusal('Http头Content-Type应为application/json', { field: 'Content-Type', value: type, location: 'header' });
  }
}

function answerOf(call: ApiCall): Answer {
  try {
    return call.execute();
  } catch (error) {
    return refusalAnswer(error);
  }
}

/** Who is paid stands in another field when a service provider asks for its sub-merchant. */
function merchantField(value: Readonly<Record<string, unknown>>): 'mchid' | 'sub_mchid' {
  return 'sub_mchid' in value ? 'sub_mchid' : 'mchid';
}

function tooManyRequests(): ApiRefusal {
  const message = '频率超限，请降低请求频率';
  return new ApiRefusal({ status: 429, code: 'FREQUENCY_LIMITED', message, preciseCode: PRECISE_CODE.tooManyRequests });
}

function otherAmount(amount: unknown, amountFen: number): unknown {
  if (typeof amount !== 'object' || amount === null) return amount;
  const other = 'refund' in amount ? { refund: amountFen, payer_refund: amountFen } : { total: amountFen, payer_total: amountFen };
  return { ...amount, ...other };
}
