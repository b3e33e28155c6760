/**
 * Double entry, seen from the hospital's treasury. Merchant accounts belong to the hospital and settle to its own bank: the platform never
 * holds funds. Journals are append-only; balances are derived.
 *
 * A reservation is written in phase `pending` and released in phase `voided` (same side and amount); what counts is `final`.
 * Turning a reservation into a posting is one journal that voids it and writes the final entries.
 */
import type { Fen } from '@hospay/plugin-sdk';

export type Side = 'debit' | 'credit';
export type Phase = 'pending' | 'voided' | 'final';

/** The chart of accounts. `clearedBy` names what must bring the account back to zero. */
export const CHART = {
  '1001': { zh: '库存现金', en: 'Cash in tills and vault', normal: 'debit', clearedBy: 'till, shift or vault' },
  '1002': { zh: '银行存款', en: 'Bank', normal: 'debit', clearedBy: 'bank statement of the day' },
  '1003': { zh: '在途现金', en: 'Cash in transit to the bank', normal: 'debit', clearedBy: 'deposit slip' },
  '1121': { zh: '渠道在途', en: 'Channel in transit', normal: 'debit', clearedBy: 'bill day' },
  '1131': { zh: '医保应收', en: 'Insurance fund receivable', normal: 'debit', clearedBy: 'settlement day' },
  '1191': { zh: '短款', en: 'Short suspense', normal: 'debit', clearedBy: 'case' },
  '2001': { zh: '已收待认', en: 'Patient payable', normal: 'credit', clearedBy: 'order' },
  '2002': { zh: 'HIS 结算应付', en: 'HIS settlement payable', normal: 'credit', clearedBy: 'HIS day' },
  '2011': { zh: '退款清算', en: 'Refund clearing', normal: 'credit', clearedBy: 'refund' },
  '2021': { zh: '付款清算', en: 'Payout clearing', normal: 'credit', clearedBy: 'payout' },
  '2091': { zh: '长款', en: 'Long suspense', normal: 'credit', clearedBy: 'case' },
  '3001': { zh: '医院可用资金', en: 'Hospital funds available', normal: 'credit', clearedBy: 'nothing' },
  '6001': { zh: '渠道手续费', en: 'Channel fee', normal: 'debit', clearedBy: 'nothing' },
  '6002': { zh: '短款核销', en: 'Short written off', normal: 'debit', clearedBy: 'nothing' },
  '6003': { zh: '银行手续费', en: 'Bank charges', normal: 'debit', clearedBy: 'day' },
  '7001': { zh: '长款核销', en: 'Long written off', normal: 'credit', clearedBy: 'nothing' },
} as const satisfies Record<string, { zh: string; en: string; normal: Side; clearedBy: string }>;

export type AccountCode = keyof typeof CHART;

/** One account per row instance, for example `1121/wechat-main/1900000001` or `1131/insurance/H4499/fund`: the chart stays at a few hundred; detail lives in the clear key. */
export type AccountName = `${AccountCode}/${string}`;

export type Entry = {
  readonly account: AccountName;
  readonly side: Side;
  readonly amountFen: Fen;
  readonly phase: Phase;
  /** What must return to zero: bill day, order, HIS day, refund, till, shift … */
  readonly clearKey: string;
};

export type Journal = {
  readonly bizType: 'payment' | 'confirmation' | 'refund' | 'shift' | 'cashAct' | 'payout' | 'arrival' | 'reconciliation' | 'caseAct';
  readonly bizId: string;
  /** With bizType and bizId unique for ever: the exactly-once guard of the ledger. */
  readonly step: string;
  /** The till in whose shift it stands; the shift is the one that is open when it is written. */
  readonly tillNo?: string | undefined;
  readonly entries: readonly Entry[];
};

export class UnbalancedJournal extends Error {
  override readonly name = 'UnbalancedJournal';
}

export function accountCode(account: AccountName): AccountCode {
  const code = account.slice(0, 4);
  if (code in CHART) return code as AccountCode;
  throw new UnbalancedJournal(`no such account in the chart: ${account}`);
}

/** +amount where the entry raises the account's normal side, −amount where it lowers it. */
export function signedFen(entry: Entry): number {
  return CHART[accountCode(entry.account)].normal === entry.side ? entry.amountFen : -entry.amountFen;
}

/**
 * Asserts what every journal must be: at least two entries, positive amounts, debits equal credits within each phase.
 * @throws UnbalancedJournal
 */
export function assertBalanced(journal: Journal): void {
  if (journal.entries.length < 2) throw new UnbalancedJournal(`${name(journal)} has fewer than two entries`);
  for (const phase of ['pending', 'voided', 'final'] as const) {
    let difference = 0;
    for (const entry of journal.entries) {
      if (!Number.isSafeInteger(entry.amountFen) || entry.amountFen <= 0) throw new UnbalancedJournal(`${name(journal)} has an entry of ${String(entry.amountFen)} fen`);
      if (entry.phase === phase) difference += entry.side === 'debit' ? entry.amountFen : -entry.amountFen;
    }
    if (difference !== 0) throw new UnbalancedJournal(`${name(journal)}: ${phase} debits and credits differ by ${String(difference)} fen`);
  }
}

function name(journal: Journal): string {
  return `journal ${journal.bizType}/${journal.bizId}/${journal.step}`;
}
