/** What an application is shown of cards, passwords and proofs: no token, no card number. */
import type { CardKind } from '@hospay/plugin-sdk';
import type { AgreementState } from '../domain/agreement-states.js';

export type AgreementView = {
  readonly agreementNo: string;
  readonly state: AgreementState;
  readonly bankName?: string;
  readonly cardKind?: CardKind;
  readonly lastFour?: string;
  readonly requestedAt: string;
  /** Until when the code may be entered. */
  readonly codeExpiresAt?: string;
  readonly boundAt?: string;
};
export type HolderCheckView = { readonly checkNo: string; readonly expiresAt: string };
export type PaymentPasswordView = { readonly isSet: boolean; readonly setAt?: string; readonly lockedUntil?: string };
