import { WALLETS, type BrowserApp, type CheckoutPolicy } from './ports.js';

/** The app whose own browser opened the page, by the words in its User-Agent. It only chooses what is offered first: a forged one gains nothing. */
export function browserAppOf(userAgent: string, words: CheckoutPolicy['userAgents']): BrowserApp {
  const said = userAgent.toLowerCase();
  return WALLETS.find((wallet) => (words[wallet] ?? []).some((word) => said.includes(word.toLowerCase()))) ?? 'browser';
}
