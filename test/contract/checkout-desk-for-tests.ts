/** The checkout over given payments, for stands whose subject is something else: codes in memory, the whole policy with everything on. */
import { createCheckoutDesk } from '@hospay/server/checkout/checkout-desk.js';
import type { CheckoutCode, CheckoutCodes, CheckoutPolicy } from '@hospay/server/checkout/ports.js';
import { quoteBills } from '@hospay/server/patients/quote-bills.js';
import type { PatientPorts } from '@hospay/server/patients/ports.js';
import { cancelPayment } from '@hospay/server/payments/cancel-payment.js';
import { createPayment } from '@hospay/server/payments/create-payment.js';
import { findOrder } from '@hospay/server/payments/find-order.js';
import type { PaymentPorts } from '@hospay/server/payments/ports.js';

export const CHECKOUT_POLICY: CheckoutPolicy = {
  hospitalName: '示范医院',
  publicBaseUrl: 'https://pay.hospital.example',
  wallets: {},
  methods: { wechat: ['jsapi', 'nativeQr'], alipay: ['h5', 'nativeQr'], unionpay: ['h5', 'webPage'], eCny: ['h5', 'webPage'], browser: ['h5', 'webPage'] },
  userAgents: { wechat: ['MicroMessenger'], alipay: ['AlipayClient'], unionpay: ['UnionPay/', 'CloudPay'] },
  showPatientLabel: true,
  billCodeLifetimeMs: 24 * 60 * 60_000,
  quoteReuseMs: 60_000,
  quoteMarginMs: 60_000,
};

export function checkoutDeskFor(payments: PaymentPorts, patients: PatientPorts, { codes = codesInMemory(), policy = CHECKOUT_POLICY, unknownToken = () => {}, beforeCreate = () => Promise.resolve() }: { readonly codes?: CheckoutCodes; readonly policy?: CheckoutPolicy; readonly unknownToken?: () => void; readonly beforeCreate?: () => Promise<void> } = {}) {
  return createCheckoutDesk({
    codes, policy, unknownToken, channels: payments.channels, clock: payments.clock, random: payments.random,
    findQuote: (quoteId) => payments.store.findQuote(quoteId),
    quoteBills: (request) => quoteBills(patients, request),
    async createPayment(request) {
      await beforeCreate();
      return createPayment(payments, request);
    },
    findOrder: (request) => findOrder(payments, request),
    cancelPayment: (request) => cancelPayment(payments, request),
  });
}

function codesInMemory(): CheckoutCodes {
  const codes = new Map<string, CheckoutCode>();
  const byNo = (checkoutNo: string) => [...codes.values()].find((code) => code.checkoutNo === checkoutNo);
  const change = (tokenHash: string, set: Partial<CheckoutCode>) => {
    const code = codes.get(tokenHash);
    if (code !== undefined) codes.set(tokenHash, { ...code, ...set });
    return Promise.resolve();
  };
  return {
    add(code) {
      codes.set(code.tokenHash, code);
      return Promise.resolve();
    },
    findByToken: (tokenHash) => Promise.resolve(codes.get(tokenHash)),
    findByNo: (checkoutNo) => Promise.resolve(byNo(checkoutNo)),
    keepQuote: (tokenHash, quote) => change(tokenHash, { quote }),
    async claimRound(tokenHash, claim) {
      await change(tokenHash, { claim });
      return true;
    },
    listNames: () => Promise.resolve([...codes.values()].flatMap(({ tokenHash, checkoutNo }) => [tokenHash, checkoutNo])),
    revoke: (checkoutNo, revokedAt) => change(byNo(checkoutNo)?.tokenHash ?? '', { revokedAt }),
  };
}
