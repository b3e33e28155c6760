/** Mistakes with what the hospital's bank pays. Each shows in seeds with a finance office, which are clean without it. */
import type { BankLinkGuest } from '@hospay/server/domain/guests.js';
import type { PlantedBug } from './planted-bug.js';
import type { Storm } from './faults.js';

/** Many debts, and a bank in whose way everything stands. */
export const OFFICE_STORM: Storm = { 'prepayment is returned': 0.9, 'refunded at a window of the HIS': 0, 'refunded by one key at a window': 0 };
/** Of seeds without a planted bug: what comes back is met often enough, whichever way it is told. */
export const OFFICE_WEATHER: Storm = { ...OFFICE_STORM, 'transfer comes back': 0.5 };
const lost: Storm = { ...OFFICE_STORM, 'answer lost': 0.2, 'transfer arrives late': 0.3 };
const back: Storm = { ...OFFICE_STORM, 'transfer comes back': 0.7 };

export const PAYOUT_BUGS: readonly PlantedBug[] = [
  {
    name: 'unknown-transfer-sent-again',
    numbers: [10],
    what: 'a transfer without an answer is handed to the bank again under its number: some banks carry it out twice',
    hasFinanceOffice: true,
    storm: lost,
    wrapBank: (bank) => ({ ...bank, pay: async (request) => {
      const outcome = await bank.pay(request);
      return outcome.kind === 'unknown' ? bank.pay(request) : outcome;
    } }),
  },
  {
    name: 'payout-timeout-is-refusal',
    numbers: [6],
    what: 'a transfer without an answer counts as refused: the debt is paid again under another number',
    hasFinanceOffice: true,
    storm: lost,
    wrapBank: (bank) => ({ ...bank, pay: async (request) => {
      const outcome = await bank.pay(request);
      return outcome.kind === 'unknown' ? { kind: 'refused', code: 'TIMEOUT', message: outcome.reason } : outcome;
    } }),
  },
  {
    name: 'absent-transfer-is-failure',
    numbers: [3],
    what: 'a bank that does not know a transfer yet is believed at once: it arrives later, and its debt is paid again',
    hasFinanceOffice: true,
    storm: lost,
    wrapBank: (bank) => ({ ...bank, query: async (request) => {
      const news = await bank.query(request);
      return news.kind === 'absent' ? { kind: 'failed', code: 'NOT_FOUND', message: 'no such transfer' } : news;
    } }),
  },
  {
    name: 'returned-transfer-not-booked',
    numbers: [],
    what: 'what comes back days later is told by nobody and read by nobody: the ledger says that it is gone, and the patient has nothing',
    hasFinanceOffice: true,
    storm: back,
    wrapBank: withoutReturns,
  },
  {
    name: 'returned-transfer-owed-to-nobody',
    numbers: [],
    what: 'what comes back is booked, and its debt stays closed',
    hasFinanceOffice: true,
    storm: back,
    prepareDatabase: (database) => { database.exec("CREATE TRIGGER debt_stays_closed BEFORE INSERT ON discrepancy_case WHEN NEW.detail LIKE '%came back%' BEGIN SELECT RAISE(IGNORE); END"); },
  },
  {
    name: 'debt-not-looked-at-again',
    numbers: [1],
    what: 'nothing keeps a debt from having two payouts at once: pressed twice it is proposed, approved and paid twice',
    hasFinanceOffice: true,
    storm: { ...OFFICE_STORM, 'double press': 0.6 },
    prepareDatabase: (database) => { database.exec('DROP INDEX payout_live; CREATE TRIGGER nothing_is_live AFTER INSERT ON payout BEGIN UPDATE payout SET is_live = 0 WHERE payout_no = NEW.payout_no; END'); },
  },
  {
    name: 'approval-is-not-written-with-its-refund',
    numbers: [7],
    what: 'the refund is made, and the last approval was to be written afterwards: it stands unapproved for ever, and is approved again',
    hasFinanceOffice: true,
    storm: OFFICE_STORM,
    wrapApprovals: (approvals) => ({ ...approvals, approveInside: () => undefined }),
  },
];

function withoutReturns(bank: BankLinkGuest): BankLinkGuest {
  return {
    ...bank,
    async query(request) {
      const news = await bank.query(request);
      return news.kind === 'returned' ? { kind: 'succeeded' } : news;
    },
    async statement(request) {
      const told = await bank.statement(request);
      if (told.kind !== 'statement') return told;
      const lines = told.lines.filter(({ isReturn }) => !isReturn);
      const kept = lines.reduce((sum, { direction, amountFen }) => sum + (direction === 'in' ? amountFen : -amountFen), 0);
      return { ...told, lines, closingFen: told.openingFen + kept };
    },
  };
}
