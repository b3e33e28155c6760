import type { StoredQuote } from '../domain/order.js';
import { isOwnRound, type CheckoutVisit } from './checkout-visit.js';
import { stageOfOrder, UNDISTURBED_MS, type CheckoutView } from './checkout-view.js';
import { WALLETS, type CheckoutPorts, type Wallet } from './ports.js';
import { appsThatCouldPay, walletsOffered } from './ways-to-pay.js';

/** The page's view of a visit. `quote`: the price of a round that is free. */
export function showCheckout(ports: CheckoutPorts, visit: CheckoutVisit, quote?: StoredQuote): CheckoutView {
  const { code, app, round } = visit;
  const { policy } = ports;
  const facts = { round: round.round, hospitalName: policy.hospitalName, description: code.description, app, ...(policy.showPatientLabel && code.patientLabel !== '' ? { patientLabel: code.patientLabel } : {}) };
  if (round.kind === 'taken') return { ...facts, ...showOrder(ports, visit, round.round, round.order) };
  const isNothing = quote?.selfPayFen === 0;
  const payable = quote === undefined || isNothing ? undefined : { code, amountFen: quote.selfPayFen, feeType: quote.feeType };
  const failed = round.before?.payments.some(({ state }) => state === 'failed');
  return {
    ...facts,
    stage: 'open',
    ...(quote === undefined ? {} : { amountFen: quote.selfPayFen }),
    secondsLeft: secondsUntil(ports, code.expiresAt.getTime()),
    wallets: payable === undefined ? [] : walletsOffered(ports, app, payable),
    otherApps: payable === undefined ? [] : appsThatCouldPay(ports, app, payable),
    ...(round.before === undefined ? {} : { before: failed === true ? ('declined' as const) : ('closed' as const) }),
  };
}

function showOrder(ports: CheckoutPorts, { code, browserHash }: CheckoutVisit, round: number, order: Extract<CheckoutVisit['round'], { kind: 'taken' }>['order']) {
  const now = ports.clock.now();
  const isOwn = isOwnRound(code, round, browserHash);
  const stage = stageOfOrder(order, { isOwn, now });
  const payment = order.payments.find(({ state }) => state === 'succeeded') ?? order.payments.at(-1);
  const wallet = walletOf(ports, payment?.channel);
  const isRunning = stage === 'toPay' || stage === 'starting' || stage === 'elsewhere';
  const { receiptNo, settlementNo, pickupWindow, guide } = order.confirmation;
  return {
    stage,
    amountFen: order.amountFen,
    secondsLeft: payment === undefined ? 0 : secondsUntil(ports, Date.parse(payment.expiresAt)),
    wallets: [],
    otherApps: [],
    ...(wallet === undefined ? {} : { wallet }),
    ...(stage === 'toPay' && payment?.presentation !== undefined ? { presentation: payment.presentation } : {}),
    ...(isRunning ? { mayCancel: isOwn || now.getTime() - Date.parse(order.createdAt) >= UNDISTURBED_MS } : {}),
    ...(isOwn && (stage === 'paid' || stage === 'done')
      ? {
          receipt: {
            ...(payment?.paidAt === undefined ? {} : { paidAt: payment.paidAt }),
            ...(receiptNo === undefined ? {} : { receiptNo }),
            ...(settlementNo === undefined ? {} : { settlementNo }),
            ...(pickupWindow === undefined ? {} : { pickupWindow }),
            ...(guide === undefined ? {} : { guide }),
          },
        }
      : {}),
  };
}

function walletOf({ policy }: CheckoutPorts, channel: string | undefined): Wallet | undefined {
  return channel === undefined ? undefined : WALLETS.find((wallet) => policy.wallets[wallet]?.includes(channel) === true);
}

function secondsUntil({ clock }: CheckoutPorts, atMs: number): number {
  return Math.max(0, Math.ceil((atMs - clock.now().getTime()) / 1_000));
}
