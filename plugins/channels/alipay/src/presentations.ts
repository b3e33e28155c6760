import type { Presentation } from '@hospay/plugin-sdk';

import { formText, type Parameters } from './signed-parameters.js';

/** Longest address the contract passes on. */
const LONGEST_URL = 2048;

/** A page of Alipay as an address, or as a form where the address would be too long for it. */
export function redirectOrForm(gateway: string, parameters: Parameters): Presentation {
  const url = `${gateway}?${formText(parameters)}`;
  return url.length <= LONGEST_URL ? { kind: 'redirect', url } : postedForm(gateway, parameters);
}

/** The charset stands in the address: Alipay must know it before it reads the form. */
export function postedForm(gateway: string, parameters: Parameters): Presentation {
  const { charset = 'utf-8', ...fields } = parameters;
  return { kind: 'form', url: `${gateway}?charset=${charset}`, fields };
}

/** The signed order text that the app hands to Alipay's SDK. */
export function orderText(parameters: Parameters): Presentation {
  return { kind: 'invoke', parameters: { orderInfo: formText(parameters) } };
}

/** `my.tradePay` and AlipayJSBridge take the trade's number. */
export function tradeToPay(channelTradeNo: string): Presentation {
  return { kind: 'invoke', parameters: { tradeNO: channelTradeNo } };
}
