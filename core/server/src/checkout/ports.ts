import type { PaymentMethod } from '@hospay/plugin-sdk';
import type { Outcome } from '../domain/errors.js';
import type { Channels } from '../domain/guests.js';
import type { Owner, StoredQuote } from '../domain/order.js';
import type { Clock, RandomSource } from '../domain/time.js';
import type { OrderView } from '../payments/order-view.js';
import type { CreatePaymentRequest } from '../payments/ports.js';
import type { CheckoutView } from './checkout-view.js';
import type { OneAtATime } from './one-at-a-time.js';
import type { BrowserApp, Wallet } from './wallets.js';

export { BROWSER_APPS, WALLETS, type BrowserApp, type Wallet } from './wallets.js';

/** An aggregated code (聚合码) that was given out. The token itself is kept nowhere. */
export type CheckoutCode = {
  readonly tokenHash: string;
  /** How the owner names it afterwards. */
  readonly checkoutNo: string;
  readonly hospitalId: string;
  readonly owner: Owner;
  readonly terminalKind: string | undefined;
  readonly merchantId: string;
  readonly patientId: string;
  readonly patientLabel: string;
  readonly billNos: readonly string[];
  readonly description: string;
  /** `quote`: one priced quote (kiosk). `bills`: priced when the page is opened (guide sheet). */
  readonly basis: 'quote' | 'bills';
  readonly quote: KeptQuote | undefined;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly revokedAt: Date | undefined;
  /** Whose browser started the newest round. It decides who is shown the way to the wallet and the receipt, never whether money moves. */
  readonly claim: RoundClaim | undefined;
};
export type KeptQuote = { readonly quoteId: string; readonly quotedAt: Date };
export type RoundClaim = { readonly round: number; readonly browserHash: string; readonly at: Date };

/** Rows in the platform's own database. */
export type CheckoutCodes = {
  add(code: CheckoutCode): Promise<void>;
  findByToken(tokenHash: string): Promise<CheckoutCode | undefined>;
  findByNo(checkoutNo: string): Promise<CheckoutCode | undefined>;
  keepQuote(tokenHash: string, quote: KeptQuote): Promise<void>;
  /** True when the round now belongs to the claiming browser: it was nobody's, its own already, or another's since before `takeOverBefore`. One statement. */
  claimRound(tokenHash: string, claim: RoundClaim, takeOverBefore: Date): Promise<boolean>;
  revoke(checkoutNo: string, at: Date): Promise<void>;
  /** Token hashes and numbers of the codes that are kept, up to so many. */
  listNames(most: number): Promise<readonly string[]>;
};

/** What the hospital decided about its checkout. */
export type CheckoutPolicy = {
  readonly hospitalName: string;
  /** Where phones reach the core, without a slash at the end. Undefined: no code is given out. */
  readonly publicBaseUrl: string | undefined;
  /** Channel instances of each wallet, in order of preference. */
  readonly wallets: Readonly<Partial<Record<Wallet, readonly string[]>>>;
  /** How a wallet is reached from each app, in order of preference. */
  readonly methods: Readonly<Record<BrowserApp, readonly PaymentMethod[]>>;
  /** Words in the User-Agent by which an app is recognised. */
  readonly userAgents: Readonly<Partial<Record<Wallet, readonly string[]>>>;
  readonly showPatientLabel: boolean;
  /** Longest life of a code for bills; it never outlives its Beijing day. */
  readonly billCodeLifetimeMs: number;
  /** A quote younger than this is shown again instead of asking the HIS. */
  readonly quoteReuseMs: number;
  /** A quote must have this long left to start a payment on it. */
  readonly quoteMarginMs: number;
};

/** The names of every code there is, as far as they can be remembered. */
export type KnownNames = {
  /** Gives a code out: from now on its names exist. */
  add(code: { readonly tokenHash: string; readonly checkoutNo: string }): void;
  /** False only when no code has this token (given as its hash) or number. */
  mayExist(name: string): Promise<boolean>;
};

/** A token bucket per key, with a bounded memory. `isSpent`: the next `take` would be refused; asking takes nothing. */
export type Pace = { take(key: string): boolean; isSpent(key: string): boolean };

