/** One scan box (一个扫码框): says what a scanner has read. Lengths and first digits are the issuers' own; what two of them could have written is asked about, never guessed. */

export type Wallet = 'wechat' | 'alipay' | 'unionpay';
export type Scan =
  /** 付款码 on the patient's phone: `authCode` of a `paymentCode` payment. */
  | { readonly kind: 'paymentCode'; readonly wallet: Wallet; readonly text: string }
  /** 聚合码, 导诊单: a code this platform gave out. */
  | { readonly kind: 'checkout'; readonly url: string }
  /** 医保电子凭证. */
  | { readonly kind: 'insuranceVoucher'; readonly text: string }
  | { readonly kind: 'idCard'; readonly text: string }
  /** 就诊卡 or another number of the hospital's own. */
  | { readonly kind: 'visitCard'; readonly text: string }
  /** 平台订单号, from a slip. */
  | { readonly kind: 'tradeNo'; readonly text: string }
  /** Two readings are possible: a person says which. */
  | { readonly kind: 'ambiguous'; readonly candidates: readonly Scan[] }
  | { readonly kind: 'unreadable'; readonly text: string };

const VISIT_CARD = /^[0-9A-Za-z-]{4,32}$/;
const TRADE_NO = /^H\d{14}[0-9A-Z]{9}$/;
const CHECKOUT_PATH = /\/c\/[0-9A-Za-z_-]{10,64}$/;
/** The electronic voucher is read by its length: 28 digits. */
const INSURANCE_VOUCHER = /^\d{28}$/;

/**
 * Reads what a scanner typed. `checkoutOrigin`: where this hospital's aggregated codes lead (scheme and host); without it any address with such a path is taken for one.
 * WeChat Pay: 18 digits from 10 to 15. Alipay: 16 to 24 digits from 25 to 30. UnionPay: 19 digits from 62. ID card: 17 digits and a check character (GB 11643) that must be right.
 */
export function readScan(scanned: string, { checkoutOrigin }: { readonly checkoutOrigin?: string } = {}): Scan {
  const text = scanned.trim();
  if (/^https?:\/\//i.test(text)) return readAddress(text, checkoutOrigin);
  if (TRADE_NO.test(text)) return { kind: 'tradeNo', text };
  const candidates = [...paymentCodes(text), ...(isIdNumber(text) ? [{ kind: 'idCard', text: text.toUpperCase() } as const] : []), ...(INSURANCE_VOUCHER.test(text) ? [{ kind: 'insuranceVoucher', text } as const] : [])];
  const [only, ...others] = candidates;
  if (only !== undefined) return others.length === 0 ? only : { kind: 'ambiguous', candidates };
  return VISIT_CARD.test(text) ? { kind: 'visitCard', text } : { kind: 'unreadable', text };
}

/** 18 digits by GB 11643; the eighteenth is the check character of the seventeen before (ISO 7064, MOD 11-2). */
export function isIdNumber(text: string): boolean {
  if (!/^[1-9]\d{5}(19|20)\d{2}(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])\d{3}[\dXx]$/.test(text)) return false;
  const sum = Array.from(text.slice(0, 17)).reduce((total, digit, index) => total + Number(digit) * (2 ** (17 - index) % 11), 0);
  return '10X98765432'[sum % 11] === text.at(-1)?.toUpperCase();
}

function paymentCodes(text: string): readonly Scan[] {
  const wallets: readonly (readonly [Wallet, RegExp])[] = [['wechat', /^1[0-5]\d{16}$/], ['alipay', /^(2[5-9]|30)\d{14,22}$/], ['unionpay', /^62\d{17}$/]];
  return wallets.filter(([, shape]) => shape.test(text)).map(([wallet]) => ({ kind: 'paymentCode', wallet, text }));
}

function readAddress(text: string, origin: string | undefined): Scan {
  if (!URL.canParse(text)) return { kind: 'unreadable', text };
  const url = new URL(text);
  return CHECKOUT_PATH.test(url.pathname) && (origin === undefined || url.origin === new URL(origin).origin) ? { kind: 'checkout', url: text } : { kind: 'unreadable', text };
}
