/** Quick pay (快捷支付): bound cards (签约), the payment password, and paying by agreement. */
import { Type } from 'typebox';
import type { Application, Permission } from '../../../applications/ports.js';
import { ok, type Outcome } from '../../../domain/errors.js';
import type { Holder, QuickPayDesk } from '../../../quick-pay/ports.js';
import { json } from '../http-kit/answer.js';
import { routesFor, type Route } from '../http-kit/route.js';
import { ownerOf, tenantOf } from './owner-of.js';
import {
  AgreementNoSchema, BoundCardAnswerSchema, BoundCardListSchema, CardBindingRequestSchema, CodeRequestSchema, HolderCheckAnswerSchema, HolderCheckRequestSchema, NewPaymentPasswordSchema, PaymentCodeBodySchema,
  PaymentPasswordAnswerSchema, PaymentPasswordChangeSchema, PaymentPasswordResetSchema, QuickPaymentRequestSchema, UserQuerySchema, UserRequestSchema,
} from './quick-pay-schemas.js';
import { requestHash } from './request-hash.js';
import { KeyHeaderSchema, OrderSchema, TradeNoSchema } from './schemas.js';

const { route } = routesFor<Permission, Application>();
const AgreementPath = Type.Object({ agreementNo: AgreementNoSchema }, { additionalProperties: false });
const CARD = { zh: '绑定的银行卡', en: 'The bound card', schema: BoundCardAnswerSchema };
const PASSWORD = { zh: '支付密码状态', en: 'The state of the payment password', schema: PaymentPasswordAnswerSchema };
const ORDER = { zh: '订单', en: 'The order', schema: OrderSchema };
const CARD_REFUSALS = ['QUICK_PAY_UNAVAILABLE', 'CARD_DATA_DISAGREES', 'CARD_NOT_SUPPORTED', 'CARD_REFUSED', 'TOO_MANY_CODES'] as const;
const PASSWORD_REFUSALS = ['PAYMENT_PASSWORD_NOT_SET', 'PAYMENT_PASSWORD_WRONG', 'PAYMENT_PASSWORD_LOCKED', 'TOO_MANY_REQUESTS'] as const;

const holderOf = ({ appId }: Application, { userId }: { readonly userId: string }): Holder => ({ appId, userId });
const told = <Value>(outcome: Outcome<Value>) => (outcome.kind === 'ok' ? ok(json(outcome.value)) : outcome);

export function quickPayRoutes(useCases: QuickPayDesk): Route<Permission, Application>[] {
  return [...cardRoutes(useCases), ...passwordRoutes(useCases), ...paymentRoutesOf(useCases)];
}

