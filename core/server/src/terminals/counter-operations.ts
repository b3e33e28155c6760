/** What a window does beyond taking payments: answer "was it paid?" (交费查询) for any order of the hospital, print a receipt again (补打), and send money back (退款) within its operator's limit. */
import { createHash } from 'node:crypto';
import { Type } from 'typebox';
import { ok, refused, type Refused } from '../domain/errors.js';
import { canonicalJson } from './canonical-json.js';
import { FoundOrderSchema } from './counter-views.js';
import { closed, Id, operation, tenantOf, type OperationContext } from './operation.js';
import { OrderViewSchema } from './views.js';

const Amount = Type.Integer({ minimum: 1, maximum: 1_000_000_000 });
const Number = Type.String({ minLength: 4, maxLength: 64, pattern: '^[0-9A-Za-z_-]+$' });
const TradeNo = Type.Object({ tradeNo: Id(32) }, closed);

export const COUNTER_OPERATIONS = {
  'order.search': operation({
    operator: 'required',
    request: Type.Union([
      // Any number that stands on a slip, a phone or a statement: the platform's, the channel's, the receipt's.
      Type.Object({ number: Number }, closed),
      Type.Object({ day: Type.String({ format: 'date' }), amountFen: Amount, ending: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z]{4,12}$' })) }, closed),
    ]),
    reply: Type.Object({ orders: Type.Array(FoundOrderSchema) }, closed),
    async handle({ ports, terminal, operator }, request) {
      const refusal = whyNotAtWindow({ terminal, operator });
      if (refusal !== undefined) return refusal;
      return ok({ orders: await ports.useCases.searchOrders(request) });
    },
  }),
  'order.show': operation({
    operator: 'required',
    request: TradeNo,
    reply: OrderViewSchema,
    async handle({ ports, terminal, operator }, { tradeNo }) {
      return whyNotAtWindow({ terminal, operator }) ?? ports.useCases.showOrderOfHospital({ hospitalId: terminal.hospitalId, tradeNo });
    },
  }),
  'receipt.reprint': operation({
    operator: 'required',
    request: TradeNo,
    reply: OrderViewSchema,
    async handle({ ports, terminal, operator }, { tradeNo }) {
      const refusal = whyNotAtWindow({ terminal, operator });
      return refusal ?? ports.useCases.reprintReceipt({ hospitalId: terminal.hospitalId, tradeNo, by: operator?.operatorNo ?? '', at: tenantOf(terminal) });
    },
  }),
  'refund.create': operation({
    idem: 'required',
    operator: 'required',
    request: Type.Object({ tradeNo: Id(32), refundFen: Type.Optional(Amount), reason: Type.String({ minLength: 1, maxLength: 80 }) }, closed),
    reply: OrderViewSchema,
    async handle({ ports, terminal, operator, idem }, body) {
      if (terminal.kind !== 'window' || operator === undefined) return refused('NOT_PERMITTED', 'money goes back at windows');
      const requestHash = createHash('sha256').update(canonicalJson(body)).digest('hex');
      return ports.useCases.refundAtWindow({ ...body, hospitalId: terminal.hospitalId, operator, at: tenantOf(terminal), idempotency: { tenant: tenantOf(terminal), key: idem ?? '', requestHash } });
    },
  }),
} as const;

function whyNotAtWindow({ terminal, operator }: Pick<OperationContext, 'terminal' | 'operator'>): Refused | undefined {
  return terminal.kind === 'window' && operator !== undefined ? undefined : refused('NOT_PERMITTED', 'orders of others are looked up at windows');
}
