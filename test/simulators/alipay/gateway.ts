import type { ServerResponse } from 'node:http';

import { failsAfterExecuting, failsBeforeExecuting } from '../machinery/answer-faults.js';
import type { BillDesk } from './bill-desk.js';
import type { ApiFault, FaultRules } from './fault-rules.js';
import { AnswerSender, refusedNode, SYSTEM_ERROR, type Node } from './gateway-answer.js';
import { openOrder, OPERATION_OF, OPERATIONS } from './gateway-operations.js';
import { mergedParameters, modeOf, readGatewayRequest } from './gateway-request.js';
import type { NotificationQueue } from './notification-queue.js';
import type { PlatformKeys } from './platform-keys.js';
import { Refusal } from './refusal.js';
import type { SimulatedTrade } from './simulated-records.js';
import type { TradeBook } from './trade-book.js';
import { deskOrder, type WalletDesk } from './wallet-desk.js';

type GatewayParts = {
  readonly keys: PlatformKeys;
  readonly book: TradeBook;
  readonly bills: BillDesk;
  readonly answers: AnswerSender;
  readonly faults: FaultRules;
  readonly notifications: NotificationQueue;
  readonly wallet: WalletDesk;
};

const PAGES = ['alipay.trade.page.pay', 'alipay.trade.wap.pay'];

/** `/gateway.do`: verifies, executes, signs; or fails as planted. */
export class Gateway {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  async handle(query: string, body: string, response: ServerResponse): Promise<void> {
    const parameters = mergedParameters(query, body);
    const method = parameters.get('method') ?? '';
    if (PAGES.includes(method)) {
      this.#openPage(parameters, response);
      return;
    }
    const operation = OPERATION_OF[method];
    const to = { response, method: method === '' ? 'error' : method, mode: modeOf(parameters) };
    const fault = operation === undefined ? undefined : this.#parts.faults.take(operation, { outTradeNo: outTradeNoOf(parameters) });
    if (failsBeforeExecuting(fault, response)) return;
    const node = this.#execute(parameters, fault);
    if (failsAfterExecuting(fault, response)) return;
    if (fault?.kind === 'notifyBeforeAnswer') await this.#parts.notifications.runDue();
    this.#parts.answers.send(to, fault?.kind === 'executeThenSystemError' ? SYSTEM_ERROR : node, fault);
  }

  /** What the app SDK does with the order text it was handed: the trade exists and waits for its payer. @throws Refusal */
  openAppOrder(orderText: string): SimulatedTrade {
    return openOrder(readGatewayRequest(mergedParameters('', orderText), this.#parts.keys), this.#parts.book);
  }

  #execute(parameters: ReadonlyMap<string, string>, fault: ApiFault | undefined): Node {
    try {
      const request = readGatewayRequest(parameters, this.#parts.keys);
      if (fault?.kind === 'refuse') throw new Refusal(fault.code, fault.subCode, fault.message ?? '模拟拒绝');
      if (fault?.kind === 'tooManyRequests') throw new Refusal('40005', 'isv.app-call-limited', '应用调用次数超限');
      const operation = OPERATION_OF[request.method];
      if (operation === undefined || operation === 'billFile') throw new Refusal('40002', 'isv.invalid-method', '不存在的方法名');
      return OPERATIONS[operation](request, this.#parts);
    } catch (error) {
      return refusedNode(error);
    }
  }

  #openPage(parameters: ReadonlyMap<string, string>, response: ServerResponse): void {
    const { keys, book, wallet } = this.#parts;
    try {
      wallet.orderPage(response, deskOrder(openOrder(readGatewayRequest(parameters, keys), book)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      wallet.refusalPage(response, `${error.subCode ?? error.code} ${error.message}`);
    }
  }
}

function outTradeNoOf(parameters: ReadonlyMap<string, string>): string | undefined {
  return /"out_trade_no":"([^"]+)"/.exec(parameters.get('biz_content') ?? '')?.[1];
}
