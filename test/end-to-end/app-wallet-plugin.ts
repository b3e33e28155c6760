/**
 * A channel plugin for stories that need a wallet whose app tells who pays (`jsapi` with identification), written to a folder as a product's plugin lies there. Its
 * books are files, so that the test is the wallet: a file `paid/<paymentNo>` means that the patient has paid.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const MANIFEST = {
  id: 'app-wallet', version: '1.0.0', title: { zh: '应用内钱包', en: 'App wallet' }, publisher: 'Hospay', sdk: '^0.2.0', entry: 'dist/index.js', contributes: { channels: ['app-wallet'] },
  needs: {}, limits: { callTimeoutMs: 5_000, concurrency: 8 }, owner: 'Hospay',
};

const SOURCE = `
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
const settings = { type: 'object', properties: { merchantNo: { type: 'string' }, books: { type: 'string' } }, required: ['merchantNo', 'books'], additionalProperties: false };
export default {
  settings,
  activate({ settings: { merchantNo, books } }) {
    const has = (kind, name) => existsSync(join(books, kind, name));
    const newsOf = ({ tradeNo, amountFen }) => has('paid', tradeNo)
      ? { kind: 'succeeded', tradeNo, merchantNo, amountFen, channelTradeNo: 'AW' + tradeNo, paidAt: readFileSync(join(books, 'paid', tradeNo), 'utf8') }
      : { kind: 'pending' };
    const channel = {
      merchantNo,
      methods: ['jsapi'],
      async charge(request) {
        if (request.payerId === undefined) return { kind: 'notSent', reason: 'nobody to charge' };
        appendFileSync(join(books, 'charges'), request.tradeNo + ' ' + request.payerId + '\\n');
        return { kind: 'pending', present: { kind: 'invoke', parameters: { appId: 'wx0', timeStamp: '1', nonceStr: 'n', package: 'prepay_id=' + request.tradeNo, signType: 'RSA', paySign: 's' } } };
      },
      async query(payment) { return newsOf(payment); },
      async close(payment) { return has('paid', payment.tradeNo) ? { kind: 'alreadyPaid' } : { kind: 'closed' }; },
      async payerIdAddress({ returnUrl, state }) { return { url: 'http://127.0.0.1:9/authorize?' + new URLSearchParams({ redirect_uri: returnUrl, state }) }; },
      async findPayerId({ query }) {
        const code = new URLSearchParams(query).get('code') ?? '';
        return code.startsWith('code-of-') ? { kind: 'found', payerId: 'openid-' + code.slice(8) } : { kind: 'refused', reason: 'invalid code' };
      },
    };
    return { channels: { 'app-wallet': channel } };
  },
};
`;

export type AppWallet = { readonly pluginsFolder: string; readonly channel: object; readonly merchantNo: string; pay(paymentNo: string): void; readonly booksFolder: string };

export function writeAppWalletPlugin(folder: string): AppWallet {
  const pluginsFolder = join(folder, 'more-plugins');
  const booksFolder = join(folder, 'app-wallet-books');
  const merchantNo = 'APPWALLET1';
  const plugin = join(pluginsFolder, 'app-wallet');
  for (const path of [join(plugin, 'dist'), join(booksFolder, 'paid')]) mkdirSync(path, { recursive: true });
  for (const [path, text] of Object.entries({ 'plugin.json': JSON.stringify(MANIFEST), 'package.json': '{"type":"module"}', 'dist/index.js': SOURCE })) writeFileSync(join(plugin, path), text);
  return {
    pluginsFolder, booksFolder, merchantNo,
    channel: { id: 'app-wallet', plugin: 'app-wallet', merchantNo, enabled: true, settings: { merchantNo, books: booksFolder } },
    pay(paymentNo) {
      writeFileSync(join(booksFolder, 'paid', paymentNo), new Date().toISOString());
    },
  };
}
