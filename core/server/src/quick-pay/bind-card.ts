import type { BindingRefusal } from '@hospay/plugin-sdk';
import { ok, refused, type ErrorCode, type Outcome } from '../domain/errors.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { AgreementView } from './agreement-view.js';
import { applyBindingAnswer } from './apply-binding.js';
import type { Agreement, QuickPayDesk, QuickPayPorts } from './ports.js';
import { nameOf, ownAgreement, viewAgreement } from './show-agreement.js';

/** The bank's reason, as the caller meets it. */
export const BINDING_ERRORS: Readonly<Record<BindingRefusal, ErrorCode>> = { elementsDisagree: 'CARD_DATA_DISAGREES', cardUnsupported: 'CARD_NOT_SUPPORTED', tooManyCodes: 'TOO_MANY_CODES', other: 'CARD_REFUSED' };
/** A binding number: 20 characters, fixed before the gateway hears of it. */
const NUMBER_LENGTH = 19;
const HOUR_MS = 3_600_000;

/** 签约: the binding takes its place among the holder's cards, then the gateway checks the four elements and has a code sent. The elements live for this call. */
export async function bindCard(ports: QuickPayPorts, { holder, askedKey, cardHolder }: Parameters<QuickPayDesk['bindCard']>[0]): Promise<Outcome<AgreementView>> {
  const chosen = ports.gateways.choose();
  if (chosen === undefined) return refused('QUICK_PAY_UNAVAILABLE');
  const now = ports.clock.now();
  const agreement: Agreement = {
    agreementNo: `A${makeOpaqueId(ports.random, NUMBER_LENGTH)}`, holder, channel: chosen.channel, state: 'requested', bankName: undefined, cardKind: undefined, lastFour: undefined,
    requestedAt: now, codeExpiresAt: undefined, codesEntered: 0, boundAt: undefined, lastNews: undefined,
  };
  const begun = await ports.agreements.begin(agreement, askedKey, { mostCards: ports.policy.mostCards, mostBegun: ports.policy.mostCodesPerHour, since: new Date(now.getTime() - HOUR_MS) });
  switch (begun.kind) {
    case 'tooManyCards':
      return refused('TOO_MANY_CARDS', `at most ${String(ports.policy.mostCards)}`);
    case 'tooManyRequests':
      return refused('TOO_MANY_CODES');
    case 'known':
      // A repeat tells what became of the first: no second code.
      return begun.agreement.holder.appId === holder.appId && begun.agreement.holder.userId === holder.userId ? ok(viewAgreement(begun.agreement)) : refused('IDEMPOTENCY_KEY_REUSED');
    case 'begun':
      await ports.audit.record({ who: nameOf(holder), what: 'quickPay.bind', object: `agreement ${agreement.agreementNo}`, after: { channel: chosen.channel } });
  }
  const { agreementNo } = agreement;
  const outcome = await chosen.gateway.requestBinding({ bindingNo: agreementNo, requestedAt: now.toISOString(), cardHolder });
  const at = ports.clock.now();
  switch (outcome.kind) {
    case 'codeSent':
      return ok(viewAgreement((await ports.agreements.codeSent(agreementNo, new Date(outcome.expiresAt), at)) ?? agreement));
    case 'declined':
      await ports.agreements.move(agreementNo, { from: ['requested'], to: 'failed', by: 'answer', cause: `${outcome.why} ${outcome.code}`, at });
      return refused(BINDING_ERRORS[outcome.why], outcome.code);
    case 'notSent':
      await ports.agreements.move(agreementNo, { from: ['requested'], to: 'failed', by: 'answer', cause: 'not sent', at });
      return refused('QUICK_PAY_UNAVAILABLE');
    case 'unknown':
      // The code may be on its way: the card-holder enters it, or begins anew when none came.
      return ok(viewAgreement(agreement));
  }
}

/** The code of the short message. That it was entered is committed first: from then on only the gateway can say that nothing was bound. */
export async function confirmBinding(ports: QuickPayPorts, { holder, agreementNo, code }: Parameters<QuickPayDesk['confirmBinding']>[0]): Promise<Outcome<AgreementView>> {
  const own = await ownAgreement(ports, holder, agreementNo);
  if ('code' in own) return own;
  if (own.state === 'active') return ok(viewAgreement(own));
  const gateway = ports.gateways.find(own.channel);
  if (gateway === undefined) return refused('QUICK_PAY_UNAVAILABLE');
  const entered = await ports.agreements.move(agreementNo, { from: ['requested'], to: 'confirming', by: 'confirm', cause: 'a code was entered', at: ports.clock.now() });
  if (entered === undefined) return refused('BINDING_NOT_OPEN', own.state);
  const outcome = await gateway.confirmBinding({ bindingNo: agreementNo, requestedAt: own.requestedAt.toISOString(), code });
  return applyBindingAnswer(ports, entered, outcome);
}
