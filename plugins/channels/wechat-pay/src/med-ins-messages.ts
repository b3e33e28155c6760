/** The messages of 医保混合收款 that this channel reads. They are open: WeChat Pay may add fields at any time. */
import type { InsuranceOrder } from '@hospay/plugin-sdk';
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Part = Type.Optional(Type.Integer({ minimum: 0, maximum: 10_000_000_000 }));

const MedInsOrder = Type.Object({
  mix_trade_no: Type.String({ pattern: '^[0-9A-Za-z_-]{1,64}$' }),
  out_trade_no: Type.String(),
  appid: Type.Optional(Type.String()),
  sub_mchid: Type.Optional(Type.String()),
  serial_no: Type.Optional(Type.String()),
  pay_order_id: Type.Optional(Type.String()),
  total_fee: Type.Integer({ minimum: 1, maximum: 10_000_000_000 }),
  med_ins_gov_fee: Part,
  med_ins_self_fee: Part,
  med_ins_other_fee: Part,
  wechat_pay_cash_fee: Part,
  mix_pay_status: Type.String(),
  self_pay_status: Type.String(),
  med_ins_pay_status: Type.String(),
});
export type MedInsOrder = Static<typeof MedInsOrder>;
export const MedInsOrderAnswer = Compile(MedInsOrder);

type Asked = { readonly tradeNo: string; readonly amountFen: number; readonly insuranceOrder: InsuranceOrder };

/** Whether an order is the one that was asked for: numbers of all three sides, merchant, and each amount. */
export function isMedInsOrderOf(order: MedInsOrder, { tradeNo, amountFen, insuranceOrder }: Asked, subMchid: string | undefined): boolean {
  const { payOrderId, ownOrderNo, fundFen, accountFen } = insuranceOrder;
  return (
    order.out_trade_no === tradeNo &&
    order.sub_mchid === subMchid &&
    (order.serial_no ?? ownOrderNo) === ownOrderNo &&
    (order.pay_order_id ?? payOrderId) === payOrderId &&
    order.total_fee === fundFen + accountFen + amountFen &&
    (order.med_ins_gov_fee ?? 0) === fundFen &&
    (order.med_ins_self_fee ?? 0) === accountFen &&
    (order.med_ins_other_fee ?? 0) === 0 &&
    (order.wechat_pay_cash_fee ?? 0) === amountFen
  );
}

/** `paid`: both parts, whatever went back since. `returned`: it failed, and WeChat Pay has given the cash back itself. `failed`: the cash is not back, or nobody says so. */
export type MixedState = 'created' | 'paid' | 'failed' | 'returned' | 'unknown';

const PAID = ['SUCCESS', 'REFUND'];

/** What the three states say together. The catalogue writes them short (`SUCCESS`), the service may write them long (`MIX_PAY_SUCCESS`): both are read. */
export function mixedStateOf({ mix_pay_status: mix, self_pay_status: self, med_ins_pay_status: insurance }: Pick<MedInsOrder, 'mix_pay_status' | 'self_pay_status' | 'med_ins_pay_status'>): MixedState {
  const [mixed, cash, insured] = [word(mix, 'MIX_PAY_'), word(self, 'SELF_PAY_'), word(insurance, 'MED_INS_PAY_')];
  if (PAID.includes(mixed)) return PAID.includes(cash) && PAID.includes(insured) ? 'paid' : 'unknown';
  if (mixed === 'FAIL') return cash === 'REFUND' ? 'returned' : 'failed';
  return mixed === 'CREATED' ? 'created' : 'unknown';
}

function word(state: string, prefix: string): string {
  return state.startsWith(prefix) ? state.slice(prefix.length) : state;
}
