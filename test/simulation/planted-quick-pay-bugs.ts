/** Mistakes with bound cards (快捷支付). Each shows in seeds where patients pay with them, which are clean without it. */
import { isPaymentEnded } from '@hospay/server/domain/payment-states.js';
import type { Agreement } from '@hospay/server/quick-pay/ports.js';
import type { Storm } from './faults.js';
import type { PlantedBug } from './planted-bug.js';

export const QUICK_PAY_BUGS: readonly PlantedBug[] = [
  {
    name: 'lost-charge-made-under-another-number',
    numbers: [10],
    what: 'a charge by agreement whose answer was lost is made again under another number: the card is charged twice',
    hasBoundCards: true,
    wrapChannel: (channel) => (channel.id !== 'quick-pay' ? channel : {
      ...channel,
      async charge(request) {
        const outcome = await channel.charge(request);
        return outcome.kind === 'unknown' ? channel.charge({ ...request, tradeNo: `${request.tradeNo}B` }) : outcome;
      },
    }),
  },
  {
    name: 'code-without-answer-ends-the-payment',
    numbers: [6],
    what: 'a code without an answer counts as wrong, and the payment is written down as failed without asking the channel',
    hasBoundCards: true,
    storm: { 'answer lost': 0.25 } satisfies Storm,
    wrapUseCases: (useCases, ports) => ({
      ...useCases,
      async enterPaymentCode(request) {
        const answer = await useCases.enterPaymentCode(request);
        const open = answer.kind === 'ok' ? answer.value.payments.find(({ method, state }) => method === 'quickPay' && !isPaymentEnded(state)) : undefined;
        if (open === undefined) return answer;
        await ports.store.change({ tradeNo: request.tradeNo, cause: { kind: 'request', id: 'code' }, now: ports.clock.now() }, (change) => {
          if (!isPaymentEnded(change.payment(open.paymentNo).state)) change.movePayment(open.paymentNo, 'failed', 'query');
        });
        return answer;
      },
    }),
  },
  {
    name: 'lost-binding-is-refusal',
    numbers: [10],
    what: 'a binding whose confirmation had no answer counts as refused: the card is bound at the bank, nobody here knows it, and the patient binds it a second time',
    hasBoundCards: true,
    storm: { 'answer lost': 0.2 } satisfies Storm,
    wrapGateway: (gateway) => ({
      ...gateway,
      async confirmBinding(request) {
        const outcome = await gateway.confirmBinding(request);
        return outcome.kind === 'unknown' ? { kind: 'declined', why: 'other', code: 'TIMEOUT', message: outcome.reason } : outcome;
      },
    }),
  },
  {
    name: 'unbound-card-is-charged',
    numbers: [],
    what: 'an agreement that was read once is remembered: the card is charged after it was unbound',
    hasBoundCards: true,
    storm: { 'card unbound as it pays': 0.9 } satisfies Storm,
    wrapAgreements(agreements) {
      const remembered = new Map<string, Agreement>();
      return {
        ...agreements,
        async find(agreementNo) {
          const found = await agreements.find(agreementNo);
          if (found?.state === 'active') remembered.set(agreementNo, found);
          return remembered.get(agreementNo) ?? found;
        },
      };
    },
  },
  {
    name: 'any-password-pays',
    numbers: [],
    what: 'that a payment password was given is enough, whatever it is',
    hasBoundCards: true,
    storm: { 'password mistyped': 0.9 } satisfies Storm,
    wrapPasswordCheck: () => () => Promise.resolve({ kind: 'right', hash: '' }),
  },
  {
    name: 'old-password-remembered',
    numbers: [],
    what: 'a password that was right once is remembered: after a reset the old one still pays',
    hasBoundCards: true,
    storm: { 'password forgotten': 0.9, 'old password typed': 0.9 } satisfies Storm,
    wrapPasswordCheck(check) {
      const right = new Map<string, string>();
      return async (holder, password) => {
        const name = `${holder.userId} ${password}`;
        const hash = right.get(name);
        if (hash !== undefined) return { kind: 'right', hash };
        const checked = await check(holder, password);
        if (checked.kind === 'right') right.set(name, checked.hash);
        return checked;
      };
    },
  },
  {
    name: 'wrong-code-proves-the-holder',
    numbers: [],
    what: 'that a code was sent on is taken for the proof: whoever types any code resets the password',
    hasBoundCards: true,
    storm: { 'password forgotten': 0.9, 'code mistyped': 0.5 } satisfies Storm,
    wrapGateway: (gateway) => ({
      ...gateway,
      async confirmBinding(request) {
        const outcome = await gateway.confirmBinding(request);
        return outcome.kind === 'codeWrong' && request.bindingNo.startsWith('V') ? { kind: 'verified', bindingNo: request.bindingNo } : outcome;
      },
    }),
  },
  {
    name: 'holder-check-serves-twice',
    numbers: [],
    what: 'a check of the card-holder stays open after it was used: it sets a second password',
    hasBoundCards: true,
    storm: { 'password forgotten': 0.9, 'holder check used again': 0.9 } satisfies Storm,
    wrapAgreements: (agreements) => ({ ...agreements, endTry: (checkNo) => agreements.endTry(checkNo, 'requested') }),
  },
];
