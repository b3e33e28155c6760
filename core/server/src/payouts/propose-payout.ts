import { beijingStamp, fen, LARGEST_PAYMENT_FEN, type Payee } from '@hospay/plugin-sdk';
import { assertNever } from '../domain/assert-never.js';
import { yuanOf } from '../domain/bilingual.js';
import { ok, refused, type Outcome } from '../domain/errors.js';
import type { TransferKind } from '../domain/hand-transfer.js';
import { maskPayee, type Payout, type PayoutKind } from '../domain/payout.js';
import { makeOpaqueId } from '../domain/trade-number.js';
import type { DebtProposal, HospitalAccount, PayoutPorts } from './ports.js';

const PURPOSE: Readonly<Record<TransferKind, string>> = { prepayment: '门诊预交金退款', discharge: '住院结算退款' };

/** One debt, whole, to the account the patient named. */
export async function proposeDebt(ports: PayoutPorts, { kind, subject, amountFen, payee: { accountName, accountNo, bankName, bankNo } }: DebtProposal, given: { readonly fromAccount: string; readonly by: string }): Promise<Outcome<Payout>> {
  const payee: Payee = { accountNo, accountName: accountName.trim(), bankName: bankName.trim(), isPersonal: true, ...(bankNo === undefined ? {} : { bankNo }) };
  return propose(ports, { ...given, kind, subject, amountFen, payee, purpose: PURPOSE[kind], requestKey: undefined });
}

/** Money to another account of the hospital's own; only accounts of the configuration are known. */
export async function proposeSettlement(ports: PayoutPorts, { toAccount, ...given }: { readonly requestKey: string; readonly fromAccount: string; readonly toAccount: string; readonly amountFen: number; readonly purpose: string; readonly by: string }): Promise<Outcome<Payout>> {
  const to = accountOf(ports, toAccount);
  if (to === undefined) return refused('NO_SUCH_ITEM', { zh: `没有账户 ${toAccount}`, en: `account ${toAccount}` });
  if (toAccount === given.fromAccount) return refused('MALFORMED_REQUEST', { zh: '收款账户与付款账户相同', en: 'toAccount: is the account it leaves' });
  const payee: Payee = { accountNo: to.accountNo, accountName: to.accountName, bankName: to.bankName, isPersonal: false, ...(to.bankNo === undefined ? {} : { bankNo: to.bankNo }) };
  return propose(ports, { ...given, kind: 'settlement', subject: toAccount, payee });
}

export function accountOf({ accounts }: Pick<PayoutPorts, 'accounts'>, id: string): HospitalAccount | undefined {
  return accounts.find((account) => account.id === id);
}

type Wanted = { readonly kind: PayoutKind; readonly subject: string; readonly amountFen: number; readonly fromAccount: string; readonly payee: Payee; readonly purpose: string; readonly requestKey: string | undefined; readonly by: string };

async function propose(ports: PayoutPorts, { kind, subject, amountFen, fromAccount, payee, purpose, requestKey, by }: Wanted): Promise<Outcome<Payout>> {
  const { clock, random, policy, vault, hospitalId, payouts } = ports;
  const from = accountOf(ports, fromAccount);
  if (from === undefined) return refused('NO_SUCH_ITEM', { zh: `没有账户 ${fromAccount}`, en: `account ${fromAccount}` });
  if (ports.links.ofAccount(from.accountNo) === undefined) return refused('BANK_LINK_UNAVAILABLE', fromAccount);
  if (amountFen > LARGEST_PAYMENT_FEN) return refused('MALFORMED_REQUEST', { zh: `单笔最多 ${yuanOf(LARGEST_PAYMENT_FEN)} 元`, en: `at most ${yuanOf(LARGEST_PAYMENT_FEN)} yuan` });
  const now = clock.now();
  // 20 characters, which every bank takes for an instruction number.
  const payoutNo = `FK${beijingStamp(now).slice(2)}${makeOpaqueId(random, 6)}`;
  const payout: Payout = {
    payoutNo, hospitalId, kind, subject, amountFen: fen(amountFen), fromAccount, payee: maskPayee(payee, vault.fingerprint(payee)), sealedPayee: vault.seal(payee, payoutNo), purpose, needsSecond: amountFen >= policy.secondApprovalFromFen,
    state: 'proposed', proposedBy: by, proposedAt: now.toISOString(), expiresAt: new Date(now.getTime() + policy.approvalWithinMs).toISOString(), firstApprovedBy: undefined, decidedBy: undefined, decidedAt: undefined,
    reservation: 'none', attempts: 0, asked: 0, submittedAt: undefined, absentAt: undefined, awaitsBankApproval: false, bankTransferNo: undefined, feeFen: fen(0), paidAt: undefined, returnedAt: undefined, lastNews: undefined,
  };
  const proposed = await payouts.propose({ payout, requestKey, cause: { kind: 'operator', id: `payout/${payoutNo}/propose/${by}` } });
  switch (proposed.kind) {
    case 'proposed':
      return ok(proposed.payout);
    case 'notOwed':
      return refused('NO_SUCH_ITEM', { zh: `${subject} 没有（或已无）应付款项`, en: `${subject} is not owed (any more)` });
    case 'amountDiffers':
      return refused('AMOUNT_DIFFERS', { zh: `应付 ${yuanOf(proposed.amountFen)} 元`, en: `owed: ${yuanOf(proposed.amountFen)} yuan` });
    case 'waits':
      return refused('CONFLICT', { zh: `${proposed.number} 正在支付该款项`, en: `${proposed.number} of it is under way` });
    case 'keyReused':
      return refused('IDEMPOTENCY_KEY_REUSED');
    default:
      return assertNever(proposed);
  }
}
