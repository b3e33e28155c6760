/**
 * The merchant's basic account at WeChat Pay: what refunds are paid from. Money in: payments less commission. Money out: refunds.
 */
export class MerchantAccount {
  readonly feeRateBasisPoints: number;
  readonly openingBalanceFen: number;
  #balanceFen: number;

  constructor(options: { openingBalanceFen: number; feeRateBasisPoints: number }) {
    this.openingBalanceFen = options.openingBalanceFen;
    this.feeRateBasisPoints = options.feeRateBasisPoints;
    this.#balanceFen = options.openingBalanceFen;
  }

  get balanceFen(): number {
    return this.#balanceFen;
  }

  /** Commission on a payment, rounded half up to a fen, in integers only. */
  feeOf(paidFen: number): number {
    return Math.floor((paidFen * this.feeRateBasisPoints + 5_000) / 10_000);
  }

  add(fen: number): void {
    this.#balanceFen += fen;
  }
}

/** The accounts of the merchant and of its sub-merchants; each begins with the same opening balance. */
export class MerchantAccounts {
  readonly #options: { readonly openingBalanceFen: number; readonly feeRateBasisPoints: number };
  readonly #accounts = new Map<string | undefined, MerchantAccount>();

  constructor(options: { readonly openingBalanceFen: number; readonly feeRateBasisPoints: number }) {
    this.#options = options;
  }

  /** The merchant's own account without a sub-merchant's number. */
  of(subMerchantId: string | undefined): MerchantAccount {
    const account = this.#accounts.get(subMerchantId) ?? new MerchantAccount(this.#options);
    this.#accounts.set(subMerchantId, account);
    return account;
  }
}
