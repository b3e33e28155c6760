import { randomBytes } from 'node:crypto';

import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

import {
  BankReceiptOutcomeSchema, BankStatementOutcomeSchema, TransferNewsSchema, TransferOutcomeSchema,
  type BankCallContext, type BankLink, type BankReceiptOutcome, type BankReceiptRequest, type BankStatementOutcome, type TransferNews, type TransferOutcome, type TransferReference, type TransferRequest,
} from '../../bank-link.js';
import { beijingDay } from '../../beijing-time.js';
import { must } from '../channel/channel-bench.js';
import { RuleBroken } from '../channel/channel-subject.js';
import type { BankLinkControl, BankLinkSubject } from './bank-link-subject.js';

/** Long enough for a link that waits for its turn between the pages of a statement. */
const ORDINARY_TIMEOUT_MS = 20_000;
/** For calls that are meant to run into their deadline; long enough for the request to reach the bank first. */
export const SHORT_TIMEOUT_MS = 900;
/** A link may take this long after its signal to come back. */
const GRACE_MS = 3_000;

const checks = { pay: Compile(TransferOutcomeSchema), query: Compile(TransferNewsSchema), statement: Compile(BankStatementOutcomeSchema), receipt: Compile(BankReceiptOutcomeSchema) };

export type BankCallOptions = { readonly timeoutMs?: number; readonly abortedBefore?: true };

/** The link as the rules use it: every outcome compared with its schema, every call with a deadline; a throw or a call that does not come back breaks the rule. */
export class BankLinkBench {
  readonly far: Required<BankLinkControl>;
  readonly outcomeTexts: string[] = [];
  readonly #subject: BankLinkSubject;
  readonly #link: BankLink;
  readonly #requestedAt = new Map<string, string>();

  constructor(subject: BankLinkSubject, link: BankLink = subject.link) {
    this.#subject = subject;
    this.#link = link;
    this.far = {
      faults: [], failNext: lacks('failNext'), refuseNext: lacks('refuseNext'), holdForApproval: lacks('holdForApproval'), decideApproval: lacks('decideApproval'), holdProcessing: lacks('holdProcessing'),
      finish: lacks('finish'), returnTransfer: lacks('returnTransfer'), spoilStatement: lacks('spoilStatement'), receiptNoOf: lacks('receiptNoOf'), receiptNoOfLine: lacks('receiptNoOfLine'), spoilReceipt: lacks('spoilReceipt'), pageSize: 0, unreachableLink: lacks('unreachableLink'), hurried: lacks('hurried'),
      ...subject.control,
    };
  }

  get link(): BankLink {
    return this.#link;
  }

  /** The Beijing day the link's clock shows. */
  today(): string {
    return beijingDay(this.#subject.now());
  }

  newTransfer(amountFen: number): TransferRequest {
    const instructionNo = `T${randomBytes(8).toString('hex').toUpperCase()}`;
    this.#requestedAt.set(instructionNo, this.#subject.now().toISOString());
    return { instructionNo, fromAccountNo: this.far.accountNo, payee: this.far.payee, amountFen, purpose: '退预交金' };
  }

  /** What the core knows of a transfer in every later question. */
  reference({ instructionNo, fromAccountNo, amountFen }: TransferRequest): TransferReference {
    return { instructionNo, fromAccountNo, amountFen, requestedAt: this.#requestedAt.get(instructionNo) ?? this.#subject.now().toISOString() };
  }

  /** A new transfer that the bank has taken. */
  async takenTransfer(amountFen: number): Promise<TransferRequest> {
    const request = this.newTransfer(amountFen);
    const outcome = await this.pay(request);
    must(outcome.kind === 'accepted' || outcome.kind === 'succeeded', 'an ordinary transfer is `accepted` or `succeeded`', outcome);
    return request;
  }

  /** A new transfer, paid. */
  async paidTransfer(amountFen: number): Promise<TransferRequest> {
    const request = await this.takenTransfer(amountFen);
    const news = await this.query(request);
    must(news.kind === 'succeeded', 'a transfer the bank has paid is `succeeded`', news);
    return request;
  }

  pay(request: TransferRequest, options: BankCallOptions = {}): Promise<TransferOutcome> {
    return this.#call('pay', checks.pay, (context) => this.#link.pay(request, context), options);
  }

  query(request: TransferRequest, options: BankCallOptions = {}): Promise<TransferNews> {
    return this.#call('query', checks.query, (context) => this.#link.query(this.reference(request), context), options);
  }

  statement(day: string, options: BankCallOptions = {}): Promise<BankStatementOutcome> {
    return this.#call('statement', checks.statement, (context) => this.#link.statement({ accountNo: this.far.accountNo, day }, context), options);
  }

  /** The receipt of a transfer as the core asks before it has read a statement, or of the line it read. */
  receipt({ instructionNo, fromAccountNo, amountFen }: TransferRequest, { line, ...options }: BankCallOptions & { readonly line?: { readonly bankLineNo: string; readonly day: string } } = {}): Promise<BankReceiptOutcome> {
    const days = line === undefined ? { firstDay: beijingDay(this.#requestedAt.get(instructionNo) ?? this.#subject.now().toISOString()), lastDay: this.today() } : { firstDay: line.day, lastDay: line.day };
    const request: BankReceiptRequest = { accountNo: fromAccountNo, direction: 'out', amountFen, ...days, instructionNo, ...(line === undefined ? {} : { bankLineNo: line.bankLineNo }) };
    return this.receiptOf(request, options);
  }

  receiptOf(request: BankReceiptRequest, options: BankCallOptions = {}): Promise<BankReceiptOutcome> {
    const fetch = this.#link.receipt?.bind(this.#link);
    if (fetch === undefined) throw new RuleBroken('a subject whose bank gives receipts has a link that fetches them');
    return this.#call('receipt', checks.receipt, (context) => fetch(request, context), options);
  }

  async #call<Schema extends TSchema, Outcome>(
    name: string,
    check: { Check(value: unknown): value is Static<Schema> },
    work: (context: BankCallContext) => Promise<Outcome>,
    options: BankCallOptions,
  ): Promise<Outcome> {
    const timeoutMs = options.timeoutMs ?? ORDINARY_TIMEOUT_MS;
    const controller = new AbortController();
    if (options.abortedBefore === true) controller.abort();
    const deadline = new Date(this.#subject.now().getTime() + timeoutMs).toISOString();
    const timers: NodeJS.Timeout[] = [setTimeout(() => { controller.abort(); }, timeoutMs)];
    const tooLate = new Promise<never>((_resolve, reject) => {
      timers.push(setTimeout(() => { reject(new RuleBroken(`${name} did not come back after its deadline: the signal must end the call`)); }, timeoutMs + GRACE_MS));
    });
    try {
      const outcome = await Promise.race([work({ deadline, signal: controller.signal }), tooLate]);
      this.outcomeTexts.push(JSON.stringify(outcome, (key, value: unknown) => (key === 'bytes' ? undefined : value)));
      if (!check.Check(outcome)) throw new RuleBroken(`${name} answered outside its schema: ${this.outcomeTexts.at(-1) ?? ''}`.slice(0, 600));
      return outcome;
    } catch (error) {
      if (error instanceof RuleBroken) throw error;
      throw new RuleBroken(`${name} threw (${error instanceof Error ? error.message : 'no Error'}): a link returns outcomes, it never throws`, { cause: error });
    } finally {
      for (const timer of timers) clearTimeout(timer);
    }
  }
}

function lacks(hook: keyof BankLinkControl): () => never {
  return () => {
    throw new RuleBroken(`the subject's control lacks ${hook}`);
  };
}
