import type { BankLink, Payee } from '../../bank-link.js';

/** What can be made to happen to one call. None of them leaves an answer that may be believed; the names say whether the bank did the work. */
export const BANK_LINK_FAULTS = [
  'timeoutBeforeExecution',
  'timeoutAfterExecution',
  'brokenConnectionAfterExecution',
  /** A front-end machine's or gateway's own error page after the bank did the work. */
  'serverErrorAfterExecution',
  'garbage',
  /** An error outside of the manual's list of final ones, after the bank did the work. */
  'unlistedErrorAfterExecution',
  /** The bank's own word for "verify it by a query", after it did the work. */
  'saysUnknownAfterExecution',
] as const;
export type BankLinkFault = (typeof BANK_LINK_FAULTS)[number];
export type FaultableBankOperation = 'pay' | 'query' | 'statement' | 'receipt';

/** The bank in the hands of the suite. A hook that is missing makes rules not applicable, and `runBankLinkConformance` wants each of those named with a reason. */
export type BankLinkControl = {
  /** An account of the link, with money in it. */
  readonly accountNo: string;
  /** Somebody's account elsewhere, as the core would name it. */
  readonly payee: Payee;
  /** How often the account was charged under this instruction number. */
  readonly paidUnder: (instructionNo: string) => Promise<number> | number;
  /** The clock of link and bank is this many days later from now on. */
  readonly passDays: (days: number) => Promise<void> | void;
  /** Somebody pays into the account. */
  readonly payIn: (amountFen: number) => Promise<void> | void;
  readonly faults?: readonly BankLinkFault[];
  /** The next request of this operation meets the fault. */
  readonly failNext?: (operation: FaultableBankOperation, fault: BankLinkFault) => Promise<void> | void;
  /** The next instruction is refused with a code the manual lists as final. */
  readonly refuseNext?: () => Promise<void> | void;
  /** From now on an instruction waits for approval at the bank until it is decided. */
  readonly holdForApproval?: () => Promise<void> | void;
  readonly decideApproval?: (instructionNo: string, as: 'approved' | 'refused') => Promise<void> | void;
  /** From now on the bank takes instructions and does not end them until it is told. */
  readonly holdProcessing?: () => Promise<void> | void;
  readonly finish?: (instructionNo: string, as: 'paid' | 'failed') => Promise<void> | void;
  /** A paid transfer comes back (退票), now. */
  readonly returnTransfer?: (instructionNo: string) => Promise<void> | void;
  /** `sums`: a figure of the account's statement is wrong. `lineTwice`: a movement stands in it twice. `late`: the bank has not made it yet. */
  readonly spoilStatement?: (how: 'sums' | 'lineTwice' | 'late') => Promise<void> | void;
  /** The number of the bank's receipt of a paid transfer; its bytes hold the number. Where the link gives receipts. */
  readonly receiptNoOf?: (instructionNo: string) => Promise<string> | string;
  /** The same of a line of the statement, by the link's own number of it. */
  readonly receiptNoOfLine?: (bankLineNo: string) => Promise<string> | string;
  /** `late`: the bank has not made it yet. `garbled`: under the receipt's name stands something else. Both until the next `truth`. */
  readonly spoilReceipt?: (how: 'late' | 'garbled' | 'truth') => Promise<void> | void;
  /** Rows on a page of the statement, where it comes in pages. */
  readonly pageSize?: number;
  /** The same link, with a bank that accepts no connection. */
  readonly unreachableLink?: () => Promise<BankLink> | BankLink;
  /** How many requests came sooner after another than the bank allows. */
  readonly hurried?: () => Promise<number> | number;
};

/** One link under test with its bank, made new for each rule. */
export type BankLinkSubject = {
  readonly link: BankLink;
  /** The clock the link was given. */
  readonly now: () => Date;
  /** Canary texts among the settings: none may appear in a log line or an outcome. */
  readonly secrets: readonly string[];
  readonly logLines: () => readonly string[];
  readonly control: BankLinkControl;
  stop?(): Promise<void> | void;
};

export type BankLinkNeed = `control.${keyof BankLinkControl}` | `fault.${BankLinkFault}`;

export type BankLinkRule = {
  readonly id: string;
  /** The rule as a sentence. */
  readonly title: string;
  readonly needs: readonly BankLinkNeed[];
  /** Resolves when the subject keeps the rule; rejects with `RuleBroken` when not. */
  run(subject: BankLinkSubject): Promise<void>;
};

/** What a subject lacks for a rule; empty when the rule applies. */
export function missingBankLinkNeeds(rule: BankLinkRule, { control }: BankLinkSubject): BankLinkNeed[] {
  return rule.needs.filter((need) => {
    const [place, name] = need.split('.');
    if (place === 'fault') return control.failNext === undefined || !(control.faults ?? []).some((fault) => fault === name);
    return !Object.entries(control).some(([key, value]) => key === name && value !== undefined);
  });
}
