import type { Agreements, BindingNews, ConfirmBindingOutcome, PluginContext } from '@hospay/plugin-sdk';
import { AgreementAnswer, BindingAnswer, OrderAnswer, readJson, type Binding } from './messages.js';
import type { AgreementGatewaySettings } from './settings.js';
import type { Answer, Wire } from './wire.js';

type Unknown = { readonly kind: 'unknown'; readonly reason: string };
type Refusal = Extract<Answer, { kind: 'refused' }>;

/** 签约, 解约: cards are bound, asked about and unbound under our numbers; the four elements leave encrypted, each to the gateway's key. */
export function createAgreements(_context: PluginContext<AgreementGatewaySettings>, wire: Wire): Agreements {
  return {
    async requestBinding({ bindingNo, cardHolder, agreementToken }, call) {
      const { name, idNo, cardNo, mobile } = cardHolder;
      const sealed = { name: wire.seal(name), idNo: wire.seal(idNo), cardNo: wire.seal(cardNo), mobile: wire.seal(mobile) };
      const answer = await wire.ask('/v1/bindings/request', { bindingNo, ...sealed, ...(agreementToken === undefined ? {} : { token: agreementToken }) }, call);
      if (answer.kind === 'refused') {
        const { meaning } = answer;
        if (meaning === 'elementsDisagree' || meaning === 'cardUnsupported' || meaning === 'tooManyCodes') return declined(answer, meaning);
        return meaning === 'declined' ? declined(answer, 'other') : unlisted(answer);
      }
      if (answer.kind !== 'accepted') return answer;
      const binding = bindingIn(answer.body, bindingNo);
      return binding?.state === 'CODE_SENT' && binding.codeExpiresAt !== undefined ? { kind: 'codeSent', expiresAt: binding.codeExpiresAt } : unknown('the answer is not a binding that waits for its code');
    },
    async confirmBinding({ bindingNo, code }, call): Promise<ConfirmBindingOutcome> {
      const answer = await wire.ask('/v1/bindings/confirm', { bindingNo, code }, call);
      if (answer.kind === 'refused') {
        if (answer.meaning === 'codeWrong' || answer.meaning === 'codeExpired') return { kind: answer.meaning };
        // A repeat may be refused because the first try bound it: only its number tells.
        return answer.meaning === 'declined' && call.attempt === 1 ? declined(answer, 'other') : unlisted(answer);
      }
      if (answer.kind !== 'accepted') return answer;
      const news = newsOf(bindingIn(answer.body, bindingNo));
      return news.kind === 'bound' || news.kind === 'verified' ? news : unknown('the answer is not a confirmed binding');
    },
    async queryBinding({ bindingNo }, call) {
      const answer = await wire.ask('/v1/bindings/query', { bindingNo }, call);
      if (answer.kind === 'refused') return answer.meaning === 'notFound' ? { kind: 'notFound' } : unlisted(answer);
      return answer.kind === 'accepted' ? newsOf(bindingIn(answer.body, bindingNo)) : unknown(answer.reason);
    },
    async unbind({ unbindingNo, agreementToken }, call) {
      const answer = await wire.ask('/v1/agreements/unbind', { unbindingNo, token: agreementToken }, call);
      if (answer.kind === 'refused') return answer.meaning === 'ended' ? { kind: 'unbound' } : unlisted(answer);
      if (answer.kind !== 'accepted') return answer;
      return agreementState(answer.body, agreementToken) === 'ENDED' ? { kind: 'unbound' } : unknown('the answer is not an agreement that has ended');
    },
    async queryAgreement({ agreementToken }, call) {
      const answer = await wire.ask('/v1/agreements/query', { token: agreementToken }, call);
      if (answer.kind === 'refused') return unlisted(answer);
      if (answer.kind !== 'accepted') return unknown(answer.reason);
      const state = agreementState(answer.body, agreementToken);
      return state === undefined ? unknown('the answer is not about this agreement') : { kind: state === 'ACTIVE' ? 'active' : 'ended' };
    },
    async confirmPayment({ payment, code }, call) {
      const answer = await wire.ask('/v1/payments/confirm', { orderNo: payment.tradeNo, code }, call);
      if (answer.kind === 'refused') return answer.meaning === 'codeWrong' || answer.meaning === 'codeExpired' ? { kind: answer.meaning } : unlisted(answer);
      if (answer.kind !== 'accepted') return answer;
      return readJson(OrderAnswer, answer.body)?.order.orderNo === payment.tradeNo ? { kind: 'taken' } : unknown('the answer is not about this payment');
    },
  };
}

function bindingIn(body: Uint8Array, bindingNo: string): Binding | undefined {
  const binding = readJson(BindingAnswer, body)?.binding;
  return binding?.bindingNo === bindingNo ? binding : undefined;
}

function newsOf(binding: Binding | undefined): BindingNews {
  if (binding === undefined) return unknown('the answer is not about this binding');
  const { bindingNo, state, token, bankName, cardKind, lastFour } = binding;
  switch (state) {
    case 'CODE_SENT':
      return { kind: 'awaitingCode' };
    case 'ENDED':
      return { kind: 'ended' };
    case 'VERIFIED':
      return { kind: 'verified', bindingNo };
    case 'BOUND':
      if (token === undefined || bankName === undefined || cardKind === undefined || lastFour === undefined) return unknown('a bound card without its token, bank or digits');
      return { kind: 'bound', bindingNo, card: { token, bankName, cardKind, lastFour } };
  }
}

function agreementState(body: Uint8Array, token: string): 'ACTIVE' | 'ENDED' | undefined {
  const agreement = readJson(AgreementAnswer, body)?.agreement;
  return agreement?.token === token ? agreement.state : undefined;
}

function declined<Why extends string>({ code, message }: Refusal, why: Why): { readonly kind: 'declined'; readonly why: Why; readonly code: string; readonly message: string } {
  return { kind: 'declined', why, code, message };
}
function unlisted({ code }: Refusal): Unknown {
  return unknown(`the gateway answered ${code}`);
}
function unknown(reason: string): Unknown {
  return { kind: 'unknown', reason };
}
