/** Prepayment accounts (院内账户) of the simulated hospital: what came by which order, what is left, and what was given up under which number. */
import type { AccountMovement, HisResult } from '@hospay/plugin-sdk';
import type { History } from './history.js';
import type { VirtualTime } from './virtual-time.js';

type Account = { balanceFen: number; readonly topUps: AccountMovement[] };
type GivenUp = { readonly hisReturnNo: string; readonly balanceFen: number };
type Request = { readonly returnNo: string; readonly patientId: string; readonly amountFen: number };

export class PrepaymentAccounts {
  readonly #accounts = new Map<string, Account>();
  readonly #time: VirtualTime;
  readonly #history: History;
  /** By the platform's number: once, however often it is asked for. */
  readonly givenUp = new Map<string, { readonly amountFen: number; readonly alongFen: number; readonly answer: GivenUp }>();
  /** Set by the hospital: what of these fen goes back along that order, in its own books. */
  reverse: (returnNo: string, tradeNo: string, mostFen: number) => number = () => 0;

  constructor(time: VirtualTime, history: History) {
    this.#time = time;
    this.#history = history;
  }

  /** What the patient paid with that order lies on the account, and something he paid in cash long ago. */
  topUp(patientId: string, { tradeNo, amountFen, cashFen }: { readonly tradeNo: string; readonly amountFen: number; readonly cashFen: number }): void {
    const at = new Date(this.#time.now).toISOString();
    const account = this.#accounts.get(patientId) ?? { balanceFen: 0, topUps: [] };
    account.balanceFen += amountFen + cashFen;
    account.topUps.push({ movementNo: `M${tradeNo}`, kind: 'topUp', amountFen, at, tradeNo });
    this.#accounts.set(patientId, account);
  }
  /** The HIS was restored from a backup of before that order: its money is not on the account either. */
  lose(tradeNo: string): void {
    for (const account of this.#accounts.values()) {
      const at = account.topUps.findIndex((movement) => movement.tradeNo === tradeNo);
      if (at < 0) continue;
      account.balanceFen -= account.topUps[at]?.amountFen ?? 0;
      account.topUps.splice(at, 1);
    }
  }
  /** Whether money of that order lies, or lay, on an account. */
  has(tradeNo: string): boolean {
    return [...this.#accounts.values()].some(({ topUps }) => topUps.some((movement) => movement.tradeNo === tradeNo));
  }
  /** Used for something after the run was shown. */
  use(patientId: string, amountFen: number): void {
    const account = this.#accounts.get(patientId);
    if (account !== undefined && account.balanceFen >= amountFen) account.balanceFen -= amountFen;
  }

  balance({ patientId }: { readonly patientId: string }): HisResult<{ balanceFen: number; frozenFen: number }> {
    return { kind: 'ok', value: { balanceFen: this.#accounts.get(patientId)?.balanceFen ?? 0, frozenFen: 0 } };
  }
  movements({ patientId }: { readonly patientId: string }): HisResult<AccountMovement[]> {
    return { kind: 'ok', value: this.#accounts.get(patientId)?.topUps ?? [] };
  }
  giveUp({ returnNo, patientId, amountFen }: Request): HisResult<GivenUp> {
    const earlier = this.givenUp.get(returnNo);
    if (earlier !== undefined) return { kind: 'ok', value: earlier.answer };
    const account = this.#accounts.get(patientId);
    if (account === undefined || account.balanceFen < amountFen) return { kind: 'rejected', code: 'TOO_MUCH', message: 'not so much is left' };
    account.balanceFen -= amountFen;
    const alongFen = account.topUps.toReversed().reduce((sum, { tradeNo = '' }) => sum + this.reverse(returnNo, tradeNo, amountFen - sum), 0);
    const answer = { hisReturnNo: `YJ${String(this.givenUp.size + 1)}`, balanceFen: account.balanceFen };
    this.givenUp.set(returnNo, { amountFen, alongFen, answer });
    this.#history.mark('a prepayment account was emptied');
    return { kind: 'ok', value: answer };
  }
}
