import { beijingDay } from '@hospay/plugin-sdk';
import { ok, refused, type Outcome } from '../domain/errors.js';
import { assertNever } from '../domain/assert-never.js';
import type { BankStatementRecord, DecidePayoutResult } from '../domain/payout-store.js';
import type { Payout } from '../domain/payout.js';
import { DECIDED_BEFORE, NOT_WHAT_WAS_SHOWN } from '../domain/refusal-words.js';
import { giveUpPayout } from './give-up-payout.js';
import { importDue, importStatement } from './import-statement.js';
import { viewPayout, type PayoutView } from './payout-view.js';
import type { PayoutDesk, PayoutPorts, PayoutResult } from './ports.js';
import { accountOf, proposeDebt, proposeSettlement } from './propose-payout.js';

/** Payouts of one hospital: what the console and the clock may ask for. Statements are read one after another, never two at once. */
export function createPayoutDesk(ports: PayoutPorts): PayoutDesk {
  const { payouts, statements, accounts, links, audit, clock, policy } = ports;
  const view = (payout: Payout): PayoutView => viewPayout(payout, policy);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(work, work);
    last = turn.catch(() => undefined);
    return turn;
  };
  const note = async (what: string, by: string, { payoutNo, kind, subject, amountFen, payee, state }: Payout, reason?: string): Promise<void> => {
    await audit.record({ who: by, what, object: `payout ${payoutNo}`, after: { kind, subject, amountFen, payee: `${payee.label} ****${payee.tail}`, state }, ...(reason === undefined ? {} : { reason }) });
  };
  return {
    listAccounts: () => accounts.map(({ id, title, bankName, accountNo }) => ({ id, title, bankName, tail: accountNo.slice(-4), hasLink: links.ofAccount(accountNo) !== undefined })),
    listPayouts: async ({ limit }) => (await payouts.list(limit)).map(view),
    async findPayout({ payoutNo }) {
      const payout = await payouts.find(payoutNo);
      return payout === undefined ? refused('NO_SUCH_ITEM', payoutNo) : ok(view(payout));
    },
    async findByKey(requestKey) {
      const payout = await payouts.findByKey(requestKey);
      return payout === undefined ? undefined : view(payout);
    },
    async proposePayouts({ fromAccount, debts, by }) {
      if (accountOf(ports, fromAccount) === undefined) return refused('NO_SUCH_ITEM', { zh: `没有账户 ${fromAccount}`, en: `account ${fromAccount}` });
      const results: PayoutResult[] = [];
      for (const debt of debts) {
        const proposed = await proposeDebt(ports, debt, { fromAccount, by });
        if (proposed.kind === 'ok') await note('payout.propose', by, proposed.value);
        results.push(resultOf(debt.subject, proposed, view));
      }
      return ok(results);
    },
    async proposeSettlement(request) {
      const proposed = await proposeSettlement(ports, request);
      if (proposed.kind === 'refused') return proposed;
      await note('payout.propose', request.by, proposed.value, request.purpose);
      return ok(view(proposed.value));
    },
    async decidePayouts({ payouts: shown, isApproved, reason, by }) {
      const results: PayoutResult[] = [];
      for (const { payoutNo, hash } of shown) {
        const decided = outcomeOf(await payouts.decide({ payoutNo, hash, isApproved, by, now: clock.now() }), payoutNo);
        if (decided.kind === 'ok') await note(isApproved ? 'payout.approve' : 'payout.reject', by, decided.value, reason);
        results.push(resultOf(payoutNo, decided, view));
      }
      return results;
    },
    async giveUpPayout(request) {
      const given = await giveUpPayout(ports, request);
      if (given.kind === 'refused') return given;
      await note('payout.giveUp', request.by, given.value, request.reason);
      return ok(view(given.value));
    },
    listStatements: (range) => statements.listStatements(range),
    listLines: (of) => statements.listLines(of),
    importDay: ({ day, by }) => inTurn(async (): Promise<Outcome<readonly BankStatementRecord[]>> => {
      if (day >= beijingDay(clock.now())) return refused('STATEMENT_NOT_READY', { zh: '当日尚未结束，次日才有对账单', en: 'the day is not over' });
      const read: BankStatementRecord[] = [];
      for (const account of accounts) {
        const one = await importStatement(ports, account, day);
        if (one !== undefined) read.push(one);
      }
      if (read.length === 0) return refused('BANK_LINK_UNAVAILABLE');
      await audit.record({ who: by, what: 'bankStatement.import', object: `day ${day}`, after: read.map(({ account, outcome, lines }) => ({ account, outcome, lines })) });
      return ok(read);
    }),
    importDue: () => inTurn(() => importDue(ports)),
  };
}

function outcomeOf(decided: DecidePayoutResult, payoutNo: string): Outcome<Payout> {
  switch (decided.kind) {
    case 'decided':
      return ok(decided.payout);
    case 'notFound':
      return refused('NO_SUCH_ITEM', payoutNo);
    case 'ownProposal':
      return refused('SECOND_PERSON_NEEDED');
    case 'decidedBefore':
      return refused('CONFLICT', DECIDED_BEFORE);
    case 'expired':
      return refused('APPROVAL_OVER', { zh: '已超过审批期限，请重新提出', en: 'expired' });
    case 'notWhatWasShown':
      return refused('APPROVAL_OVER', NOT_WHAT_WAS_SHOWN);
    case 'notOwed':
      return refused('APPROVAL_OVER', { zh: '该笔款项已不需支付', en: 'not owed any more' });
    default:
      return assertNever(decided);
  }
}

function resultOf(subject: string, outcome: Outcome<Payout>, view: (payout: Payout) => PayoutView): PayoutResult {
  return outcome.kind === 'ok' ? { subject, payout: view(outcome.value) } : { subject, refused: outcome };
}
