import type { Agreements, CardHolder } from '../../agreements.js';
import type { ChargeRequest, PaymentChannel } from '../../payment-channel.js';

/** What can be made to happen to one call of an agreement gateway: see `CHANNEL_FAULTS` for what each leaves behind. */
export const AGREEMENT_FAULTS = ['timeoutBeforeExecution', 'timeoutAfterExecution', 'garbage', 'forgedAnswer', 'staleAnswer', 'unlistedRefusal'] as const;
export type AgreementFault = (typeof AGREEMENT_FAULTS)[number];

export type AgreementOperation = keyof Agreements;

/** The far side in the hands of the suite: bank, card-holder and network. */
export type AgreementControl = {
  /** A person with a card the gateway takes, all four elements right; another one each time. */
  readonly newCardHolder: () => CardHolder;
  /** The short message that was sent for this binding, or, with a trade number, for this payment. */
  readonly codeFor: (number: string) => string;
  /** The time of that code passes. */
  readonly expireCode: (number: string) => void;
  /** How many agreements the far side holds for this card, ended ones left out. */
  readonly liveAgreementsOf: (cardNo: string) => number;
  /** The card-holder cancels the agreement at the bank. */
  readonly cancelAtBank: (token: string) => void;
  /** The next call of this operation meets the fault. */
  readonly failNext: (operation: AgreementOperation, fault: AgreementFault) => void;
  /** The same agreements, with a far side that accepts no connection. */
  readonly unreachable: () => Promise<Agreements> | Agreements;
  /** A charge by this token for which the bank wants a code. */
  readonly chargeAskingCode: (token: string) => ChargeRequest;
};

/** Agreements under test with their channel and far side, made new for each rule. */
export type AgreementSubject = {
  readonly agreements: Agreements;
  readonly channel: PaymentChannel;
  readonly now: () => Date;
  /** Everything the plugin logged so far, as text. */
  readonly logLines: () => readonly string[];
  readonly control: AgreementControl;
  stop?(): Promise<void> | void;
};

export type AgreementRule = {
  readonly id: string;
  /** The rule as a sentence. */
  readonly title: string;
  /** Resolves when the subject keeps the rule; rejects with `RuleBroken` when not. */
  run(subject: AgreementSubject): Promise<void>;
};
