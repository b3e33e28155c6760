import type { ChargeRequest, PaymentChannel, RawNotification, StatementEnd, StatementFile, StatementLine } from '../../payment-channel.js';
import type { Mortality } from './mortality.js';

/**
 * What can be made to happen to one call. The first three leave the call without a usable answer; `beforeExecution` and
 * `afterExecution` say whether the channel did the work. The others do answer, but not with something that may be believed.
 */
export const CHANNEL_FAULTS = [
  'timeoutBeforeExecution',
  'timeoutAfterExecution',
  'brokenConnectionAfterExecution',
  /** The channel's own "system error" (HTTP 5xx) after it did the work. */
  'serverErrorAfterExecution',
  /** "Too many requests". */
  'throttled',
  /** An authentic answer that is not the documented message. */
  'garbage',
  /** Signed with another key. */
  'forgedAnswer',
  'unsignedAnswer',
  /** Rightly signed, long ago. */
  'staleAnswer',
  /** An authentic refusal with a code the channel does not document for this operation. */
  'unlistedRefusal',
] as const;
export type ChannelFault = (typeof CHANNEL_FAULTS)[number];

export type FaultableOperation = 'charge' | 'query' | 'close' | 'refund' | 'queryRefund';

export type NotificationVariation = 'genuine' | 'forged' | 'otherMerchant' | 'otherAmount';

/**
 * The far side of the channel, in the hands of the suite: the payer, the channel's operator and the network. `pay` is always needed;
 * whatever else is missing makes rules not applicable, and `runChannelConformance` wants each of those named with a reason.
 */
export type ChannelControl = {
  /** The payer pays the order, whole. Nothing to do where the charge itself takes the money. */
  readonly pay: (tradeNo: string) => Promise<void> | void;
  /**
   * When the payer pays. `later`: what the charge presents is paid at leisure. `atTheDevice`: a device asks the payer while the charge is pending, so
   * there is nothing to present. `inTheCharge`: the money is in when the charge answers (counted cash), so there are no unpaid orders. Default `later`.
   */
  readonly payer?: 'later' | 'atTheDevice' | 'inTheCharge';
  /** `wholeOnly`: the channel undoes a payment whole or not at all (a settlement of the medical insurance). Default `anyPart`. */
  readonly refunds?: 'anyPart' | 'wholeOnly';
  /** Operations the channel answers from what it wrote down itself once the outcome is known: no fault of the wire can meet them. Default none. */
  readonly askNobody?: readonly FaultableOperation[];
  /** What a charge needs beside the ordinary: a scanned code, counted cash, a pre-settlement. Made anew for each order. */
  readonly chargeDetails?: (amountFen: number) => Partial<Pick<ChargeRequest, 'method' | 'authCode' | 'payerId' | 'tenderedFen' | 'presettlementNo' | 'terminalId' | 'operatorId' | 'clientIp' | 'returnUrl' | 'agreementToken'>>;
  /** How many orders the far side has under a number. */
  readonly ordersUnder?: (tradeNo: string) => Promise<number> | number;
  /** The faults `failNext` knows. */
  readonly faults?: readonly ChannelFault[];
  /** The next call of this operation meets the fault. */
  readonly failNext?: (operation: FaultableOperation, fault: ChannelFault) => Promise<void> | void;
  /** The next probe meets the fault, for channels that have one. Missing: the suite looks only whether it reaches the far side. */
  readonly failProbe?: (fault: ChannelFault) => Promise<void> | void;
  /** The same channel, with a far side that accepts no connection. */
  readonly unreachableChannel?: () => Promise<PaymentChannel> | PaymentChannel;
  /** From now on accepted refunds stay in progress until `settleRefund`. */
  readonly holdRefunds?: () => Promise<void> | void;
  readonly settleRefund?: (refundNo: string, as: 'succeeded' | 'closed' | 'abnormal') => Promise<void> | void;
  /** A notification about a paid order, or about a settled refund, as it would arrive now. */
  readonly notification?: (
    about: { readonly tradeNo: string; readonly refundNo?: string },
    variation: NotificationVariation,
  ) => Promise<RawNotification> | RawNotification;
  /** `false`: the channel notifies payments only. Default `true`. */
  readonly notifiesRefunds?: boolean;
  /** A notification this much older than now is refused. */
  readonly replayWindowMs?: number;
  /** Makes the bill of what happened so far obtainable and says its day (yyyy-MM-dd). */
  readonly statementDay?: () => Promise<string> | string;
  /** The definition's `statementReaders` for this channel, with its settings. Needed where the channel has `fetchStatement`. */
  readonly readStatementFile?: (file: StatementFile, give: (line: StatementLine) => void) => Promise<StatementEnd>;
  /** The totals of the next bill contradict its rows. */
  readonly spoilStatement?: () => Promise<void> | void;
  /**
   * The same channel started anew on the same store and far side, its context wrapped: `mortality.wrap(context)`. The suite kills it at one step and starts another: the restart.
   * Missing only where a plugin keeps nothing between calls and has no effect through its context: there being killed is being timed out.
   */
  readonly startMortal?: (mortality: Mortality) => Promise<PaymentChannel> | PaymentChannel;
  /** The channel's clock is wrong by so much from now on; the far side's stays right. */
  readonly skewClock?: (wrongMs: number) => Promise<void> | void;
  /** From now on the far side signs under a certificate that has expired. */
  readonly expireCertificate?: () => Promise<void> | void;
};

