/** What the page asks the core for. The shapes are those of the core's route table. */
export type Wallet = 'wechat' | 'alipay' | 'unionpay' | 'eCny';
export type Stage = 'open' | 'starting' | 'toPay' | 'elsewhere' | 'confirming' | 'closing' | 'paid' | 'done' | 'goingBack' | 'returned' | 'returnBlocked';
export type Presentation =
  | { readonly kind: 'qr'; readonly content: string }
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'form'; readonly url: string; readonly fields: Readonly<Record<string, string>> }
  | { readonly kind: 'invoke'; readonly parameters: Readonly<Record<string, string>> }
  | { readonly kind: 'none' };
export type Receipt = { readonly paidAt?: string; readonly receiptNo?: string; readonly settlementNo?: string; readonly pickupWindow?: string; readonly guide?: string };
export type CheckoutView = {
  readonly stage: Stage;
  readonly round: number;
  readonly hospitalName: string;
  readonly description: string;
  readonly patientLabel?: string;
  readonly amountFen?: number;
  readonly secondsLeft: number;
  readonly app: Wallet | 'browser';
  readonly wallets: readonly Wallet[];
  readonly otherApps: readonly Wallet[];
  readonly before?: 'closed' | 'declined';
  readonly wallet?: Wallet;
  readonly presentation?: Presentation;
  readonly mayCancel?: boolean;
  readonly receipt?: Receipt;
};
export type PayAnswer = { readonly kind: 'view'; readonly view: CheckoutView } | { readonly kind: 'identify'; readonly url: string };
export type Refusal = { readonly code: string; readonly zh: string; readonly en: string; readonly nextZh: string; readonly nextEn: string };
export type Answer<Value> = { readonly kind: 'ok'; readonly value: Value } | { readonly kind: 'refused'; readonly refusal: Refusal } | { readonly kind: 'noAnswer' };

/** Longer than the core waits for its channel or the HIS. */
const PATIENCE_MS = 25_000;

export const checkoutApi = {
  open: () => ask<CheckoutView>('POST', 'open'),
  follow: (isFresh: boolean) => ask<CheckoutView>('GET', isFresh ? 'state?fresh=true' : 'state'),
  pay: (request: { readonly round: number; readonly amountFen: number; readonly wallet?: Wallet }) => ask<PayAnswer>('POST', 'pay', request),
  cancel: (round: number) => ask<CheckoutView>('POST', 'cancel', { round }),
};

function ask<Value>(method: 'GET' | 'POST', what: string, body?: object): Promise<Answer<Value>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(method, `${location.pathname}/${what}`);
    request.timeout = PATIENCE_MS;
    if (body !== undefined) request.setRequestHeader('content-type', 'application/json');
    request.addEventListener('load', () => { resolve(read<Value>(request)); });
    for (const silence of ['error', 'timeout', 'abort']) request.addEventListener(silence, () => { resolve({ kind: 'noAnswer' }); });
    request.send(body === undefined ? null : JSON.stringify(body));
  });
}

/** After these nobody knows whether a payment was started. */
const DECIDES_NOTHING: readonly string[] = ['INTERNAL', 'STORE_UNAVAILABLE'];

function read<Value>(request: XMLHttpRequest): Answer<Value> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(request.responseText);
  } catch {
    return { kind: 'noAnswer' };
  }
  // The core checks its answers against the schema of the route; here they only have to be what was asked for.
  if (request.status === 200) return { kind: 'ok', value: parsed as Value };
  const error = typeof parsed === 'object' && parsed !== null && 'error' in parsed ? (parsed.error as Refusal) : undefined;
  return error === undefined || DECIDES_NOTHING.indexOf(error.code) >= 0 ? { kind: 'noAnswer' } : { kind: 'refused', refusal: error };
}
