import type { Presentation } from './checkout-api.js';
import { element } from './element.js';

/** What the wallet said when it came back. It decides only what the page does next: whether money moved, the core says. */
export type WalletWord = 'done' | 'notDone' | 'notOpened';

type WeixinBridge = { invoke(name: 'getBrandWCPayRequest', parameters: Readonly<Record<string, string>>, answered: (answer: { readonly err_msg?: string }) => void): void };
declare global {
  interface Window {
    WeixinJSBridge?: WeixinBridge;
  }
}

const BRIDGE_PATIENCE_MS = 5_000;

/** Takes the patient to the wallet. The promise resolves only where the page stays: with the bridge's answer. */
export async function toWallet(presentation: Presentation): Promise<WalletWord | undefined> {
  switch (presentation.kind) {
    case 'invoke': {
      const bridge = await findBridge();
      return bridge === undefined ? 'notOpened' : askWeixin(bridge, presentation.parameters);
    }
    case 'redirect':
      if (isAddressOfWallet(presentation.url)) location.href = presentation.url;
      return undefined;
    case 'form':
      if (/^https?:/.test(presentation.url)) post(presentation.url, presentation.fields);
      return undefined;
    case 'qr':
    case 'none':
      return undefined;
  }
}

/** WeChat's browser makes its bridge some time after the page, and says so by an event. */
function findBridge(): Promise<WeixinBridge | undefined> {
  return new Promise((resolve) => {
    const found = () => { resolve(window.WeixinJSBridge); };
    if (window.WeixinJSBridge !== undefined) {
      found();
      return;
    }
    document.addEventListener('WeixinJSBridgeReady', found, false);
    setTimeout(found, BRIDGE_PATIENCE_MS);
  });
}

function askWeixin(bridge: WeixinBridge, parameters: Readonly<Record<string, string>>): Promise<WalletWord> {
  return new Promise((resolve) => {
    bridge.invoke('getBrandWCPayRequest', parameters, ({ err_msg: said = '' }) => { resolve(said.slice(-3) === ':ok' ? 'done' : 'notDone'); });
  });
}

function post(url: string, fields: Readonly<Record<string, string>>): void {
  const form = element('form', { attributes: { method: 'post', action: url, 'accept-charset': 'UTF-8' } }, ...Object.keys(fields).map((name) => element('input', { attributes: { type: 'hidden', name, value: fields[name] ?? '' } })));
  document.body.appendChild(form);
  form.submit();
}

/** Pages and apps, never a script. */
function isAddressOfWallet(url: string): boolean {
  return /^(https?|weixin|alipays?|upwrp|uppaywallet):/.test(url);
}
