import { must, SHORT_TIMEOUT_MS } from '../channel/channel-bench.js';
import { AgreementBench } from './agreement-bench.js';
import { AGREEMENT_FAULTS, type AgreementFault, type AgreementOperation, type AgreementRule, type AgreementSubject } from './agreement-subject.js';

const anotherCode = (code: string): string => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0');

/** Every rule an agreement gateway keeps, each with an id that stays. */
export const AGREEMENT_RULES: readonly AgreementRule[] = [
  {
    id: 'binding.bound',
    title: 'four elements that agree and the right code bind the card: a token of the gateway, and of the card its last four digits alone',
    async run(subject) {
      const { card, cardHolder, reference } = await new AgreementBench(subject).bound();
      must(card.lastFour === cardHolder.cardNo.slice(-4), 'lastFour are the last four digits of the card');
      // Payment tokens of card networks have the shape of a card number: what counts is that it is not this one.
      must(!card.token.includes(cardHolder.cardNo), 'the token is not the card number and does not hold it');
      const news = await new AgreementBench(subject).queryAgreement(card.token);
      must(news.kind === 'active', 'a bound agreement is `active`', news);
      must(subject.control.liveAgreementsOf(cardHolder.cardNo) === 1, `binding ${reference.bindingNo} made one agreement`);
    },
  },
  {
    id: 'binding.elementsDisagree',
    title: 'four elements that do not agree are declined for that reason, and nothing is bound',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const cardHolder = { ...subject.control.newCardHolder(), name: '不是本人' };
      const reference = bench.newReference();
      const outcome = await bench.requestBinding({ ...reference, cardHolder });
      must(outcome.kind === 'declined' && outcome.why === 'elementsDisagree', 'another name is `declined`, `elementsDisagree`', outcome);
      const news = await bench.queryBinding(reference);
      must(news.kind === 'ended' || news.kind === 'notFound', 'a declined binding is `ended` or `notFound`', news);
    },
  },
  {
    id: 'binding.codeWrong',
    title: 'a wrong code binds nothing and may be followed by the right one',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const reference = bench.newReference();
      const cardHolder = subject.control.newCardHolder();
      await bench.requestBinding({ ...reference, cardHolder });
      const code = subject.control.codeFor(reference.bindingNo);
      const wrong = await bench.confirmBinding({ ...reference, code: anotherCode(code) });
      must(wrong.kind === 'codeWrong', 'a wrong code is `codeWrong`', wrong);
      must(subject.control.liveAgreementsOf(cardHolder.cardNo) === 0, 'nothing is bound by a wrong code');
      const right = await bench.confirmBinding({ ...reference, code });
      must(right.kind === 'bound', 'and the right one binds', right);
    },
  },
  {
    id: 'binding.codeExpired',
    title: 'a code whose time is over binds nothing',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const reference = bench.newReference();
      await bench.requestBinding({ ...reference, cardHolder: subject.control.newCardHolder() });
      const code = subject.control.codeFor(reference.bindingNo);
      subject.control.expireCode(reference.bindingNo);
      const outcome = await bench.confirmBinding({ ...reference, code });
      must(outcome.kind === 'codeExpired', 'an expired code is `codeExpired`', outcome);
      const news = await bench.queryBinding(reference);
      must(news.kind === 'ended', 'and its number is over', news);
    },
  },
  {
    id: 'binding.lostReply',
    title: 'a confirmation whose answer was lost is unknown, is found by its number, and a repeat makes no second agreement',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const reference = bench.newReference();
      const cardHolder = subject.control.newCardHolder();
      await bench.requestBinding({ ...reference, cardHolder });
      const code = subject.control.codeFor(reference.bindingNo);
      subject.control.failNext('confirmBinding', 'timeoutAfterExecution');
      const lost = await bench.confirmBinding({ ...reference, code }, SHORT_TIMEOUT_MS);
      must(lost.kind === 'unknown', 'a confirmation without an answer is `unknown`', lost);
      const news = await bench.queryBinding(reference);
      must(news.kind === 'bound', 'the binding that was confirmed is found', news);
      const again = await bench.confirmBinding({ ...reference, code });
      must(again.kind === 'unknown' || (again.kind === 'bound' && again.card.token === news.card.token), 'a repeat answers the same agreement', again);
      must(subject.control.liveAgreementsOf(cardHolder.cardNo) === 1, 'one number binds once');
    },
  },
  {
    id: 'binding.notFound',
    title: 'a binding number nobody used is not found',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const news = await bench.queryBinding(bench.newReference());
      must(news.kind === 'notFound', 'a number nobody used is `notFound`', news);
    },
  },
  {
    id: 'holder.verified',
    title: 'a request that names an agreement proves its holder and binds nothing; another card does not prove it',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const { card, cardHolder } = await bench.bound();
      const stranger = await bench.requestBinding({ ...bench.newReference(), cardHolder: subject.control.newCardHolder(), agreementToken: card.token });
      must(stranger.kind === 'declined' && stranger.why === 'elementsDisagree', 'the four elements of another card are declined', stranger);
      const reference = bench.newReference();
      const requested = await bench.requestBinding({ ...reference, cardHolder, agreementToken: card.token });
      must(requested.kind === 'codeSent', 'its holder is sent a code', requested);
      const outcome = await bench.confirmBinding({ ...reference, code: subject.control.codeFor(reference.bindingNo) });
      must(outcome.kind === 'verified', 'and is `verified`, not bound again', outcome);
      must(subject.control.liveAgreementsOf(cardHolder.cardNo) === 1, 'nothing more is bound');
    },
  },
  {
    id: 'unbind.repeatable',
    title: 'an unbound token is over for good: unbinding again is harmless, and it cannot be charged',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const { card } = await bench.bound();
      subject.control.failNext('unbind', 'timeoutAfterExecution');
      const number = 'U00000000000000000001';
      const lost = await bench.unbind(card.token, SHORT_TIMEOUT_MS, number);
      must(lost.kind === 'unknown', 'an unbinding without an answer is `unknown`', lost);
      const again = await bench.unbind(card.token, undefined, number);
      must(again.kind === 'unbound', 'sent again it is `unbound`', again);
      const news = await bench.queryAgreement(card.token);
      must(news.kind === 'ended', 'the agreement is `ended`', news);
      const charged = await subject.channel.charge(subject.control.chargeAskingCode(card.token), bench.context());
      must(charged.kind === 'declined', 'and a charge by it is `declined`', charged);
    },
  },
  {
    id: 'agreement.cancelledAtBank',
    title: 'an agreement its holder cancelled at the bank is ended',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const { card } = await bench.bound();
      subject.control.cancelAtBank(card.token);
      const news = await bench.queryAgreement(card.token);
      must(news.kind === 'ended', 'it is `ended`', news);
    },
  },
  {
    id: 'payment.code',
    title: 'a payment that needs a code waits for it: a wrong one takes nothing, the right one pays, and the query says so',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const { card } = await bench.bound();
      const order = subject.control.chargeAskingCode(card.token);
      const charged = await subject.channel.charge(order, bench.context());
      must(charged.kind === 'pending' && charged.present.kind === 'smsCode', 'it is `pending` and presents `smsCode`', charged);
      const { tradeNo, amountFen, method, submittedAt } = order;
      const payment = { tradeNo, amountFen, method, submittedAt };
      const code = subject.control.codeFor(tradeNo);
      const wrong = await bench.confirmPayment(payment, anotherCode(code));
      must(wrong.kind === 'codeWrong', 'a wrong code is `codeWrong`', wrong);
      const unpaid = await subject.channel.query(payment, bench.context());
      must(unpaid.kind === 'pending', 'and takes nothing', unpaid);
      const right = await bench.confirmPayment(payment, code);
      must(right.kind === 'taken', 'the right code is `taken`', right);
      const paid = await subject.channel.query(payment, bench.context());
      must(paid.kind === 'succeeded' && paid.amountFen === amountFen, 'and the payment has succeeded', paid);
    },
  },
  ...AGREEMENT_FAULTS.map((fault): AgreementRule => ({ id: `answer.${fault}`, title: `after ${fault} every operation is unknown`, run: (subject) => unknownEverywhere(subject, fault) })),
  {
    id: 'answer.unreachable',
    title: 'when no connection comes about nothing was sent, and questions are unknown',
    async run(subject) {
      const bench = new AgreementBench(subject, await subject.control.unreachable());
      const reference = bench.newReference();
      const requested = await bench.requestBinding({ ...reference, cardHolder: subject.control.newCardHolder() });
      must(requested.kind === 'notSent', 'nothing can have left the machine', requested);
      const unbound = await bench.unbind('TOKEN-OF-NOBODY');
      must(unbound.kind === 'notSent', 'nothing can have left the machine', unbound);
      const news = await bench.queryBinding(reference);
      must(news.kind === 'unknown', 'no connection is no news', news);
    },
  },
  {
    id: 'personal.neverTold',
    title: 'name, identity number, card number and mobile appear in no outcome and no log line, the token in no log line',
    async run(subject) {
      const bench = new AgreementBench(subject);
      const { card, cardHolder } = await bench.bound();
      await bench.requestBinding({ ...bench.newReference(), cardHolder: { ...cardHolder, name: '不是本人' } });
      subject.control.failNext('requestBinding', 'forgedAnswer');
      await bench.requestBinding({ ...bench.newReference(), cardHolder });
      const texts = [...subject.logLines(), ...bench.outcomeTexts];
      for (const personal of [cardHolder.name, cardHolder.idNo, cardHolder.cardNo, cardHolder.mobile]) must(!texts.some((text) => text.includes(personal)), 'one of the four elements appears in a log line or an outcome');
      must(!subject.logLines().some((line) => line.includes(card.token)), 'the token appears in a log line');
    },
  },
];

