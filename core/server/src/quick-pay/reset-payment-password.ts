import { ok, refused, type Outcome, type Refused } from '../domain/errors.js';
import type { AgreementsGuest } from '../domain/guests.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { HolderCheckView, PaymentPasswordView } from './agreement-view.js';
import { BINDING_ERRORS } from './bind-card.js';
import { told } from './keep-payment-password.js';
import { weaknessOf } from './payment-password-rule.js';
import type { HolderCheck, QuickPayDesk, QuickPayPorts } from './ports.js';
import { ownAgreement } from './show-agreement.js';

const NUMBER_LENGTH = 19;
/** As often as a code may be entered: the gateway counts too. */
const MOST_TRIES = 5;
const HOUR_MS = 3_600_000;

/** A fresh proof that the holder of a bound card stands there: its four elements, and a code of its bank. Nothing is bound. */
export async function checkHolder(ports: QuickPayPorts, { holder, agreementNo, cardHolder }: Parameters<QuickPayDesk['checkHolder']>[0]): Promise<Outcome<HolderCheckView>> {
  const own = await ownAgreement(ports, holder, agreementNo);
  if ('code' in own) return own;
  const agreementToken = own.state === 'active' ? await ports.agreements.tokenOf(agreementNo) : undefined;
  if (agreementToken === undefined) return refused('AGREEMENT_NOT_ACTIVE', own.state);
  const gateway = ports.gateways.find(own.channel);
  if (gateway === undefined) return refused('QUICK_PAY_UNAVAILABLE');
  const now = ports.clock.now();
  const check: HolderCheck = { checkNo: `V${makeOpaqueId(ports.random, NUMBER_LENGTH)}`, holder, agreementNo, channel: own.channel, state: 'requested', tries: 0, requestedAt: now, expiresAt: new Date(now.getTime() + HOUR_MS / 6) };
  if (!(await ports.agreements.addCheck(check, { mostBegun: ports.policy.mostCodesPerHour, since: new Date(now.getTime() - HOUR_MS) }))) return refused('TOO_MANY_CODES');
  const outcome = await gateway.requestBinding({ bindingNo: check.checkNo, requestedAt: now.toISOString(), cardHolder, agreementToken });
  if (outcome.kind === 'declined') return refused(BINDING_ERRORS[outcome.why], outcome.code);
  if (outcome.kind === 'notSent') return refused('QUICK_PAY_UNAVAILABLE');
  return ok({ checkNo: check.checkNo, expiresAt: check.expiresAt.toISOString() });
}

/** A forgotten or locked password is replaced by whoever proves to be the holder. A proof serves once; a lost answer is asked about, and the same code may be sent again. */
export async function resetPaymentPassword(ports: QuickPayPorts, { holder, checkNo, code, newPassword }: Parameters<QuickPayDesk['resetPaymentPassword']>[0]): Promise<Outcome<PaymentPasswordView>> {
  const weakness = weaknessOf(newPassword);
  if (weakness !== undefined) return refused('PAYMENT_PASSWORD_WEAK', weakness);
  const check = await ports.agreements.findCheck(checkNo);
  if (check?.holder.appId !== holder.appId || check.holder.userId !== holder.userId) return refused('HOLDER_CHECK_NOT_OPEN');
  const gateway = ports.gateways.find(check.channel);
  if (gateway === undefined) return refused('QUICK_PAY_UNAVAILABLE');
  if (!(await ports.agreements.tryCheck(checkNo, MOST_TRIES, ports.clock.now()))) return refused('HOLDER_CHECK_NOT_OPEN');
  const refusal = await prove(ports, gateway, check, code);
  if (refusal !== undefined) return refusal;
  const hash = await ports.hashes.hash(newPassword, holder);
  // Used up first: a proof never sets two passwords.
  if (!(await ports.agreements.endTry(checkNo, 'verified'))) return refused('HOLDER_CHECK_NOT_OPEN');
  const at = ports.clock.now();
  if (!(await ports.passwords.replace(holder, hash, at))) await ports.passwords.add(holder, hash, at);
  return told(ports, holder, 'quickPay.passwordReset');
}

/** Undefined: the gateway said that the holder stands there. */
async function prove(ports: QuickPayPorts, gateway: AgreementsGuest, { checkNo, requestedAt }: HolderCheck, code: string): Promise<Refused | undefined> {
  const reference = { bindingNo: checkNo, requestedAt: requestedAt.toISOString() };
  const outcome = await gateway.confirmBinding({ ...reference, code });
  const kind = outcome.kind === 'unknown' ? (await gateway.queryBinding(reference)).kind : outcome.kind;
  switch (kind) {
    case 'verified':
      return undefined;
    case 'codeWrong':
      await ports.agreements.endTry(checkNo, 'requested');
      return refused('SMS_CODE_WRONG');
    case 'codeExpired':
    case 'ended':
      await ports.agreements.endTry(checkNo, 'over');
      return refused('SMS_CODE_EXPIRED');
    case 'declined':
    case 'bound':
      await ports.agreements.endTry(checkNo, 'over');
      return refused('CARD_REFUSED');
    case 'notSent':
    case 'awaitingCode':
    case 'notFound':
    case 'unknown':
      await ports.agreements.endTry(checkNo, 'requested');
      return refused('QUICK_PAY_UNAVAILABLE');
  }
}