function cardRoutes(useCases: QuickPayDesk): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/quick-pay/agreements', operationId: 'bindCard',
      summary: { zh: '签约：四要素核验并发送短信验证码', en: 'Bind a card: the four elements are checked and a code is sent' },
      description: { zh: '四要素加密转交银行，平台不保存。应答丢失时用同一幂等键重发；收不到短信请换键重新发起', en: 'The four elements go to the bank encrypted and are not kept. Lost answer: same key again; no short message: begin anew with another key' },
      access: 'pay', request: { headers: KeyHeaderSchema, body: CardBindingRequestSchema }, answers: { 200: CARD }, errors: [...CARD_REFUSALS, 'TOO_MANY_CARDS', 'IDEMPOTENCY_KEY_REUSED'],
      handle: async ({ headers, body }, application) => told(await useCases.bindCard({ holder: holderOf(application, body), askedKey: headers['idempotency-key'], cardHolder: body.cardHolder })),
    }),
    route({
      method: 'POST', path: '/quick-pay/agreements/{agreementNo}/confirm', operationId: 'confirmBinding',
      summary: { zh: '签约：输入短信验证码', en: 'Bind a card: enter the code' },
      description: { zh: '状态为 confirming 或未收到应答时查询该协议，勿当作失败', en: 'State confirming, or no answer: query the agreement; it is not a failure' },
      access: 'pay', request: { params: AgreementPath, body: CodeRequestSchema }, answers: { 200: CARD }, errors: ['AGREEMENT_NOT_FOUND', 'BINDING_NOT_OPEN', 'SMS_CODE_WRONG', 'SMS_CODE_EXPIRED', 'CARD_REFUSED', 'CARD_BOUND_ALREADY', 'QUICK_PAY_UNAVAILABLE'],
      handle: async ({ params, body }, application) => told(await useCases.confirmBinding({ holder: holderOf(application, body), agreementNo: params.agreementNo, code: body.code })),
    }),
    route({
      method: 'GET', path: '/quick-pay/agreements/{agreementNo}', operationId: 'findAgreement',
      summary: { zh: '查询签约或解约结果', en: 'What became of a binding or unbinding' },
      access: 'read', request: { params: AgreementPath, query: UserQuerySchema }, answers: { 200: CARD }, errors: ['AGREEMENT_NOT_FOUND'],
      handle: async ({ params, query }, application) => told(await useCases.findAgreement({ holder: holderOf(application, query), agreementNo: params.agreementNo })),
    }),
    route({
      method: 'GET', path: '/quick-pay/agreements', operationId: 'listBoundCards',
      summary: { zh: '已绑定的银行卡', en: 'The bound cards of a user' },
      access: 'read', request: { query: UserQuerySchema }, answers: { 200: { zh: '银行卡', en: 'The cards', schema: BoundCardListSchema } }, errors: [],
      async handle({ query }, application) {
        const listed = await useCases.listCards({ holder: holderOf(application, query) });
        return listed.kind === 'ok' ? ok(json({ cards: listed.value })) : listed;
      },
    }),
    route({
      method: 'POST', path: '/quick-pay/agreements/{agreementNo}/unbind', operationId: 'unbindCard',
      summary: { zh: '解约', en: 'Unbind a card' },
      description: { zh: '即刻停用，随后通知银行直到确认（ending → ended）；可重复调用', en: 'It is charged no more from now on; the bank is told until it confirms (ending → ended). May be repeated' },
      access: 'pay', request: { params: AgreementPath, body: UserRequestSchema }, answers: { 200: CARD }, errors: ['AGREEMENT_NOT_FOUND', 'CONFLICT'],
      handle: async ({ params, body }, application) => told(await useCases.unbindCard({ holder: holderOf(application, body), agreementNo: params.agreementNo })),
    }),
  ];
}

function passwordRoutes(useCases: QuickPayDesk): Route<Permission, Application>[] {
  return [
    route({
      method: 'GET', path: '/quick-pay/payment-password', operationId: 'findPaymentPassword', summary: { zh: '支付密码状态', en: 'Whether there is a payment password, and until when it is locked' },
      access: 'read', request: { query: UserQuerySchema }, answers: { 200: PASSWORD }, errors: [],
      handle: async ({ query }, application) => told(await useCases.findPaymentPassword({ holder: holderOf(application, query) })),
    }),
    route({
      method: 'POST', path: '/quick-pay/payment-password', operationId: 'setPaymentPassword', summary: { zh: '设置支付密码', en: 'Set the payment password' },
      access: 'pay', request: { body: NewPaymentPasswordSchema }, answers: { 200: PASSWORD }, errors: ['PAYMENT_PASSWORD_WEAK', 'NO_BOUND_CARD', 'PAYMENT_PASSWORD_SET_ALREADY'],
      handle: async ({ body }, application) => told(await useCases.setPaymentPassword({ holder: holderOf(application, body), newPassword: body.newPassword })),
    }),
    route({
      method: 'POST', path: '/quick-pay/payment-password/change', operationId: 'changePaymentPassword', summary: { zh: '修改支付密码', en: 'Change the payment password' },
      access: 'pay', request: { body: PaymentPasswordChangeSchema }, answers: { 200: PASSWORD }, errors: [...PASSWORD_REFUSALS, 'PAYMENT_PASSWORD_WEAK'],
      handle: async ({ body }, application) => told(await useCases.changePaymentPassword({ holder: holderOf(application, body), password: body.password, newPassword: body.newPassword })),
    }),
    route({
      method: 'POST', path: '/quick-pay/holder-checks', operationId: 'checkCardHolder', summary: { zh: '核验持卡人：重置支付密码前', en: 'Check the holder of a bound card, before the password is reset' },
      access: 'pay', request: { body: HolderCheckRequestSchema }, answers: { 200: { zh: '核验', en: 'The check', schema: HolderCheckAnswerSchema } }, errors: ['AGREEMENT_NOT_FOUND', 'AGREEMENT_NOT_ACTIVE', ...CARD_REFUSALS],
      handle: async ({ body }, application) => told(await useCases.checkHolder({ holder: holderOf(application, body), agreementNo: body.agreementNo, cardHolder: body.cardHolder })),
    }),
    route({
      method: 'POST', path: '/quick-pay/payment-password/reset', operationId: 'resetPaymentPassword', summary: { zh: '重置支付密码', en: 'Reset the payment password' },
      description: { zh: '凭核验号和短信验证码；一次核验只用一次', en: 'By the check and its code; a check serves once' },
      access: 'pay', request: { body: PaymentPasswordResetSchema }, answers: { 200: PASSWORD }, errors: ['HOLDER_CHECK_NOT_OPEN', 'SMS_CODE_WRONG', 'SMS_CODE_EXPIRED', 'CARD_REFUSED', 'PAYMENT_PASSWORD_WEAK', 'QUICK_PAY_UNAVAILABLE'],
      handle: async ({ body }, application) => told(await useCases.resetPaymentPassword({ holder: holderOf(application, body), checkNo: body.checkNo, code: body.code, newPassword: body.newPassword })),
    }),
  ];
}

