/** Payouts as one life of the platform has them: the real desk and store behind the gate of that life, and the bank over the network. */
import { createHash } from 'node:crypto';
import { PayeeSchema } from '@hospay/plugin-sdk';
import { ok } from '@hospay/server/domain/errors.js';
import type { BankLinkGuest } from '@hospay/server/domain/guests.js';
import { SILENT_LOG } from '@hospay/server/domain/log.js';
import { DEFAULT_PAYOUT_POLICY } from '@hospay/server/domain/payout.js';
import { createPayoutDesk } from '@hospay/server/payouts/payout-desk.js';
import type { PayoutPorts } from '@hospay/server/payouts/ports.js';
import { Value } from 'typebox/value';
import { BANK_ACCOUNTS } from './bank-world.js';
import { HOSPITAL_ID } from './hospital-world.js';
import type { PlantedBug } from './planted-bug.js';
import type { Ports, UseCases } from './use-cases.js';
import type { WorldView } from './world-view.js';

const BANK_DEADLINE_MS = 60_000;
/** Low: half of what is paid here needs two approvals. */
const SECOND_APPROVAL_FROM_FEN = 500;

/** What passes the gate of one life: nothing of it resumes when it has ended. */
export type Life = {
  mine<Value>(promise: Promise<Value>): Promise<Value>;
  written<Value>(work: () => Promise<Value>): Promise<Value>;
  call<Reply>(label: string, trip: { readonly deadlineMs: number; readonly whenLost: Reply; readonly remote: () => Reply }): Promise<Reply>;
};
export type PayoutUseCases = Pick<UseCases, 'listDebts' | 'listPayouts' | 'proposePayouts' | 'proposeSettlement' | 'decidePayouts' | 'giveUpPayout' | 'importBankStatements'>;

/** Whole payees lie open here: nobody reads this database, and the world's randomness stays its own. */
export function payoutPortsOf(world: WorldView, { clock, random, store }: Pick<Ports, 'clock' | 'random' | 'store'>, { mine, written, call }: Life, plant: PlantedBug | undefined): PayoutPorts {
  const { payouts, statements } = world.store.payoutsOf(HOSPITAL_ID);
  const link = bankLink(world, call);
  const bank = plant?.wrapBank?.(link, world) ?? link;
  return {
    hospitalId: HOSPITAL_ID,
    store,
    payouts: {
      propose: (request) => written(() => payouts.propose(request)),
      decide: (request) => written(() => payouts.decide(request)),
      find: (payoutNo) => mine(payouts.find(payoutNo)),
      findByKey: (requestKey) => mine(payouts.findByKey(requestKey)),
      list: (limit) => mine(payouts.list(limit)),
      liveOf: (kind, subject) => mine(payouts.liveOf(kind, subject)),
      change: (request, work) => written(() => payouts.change(request, work)),
    },
    statements: {
      keepLines: (request) => written(() => statements.keepLines(request)),
      recordStatement: (record) => written(() => statements.recordStatement(record)),
      callForStatement: (request) => written(() => statements.callForStatement(request)),
      listStatements: (range) => mine(statements.listStatements(range)),
      listLines: (of) => mine(statements.listLines(of)),
    },
    links: { ofAccount: () => bank, list: () => [bank] },
    accounts: BANK_ACCOUNTS,
    policy: { ...DEFAULT_PAYOUT_POLICY, secondApprovalFromFen: SECOND_APPROVAL_FROM_FEN },
    clock, random, audit: { record: () => Promise.resolve() }, log: SILENT_LOG,
    vault: { seal: (payee) => JSON.stringify(payee), open: (sealed) => Value.Parse(PayeeSchema, JSON.parse(sealed)), fingerprint: (payee) => JSON.stringify(payee) },
    archive: { keep: ({ bytes }) => Promise.resolve(createHash('sha256').update(bytes).digest('hex')) },
  };
}

export function payoutUseCases(world: WorldView, ports: PayoutPorts, { mine }: Life): PayoutUseCases {
  const { listPayouts, proposePayouts, proposeSettlement, decidePayouts, giveUpPayout, importDue } = createPayoutDesk(ports);
  const debts = world.store.transfersOf(HOSPITAL_ID);
  return { listPayouts, proposePayouts, proposeSettlement, giveUpPayout, listDebts: () => mine(debts.listDue()), decidePayouts: async (request) => ok(await decidePayouts(request)), importBankStatements: importDue };
}

/** A payment that is lost on the way, or whose answer is, is unknown. */
function bankLink({ bank, faults }: WorldView, call: Life['call']): BankLinkGuest {
  const whenLost = { kind: 'unknown' as const, reason: 'timeout' };
  return {
    id: 'bank',
    accountNos: BANK_ACCOUNTS.map(({ accountNo }) => accountNo),
    pay: (request) => {
      if (faults.strikes('channel refuses connections')) return Promise.resolve({ kind: 'notSent', reason: 'connection refused' });
      return call<Awaited<ReturnType<BankLinkGuest['pay']>>>(`pay ${request.instructionNo}`, { deadlineMs: BANK_DEADLINE_MS, whenLost, remote: () => bank.pay(request) });
    },
    query: (request) => call<Awaited<ReturnType<BankLinkGuest['query']>>>(`query ${request.instructionNo}`, { deadlineMs: BANK_DEADLINE_MS, whenLost, remote: () => bank.query(request) }),
    statement: (request) => call<Awaited<ReturnType<BankLinkGuest['statement']>>>(`statement ${request.accountNo} ${request.day}`, { deadlineMs: BANK_DEADLINE_MS, whenLost, remote: () => bank.statement(request) }),
  };
}
