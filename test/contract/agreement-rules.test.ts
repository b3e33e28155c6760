import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Agreements, CallContext } from '@hospay/plugin-sdk';
import { AGREEMENT_RULES, RuleBroken, type AgreementSubject } from '@hospay/plugin-sdk/testkit';
import { makeAgreementSubject } from './agreement-gateway-subject.js';

type Outcome = { readonly kind: string };
type Call = (request: never, context: CallContext) => Promise<Outcome>;
type BadHabit = { readonly rule: string; readonly habit: string; readonly spoil: (good: Agreements, subject: AgreementSubject) => object };

const turn = (method: Call, from: string, to: Outcome | ((said: Outcome) => unknown)): Call => async (request, context) => {
  const outcome = await method(request, context);
  return outcome.kind !== from ? outcome : typeof to === 'function' ? (to(outcome) as Outcome) : to;
};
/** All operations believe what stands in an answer nobody could read: `unknown` becomes something. */
const guessing = (good: Agreements, as: Outcome): object => Object.fromEntries(Object.entries(good).map(([name, method]) => [name, turn(method as Call, 'unknown', as)]));
const held = new Map<string, object>();

const BAD_HABITS: readonly BadHabit[] = [
  { rule: 'binding.bound', habit: 'gives the card number as the token', spoil: (good) => {
    let cardNo = '';
    return {
      requestBinding: (request: Parameters<Agreements['requestBinding']>[0], context: CallContext) => { ({ cardNo } = request.cardHolder); return good.requestBinding(request, context); },
      confirmBinding: turn(good.confirmBinding, 'bound', (said) => ({ ...said, card: { token: cardNo, bankName: '银行', cardKind: 'debit', lastFour: cardNo.slice(-4) } })),
    };
  } },
  { rule: 'binding.elementsDisagree', habit: 'says only that it was refused', spoil: (good) => ({ requestBinding: turn(good.requestBinding, 'declined', { kind: 'unknown', reason: 'refused' } as Outcome) }) },
  { rule: 'binding.codeWrong', habit: 'takes a wrong code for the end', spoil: (good) => ({ confirmBinding: turn(good.confirmBinding, 'codeWrong', { kind: 'declined', why: 'other', code: 'CODE', message: 'code' } as Outcome) }) },
  { rule: 'binding.codeExpired', habit: 'lets an expired code be tried again', spoil: (good) => ({ confirmBinding: turn(good.confirmBinding, 'codeExpired', { kind: 'codeWrong' }) }) },
  { rule: 'binding.lostReply', habit: 'declines what had no answer', spoil: (good) => ({ confirmBinding: turn(good.confirmBinding, 'unknown', { kind: 'declined', why: 'other', code: 'TIMEOUT', message: 'timeout' } as Outcome) }) },
  { rule: 'binding.lostReply', habit: 'cannot find a binding by its number', spoil: () => ({ queryBinding: async () => Promise.resolve({ kind: 'notFound' }) }) },
  { rule: 'binding.notFound', habit: 'takes a number nobody used for one that has ended', spoil: (good) => ({ queryBinding: turn(good.queryBinding, 'notFound', { kind: 'ended' }) }) },
  { rule: 'holder.verified', habit: 'binds anew instead of proving the holder', spoil: (good) => ({ requestBinding: ({ agreementToken: _token, ...request }: Parameters<Agreements['requestBinding']>[0], context: CallContext) => good.requestBinding(request, context) }) },
  { rule: 'unbind.repeatable', habit: 'answers without telling the bank', spoil: () => ({ unbind: async (request: { readonly unbindingNo: string }) => {
    const isFirst = !held.has(request.unbindingNo);
    held.set(request.unbindingNo, {});
    return Promise.resolve(isFirst ? { kind: 'unknown', reason: 'lost' } : { kind: 'unbound' });
  } }) },
  { rule: 'agreement.cancelledAtBank', habit: 'remembers that it once was active', spoil: () => ({ queryAgreement: async () => Promise.resolve({ kind: 'active' }) }) },
  { rule: 'payment.code', habit: 'takes any code for right', spoil: (good) => ({ confirmPayment: turn(good.confirmPayment, 'codeWrong', { kind: 'taken' }) }) },
  { rule: 'answer.timeoutBeforeExecution', habit: 'takes silence for an end', spoil: (good) => guessing(good, { kind: 'ended' }) },
  { rule: 'answer.timeoutAfterExecution', habit: 'takes silence for not sent', spoil: (good) => guessing(good, { kind: 'notSent', reason: 'silence' } as Outcome) },
  { rule: 'answer.garbage', habit: 'takes a status for an answer', spoil: (good) => guessing(good, { kind: 'unbound' }) },
  { rule: 'answer.forgedAnswer', habit: 'does not look who signed', spoil: (good) => guessing(good, { kind: 'codeWrong' }) },
  { rule: 'answer.staleAnswer', habit: 'does not look how old an answer is', spoil: (good) => guessing(good, { kind: 'codeExpired' }) },
  { rule: 'answer.unlistedRefusal', habit: 'takes any refusal for final', spoil: (good) => guessing(good, { kind: 'declined', why: 'other', code: 'X', message: 'x' } as Outcome) },
  { rule: 'answer.unreachable', habit: 'cannot tell what never left', spoil: () => ({}) },
  { rule: 'personal.neverTold', habit: 'quotes the name in its refusal', spoil: (good) => ({ requestBinding: async (request: Parameters<Agreements['requestBinding']>[0], context: CallContext) => {
    const outcome = await good.requestBinding(request, context);
    return outcome.kind === 'declined' ? { ...outcome, message: `${request.cardHolder.cardNo} ${outcome.message}` } : outcome;
  } }) },
];

describe('each rule of the agreement contract is broken by a plugin with the bad habit it is about', () => {
  for (const { rule, habit, spoil } of BAD_HABITS) {
    test(`${rule}: a plugin that ${habit}`, async () => {
      const subject = await makeAgreementSubject();
      const found = AGREEMENT_RULES.find(({ id }) => id === rule);
      assert.ok(found !== undefined, rule);
      try {
        const bad = { ...subject.agreements, ...spoil(subject.agreements, subject) };
        const unreachable = async () => {
          const good = await subject.control.unreachable();
          return rule === 'answer.unreachable' ? ({ ...good, unbind: turn(good.unbind, 'notSent', { kind: 'unknown', reason: 'no connection' } as Outcome) } as Agreements) : good;
        };
        await assert.rejects(found.run({ ...subject, agreements: bad, control: { ...subject.control, unreachable } }), RuleBroken);
      } finally {
        await subject.stop?.();
      }
    });
  }

  test('every rule has its bad habit', () => {
    assert.deepEqual(AGREEMENT_RULES.map(({ id }) => id).filter((id) => !BAD_HABITS.some(({ rule }) => rule === id)), []);
  });
});