async function unknownEverywhere(subject: AgreementSubject, fault: AgreementFault): Promise<void> {
  const bench = new AgreementBench(subject);
  const { card } = await bench.bound();
  const waiting = bench.newReference();
  await bench.requestBinding({ ...waiting, cardHolder: subject.control.newCardHolder() });
  const order = subject.control.chargeAskingCode(card.token);
  await subject.channel.charge(order, bench.context());
  const { tradeNo, amountFen, method, submittedAt } = order;
  const timeoutMs = fault === 'timeoutBeforeExecution' || fault === 'timeoutAfterExecution' ? SHORT_TIMEOUT_MS : undefined;
  const calls: readonly (readonly [AgreementOperation, () => Promise<{ readonly kind: string }>])[] = [
    ['requestBinding', () => bench.requestBinding({ ...bench.newReference(), cardHolder: subject.control.newCardHolder() }, timeoutMs)],
    ['confirmBinding', () => bench.confirmBinding({ ...waiting, code: subject.control.codeFor(waiting.bindingNo) }, timeoutMs)],
    ['queryBinding', () => bench.queryBinding(waiting, timeoutMs)],
    ['confirmPayment', () => bench.confirmPayment({ tradeNo, amountFen, method, submittedAt }, subject.control.codeFor(tradeNo), timeoutMs)],
    ['queryAgreement', () => bench.queryAgreement(card.token, timeoutMs)],
    ['unbind', () => bench.unbind(card.token, timeoutMs)],
  ];
  for (const [operation, call] of calls) {
    subject.control.failNext(operation, fault);
    const outcome = await call();
    must(outcome.kind === 'unknown', `${operation} after ${fault} must be \`unknown\``, outcome);
  }
}