/** One channel under test with its far side, made new for each rule. */
export type ChannelSubject = {
  readonly channel: PaymentChannel;
  /** The clock the channel was given. */
  readonly now: () => Date;
  /** Canary texts among the settings: none may appear in a log line or an outcome. */
  readonly secrets: readonly string[];
  /** Everything the channel logged so far, as text. */
  readonly logLines: () => readonly string[];
  readonly control: ChannelControl;
  stop?(): Promise<void> | void;
};

/** A rule that the subject breaks. The message says what the channel did and what it must do. */
export class RuleBroken extends Error {
  override readonly name = 'RuleBroken';
}

export type ChannelNeed = 'refunding' | 'cancelling' | 'notifying' | 'statement' | 'refundNotices' | 'asking' | `control.${keyof ChannelControl}` | `fault.${ChannelFault}`;

export type ChannelRule = {
  readonly id: string;
  /** The rule as a sentence. */
  readonly title: string;
  readonly needs: readonly ChannelNeed[];
  /** Resolves when the subject keeps the rule; rejects with `RuleBroken` when not. */
  run(subject: ChannelSubject): Promise<void>;
};

/** What a subject lacks for a rule; empty when the rule applies. */
export function missingNeeds(rule: ChannelRule, subject: ChannelSubject): ChannelNeed[] {
  return rule.needs.filter((need) => !has(subject, need));
}

/** Half a facet counts as given: `contract.shape` says what is missing. */
const FACETS: Readonly<Record<'refunding' | 'cancelling' | 'notifying' | 'statement', (channel: PaymentChannel) => boolean>> = {
  refunding: ({ refund, queryRefund }) => refund !== undefined || queryRefund !== undefined,
  cancelling: ({ close }) => close !== undefined,
  notifying: ({ readNotification, answerNotification }) => readNotification !== undefined || answerNotification !== undefined,
  statement: ({ downloadStatement }) => downloadStatement !== undefined,
};

function has({ channel, control }: ChannelSubject, need: ChannelNeed): boolean {
  if (need === 'refunding' || need === 'cancelling' || need === 'notifying' || need === 'statement') return FACETS[need](channel);
  // What is not probed must at least be asked when a number is not known.
  if (need === 'asking') return channel.probe !== undefined || control.askNobody?.includes('query') !== true;
  if (need === 'refundNotices') return control.notifiesRefunds !== false;
  const [place, name] = need.split('.');
  if (place === 'fault') return control.failNext !== undefined && (control.faults ?? []).some((fault) => fault === name);
  return Object.entries(control).some(([key, value]) => key === name && value !== undefined);
}
