/** The wallets a patient may pay with. Which channel instance serves which is configuration: an aggregator's instance may serve several. */
export const WALLETS = ['wechat', 'alipay', 'unionpay', 'eCny'] as const;
export type Wallet = (typeof WALLETS)[number];
/** In what the page was opened: the browser of a wallet's own app, or any other browser. */
export const BROWSER_APPS = [...WALLETS, 'browser'] as const;
export type BrowserApp = (typeof BROWSER_APPS)[number];
