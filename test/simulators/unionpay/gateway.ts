import type { ServerResponse } from 'node:http';

import { failsAfterExecuting, failsBeforeExecuting, sendBody } from '../machinery/answer-faults.js';
import { formFields, readAcpRequest, signMethodOf } from './acp-request.js';
import { deskOrder, type CashierDesk } from './cashier-desk.js';
import type { ApiFault, FaultRules } from './fault-rules.js';
import { signedByUnionPay, type Fields, type Signing } from './message-signature.js';
import type { NotificationQueue } from './notification-queue.js';
import { execute, openPage, operationOf, type Doing, type Endpoint } from './operations.js';
import type { PlatformKeys, SignerName } from './platform-keys.js';
import { Refusal } from './refusal.js';

type GatewayParts = {
  readonly keys: PlatformKeys;
  readonly doing: Doing;
  readonly faults: FaultRules;
  readonly notifications: NotificationQueue;
  readonly cashier: CashierDesk;
  /** Whose certificate UnionPay signs with now. */
  readonly signer: () => SignerName;
};

/** Fields of a request that its answer repeats. */
const ECHOED = ['version', 'encoding', 'bizType', 'txnTime', 'txnType', 'txnSubType', 'accessType', 'merId', 'orderId', 'txnAmt', 'currencyCode', 'reqReserved', 'settleDate', 'fileType'];

/** Every endpoint of UnionPay: verifies, executes, signs; or fails as planted. */
export class Gateway {
  readonly #parts: GatewayParts;

  constructor(parts: GatewayParts) {
    this.#parts = parts;
  }

  async handle(endpoint: Endpoint, body: string, response: ServerResponse): Promise<void> {
    const fields = formFields(body);
    if (endpoint === 'front') {
      this.#openPage(fields, response);
      return;
    }
    const fault = this.#parts.faults.take(operationOf(endpoint, fields, this.#parts.doing.book), { orderId: fields['orderId'] });
    if (failsBeforeExecuting(fault, response)) return;
    const answer = { ...echoOf(fields), ...this.#execute(endpoint, fields, fault) };
    if (failsAfterExecuting(fault, response)) return;
    if (fault?.kind === 'hidden') this.#parts.doing.book.hide(fields['orderId'] ?? '', fault.forMs);
    if (fault?.kind === 'notifyBeforeAnswer') await this.#parts.notifications.runDue();
    this.#send(response, fields, answer, fault);
  }

  #execute(endpoint: Exclude<Endpoint, 'front'>, fields: Fields, fault: ApiFault | undefined): Fields {
    try {
      const request = readAcpRequest(fields, this.#parts.keys);
      if (fault?.kind === 'refuse') throw new Refusal(fault.code, fault.message ?? '模拟拒绝');
      const answer = execute(endpoint, request, this.#parts.doing);
      return fault?.kind === 'executeThenAnswer' ? { respCode: fault.code, respMsg: '交易已受理，请稍后查询' } : answer;
    } catch (error) {
      // Anything but a refusal is a bug of the simulator and stays one.
      if (!(error instanceof Refusal)) throw error;
      return { respCode: error.code, respMsg: `${error.message}[${error.code}00000]` };
    }
  }

  #send(response: ServerResponse, request: Fields, answer: Fields, fault: ApiFault | undefined): void {
    const told = fault?.kind === 'otherFields' ? { ...answer, ...fault.fields } : fault?.kind === 'garbageFields' ? garbageOf(answer) : answer;
    const filled = Object.fromEntries(Object.entries(told).filter(([, value]) => value !== ''));
    const signed = signedByUnionPay(filled, signMethodOf(request), this.#parts.keys, this.#signingOf(fault));
    const { signature = '', ...unsigned } = signed;
    const shown = fault?.kind === 'missingSignature' ? unsigned : fault?.kind === 'altered' ? { ...unsigned, ...fault.fields, signature } : signed;
    const body = Buffer.from(Object.entries(shown).map(([name, value]) => `${name}=${value}`).join('&'), 'utf8');
    sendBody(response, { body, contentType: 'text/html;charset=UTF-8', fault });
  }

  #signingOf(fault: ApiFault | undefined): Signing {
    if (fault?.kind === 'badSignature') return { signer: 'forger' };
    return { signer: fault?.kind === 'otherSigner' ? fault.signer : this.#parts.signer() };
  }

  #openPage(fields: Fields, response: ServerResponse): void {
    const { keys, doing, cashier } = this.#parts;
    try {
      cashier.orderPage(response, deskOrder(openPage(readAcpRequest(fields, keys), doing.book)));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      cashier.refusalPage(response, `${error.code} ${error.message}`);
    }
  }
}

function echoOf(fields: Fields): Fields {
  return Object.fromEntries(ECHOED.flatMap((name) => (fields[name] === undefined ? [] : [[name, fields[name]] as const])));
}

/** Our numbers and not one field of an outcome. */
function garbageOf({ merId = '', orderId = '', txnTime = '', settleDate = '' }: Fields): Fields {
  return { version: '5.1.0', merId, orderId, txnTime, settleDate, outcome: 'nobody knows this' };
}
