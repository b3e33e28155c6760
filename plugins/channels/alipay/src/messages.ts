/** The messages of Alipay that this channel reads. They are open: Alipay may add fields at any time. */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Yuan = Type.String({ pattern: '^\\d{1,11}(\\.\\d{1,2})?$' });
const Number64 = Type.String({ minLength: 1, maxLength: 64 });
const Flag = Type.Union([Type.Literal('Y'), Type.Literal('N')]);

export const Verdict = Compile(
  Type.Object({
    code: Type.String({ pattern: '^\\d{5}$' }),
    msg: Type.Optional(Type.String()),
    sub_code: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z._-]{1,64}$' })),
    sub_msg: Type.Optional(Type.String()),
  }),
);

export const PrecreateAnswer = Compile(Type.Object({ out_trade_no: Type.String(), qr_code: Type.String({ minLength: 1, maxLength: 1024 }) }));
export const CreateAnswer = Compile(Type.Object({ out_trade_no: Type.String(), trade_no: Number64 }));

const Trade = Type.Object({
  out_trade_no: Type.String(),
  trade_no: Type.Optional(Number64),
  trade_status: Type.Optional(Type.String()),
  total_amount: Type.Optional(Yuan),
  /** Of a query; `gmt_payment` in the answer to a scanned code and in notifications. */
  send_pay_date: Type.Optional(Type.String()),
  gmt_payment: Type.Optional(Type.String()),
  /** `DC`: digital yuan. */
  receipt_currency_type: Type.Optional(Type.String()),
  fund_bill_list: Type.Optional(Type.Unknown()),
});
export type Trade = Static<typeof Trade>;
export const TradeAnswer = Compile(Trade);

export const FundBills = Compile(
  Type.Array(Type.Object({ fund_channel: Type.Optional(Type.String()), fundChannel: Type.Optional(Type.String()) }), { maxItems: 50 }),
);

export const CancelAnswer = Compile(
  Type.Object({ out_trade_no: Type.String(), retry_flag: Flag, action: Type.Optional(Type.Union([Type.Literal('close'), Type.Literal('refund')])) }),
);
export const CloseAnswer = Compile(Type.Object({ out_trade_no: Type.Optional(Type.String()), trade_no: Type.Optional(Type.String()) }));

export const RefundAnswer = Compile(
  Type.Object({ out_trade_no: Type.String(), trade_no: Number64, fund_change: Flag, refund_fee: Yuan, gmt_refund_pay: Type.Optional(Type.String()) }),
);

const Refund = Type.Object({
  out_trade_no: Type.Optional(Type.String()),
  trade_no: Type.Optional(Type.String()),
  out_request_no: Type.Optional(Type.String()),
  /** Absent while nothing was returned under this number. */
  refund_status: Type.Optional(Type.String()),
  refund_amount: Type.Optional(Yuan),
  gmt_refund_pay: Type.Optional(Type.String()),
  /** Only of refunds with a medical-insurance part. */
  refund_channel_status: Type.Optional(Type.String()),
});
export type Refund = Static<typeof Refund>;
export const RefundQueryAnswer = Compile(Refund);

export const BillAnswer = Compile(Type.Object({ bill_download_url: Type.String({ maxLength: 4096 }) }));
export const CertificateAnswer = Compile(Type.Object({ alipay_cert_content: Type.String({ maxLength: 65_536 }) }));

export const Notice = Compile(
  Type.Object({
    notify_id: Type.String({ minLength: 1, maxLength: 128 }),
    notify_time: Type.String(),
    app_id: Type.String(),
    seller_id: Type.String(),
    out_trade_no: Type.String({ minLength: 1 }),
    trade_no: Number64,
    trade_status: Type.String(),
    total_amount: Yuan,
    gmt_payment: Type.Optional(Type.String()),
    gmt_refund: Type.Optional(Type.String()),
    refund_fee: Type.Optional(Yuan),
    out_biz_no: Type.Optional(Type.String({ maxLength: 64 })),
    receipt_currency_type: Type.Optional(Type.String()),
    fund_bill_list: Type.Optional(Type.String()),
  }),
);

/** Reads JSON of the given shape; `undefined` for anything else. */
export function readJson<Shape>(shape: { Check(value: unknown): value is Shape }, text: string): Shape | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return shape.Check(value) ? value : undefined;
}
