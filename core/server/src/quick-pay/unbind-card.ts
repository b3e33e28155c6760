import { ok, refused, type Outcome } from '../domain/errors.js';
import type { AgreementsGuest } from '../domain/guests.js';
import type { AgreementView } from './agreement-view.js';
import type { Agreement, QuickPayDesk, QuickPayPorts } from './ports.js';
import { nameOf, ownAgreement, viewAgreement } from './show-agreement.js';

/** 解约: from the commit on the card is charged no more; the gateway is told until it says that the token is over. May be repeated. */
export async function unbindCard(ports: QuickPayPorts, { holder, agreementNo }: Parameters<QuickPayDesk['unbindCard']>[0]): Promise<Outcome<AgreementView>> {
  const own = await ownAgreement(ports, holder, agreementNo);
  if ('code' in own) return own;
  return endAgreement(ports, own, { who: nameOf(holder), cause: nameOf(holder) });
}

/** Whoever asked for it: its holder, or staff in his name with a reason. */
export async function endAgreement(ports: Pick<QuickPayPorts, 'agreements' | 'gateways' | 'clock' | 'audit'>, own: Agreement, { who, cause, reason }: { readonly who: string; readonly cause: string; readonly reason?: string }): Promise<Outcome<AgreementView>> {
  const { agreementNo } = own;
  if (own.state === 'ended') return ok(viewAgreement(own));
  if (own.state !== 'active' && own.state !== 'ending') return refused('CONFLICT', own.state);
  const moved = await ports.agreements.move(agreementNo, { from: ['active'], to: 'ending', by: 'unbind', cause, at: ports.clock.now() });
  if (moved !== undefined) await ports.audit.record({ who, what: 'quickPay.unbind', object: `agreement ${agreementNo}`, ...(reason === undefined ? {} : { reason }) });
  const gateway = ports.gateways.find(own.channel);
  if (gateway !== undefined) await finishUnbinding(ports, moved ?? own, gateway);
  return ok(viewAgreement((await ports.agreements.find(agreementNo)) ?? own));
}

/** Under the agreement's own number, so that every repeat is the same unbinding. */
export async function finishUnbinding(ports: Pick<QuickPayPorts, 'agreements' | 'clock'>, { agreementNo }: Agreement, gateway: AgreementsGuest): Promise<void> {
  const agreementToken = await ports.agreements.tokenOf(agreementNo);
  if (agreementToken === undefined) return;
  const outcome = await gateway.unbind({ unbindingNo: agreementNo, agreementToken });
  if (outcome.kind === 'unbound') await ports.agreements.move(agreementNo, { from: ['ending'], to: 'ended', by: 'answer', cause: outcome.kind, at: ports.clock.now() });
}
