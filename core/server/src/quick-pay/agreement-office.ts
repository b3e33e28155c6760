import { ok, refused, type Outcome } from '../domain/errors.js';
import { maskNumber } from '../domain/mask.js';
import { redactText } from '../domain/sensitive.js';
import type { CardAgreementView, LockedPasswordView } from './agreement-view.js';
import type { Agreement, AgreementEvent, Holder, LockedPassword, QuickPayOffice, QuickPayPorts } from './ports.js';
import { nameOf, viewAgreement } from './show-agreement.js';
import { endAgreement } from './unbind-card.js';

/** More than a page shows is looked for by a number. */
const MOST_SHOWN = 100;

/** 快捷支付 as the hospital's staff sees it: cards by bank and last four digits, holders masked, tokens never. What they do is audited with its reason. */
export function createAgreementOffice(ports: Pick<QuickPayPorts, 'agreements' | 'passwords' | 'gateways' | 'audit' | 'clock'>): QuickPayOffice {
  const { agreements, passwords, audit, clock } = ports;
  const read = async (agreementNo: string): Promise<Outcome<CardAgreementView>> => {
    const found = await agreements.find(agreementNo);
    return found === undefined ? refused('AGREEMENT_NOT_FOUND') : ok(asCard(found, await agreements.listEvents(agreementNo)));
  };
  return {
    searchAgreements: async (by) => (await agreements.search(by, MOST_SHOWN)).map((agreement) => asCard(agreement, [])),
    readAgreement: ({ agreementNo }) => read(agreementNo),
    async unbindForHolder({ agreementNo, reason, by }) {
      const found = await agreements.find(agreementNo);
      if (found === undefined) return refused('AGREEMENT_NOT_FOUND');
      const ended = await endAgreement(ports, found, { who: by, cause: `staff/${by}: ${reason}`, reason: reason.replaceAll(found.holder.userId, maskNumber(found.holder.userId)) });
      return ended.kind === 'refused' ? ended : read(agreementNo);
    },
    listLockedPasswords: async () => (await passwords.listLocked(clock.now(), MOST_SHOWN)).map(asLocked),
    async unlockPassword({ lockNo, reason, by }) {
      const now = clock.now();
      const locked = (await passwords.listLocked(now, Number.MAX_SAFE_INTEGER)).find((one) => one.lockNo === lockNo);
      // Failures stay counted: whoever guesses on is locked for longer, as if nobody had unlocked.
      if (locked === undefined || !(await passwords.unlock(locked.holder, now))) return refused('NO_SUCH_ITEM', { zh: '支付密码没有锁定（或已解锁）', en: 'it is not locked (any more)' });
      await audit.record({ who: by, what: 'quickPay.unlock', object: `payment password of ${maskedName(locked.holder)}`, before: { failures: locked.failures, lockedUntil: locked.lockedUntil.toISOString() }, reason });
      return ok(asLocked(locked));
    },
  };
}

function asCard(agreement: Agreement, events: readonly AgreementEvent[]): CardAgreementView {
  const { holder, channel, codesEntered, lastNews } = agreement;
  const scrub = (text: string): string => redactText(text.replaceAll(nameOf(holder), maskedName(holder)).replaceAll(holder.userId, maskNumber(holder.userId)));
  return {
    ...viewAgreement(agreement), appId: holder.appId, userLabel: maskNumber(holder.userId), channel, codesEntered, ...(lastNews === undefined ? {} : { news: scrub(lastNews) }),
    events: events.map(({ from, to, by, cause, at }) => ({ ...(from === undefined ? {} : { from }), to, by, cause: scrub(cause), at: at.toISOString() })),
  };
}

function asLocked({ lockNo, holder, failures, lockedUntil }: LockedPassword): LockedPasswordView {
  return { lockNo, appId: holder.appId, userLabel: maskNumber(holder.userId), failures, lockedUntil: lockedUntil.toISOString() };
}

function maskedName({ appId, userId }: Holder): string {
  return nameOf({ appId, userId: maskNumber(userId) });
}
