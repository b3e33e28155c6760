import { fieldsAt, textAt, type Fields } from './answer-fields.js';
import type { Unknown } from './centre-answer.js';
import type { MobileLine } from './mobile-line.js';
import { orderInput } from './mobile-messages.js';
import { isOrderOf, type OrderName } from './mobile-order.js';
import { stateOf } from './order-states.js';
import type { Presettlement } from './presettlement-book.js';
import type { CompleteSettings } from './settings.js';

type Asked = OrderName & { readonly payOrder: NonNullable<Presettlement['payOrder']>; readonly person?: Presettlement['person'] };

/** Asks the centre about an order (6301) and revokes one that is not settled (6401). */
export class MobileOrders {
  readonly #line: MobileLine;
  readonly #settings: CompleteSettings;

  constructor(line: MobileLine, settings: CompleteSettings) {
    this.#line = line;
    this.#settings = settings;
  }

  async ask(asked: Asked, signal: AbortSignal): Promise<{ readonly kind: 'order'; readonly order: Fields } | Unknown> {
    const answer = await this.#line.ask({ infno: '6301', data: orderInput(asked.payOrder, asked.person, this.#settings), signal });
    if (answer.kind !== 'done') return { kind: 'unknown', reason: answer.kind === 'refused' ? `the centre tells nothing of the order: ${answer.message}` : answer.reason };
    const order = fieldsAt(answer, 'output');
    return order !== undefined && isOrderOf(order, asked) ? { kind: 'order', order } : { kind: 'unknown', reason: 'the answer is about another order' };
  }

  /** An order that was settled is not revoked; one that is revoked can never be settled. */
  async revoke(asked: Asked, signal: AbortSignal): Promise<{ readonly kind: 'revoked' } | { readonly kind: 'settled'; readonly isRefunded: boolean } | Unknown> {
    const found = await this.ask(asked, signal);
    if (found.kind === 'unknown') return found;
    const { part, refund } = stateOf(textAt(found.order, 'ordStas'));
    if (part === 'settled') return { kind: 'settled', isRefunded: refund === 'refunded' };
    if (part === 'unknown') return { kind: 'unknown', reason: 'the state of the order says nothing certain' };
    if (part === 'closed' || part === 'failed') return { kind: 'revoked' };
    const answer = await this.#line.ask({ infno: '6401', data: orderInput(asked.payOrder, asked.person, this.#settings), signal });
    if (answer.kind === 'done') {
      if (!isOrderOf({ payOrdId: asked.payOrder.id, ...fieldsAt(answer, 'output') }, asked)) return { kind: 'unknown', reason: 'the answer is about another order' };
      // The answer names no order: the order itself has to say so.
      const after = await this.ask(asked, signal);
      if (after.kind === 'unknown') return after;
      return stateOf(textAt(after.order, 'ordStas')).part === 'closed' ? { kind: 'revoked' } : { kind: 'unknown', reason: 'the order does not show that it is revoked' };
    }
    return { kind: 'unknown', reason: answer.kind === 'refused' ? `the centre does not revoke the order: ${answer.message}` : answer.reason };
  }
}
