import type { PaymentMethod } from '@hospay/plugin-sdk';
import type { ChannelGuest } from '../domain/guests.js';
import { WALLETS, type BrowserApp, type CheckoutCode, type CheckoutPorts, type Wallet } from './ports.js';

export type WayToPay = { readonly wallet: Wallet; readonly method: PaymentMethod; readonly channel: ChannelGuest };
type Payable = { readonly code: CheckoutCode; readonly amountFen: number; readonly feeType: string | undefined };

/**
 * How this wallet can be reached from this app now, best first: the methods of the app in the order of the configuration, each through the wallet's channels in
 * theirs. The routing and the health of the channels decide as for any new payment.
 */
export function waysToPay(ports: CheckoutPorts, app: BrowserApp, wallet: Wallet, { code, amountFen, feeType }: Payable): WayToPay[] {
  // Inside a wallet's app there is nothing but that wallet.
  if (app !== 'browser' && app !== wallet) return [];
  return ports.policy.methods[app].flatMap((method) =>
    (ports.policy.wallets[wallet] ?? []).flatMap((wanted) => {
      const channel = ports.channels.choose({ method, amountFen, hospitalId: code.hospitalId, owner: code.owner, terminalKind: code.terminalKind, feeType, wanted });
      if (channel === undefined || (method === 'jsapi' && channel.identification === undefined)) return [];
      return [{ wallet, method, channel }];
    }),
  );
}

export function walletsOffered(ports: CheckoutPorts, app: BrowserApp, payable: Payable): Wallet[] {
  return WALLETS.filter((wallet) => waysToPay(ports, app, wallet, payable).length > 0);
}

/** The other apps that could pay when they scan the code. */
export function appsThatCouldPay(ports: CheckoutPorts, app: BrowserApp, payable: Payable): Wallet[] {
  return WALLETS.filter((wallet) => wallet !== app && waysToPay(ports, wallet, wallet, payable).length > 0);
}
