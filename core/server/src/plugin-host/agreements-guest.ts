import { AgreementNewsSchema, BindingNewsSchema, BindingRequestOutcomeSchema, ConfirmBindingOutcomeSchema, PaymentCodeOutcomeSchema, UnbindOutcomeSchema, type Agreements } from '@hospay/plugin-sdk';
import { Compile } from 'typebox/compile';
import type { AgreementsGuest } from '../domain/guests.js';
import { asUnknown } from './as-unknown.js';
import { createAttempts } from './attempts.js';
import type { Boundary } from './boundary.js';

const ANSWERS = {
  requestBinding: Compile(BindingRequestOutcomeSchema), confirmBinding: Compile(ConfirmBindingOutcomeSchema), queryBinding: Compile(BindingNewsSchema),
  unbind: Compile(UnbindOutcomeSchema), queryAgreement: Compile(AgreementNewsSchema), confirmPayment: Compile(PaymentCodeOutcomeSchema),
};

export type ActiveAgreements = { readonly agreements: Agreements; readonly boundary: Boundary };

/** The agreements of one channel as use cases see them: every call through the boundary of the channel they belong to. Never throws. */
export function agreementsGuest(current: () => ActiveAgreements): AgreementsGuest {
  const attempts = createAttempts();
  return {
    requestBinding(request) {
      const { agreements, boundary } = current();
      const attempt = attempts.next(`binding/${request.bindingNo}`);
      return boundary.call({ operation: 'requestBinding', request, answer: ANSWERS.requestBinding, hand: (copy, context) => agreements.requestBinding(copy, { ...context, attempt }) });
    },
    confirmBinding(request) {
      const { agreements, boundary } = current();
      const attempt = attempts.next(`confirm/${request.bindingNo}`);
      return boundary.call({ operation: 'confirmBinding', request, answer: ANSWERS.confirmBinding, hand: (copy, context) => agreements.confirmBinding(copy, { ...context, attempt }) });
    },
    async queryBinding(request) {
      const { agreements, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'queryBinding', request, answer: ANSWERS.queryBinding, hand: (copy, context) => agreements.queryBinding(copy, { ...context, attempt: 1 }) }));
    },
    unbind(request) {
      const { agreements, boundary } = current();
      const attempt = attempts.next(`unbind/${request.unbindingNo}`);
      return boundary.call({ operation: 'unbind', request, answer: ANSWERS.unbind, hand: (copy, context) => agreements.unbind(copy, { ...context, attempt }) });
    },
    async queryAgreement(request) {
      const { agreements, boundary } = current();
      return asUnknown(await boundary.call({ operation: 'queryAgreement', request, answer: ANSWERS.queryAgreement, hand: (copy, context) => agreements.queryAgreement(copy, { ...context, attempt: 1 }) }));
    },
    confirmPayment(request) {
      const { agreements, boundary } = current();
      const attempt = attempts.next(`code/${request.payment.tradeNo}`);
      return boundary.call({ operation: 'confirmPayment', request, answer: ANSWERS.confirmPayment, hand: (copy, context) => agreements.confirmPayment(copy, { ...context, attempt }) });
    },
  };
}
