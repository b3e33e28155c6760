/** The messages of WeChat Pay API v3 that this channel reads. They are open: WeChat Pay may add fields at any time. */
import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';

const Fen = Type.Integer({ minimum: 1, maximum: 10_000_000_000 });
const Time = Type.String({ format: 'date-time' });
const Currency = Type.Optional(Type.Literal('CNY'));
const Sealed = Type.Object({
  algorithm: Type.Literal('AEAD_AES_256_GCM'),
  ciphertext: Type.String({ minLength: 24 }),
  nonce: Type.String({ minLength: 1 }),
  associated_data: Type.Optional(Type.String()),
});

export const NativeOrderAnswer = Compile(Type.Object({ code_url: Type.String({ pattern: '^weixin://', maxLength: 1024 }) }));
export const AppOrderAnswer = Compile(Type.Object({ prepay_id: Type.String({ pattern: '^[0-9A-Za-z_-]{1,64}$' }) }));
export const H5OrderAnswer = Compile(Type.Object({ h5_url: Type.String({ pattern: '^https://[^?#\\s]+\\?[^#\\s]+$', maxLength: 1024 }) }));

/** Ordinary merchants are named by `mchid` and `appid`, service providers and their sub-merchants by the other four. */
const Merchants = { mchid: Type.Optional(Type.String()), sp_mchid: Type.Optional(Type.String()), sub_mchid: Type.Optional(Type.String()) };

const Trade = Type.Object({
  ...Merchants,
  appid: Type.Optional(Type.String()),
  sp_appid: Type.Optional(Type.String()),
  out_trade_no: Type.String(),
  trade_state: Type.String(),
  attach: Type.Optional(Type.String()),
  transaction_id: Type.Optional(Type.String({ maxLength: 64 })),
  success_time: Type.Optional(Time),
  bank_type: Type.Optional(Type.String({ maxLength: 64 })),
  amount: Type.Optional(Type.Object({ total: Fen, currency: Currency })),
});
export type Trade = Static<typeof Trade>;
export const TradeAnswer = Compile(Trade);

export const ReverseAnswer = Compile(Type.Object({ out_trade_no: Type.String() }));

/** A trade as API v2 tells it, under the names of v3: texts become numbers and times, and the merchants are those of the mode. `undefined` when it is none. */
export function readV2Trade(fields: Readonly<Record<string, string>>, timeOf: (digits: string) => string | undefined, isPartner: boolean): Trade | undefined {
  const { mch_id: merchant, sub_mch_id: subMerchant, time_end: end = '', total_fee: total = '', transaction_id: transactionId, bank_type: bankType } = fields;
  const successTime = timeOf(end);
  const trade = {
    ...(isPartner ? { sp_mchid: merchant, sub_mchid: subMerchant } : { mchid: merchant }),
    out_trade_no: fields['out_trade_no'],
    trade_state: fields['trade_state'],
    ...(transactionId === undefined || transactionId === '' ? {} : { transaction_id: transactionId }),
    ...(successTime === undefined ? {} : { success_time: successTime }),
    ...(bankType === undefined || bankType === '' ? {} : { bank_type: bankType }),
    ...(/^\d{1,11}$/.test(total) ? { amount: { total: Number(total), currency: fields['fee_type'] ?? 'CNY' } } : {}),
  };
  return TradeAnswer.Check(trade) ? trade : undefined;
}

const RefundAmount = Type.Object({ total: Fen, refund: Fen, currency: Currency });

const Refund = Type.Object({
  refund_id: Type.String({ minLength: 1, maxLength: 64 }),
  out_refund_no: Type.String(),
  out_trade_no: Type.String(),
  status: Type.String(),
  success_time: Type.Optional(Time),
  amount: RefundAmount,
});
export type Refund = Static<typeof Refund>;
export const RefundAnswer = Compile(Refund);

export const RefundNotice = Compile(
  Type.Object({
    ...Merchants,
    out_trade_no: Type.String(),
    refund_id: Type.String({ minLength: 1, maxLength: 64 }),
    out_refund_no: Type.String(),
    refund_status: Type.String(),
    success_time: Type.Optional(Time),
    amount: RefundAmount,
  }),
);

export const NotificationEnvelope = Compile(
  Type.Object({
    id: Type.String({ minLength: 1, maxLength: 128 }),
    event_type: Type.String(),
    resource_type: Type.String(),
    resource: Sealed,
  }),
);

export const CertificatesAnswer = Compile(
  Type.Object({ data: Type.Array(Type.Object({ serial_no: Type.String(), encrypt_certificate: Sealed }), { minItems: 1, maxItems: 20 }) }),
);

export const BillAnswer = Compile(
  Type.Object({
    hash_type: Type.Literal('SHA1'),
    hash_value: Type.String({ pattern: '^[0-9a-fA-F]{40}$' }),
    download_url: Type.String({ maxLength: 2048 }),
  }),
);

export const SealedBillAnswer = Compile(
  Type.Object({
    download_bill_count: Type.Integer({ minimum: 1, maximum: 1_000 }),
    download_bill_list: Type.Array(
      Type.Object({
        bill_sequence: Type.Integer({ minimum: 1 }),
        hash_type: Type.Literal('SHA1'),
        hash_value: Type.String({ pattern: '^[0-9a-fA-F]{40}$' }),
        download_url: Type.String({ maxLength: 2048 }),
        encrypt_key: Type.String({ minLength: 1, maxLength: 4096 }),
        nonce: Type.String({ minLength: 1, maxLength: 64 }),
      }),
      { maxItems: 1_000 },
    ),
  }),
);

/** 网页授权: either the payer's open id or an `errcode`. */
export const PayerIdAnswer = Compile(
  Type.Object({ openid: Type.Optional(Type.String({ pattern: '^[0-9A-Za-z_-]{6,128}$' })), errcode: Type.Optional(Type.Integer()) }),
);

export const RefusalAnswer = Compile(
  Type.Object({ code: Type.String({ pattern: '^[0-9A-Z_]{1,64}$' }), message: Type.Optional(Type.String()) }),
);

/** Reads UTF-8 JSON of the given shape; `undefined` for anything else. */
export function readJson<Shape>(shape: { Check(value: unknown): value is Shape }, body: Uint8Array | string): Shape | undefined {
  let value: unknown;
  try {
    value = JSON.parse(typeof body === 'string' ? body : new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch {
    return undefined;
  }
  return shape.Check(value) ? value : undefined;
}
