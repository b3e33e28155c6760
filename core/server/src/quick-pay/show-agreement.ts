import { refused, type Refused } from '../domain/errors.js';
import type { AgreementView, PaymentPasswordView } from './agreement-view.js';
import type { Agreement, Holder, PaymentPasswordRow, QuickPayPorts } from './ports.js';

export function viewAgreement({ agreementNo, state, bankName, cardKind, lastFour, requestedAt, codeExpiresAt, boundAt }: Agreement): AgreementView {
  return {
    agreementNo, state, requestedAt: requestedAt.toISOString(),
    ...(bankName === undefined ? {} : { bankName }), ...(cardKind === undefined ? {} : { cardKind }), ...(lastFour === undefined ? {} : { lastFour }),
    ...(codeExpiresAt !== undefined && (state === 'requested' || state === 'confirming') ? { codeExpiresAt: codeExpiresAt.toISOString() } : {}), ...(boundAt === undefined ? {} : { boundAt: boundAt.toISOString() }),
  };
}

export function viewPaymentPassword(row: PaymentPasswordRow | undefined, now: Date): PaymentPasswordView {
  if (row === undefined) return { isSet: false };
  return { isSet: true, setAt: row.setAt.toISOString(), ...(row.lockedUntil === undefined || row.lockedUntil <= now ? {} : { lockedUntil: row.lockedUntil.toISOString() }) };
}

/** An agreement of somebody else does not exist. */
export async function ownAgreement({ agreements }: Pick<QuickPayPorts, 'agreements'>, { appId, userId }: Holder, agreementNo: string): Promise<Agreement | Refused> {
  const found = await agreements.find(agreementNo);
  return found?.holder.appId === appId && found.holder.userId === userId ? found : refused('AGREEMENT_NOT_FOUND');
}

/** Who did it, in the audit log. */
export function nameOf({ appId, userId }: Holder): string {
  return `application/${appId}/user/${userId}`;
}