/** Who is on his way to a channel's page to be identified, and who came back. */
export type PayerMemory = {
  /** The `state` for the way there: single use, and good only for this code and this browser. */
  begin(visit: PayerVisit & { readonly channel: string }): string;
  /** The channel the visit began for. Undefined: forged, replayed, too late, or of somebody else. */
  finish(visit: PayerVisit & { readonly state: string }): string | undefined;
  /** This browser was sent away from this code a moment ago, wherever it came back to since. */
  wasSentAway(visit: PayerVisit): boolean;
  remember(visit: PayerVisit & { readonly channel: string }, payerId: string): void;
  known(visit: PayerVisit & { readonly channel: string }): string | undefined;
};
export type PayerVisit = { readonly tokenHash: string; readonly browserHash: string };

export type CheckoutPorts = {
  readonly codes: CheckoutCodes;
  readonly channels: Channels;
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly policy: CheckoutPolicy;
  readonly payers: PayerMemory;
  /** Per code: pages and polls. */
  readonly pace: Pace;
  /** Per code: questions to the channel. */
  readonly freshPace: Pace;
  /** Per client address: codes nobody was given. */
  readonly guesses: Pace;
  readonly names: KnownNames;
  /** A code is priced once at a time; whoever asks meanwhile shares the result. */
  readonly pricing: OneAtATime<Outcome<StoredQuote>>;
  /** Told of every token nobody was given. */
  readonly unknownToken: () => void;
  readonly findQuote: (quoteId: string) => Promise<StoredQuote | undefined>;
  readonly quoteBills: (request: { readonly hospitalId: string; readonly owner: Owner; readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly string[] }) => Promise<Outcome<{ readonly quoteId: string }>>;
  readonly createPayment: (request: CreatePaymentRequest) => Promise<Outcome<OrderView>>;
  readonly findOrder: (request: { readonly owner: Owner; readonly freshness: 'stored' | 'fresh' } & ({ readonly tradeNo: string } | { readonly tenant: string; readonly key: string })) => Promise<Outcome<OrderView>>;
  readonly cancelPayment: (request: { readonly owner: Owner; readonly tradeNo: string; readonly by: string }) => Promise<Outcome<OrderView>>;
};

/** Whoever holds the code, as the page's requests show him. */
export type Visitor = {
  /** What stands in the address: the token of the code, or on the way back from a wallet its number. */
  readonly token: string;
  /** Random name of the browser, from its cookie. */
  readonly browser: string;
  readonly userAgent: string;
  /** Where the request comes from, as the proxy in front says it. Only what nobody was given is counted by it. */
  readonly address: string;
};

export type IssueCheckoutRequest = {
  readonly hospitalId: string;
  readonly owner: Owner;
  readonly merchantId: string;
  readonly terminalKind?: string;
  readonly description: string;
} & ({ readonly quoteId: string } | { readonly patientId: string; readonly patientLabel: string; readonly billNos: readonly string[]; readonly lifetimeSeconds?: number });
export type IssuedCheckout = { readonly checkoutNo: string; readonly url: string; readonly expiresAt: string };

/** A code as its owner sees it. */
export type OwnedCheckout = { readonly checkoutNo: string; readonly state: 'open' | 'expired' | 'revoked'; readonly expiresAt: string; readonly order?: OrderView };

export type PayCheckoutRequest = {
  readonly round: number;
  /** What the page showed the patient. */
  readonly amountFen: number;
  /** Absent where nothing is to be paid (零自付). */
  readonly wallet?: Wallet;
  readonly clientIp?: string;
};
export type PayCheckoutAnswer = { readonly kind: 'view'; readonly view: CheckoutView } | { readonly kind: 'identify'; readonly url: string };

/** What the checkout page's edge calls. */
export type CheckoutPageUseCases = {
  openCheckout(visitor: Visitor): Promise<Outcome<CheckoutView>>;
  payCheckout(visitor: Visitor, request: PayCheckoutRequest): Promise<Outcome<PayCheckoutAnswer>>;
  followCheckout(visitor: Visitor, freshness: 'stored' | 'fresh'): Promise<Outcome<CheckoutView>>;
  cancelCheckout(visitor: Visitor, round: number): Promise<Outcome<CheckoutView>>;
  identifyPayer(visitor: Visitor, query: string): Promise<Outcome<'identified'>>;
};

/** What terminals and applications call. */
export type CheckoutOwnerUseCases = {
  issueCheckoutCode(request: IssueCheckoutRequest): Promise<Outcome<IssuedCheckout>>;
  findCheckout(request: { readonly owner: Owner; readonly checkoutNo: string }): Promise<Outcome<OwnedCheckout>>;
  revokeCheckoutCode(request: { readonly owner: Owner; readonly checkoutNo: string }): Promise<Outcome<OwnedCheckout>>;
};
