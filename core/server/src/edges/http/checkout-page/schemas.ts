import { PresentationSchema } from '@hospay/plugin-sdk';
import { Type } from 'typebox';
import { CHECKOUT_STAGES } from '../../../checkout/checkout-view.js';
import { BROWSER_APPS, WALLETS } from '../../../checkout/ports.js';

const named = (title: string) => ({ additionalProperties: false, title }) as const;
const Text = Type.String();
const Fen = Type.Integer({ minimum: 0, description: 'Integer fen (分)' });
const Round = Type.Integer({ minimum: 1, maximum: 100 });

/** Any text: a code that was never given out, and one that is no code at all, are answered alike. */
export const TokenPathSchema = Type.Object({ token: Type.String({ minLength: 1, maxLength: 64 }) }, { additionalProperties: false });

export const CheckoutViewSchema = Type.Object(
  {
    stage: Type.Enum(CHECKOUT_STAGES),
    round: Round,
    hospitalName: Text,
    description: Text,
    patientLabel: Type.Optional(Text),
    amountFen: Type.Optional(Fen),
    secondsLeft: Type.Integer({ minimum: 0 }),
    app: Type.Enum(BROWSER_APPS),
    wallets: Type.Array(Type.Enum(WALLETS)),
    otherApps: Type.Array(Type.Enum(WALLETS)),
    before: Type.Optional(Type.Enum(['closed', 'declined'] as const)),
    wallet: Type.Optional(Type.Enum(WALLETS)),
    presentation: Type.Optional(PresentationSchema),
    mayCancel: Type.Optional(Type.Boolean()),
    receipt: Type.Optional(
      Type.Object(
        { paidAt: Type.Optional(Text), receiptNo: Type.Optional(Text), settlementNo: Type.Optional(Text), pickupWindow: Type.Optional(Text), guide: Type.Optional(Text) },
        named('CheckoutReceipt'),
      ),
    ),
  },
  named('CheckoutView'),
);
export const PayAnswerSchema = Type.Union([
  Type.Object({ kind: Type.Literal('view'), view: CheckoutViewSchema }, named('CheckoutPaid')),
  Type.Object({ kind: Type.Literal('identify'), url: Text }, named('CheckoutIdentify')),
]);
export const PayBodySchema = Type.Object({ round: Round, amountFen: Type.Integer({ minimum: 0, maximum: 1_000_000_000 }), wallet: Type.Optional(Type.Enum(WALLETS)) }, named('CheckoutPay'));
export const CancelBodySchema = Type.Object({ round: Round }, named('CheckoutCancel'));
