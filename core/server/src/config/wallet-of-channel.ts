import type { Configuration } from './configuration-schema.js';

type Wallets = Configuration['checkout']['wallets'];
type Wallet = keyof Wallets;

/** What a channel plugin of this name serves, where the configuration says nothing else. */
const WALLET_OF_PLUGIN: Readonly<Record<string, Wallet>> = { 'wechat-pay': 'wechat', alipay: 'alipay', unionpay: 'unionpay' };

/**
 * Which wallet a channel instance serves, for the columns of a report. The plugin says it; an instance of another plugin is of the one wallet that names it on the checkout page (收银台). One that
 * serves several is of none: its money cannot be told apart.
 */
export function walletOfChannel(wallets: Wallets, pluginOf: (channel: string) => string | undefined): (channel: string) => Wallet | undefined {
  return (channel) => {
    const known = WALLET_OF_PLUGIN[pluginOf(channel) ?? ''];
    if (known !== undefined) return known;
    const named = (['wechat', 'alipay', 'unionpay', 'eCny'] as const).filter((wallet) => wallets[wallet]?.includes(channel) === true);
    return named.length === 1 ? named[0] : undefined;
  };
}