function paymentRoutesOf(useCases: QuickPayDesk): Route<Permission, Application>[] {
  return [
    route({
      method: 'POST', path: '/quick-pay/payments', operationId: 'payWithAgreement', summary: { zh: '快捷支付', en: 'Pay a quote with a bound card' },
      description: {
        zh: '未收到应答时用同一幂等键重发，或按幂等键查询；切勿换键。应答中 presentation 为 smsCode 时提交验证码',
        en: 'Without an answer: the same key again, or query by the key; never a new key. Where the answer presents smsCode, enter the code',
      },
      access: 'pay', request: { headers: KeyHeaderSchema, body: QuickPaymentRequestSchema }, answers: { 200: ORDER },
      errors: [
        'AGREEMENT_NOT_FOUND', 'AGREEMENT_NOT_ACTIVE', ...PASSWORD_REFUSALS, 'PAYMENT_PASSWORD_NEEDED', 'QUOTE_NOT_FOUND', 'QUOTE_EXPIRED', 'AMOUNT_MISMATCH', 'NOTHING_TO_PAY', 'BILL_IN_PAYMENT', 'BILL_LOCKED', 'IDEMPOTENCY_KEY_REUSED',
        'CHANNEL_UNAVAILABLE', 'HIS_UNAVAILABLE', 'STOPPED_FOR_SAFETY', 'TENDER_EXCEEDS_REMAINING', 'PRESETTLEMENT_NOT_FOUND', 'PRESETTLEMENT_NOT_OPEN', 'SELF_PAY_FIRST', 'MIXED_PAYMENT_UNAVAILABLE', 'WALLET_PAYS_NOTHING',
      ],
      async handle({ headers, body }, application) {
        const { userId: _userId, password: _password, ...kept } = body;
        const { userId: _user, ...rest } = body;
        // Of six digits not even a hash is kept.
        const idempotency = { tenant: tenantOf(application), key: headers['idempotency-key'], requestHash: requestHash('POST', '/quick-pay/payments', { ...kept, userId: body.userId }) };
        return told(await useCases.payWithAgreement({ ...rest, owner: ownerOf(application), merchantId: application.merchantId, holder: holderOf(application, body), idempotency }));
      },
    }),
    route({
      method: 'POST', path: '/quick-pay/payments/{tradeNo}/code', operationId: 'enterPaymentCode', summary: { zh: '快捷支付：输入短信验证码', en: 'Enter the code a payment waits for' },
      access: 'pay', request: { params: Type.Object({ tradeNo: TradeNoSchema }, { additionalProperties: false }), body: PaymentCodeBodySchema }, answers: { 200: ORDER }, errors: ['ORDER_NOT_FOUND', 'NO_CODE_AWAITED', 'SMS_CODE_WRONG', 'SMS_CODE_EXPIRED', 'QUICK_PAY_UNAVAILABLE'],
      handle: async ({ params, body }, application) => told(await useCases.enterPaymentCode({ owner: ownerOf(application), tradeNo: params.tradeNo, code: body.code })),
    }),
  ];
}
