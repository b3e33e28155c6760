import type { BindingNews, ConfirmBindingOutcome } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { AgreementView } from './agreement-view.js';
import type { Agreement, QuickPayPorts } from './ports.js';
import { nameOf, viewAgreement } from './show-agreement.js';

type Ports = Pick<QuickPayPorts, 'agreements' | 'clock' | 'audit'>;
/** A delayed request may still reach the gateway for so long after its code's time. */
const LATE_MARGIN_MS = 330_000;
/** Where the gateway did not say until when a code may be entered. */
const CODE_LIFE_MS = 10 * 60_000;

/** What the gateway answered to a code. Where the binding has moved meanwhile, what it is now stands. */
export async function applyBindingAnswer(ports: Ports, agreement: Agreement, outcome: ConfirmBindingOutcome): Promise<Outcome<AgreementView>> {
  const { agreementNo } = agreement;
  const move = { by: 'answer', at: ports.clock.now() } as const;
  switch (outcome.kind) {
    case 'bound':
      return activate(ports, agreement, outcome.card, 'answer');
    case 'codeWrong':
    case 'notSent':
      await ports.agreements.move(agreementNo, { ...move, from: ['confirming'], to: 'requested', cause: outcome.kind });
      return refused(outcome.kind === 'codeWrong' ? 'SMS_CODE_WRONG' : 'QUICK_PAY_UNAVAILABLE');
    case 'codeExpired':
      await ports.agreements.move(agreementNo, { ...move, from: ['requested', 'confirming'], to: 'failed', cause: outcome.kind });
      return refused('SMS_CODE_EXPIRED');
    case 'declined':
      await ports.agreements.move(agreementNo, { ...move, from: ['requested', 'confirming'], to: 'failed', cause: `${outcome.why} ${outcome.code}` });
      return refused('CARD_REFUSED', outcome.code);
    case 'verified':
    case 'unknown':
      return ok(viewAgreement((await ports.agreements.find(agreementNo)) ?? agreement));
  }
}

/** What the gateway says of a binding when it is asked. */
export async function applyBindingNews(ports: Ports, agreement: Agreement, news: BindingNews): Promise<void> {
  const { agreementNo } = agreement;
  const at = ports.clock.now();
  switch (news.kind) {
    case 'bound':
      await activate(ports, agreement, news.card, 'query');
      return;
    case 'awaitingCode':
      await ports.agreements.move(agreementNo, { from: ['confirming'], to: 'requested', by: 'query', cause: news.kind, at });
      return;
    case 'ended':
      await ports.agreements.move(agreementNo, { from: ['requested', 'confirming'], to: 'failed', by: 'query', cause: news.kind, at });
      return;
    case 'notFound':
      if (isOver(agreement, at)) await ports.agreements.move(agreementNo, { from: ['requested', 'confirming'], to: 'failed', by: 'query', cause: news.kind, at });
      return;
    case 'verified':
    case 'unknown':
  }
}

/** Its code can bind nothing any more, however late it arrives. */
export function isOver({ requestedAt, codeExpiresAt }: Agreement, now: Date): boolean {
  return now.getTime() > (codeExpiresAt?.getTime() ?? requestedAt.getTime() + CODE_LIFE_MS) + LATE_MARGIN_MS;
}

async function activate(ports: Ports, agreement: Agreement, card: Parameters<QuickPayPorts['agreements']['activate']>[1], by: 'answer' | 'query'): Promise<Outcome<AgreementView>> {
  const { agreementNo, holder } = agreement;
  const at = ports.clock.now();
  const result = await ports.agreements.activate(agreementNo, card, { by, cause: 'bound', at });
  if (result === 'taken') {
    // The gateway gave a token that is charged already: the card is bound, under another number.
    await ports.agreements.move(agreementNo, { from: ['requested', 'confirming'], to: 'failed', by, cause: 'the card is bound already', at });
    return refused('CARD_BOUND_ALREADY');
  }
  if (result === 'active') await ports.audit.record({ who: nameOf(holder), what: 'quickPay.bound', object: `agreement ${agreementNo}`, after: { bankName: card.bankName, lastFour: card.lastFour } });
  return ok(viewAgreement((await ports.agreements.find(agreementNo)) ?? agreement));
}
