import { randomBytes } from 'node:crypto';
import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import {
  AgreementNewsSchema, BindingNewsSchema, BindingRequestOutcomeSchema, ConfirmBindingOutcomeSchema, PaymentCodeOutcomeSchema, UnbindOutcomeSchema,
  type AgreementNews, type Agreements, type BindingNews, type BindingReference, type BindingRequestOutcome, type BoundCard, type CardHolder, type ConfirmBindingOutcome, type PaymentCodeOutcome, type UnbindOutcome,
} from '../../agreements.js';
import type { CallContext, PaymentReference } from '../../payment-channel.js';
import { RuleBroken } from '../channel/channel-subject.js';
import { must } from '../channel/channel-bench.js';
import type { AgreementSubject } from './agreement-subject.js';

const ORDINARY_TIMEOUT_MS = 10_000;
const GRACE_MS = 3_000;
const checks = {
  requestBinding: Compile(BindingRequestOutcomeSchema), confirmBinding: Compile(ConfirmBindingOutcomeSchema), queryBinding: Compile(BindingNewsSchema),
  unbind: Compile(UnbindOutcomeSchema), queryAgreement: Compile(AgreementNewsSchema), confirmPayment: Compile(PaymentCodeOutcomeSchema),
};

/** The agreements as the rules use them: every outcome compared with its schema and remembered, every call with a deadline, a throw breaks the rule. */
export class AgreementBench {
  readonly outcomeTexts: string[] = [];
  readonly subject: AgreementSubject;
  readonly #agreements: Agreements;

  constructor(subject: AgreementSubject, agreements: Agreements = subject.agreements) {
    this.subject = subject;
    this.#agreements = agreements;
  }

  newReference(): BindingReference {
    return { bindingNo: `B${randomBytes(10).toString('hex').toUpperCase()}`, requestedAt: this.subject.now().toISOString() };
  }

  /** A card that was bound by the right code. */
  async bound(cardHolder: CardHolder = this.subject.control.newCardHolder()): Promise<{ readonly reference: BindingReference; readonly card: BoundCard; readonly cardHolder: CardHolder }> {
    const reference = this.newReference();
    const requested = await this.requestBinding({ ...reference, cardHolder });
    must(requested.kind === 'codeSent', 'four elements that agree are answered with `codeSent`', requested);
    const confirmed = await this.confirmBinding({ ...reference, code: this.subject.control.codeFor(reference.bindingNo) });
    must(confirmed.kind === 'bound', 'the right code binds the card', confirmed);
    return { reference, card: confirmed.card, cardHolder };
  }

  requestBinding(request: Parameters<Agreements['requestBinding']>[0], timeoutMs?: number): Promise<BindingRequestOutcome> {
    return this.#call('requestBinding', checks.requestBinding, (context) => this.#agreements.requestBinding(request, context), timeoutMs);
  }
  confirmBinding(request: Parameters<Agreements['confirmBinding']>[0], timeoutMs?: number): Promise<ConfirmBindingOutcome> {
    return this.#call('confirmBinding', checks.confirmBinding, (context) => this.#agreements.confirmBinding(request, context), timeoutMs);
  }
  queryBinding(request: BindingReference, timeoutMs?: number): Promise<BindingNews> {
    return this.#call('queryBinding', checks.queryBinding, (context) => this.#agreements.queryBinding(request, context), timeoutMs);
  }
  unbind(agreementToken: string, timeoutMs?: number, unbindingNo = `U${randomBytes(10).toString('hex').toUpperCase()}`): Promise<UnbindOutcome> {
    return this.#call('unbind', checks.unbind, (context) => this.#agreements.unbind({ unbindingNo, agreementToken }, context), timeoutMs);
  }
  queryAgreement(agreementToken: string, timeoutMs?: number): Promise<AgreementNews> {
    return this.#call('queryAgreement', checks.queryAgreement, (context) => this.#agreements.queryAgreement({ agreementToken }, context), timeoutMs);
  }
  confirmPayment(payment: PaymentReference, code: string, timeoutMs?: number): Promise<PaymentCodeOutcome> {
    return this.#call('confirmPayment', checks.confirmPayment, (context) => this.#agreements.confirmPayment({ payment, code }, context), timeoutMs);
  }

  /** The channel's own context, for the charge beside. */
  context(timeoutMs = ORDINARY_TIMEOUT_MS): CallContext {
    return { deadline: new Date(this.subject.now().getTime() + timeoutMs).toISOString(), signal: AbortSignal.timeout(timeoutMs), attempt: 1 };
  }

  async #call<Schema extends TSchema, Outcome>(name: string, check: { Check(value: unknown): value is Static<Schema> }, work: (context: CallContext) => Promise<Outcome>, timeoutMs = ORDINARY_TIMEOUT_MS): Promise<Outcome> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => { timer = setTimeout(() => { reject(new RuleBroken(`${name} did not come back after its deadline: the signal must end the call`)); }, timeoutMs + GRACE_MS); });
    try {
      const outcome = await Promise.race([work(this.context(timeoutMs)), tooLate]);
      this.outcomeTexts.push(JSON.stringify(outcome));
      if (!check.Check(outcome)) throw new RuleBroken(`${name} answered outside its schema`);
      return outcome;
    } catch (error) {
      if (error instanceof RuleBroken) throw error;
      throw new RuleBroken(`${name} threw (${error instanceof Error ? error.message : 'no Error'}): agreements return outcomes, they never throw`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }
}
