/** What an application is shown of cards, passwords and proofs: no token, no card number. */
import type { CardKind } from '@hospay/plugin-sdk';
import type { AgreementState, AgreementTrigger } from '../domain/agreement-states.js';

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

/** What staff is shown of a bound card: the holder masked. `events` only of one that is read. */
export type CardAgreementView = AgreementView & {
  readonly appId: string;
  readonly userLabel: string;
  readonly channel: string;
  readonly codesEntered: number;
  readonly news?: string;
  readonly events: readonly { readonly from?: AgreementState; readonly to: AgreementState; readonly by: AgreementTrigger | 'request'; readonly cause: string; readonly at: string }[];
};
/** `lockNo` names it without telling whose it is. */
export type LockedPasswordView = { readonly lockNo: string; readonly appId: string; readonly userLabel: string; readonly failures: number; readonly lockedUntil: string };
